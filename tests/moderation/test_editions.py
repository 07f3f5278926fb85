"""Editions: a draft in five languages, previewed, rehearsed, published once and never changed again."""

import pytest
from django.db import IntegrityError, transaction

from comments.models import GuidelineEdition, GuidelineWording
from moderation import editions, rehearsals
from moderation.decisions import EditionChanged, decide
from moderation.edition_changes import changes_between
from moderation.editions import (
    ChangedMeanwhile,
    EditionRefused,
    Ground,
    Incomplete,
    IsPublished,
    NotALead,
    draft,
    publish,
    rewrite,
    words_of,
)
from moderation.models import Decision, RehearsalMark, TermList
from newsroom import languages, pages
from newsroom.roles import Role
from tests.factories import make_comment, make_decided, make_user
from tests.moderation.test_races import race, real_database

LANGUAGES = [language.code for language in languages.LANGUAGES]
__all__ = ["real_database"]


def in_every(title: str, text: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(LANGUAGES, (title, text))


def changed(edition, lead, change) -> GuidelineEdition:
    """The draft after ``change(words)``."""
    words = words_of(edition)
    seen = words.digest
    change(words)
    rewrite(edition, words, by=lead, seen=seen)
    return edition


def swap_first_two(words) -> None:
    words.grounds[0], words.grounds[1] = words.grounds[1], words.grounds[0]


def drop(code):
    def change(words) -> None:
        words.grounds = [ground for ground in words.grounds if ground.code != code]

    return change


def add(code):
    return lambda words: words.grounds.append(Ground(code, in_every(f"No {code}", f"About {code}.")))


def reword(code):
    def change(words) -> None:
        ground = next(ground for ground in words.grounds if ground.code == code)
        ground.wordings["en"] = ("Be kind", "New words.")

    return change


# Writing --------------------------------------------------------------------------------------------------------------
def test_a_draft_begins_as_the_edition_in_force(lead):
    made = draft(by=lead)
    assert (made.number, made.is_draft) == (2, True)
    assert words_of(made) == words_of(GuidelineEdition.objects.in_force())
    assert editions.missing(made) == []
    assert draft(by=make_user("lead2", Role.MODERATION_LEAD)) == made


def test_only_leads_write_and_publish(lead, moderator, admin_person, superuser):
    made = draft(by=lead)
    words = words_of(made)
    for person in (moderator, admin_person, superuser):
        for verb in (
            lambda by: draft(by=by),
            lambda by: rewrite(made, words, by=by, seen=words.digest),
            lambda by: publish(made, by=by),
            lambda by: rehearsals.mark(made, {}, by=by),
        ):
            with pytest.raises(NotALead):
                verb(person)


def test_keys_follow_the_order_and_words_go_with_their_guideline(lead):
    before = [ground.code for ground in words_of(draft(by=lead)).grounds]
    made = changed(draft(by=lead), lead, swap_first_two)
    after = list(made.guidelines.order_by("position").values_list("position", "code"))
    assert after == [(0, "unlawful"), *enumerate([before[1], before[0], *before[2:]], 1)]
    words = {code: made.guidelines.get(code=code).wording_in("ar").title for code in before}
    in_force = GuidelineEdition.objects.in_force()
    assert words == {code: in_force.guidelines.get(code=code).wording_in("ar").title for code in before}


@pytest.mark.parametrize("code", ["unlawful", "abuse", "Ünkind", "two words", "", "x" * 41, "-x"])
def test_a_code_is_a_plain_one_and_there_once(lead, code):
    made = draft(by=lead)
    with pytest.raises(EditionRefused):
        changed(made, lead, add(code))
    assert words_of(made) == words_of(GuidelineEdition.objects.in_force())


def test_at_most_nine(lead):
    made = draft(by=lead)
    for number in range(3):
        changed(made, lead, add(f"more-{number}"))
    with pytest.raises(EditionRefused, match="At most nine"):
        changed(made, lead, add("one-more"))


def test_who_did_not_see_a_colleagues_words_overwrites_none(lead):
    made = draft(by=lead)
    stale = words_of(made).digest
    changed(made, lead, reword("abuse"))
    with pytest.raises(ChangedMeanwhile):
        rewrite(made, words_of(GuidelineEdition.objects.in_force()), by=lead, seen=stale)
    with pytest.raises(ChangedMeanwhile):
        publish(made, by=lead, seen=stale)
    assert made.guidelines.get(code="abuse").wording_in("en").title == "Be kind"


# Publishing -----------------------------------------------------------------------------------------------------------
def test_an_incomplete_draft_says_what_is_missing_and_is_not_published(lead):
    made = draft(by=lead)
    words = words_of(made)
    seen = words.digest
    words.introduction["tr"] = " "
    words.grounds[0].wordings["ckb"] = ("", "x")
    rewrite(made, words, by=lead, seen=seen)
    lacking = ["کوردیی ناوەندی: the title of profanity", "Türkçe: the introduction"]
    assert editions.missing(made) == lacking
    with pytest.raises(Incomplete) as refused:
        publish(made, by=lead)
    assert refused.value.missing == lacking
    assert GuidelineEdition.objects.in_force().number == 1


def test_publishing_is_for_good_and_changes_every_page(lead, reader, story):
    made = changed(draft(by=lead), lead, add("off-topic"))
    before = pages.newest_change()
    assert publish(made, by=lead) == GuidelineEdition.objects.in_force()
    assert (made.published_by, made.is_draft) == (lead, False)
    assert {change.key for change in pages.changed_since(before)} == {"house", "guidelines"}
    assert "No off-topic" in reader.get(story.get_absolute_url()).text
    words = words_of(made)
    with pytest.raises(IsPublished):
        rewrite(made, words, by=lead, seen=words.digest)
    with pytest.raises(IsPublished):
        publish(made, by=lead)
    for attack in (
        lambda: GuidelineWording.objects.filter(edition=made).update(text="Anything goes."),
        lambda: made.guidelines.all()._raw_delete("default"),
        lambda: GuidelineEdition.objects.filter(pk=made.pk).update(published_by=None),
    ):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            attack()


@pytest.mark.django_db(transaction=True)
def test_leads_who_race_publish_once(real_database):
    leads = [make_user(f"lead{number}", Role.MODERATION_LEAD) for number in range(4)]
    rounds = 5

    def worker(_job, number):
        try:
            made = draft(by=leads[number])
            publish(made, by=leads[number])
        except IsPublished:
            return "late"
        return "published"

    outcomes = race(worker, rounds, 4)
    numbers = list(GuidelineEdition.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) - 1 == outcomes.count("published") >= rounds
    assert not GuidelineEdition.objects.filter(published_at__isnull=True).exists()


# While the desk is open -----------------------------------------------------------------------------------------------
def test_a_guideline_that_is_gone_is_named_and_nothing_is_decided(story, moderator, lead):
    comment = make_comment(story)
    publish(changed(draft(by=lead), lead, drop("abuse")), by=lead)
    with pytest.raises(EditionChanged, match="Edition 2 .* has no “abuse”"):
        decide(comment, "rejected", moderator=moderator, seen_version=0, guidelines=["abuse"])
    assert Decision.objects.count() == 0


def test_a_guideline_worded_otherwise_since_it_was_read_is_not_cited_unread(story, moderator, lead):
    comment = make_comment(story)
    publish(changed(draft(by=lead), lead, reword("abuse")), by=lead)
    seen = {"moderator": moderator, "seen_version": 0, "seen_edition": 1}
    with pytest.raises(EditionChanged, match="words “abuse” otherwise"):
        decide(comment, "rejected", guidelines=["abuse"], **seen)
    assert decide(comment, "rejected", guidelines=["threats"], **seen).edition.number == 2


def test_the_moderators_page_keeps_the_note_and_shows_the_new_guidelines(as_, story, moderator, lead):
    comment = make_comment(story)
    browser = as_(moderator)
    assert 'name="edition" value="1"' in browser.get("/desk/").text
    publish(changed(draft(by=lead), lead, drop("abuse")), by=lead)
    posted = {"seen_version": 0, "guidelines": ["abuse"], "note": "A long thought.", "edition": 1}
    answer = browser.post(f"/desk/comments/{comment.pk}/reject/", posted)
    assert answer.status_code == 400
    assert "A long thought." in answer.text
    assert "has no “abuse”" in answer.text
    assert 'name="edition" value="2"' in answer.text
    bulk = {"chosen": [f"{comment.pk}:0"], "verdict": "rejected", **posted}
    assert "Your note, not sent: A long thought." in browser.post("/desk/decide/", bulk, follow=True).text
    assert Decision.objects.count() == 0


# For readers ----------------------------------------------------------------------------------------------------------
def test_every_edition_stays_at_its_address_with_what_it_changed(reader, lead):
    def change(words) -> None:
        swap_first_two(words)
        drop("promotion")(words)
        add("off-topic")(words)
        reword("abuse")(words)

    assert reader.get("/en/guidelines/1/changes/").status_code == 404
    assert reader.get("/en/guidelines/2/").status_code == 404
    publish(changed(draft(by=lead), lead, change), by=lead)
    page = reader.get("/en/guidelines/").text
    assert 'id="off-topic"' in page
    assert 'href="/en/guidelines/2/changes/"' in page
    assert "kept for the record" in reader.get("/en/guidelines/1/").text
    found = reader.get("/en/guidelines/2/changes/").text
    assert "<ins>Be</ins>" in found or "<ins>Be kind</ins>" in found
    for words in ("no longer a guideline", "new", "number 1, was 2", "worded otherwise"):
        assert words in found
    assert reader.get("/ar/guidelines/2/changes/1/").status_code == 200
    assert "no longer a guideline" in reader.get("/en/guidelines/1/changes/2/").text
    assert reader.get("/en/guidelines/2/changes/3/").status_code == 404


def test_the_diff_names_every_kind_of_change():
    def words(*grounds):
        return editions.Words({"en": "As ever."}, [Ground(code, {"en": (title, code)}) for code, title in grounds])

    before, after = words(("a", "A"), ("b", "B"), ("c", "C")), words(("c", "C!"), ("b", "B"), ("d", "D"))
    found = changes_between(before, after, "en")
    kinds = {c.code: (c.is_new, c.is_gone, c.is_reworded, c.is_moved) for c in found.grounds}
    assert kinds == {
        "c": (False, False, True, True),
        "b": (False, False, False, False),
        "d": (True, False, False, False),
        "a": (False, True, False, False),
        "unlawful": (False, False, False, False),
    }
    assert not found.are_none
    assert changes_between(before, before, "en").are_none


# In the back office ---------------------------------------------------------------------------------------------------
def test_a_lead_writes_previews_rehearses_and_publishes(as_, lead, story, moderator):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Canary & co.")
    TermList.objects.create(language="en", guideline="abuse", name="Rude words", is_active=True)
    browser = as_(lead)
    base = "/admin/comments/guidelineedition/"
    assert "Go to the draft" in browser.get(f"{base}add/").text
    edition = GuidelineEdition.objects.get(number=2) if browser.post(f"{base}add/").status_code == 302 else None
    page = f"{base}{edition.pk}/"
    assert "complete" in browser.get(f"{page}change/").text

    rows = words_of(edition).grounds
    posted = {"form-TOTAL_FORMS": len(rows) + 1, "form-INITIAL_FORMS": len(rows), "seen": words_of(edition).digest}
    for number, ground in enumerate(rows):
        key = "" if ground.code == "abuse" else number + 1
        posted |= {
            f"form-{number}-was": ground.code,
            f"form-{number}-code": ground.code,
            f"form-{number}-position": key,
        }
    posted |= {f"form-{len(rows)}-code": "kindness", f"form-{len(rows)}-position": 9}
    assert browser.post(f"{page}change/", posted).status_code == 302
    assert [ground.code for ground in words_of(edition).grounds][-1] == "kindness"
    assert "abuse" not in [ground.code for ground in words_of(edition).grounds]
    stale = browser.post(f"{page}change/", posted)
    assert (stale.status_code, "Somebody else has changed the draft" in stale.text) == (400, True)
    assert "5 missing" not in browser.get(f"{page}change/").text
    assert "the title of kindness" in browser.get(f"{page}publish/").text
    assert browser.post(f"{page}publish/", {"seen": words_of(edition).digest}).status_code == 409

    for code in LANGUAGES:
        words = words_of(edition)
        said = {
            f"{part}-{ground.code}": ground.wordings.get(code, ("Kind <b>", "Be kind."))[part == "text"]
            for ground in words.every_ground
            for part in ("title", "text")
        }
        said |= {"introduction": words.introduction[code], "seen": words.digest}
        assert browser.post(f"{page}words/{code}/", said).status_code == 302
    assert editions.missing(edition) == []
    preview = browser.get(f"{page}preview/ckb/")
    assert ("Kind &lt;b&gt;" in preview.text, 'dir="rtl"' in preview.text) == (True, True)
    assert browser.get(f"{page}preview/xx/").status_code == browser.get(f"{page}words/xx/").status_code == 404
    assert "no longer a guideline" in browser.get(f"{page}changes/en/").text

    rehearsal = browser.get(f"{page}rehearse/").text
    assert "Canary &amp; co." in rehearsal
    assert "Rude words" in rehearsal
    decision = rejected.decisions.get()
    assert browser.post(f"{page}rehearse/?newest=50", {f"met-{decision.pk}": "kindness"}).status_code == 302
    assert "1 marked, 0 of them with the outcome they had." in browser.get(f"{page}rehearse/").text
    assert "Rehearsed on 1 decided comments." in browser.get(f"{page}publish/").text
    assert browser.post(f"{page}publish/", {"seen": words_of(edition).digest}).status_code == 302
    assert GuidelineEdition.objects.in_force() == edition
    assert browser.post(f"{page}publish/", {"seen": ""}).status_code == 409  # the slower of two is told
    assert browser.get(f"{page}words/en/").status_code == 403
    assert browser.get(f"{page}change/").status_code == 200


def test_typed_words_come_back_when_a_colleague_was_faster(as_, lead):
    edition = draft(by=lead)
    stale = words_of(edition).digest
    changed(edition, lead, reword("abuse"))
    answer = as_(lead).post(
        f"/admin/comments/guidelineedition/{edition.pk}/words/en/", {"introduction": "Mine", "seen": stale}
    )
    assert (answer.status_code, "Mine</textarea>" in answer.text) == (400, True)
    assert "Your words are still here." in answer.text


@pytest.mark.parametrize("address", ["words/en/", "rehearse/", "publish/"])
def test_moderators_and_superusers_read_a_draft_and_write_none(as_, lead, moderator, superuser, editor, address):
    edition = draft(by=lead)
    base = f"/admin/comments/guidelineedition/{edition.pk}/"
    for person in (moderator, superuser, editor):
        assert [getattr(as_(person), verb)(base + address).status_code for verb in ("get", "post")] == [403, 403]
    assert as_(moderator).get(f"{base}preview/en/").status_code == 200
    assert as_(editor).get(f"{base}preview/en/").status_code == 403


# Rehearsal ------------------------------------------------------------------------------------------------------------
def test_a_rehearsal_puts_marks_beside_what_was_decided(story, moderator, lead):
    kinds = [("rejected", ["abuse"]), ("rejected", ["threats"]), ("approved", []), ("rejected", ["abuse", "profanity"])]
    decided = [
        make_decided(story, verdict, by=moderator, guidelines=codes, body=f"Number {n}.").decisions.get()
        for n, (verdict, codes) in enumerate(kinds)
    ]
    edition = changed(changed(draft(by=lead), lead, drop("abuse")), lead, add("kindness"))
    marks = dict(zip([d.pk for d in decided], ["kindness", "threats", "kindness", "approve"], strict=True))
    assert rehearsals.mark(edition, {**marks, 10**9: "threats"}, by=lead) == 4
    found = rehearsals.rehearse(edition, "en")
    assert [one.decision for one in found.tried] == decided[::-1]
    assert (len(found.marked), found.same) == (4, 1)
    assert sorted(found.turned) == [
        ("", "kindness", 1),
        ("abuse", "kindness", 1),
        ("profanity, abuse", "", 1),
        ("threats", "threats", 1),
    ]
    assert found.dropped == [("abuse", 2)]
    with pytest.raises(EditionRefused):
        rehearsals.mark(edition, {decided[0].pk: "abuse"}, by=lead)
    rehearsals.mark(edition, {decided[0].pk: ""}, by=lead)
    assert RehearsalMark.objects.count() == 3
    publish(edition, by=lead)
    with pytest.raises(IsPublished):
        rehearsals.mark(edition, {decided[0].pk: "kindness"}, by=lead)


@pytest.mark.parametrize("count", [1, 8])
def test_a_rehearsal_takes_the_same_queries_however_much_was_decided(
    story, moderator, lead, count, django_assert_num_queries
):
    for number in range(count):
        make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Number {number}.")
    edition = draft(by=lead)
    with django_assert_num_queries(13):
        rehearsals.rehearse(edition, "en")
