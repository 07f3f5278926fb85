"""No word is lost: unsaved text, who else is there, and two people saving one story."""

import datetime
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import drafts, presence, publishing, revisions
from articles.models import Article, Draft, Presence, Revision
from newsroom.roles import Role
from tests.articles.test_admin import ADD, change, form, form_of, shown
from tests.factories import content, make_author, make_draft, make_place, make_section, make_user

pytestmark = pytest.mark.django_db
KEY = "a-key-of-one-form-1234"
LIST = "/admin/articles/article/"


def autosave(article: Article | None) -> str:
    return f"{LIST}{article.pk}/autosave/" if article else f"{LIST}autosave/"


def typed_into(article: Article | None, key: str = KEY, **fields) -> dict:
    fields = {"slug": "the-river-rises", **fields}
    return {**(form_of(article, **fields) if article else form(**fields)), "draft_key": key, "typed": "1"}


# Unsaved text ---------------------------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_and_the_story_stays_as_it_was(as_, reporter):
    draft = make_draft(by=reporter)
    answer = as_(reporter).post(autosave(draft), typed_into(draft, headline="Half a headl"))
    assert (answer.status_code, answer.json()["time"]) == (200, timezone.localtime().strftime("%H:%M"))
    as_(reporter).post(autosave(draft), typed_into(draft, headline="Half a headline"))
    kept = Draft.objects.get()
    assert (kept.user, kept.article, kept.fields["headline"]) == (reporter, draft, "Half a headline")
    assert "csrfmiddlewaretoken" not in kept.fields and "draft_key" not in kept.fields
    draft.refresh_from_db()
    assert (draft.headline, draft.revisions.count()) == ("The river rises", 1)


def test_reopening_the_form_offers_it_and_restoring_fills_the_form(as_, reporter):
    draft = make_draft(by=reporter)
    place, second = make_place(), make_author("Zana", "zana")
    posted = typed_into(draft, headline="Rescued", place=place.pk, tags="floods", body="Words, words.")
    posted |= {"bylines-1-author": second.pk, "bylines-1-role": "photographer"}
    del posted["comments_open"]
    browser = as_(reporter)
    browser.post(autosave(draft), posted)

    offered = browser.get(change(draft))
    assert "You have unsaved text of" in offered.text and f"?draft={KEY}" in offered.text
    assert shown(offered, "headline") == "The river rises"

    page = browser.get(change(draft), {"draft": KEY})
    assert [shown(page, name) for name in ("headline", "tags", "body", "comments_open")] == [
        "Rescued",
        "floods",
        "Words, words.",
        False,
    ]
    assert str(shown(page, "place")) == str(place.pk)
    [bylines] = [inline.formset for inline in page.context["inline_admin_formsets"]]
    assert [(str(line["author"]), line["role"]) for line in bylines.initial_extra][1:] == [
        (str(second.pk), "photographer")
    ]
    assert f'name="draft_key" value="{KEY}"' in page.text  # it goes on under the same key
    assert "You have unsaved text of" not in page.text


def test_a_new_story_is_kept_before_it_was_ever_saved(as_, reporter):
    browser = as_(reporter)
    posted = typed_into(None, headline="Never saved", language="tr")
    assert browser.post(autosave(None), posted).status_code == 200
    assert Article.objects.count() == 0
    assert "Never saved" in browser.get(ADD).text
    page = browser.get(ADD, {"draft": KEY})
    assert [shown(page, name) for name in ("headline", "language")] == ["Never saved", "tr"]
    assert browser.post(ADD, posted).status_code == 302
    assert Article.objects.get().headline == "Never saved"
    assert browser.get(ADD).context["unsaved"] == []


def test_saving_closes_it_and_a_late_autosave_does_not_bring_it_back(as_, reporter):
    draft = make_draft(by=reporter)
    browser = as_(reporter)
    browser.post(autosave(draft), typed_into(draft, headline="Better"))
    assert browser.post(change(draft), typed_into(draft, headline="Better")).status_code == 302
    late = browser.post(autosave(draft), typed_into(draft, headline="Bett"))
    assert (late.status_code, len(late.json()["key"]) > 15) == (409, True)
    assert drafts.unsaved(reporter, draft) == []
    assert Draft.objects.get().typed == ""


def test_two_windows_do_not_write_over_each_other(as_, reporter):
    draft = make_draft(by=reporter)
    browser = as_(reporter)
    browser.post(autosave(draft), typed_into(draft, headline="Left window"))
    browser.post(autosave(draft), typed_into(draft, key="another-form-of-mine-1", headline="Right window"))
    assert [kept.fields["headline"] for kept in drafts.unsaved(reporter, draft)] == ["Right window", "Left window"]


def test_unsaved_text_is_compared_and_discarded(as_, reporter):
    draft = make_draft(by=reporter)
    browser = as_(reporter)
    browser.post(autosave(draft), typed_into(draft, headline="The river falls"))
    page = browser.get(f"{LIST}drafts/{KEY}/")
    assert "<del>rises</del><ins>falls</ins>" in page.text
    assert browser.post(f"{LIST}drafts/{KEY}/")["Location"] == change(draft)
    assert drafts.unsaved(reporter, draft) == []
    assert browser.get(f"{LIST}drafts/{KEY}/").status_code == 404


def test_hostile_unsaved_text_is_inert_everywhere(as_, reporter):
    draft = make_draft(by=reporter)
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    browser = as_(reporter)
    browser.post(autosave(draft), typed_into(draft, headline=hostile, body=f"<p>{hostile}</p>", tags=hostile))
    browser.post(autosave(None), typed_into(None, key="the-key-of-a-new-story", headline=hostile))
    for address in (
        f"{LIST}drafts/{KEY}/",
        f"{LIST}drafts/the-key-of-a-new-story/",
        ADD,
        f"{change(draft)}?draft={KEY}",
    ):
        text = browser.get(address).text
        assert "alert(1)" in text or "drafts" in address
        assert "<script>alert" not in text and "<img src=x" not in text


def test_nobody_reads_or_discards_a_colleagues_unsaved_text(as_, reporter, editor):
    draft = make_draft(by=reporter)
    as_(reporter).post(autosave(draft), typed_into(draft, headline="Canary"))
    browser = as_(editor)
    assert browser.get(f"{LIST}drafts/{KEY}/").status_code == 404
    assert browser.post(f"{LIST}drafts/{KEY}/").status_code == 404
    assert "Canary" not in browser.get(change(draft), {"draft": KEY}).text
    browser.post(autosave(draft), typed_into(draft, headline="Mine under the same key"))
    assert Draft.objects.get(user=reporter).fields["headline"] == "Canary"


def test_who_may_not_write_any_more_is_told_and_loses_nothing(as_, reporter, editor):
    draft = make_draft(by=reporter)
    publishing.submit(draft, by=reporter)
    answer = as_(reporter).post(autosave(draft), typed_into(draft, headline="One more thing"))
    assert (answer.status_code, "refused" in answer.json()) == (403, True)
    response = as_(reporter).post(change(draft), typed_into(draft, headline="One last thing"))
    assert response.status_code == 403
    assert "One last thing" in response.text and "Nothing you typed is lost" in response.text
    assert drafts.unsaved(reporter, draft)[0].fields["headline"] == "One last thing"
    draft.refresh_from_db()
    assert draft.headline == "The river rises"


@pytest.mark.parametrize("key", ["", "short", "x" * 41, "with spaces in the key!", "../../../etc/passwd"])
def test_a_key_no_form_sends_is_refused(key, as_, reporter):
    draft = make_draft(by=reporter)
    assert as_(reporter).post(autosave(draft), typed_into(draft, key=key)).status_code == 400
    assert Draft.objects.count() == 0


def test_a_form_signed_in_again_gets_a_token_that_works(reporter):
    draft = make_draft(by=reporter)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reporter)
    assert browser.post(autosave(draft), typed_into(draft)).status_code == 403
    token = browser.get(autosave(draft)).json()["token"]
    assert browser.post(autosave(draft), typed_into(draft), headers={"X-CSRFToken": token}).status_code == 200


def test_unsaved_text_is_forgotten_in_the_end(reporter):
    draft = make_draft(by=reporter)
    old = timezone.now() - drafts.KEEP - datetime.timedelta(minutes=1)
    for key, saved_at, closed_at in (
        ("old-and-open-12345678", old, None),
        ("new-and-open-12345678", timezone.now(), None),
        ("closed-lately-1234567", old, timezone.now()),
        ("closed-long-ago-12345", old, timezone.now() - drafts.KEEP_CLOSED - datetime.timedelta(minutes=1)),
    ):
        Draft.objects.create(user=reporter, article=draft, key=key, saved_at=saved_at, closed_at=closed_at)
    assert drafts.forget() == 2
    assert set(Draft.objects.values_list("key", flat=True)) == {"new-and-open-12345678", "closed-lately-1234567"}


# Who else is there ----------------------------------------------------------------------------------------------------
def test_the_form_says_who_else_is_editing(as_, reporter, editor):
    draft = make_draft(by=reporter)
    as_(editor).post(autosave(draft), {"beat": "1"})
    assert "editor has had this story open since" in as_(reporter).get(change(draft)).text
    answer = as_(reporter).post(autosave(draft), typed_into(draft))
    assert answer.json()["others"][0].startswith("editor has had this story open since")
    assert as_(editor).post(autosave(draft), {"beat": "1"}).json()["others"] == ["reporter is editing now."]
    as_(editor).post(autosave(draft), {"left": "1"})
    assert as_(reporter).post(autosave(draft), {"beat": "1"}).json()["others"] == []


def test_presence_expires_by_itself(reporter, editor):
    draft, now = make_draft(by=reporter), timezone.now()
    presence.beat(draft, editor, typed=True, now=now - datetime.timedelta(minutes=2))
    assert presence.others(draft, reporter, now=now) == ["editor is editing, 2 minutes ago."]
    assert presence.others(draft, editor, now=now) == []
    assert presence.others(draft, reporter, now=now + presence.GONE_AFTER) == []
    assert presence.forget() == 0
    Presence.objects.update(here_at=now - datetime.timedelta(days=2))
    assert presence.forget() == 1


def test_only_a_writer_of_the_story_is_shown_as_there(as_, reporter, editor):
    foreign = make_draft(by=editor)
    assert as_(reporter).post(autosave(foreign), {"beat": "1"}).status_code == 403
    assert Presence.objects.count() == 0


def test_the_form_is_told_of_a_newer_version_before_it_is_sent(as_, reporter, editor):
    draft = make_draft(by=reporter)
    assert as_(reporter).post(autosave(draft), {"beat": "1", "seen_revision": "1"}).json()["newer"] == ""
    revisions.record(draft, content(headline="Theirs"), by=editor)
    newer = as_(reporter).post(autosave(draft), {"beat": "1", "seen_revision": "1"}).json()["newer"]
    assert newer.startswith("editor saved a newer version at")


# Two people, one story ------------------------------------------------------------------------------------------------
def fields_on(response) -> dict:
    """What a browser without script would post from the page that asks, before anything is chosen."""
    posted: dict = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>", response.text):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or 'type="submit"' in tag or ('type="radio"' in tag and " checked" not in tag):
            continue
        value = re.search(r' value="([^"]*)"', tag)
        if tag.startswith("<textarea"):
            value = re.search(re.escape(tag) + r"\n?(.*?)</textarea>", response.text, re.DOTALL)
        posted.setdefault(name[1], []).append(unescape(value[1]) if value else "on")
    return posted


@pytest.fixture
def collision(as_, reporter, editor):
    """The reporter's browser, the story, and the 409 it got: both changed the headline, each something more."""
    body = "".join(f"<p>Paragraph {number}.</p>" for number in (1, 2, 3))
    draft = make_draft(by=reporter, body=body)
    other = make_section("Culture", "culture")
    theirs = content(headline="Theirs", body=body.replace("graph 3", "graph three"), section_id=other.pk)
    revisions.record(draft, theirs, by=editor)
    browser = as_(reporter)
    mine = typed_into(draft, headline="Mine", body=body.replace("graph 1", "graph one"), tags="rivers, floods")
    mine["seen_revision"] = "1"
    response = browser.post(change(draft), mine)
    assert response.status_code == 409
    return browser, draft, response


def asked(response) -> dict:
    return {question.name: question for question in response.context["questions"]}


def test_the_page_shows_yours_theirs_and_who_changed_what(collision):
    _browser, _draft, response = collision
    questions = asked(response)
    assert {name: (question.changed_by, question.chosen) for name, question in questions.items()} == {
        "headline": ("both", ""),
        "body": ("both", "merge"),
        "tags": ("mine", "mine"),
        "section_id": ("theirs", "theirs"),
    }
    assert (questions["headline"].mine, questions["headline"].theirs) == ("Mine", "Theirs")
    assert questions["body"].merged == "<p>Paragraph one.</p>\n<p>Paragraph 2.</p>\n<p>Paragraph three.</p>"
    assert "editor saved this story at" in response.text
    for words in ("Keep mine", "Take theirs", "Merge: keep this text", "<del>Theirs</del><ins>Mine</ins>"):
        assert words in response.text


def test_field_by_field_one_save_keeps_what_was_chosen(collision):
    browser, draft, response = collision
    posted = fields_on(response) | {"choice-headline": "theirs"}
    assert browser.post(change(draft), posted).status_code == 302
    newest = revisions.newest(draft)
    draft.refresh_from_db()
    assert (newest.number, draft.headline, draft.section.name_in("en").name) == (3, "Theirs", "Culture")
    assert draft.body == "<p>Paragraph one.</p>\n<p>Paragraph 2.</p>\n<p>Paragraph three.</p>"
    assert newest.content["tags"] == ["rivers", "floods"]
    assert drafts.unsaved(newest.created_by, draft) == []


def test_a_merged_text_may_be_edited(collision):
    browser, draft, response = collision
    posted = fields_on(response) | {"choice-headline": "merge", "merged-headline": "Ours", "merged-body": "<p>New.</p>"}
    browser.post(change(draft), posted)
    draft.refresh_from_db()
    assert (draft.headline, draft.body) == ("Ours", "<p>New.</p>")


def test_without_an_answer_it_asks_again_with_everything_still_there(collision):
    browser, draft, response = collision
    posted = fields_on(response) | {"merged-body": "<p>Typed into the merge.</p>"}
    again = browser.post(change(draft), posted)
    assert (again.status_code, again.context["unanswered"]) == (409, ["Headline"])
    assert asked(again)["body"].merged == "<p>Typed into the merge.</p>"
    assert (asked(again)["headline"].mine, asked(again)["headline"].theirs) == ("Mine", "Theirs")
    assert draft.revisions.count() == 2


def test_a_third_person_saving_meanwhile_is_asked_about_too(collision, editor):
    browser, draft, response = collision
    revisions.record(draft, content(headline="A third", body="<p>Paragraph 1.</p>"), by=make_user("third", Role.EDITOR))
    posted = fields_on(response) | {"choice-headline": "mine"}
    again = browser.post(change(draft), posted)
    assert again.status_code == 409
    assert "third saved this story at" in again.text
    questions = asked(again)
    assert (questions["headline"].mine, questions["headline"].theirs) == ("Mine", "A third")
    assert "Paragraph one." in questions["body"].mine  # the merge so far
    assert [draft.fields["headline"] for draft in drafts.unsaved(posted_by(again), draft)] == ["Mine", "Mine"]
    done = fields_on(again) | {"choice-headline": "mine", "choice-body": "mine"}
    for name in asked(again):
        done.setdefault(f"choice-{name}", "mine")
    assert browser.post(change(draft), done).status_code == 302
    draft.refresh_from_db()
    assert (draft.headline, revisions.newest(draft).number) == ("Mine", 4)
    kept = [revision.content["headline"] for revision in draft.revisions.order_by("number")]
    assert kept == ["The river rises", "Theirs", "A third", "Mine"]
    assert drafts.unsaved(posted_by(again), draft) == []


def posted_by(response):
    return response.wsgi_request.user


def test_mine_is_kept_as_unsaved_text_whatever_happens_to_the_page(collision, reporter):
    _browser, draft, _response = collision
    [kept] = drafts.unsaved(reporter, draft)
    assert (kept.key, kept.fields["headline"]) == (KEY, "Mine")


def test_bylines_and_tags_are_merged_as_lists(as_, reporter, editor):
    first, second, third = make_author(), make_author("Zana", "zana"), make_author("Aram", "aram")
    draft = make_draft(by=reporter)
    lines = [{"author": key, "role": "reporter"} for key in (first.pk, second.pk)]
    revisions.record(draft, content(bylines=lines, tags=["Syrian army", "rivers", "theirs"]), by=editor)
    mine = typed_into(draft, tags="Syrian army, rivers, mine", body=content()["body"])
    mine |= {"bylines-1-author": third.pk, "bylines-1-role": "photographer", "seen_revision": "1"}
    response = as_(reporter).post(change(draft), mine)
    questions = asked(response)
    assert questions["tags"].merged == "Syrian army, rivers, mine, theirs"
    posted = fields_on(response) | {"choice-bylines": "merge", "choice-tags": "merge"}
    assert as_(reporter).post(change(draft), posted).status_code == 302
    draft.refresh_from_db()
    assert [line.author for line in draft.bylines.all()] == [first, third, second]
    assert [tag.name for tag in draft.tags.all()] == ["Syrian army", "rivers", "mine", "theirs"]


def test_a_switch_somebody_flipped_is_a_question_too(as_, reporter, editor):
    draft = make_draft(by=reporter)
    Article.objects.filter(pk=draft.pk).update(comments_open=False)
    revisions.record(draft, content(headline="Theirs"), by=editor)
    response = as_(reporter).post(change(draft), typed_into(draft, seen=1))
    assert "comments_open" in asked(response)
    answers = {f"choice-{name}": "theirs" for name in asked(response)}
    assert as_(reporter).post(change(draft), fields_on(response) | answers).status_code == 302
    draft.refresh_from_db()
    assert (draft.comments_open, draft.headline) == (False, "Theirs")


def test_ones_own_other_window_asks_too(as_, reporter):
    draft = make_draft(by=reporter)
    revisions.record(draft, content(headline="From another window"), by=reporter)
    response = as_(reporter).post(change(draft), form_of(draft, seen=1, headline="Mine"))
    assert (response.status_code, "in another window" in response.text) == (409, True)


def test_a_double_click_is_one_save(as_, reporter):
    draft = make_draft(by=reporter)
    twice = [as_(reporter).post(change(draft), form_of(draft, seen=1, headline="Mine")).status_code for _ in "ab"]
    assert (twice, draft.revisions.count()) == ([302, 302], 2)


def test_behind_a_live_story_it_asks_the_same(as_, reporter, editor):
    story = make_draft(by=reporter)
    publishing.publish(story, by=editor)
    revisions.record(story, content(headline="Theirs"), by=editor)
    response = as_(reporter).post(change(story), form_of(story, seen=1, headline="Mine"))
    assert response.status_code == 409
    assert (
        as_(reporter)
        .post(change(story), fields_on(response) | {f"choice-{name}": "mine" for name in asked(response)})
        .status_code
        == 302
    )
    story.refresh_from_db()
    assert (story.headline, revisions.waiting(story).content["headline"]) == ("The river rises", "Mine")


def test_a_hostile_text_on_the_page_is_inert(as_, reporter, editor):
    draft = make_draft(by=reporter)
    hostile = '"><script>alert(1)</script></textarea><img src=x onerror=alert(1)>'
    revisions.record(draft, content(headline=hostile, tags=["<b>x</b>"]), by=editor)
    text = as_(reporter).post(change(draft), form_of(draft, seen=1, headline=hostile + "2", standfirst=hostile)).text
    assert "alert(1)" in text
    assert "<script>alert" not in text and "<img src=x" not in text and "<b>x</b>" not in text


@pytest.mark.parametrize(
    "broken",
    [
        {"theirs": "x"},
        {"theirs": "999"},
        {"asked": ["body", "nonsense", "seen_revision"], "choice-nonsense": "theirs", "choice-seen_revision": "merge"},
        {"choice-headline": "neither"},
        {"choice-bylines": "merge", "asked": "bylines", "merged-bylines": "x:y,,99:king,1:"},
    ],
)
def test_broken_answers_are_no_error_page(broken, collision):
    browser, draft, response = collision
    assert browser.post(change(draft), fields_on(response) | broken).status_code in (200, 302, 409)


def test_the_page_costs_the_same_queries_however_many_revisions_there_are(as_, reporter, editor):
    draft = make_draft(by=reporter)
    browser = as_(reporter)
    counts = []
    for saves in (1, 30):
        for number in range(saves):
            revisions.record(draft, content(headline=f"Theirs {saves} {number}"), by=editor)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.post(change(draft), form_of(draft, seen=1, headline="Mine")).status_code == 409
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert Revision.objects.count() == 32
