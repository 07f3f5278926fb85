"""The translations desk: editions and their states, what changed in the original, and how an edition begins."""

import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from articles import editions, publishing, revisions, translating
from articles.models import Article, Author, AuthorName, Tag
from tests.factories import content, leading_with, make_author, make_draft, make_photo, make_place, make_story

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


def desk(article: Article) -> str:
    return f"{LIST}{article.pk}/translations/"


def shown(browser, article: Article) -> dict:
    """The editions on the desk by language."""
    response = browser.get(desk(article))
    assert response.status_code == 200
    return {edition.language.code: edition for edition in response.context["editions"]}


def release(story: Article, editor, **changes) -> None:
    revisions.record(story, content(**changes), by=editor)
    publishing.release(story, revisions.waiting(story), by=editor)


@pytest.fixture
def translator(reporter):
    """The reporter, with an author for their account."""
    author = make_author("Rojda Translator", "rojda")
    Author.objects.filter(pk=author.pk).update(user=reporter)
    return reporter


# Beginning an edition -------------------------------------------------------------------------------------------------
def test_an_edition_begins_with_the_originals_words_and_house(editor, translator):
    photo, place = make_photo(by=editor), make_place()
    original = make_story(
        by=editor, place_id=place.pk, byline_note="With the agency", tags=["rivers", "ISIS"], **leading_with(photo)
    )
    [rivers, isis] = original.tags.all()
    make_draft(by=editor, language="tr", slug="x", tags=["nehirler", "isis"])
    Tag.objects.filter(name="nehirler").update(translation_of=rivers)
    draft, left_out = translating.translate(original, "tr", by=translator)

    assert (draft.language, draft.translation_of, draft.status, draft.created_by) == (
        "tr",
        original,
        "draft",
        translator,
    )
    assert (draft.section, draft.place, draft.lead_photo, draft.byline_note) == (
        original.section,
        place,
        photo,
        "With the agency",
    )
    assert (draft.headline, draft.body, draft.lead_alt) == (original.headline, original.body, "A bridge")
    assert draft.slug == ""  # the address waits for the translated headline
    assert ([tag.name for tag in draft.tags.all()], left_out) == (["nehirler", "isis"], [])
    roles = [(line.author, line.role) for line in draft.bylines.all()]
    assert roles == [(original.bylines.get().author, "reporter"), (translator.author, "translator")]
    assert (draft.translated_revision, draft.original_changed_at) == (1, None)
    assert isis.language == "en"


def test_tags_without_a_known_translation_are_left_out_and_named(as_, editor, translator):
    original = make_story(by=editor, tags=["rivers", "floods"])
    response = as_(translator).post(f"{LIST}{original.pk}/translate/ckb/", follow=True)
    draft = Article.objects.get(language="ckb")
    assert list(draft.tags.all()) == []
    assert "left out: rivers, floods." in draft.revisions.get().note
    assert "left out: rivers, floods." in response.text
    assert response.redirect_chain == [(f"{LIST}{draft.pk}/change/", 302)]
    assert LogEntry.objects.filter(user=translator, object_id=str(draft.pk)).count() == 1


def test_whoever_has_no_author_is_told_so(as_, editor, story):
    response = as_(editor).post(f"{LIST}{story.pk}/translate/tr/", follow=True)
    assert "No author stands for your account" in response.text


def test_an_edition_is_begun_once(as_, editor, story):
    for _twice in range(2):
        response = as_(editor).post(f"{LIST}{story.pk}/translate/tr/")
    assert response["Location"] == desk(story)
    assert Article.objects.filter(language="tr").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_race_begin_one_edition(editor, story):
    outcomes, barrier = [], threading.Barrier(2)

    def begin() -> None:
        try:
            barrier.wait()
            translating.translate(story, "tr", by=editor)
            outcomes.append("begun")
        except translating.AlreadyThere:
            outcomes.append("there")
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["begun", "there"]
    assert Article.objects.filter(language="tr").count() == 1


@pytest.mark.parametrize("language", ["en", "fr", "", "%00"])
def test_no_edition_in_the_same_or_an_unknown_language(language, as_, editor, story):
    response = as_(editor).post(f"{LIST}{story.pk}/translate/{language}/")
    assert response.status_code in (302, 404)
    assert Article.objects.count() == 1


def test_a_translation_is_not_translated_on(editor, story):
    draft, _left_out = translating.translate(story, "tr", by=editor)
    with pytest.raises(translating.TranslatingError):
        translating.translate(draft, "ku", by=editor)


def test_each_edition_is_published_alone(editor, story, reader):
    draft, _left_out = translating.translate(story, "tr", by=editor)
    assert reader.get(draft.get_absolute_url()).status_code == 404
    publishing.publish(draft, by=editor)
    assert reader.get(draft.get_absolute_url()).status_code == 200
    publishing.withdraw(story, by=editor, reason="Wrong.")
    assert reader.get(draft.get_absolute_url()).status_code == 200


# What changed since ---------------------------------------------------------------------------------------------------
def test_a_released_change_marks_every_edition_and_shows_the_difference(as_, editor, story):
    for language in ("tr", "ckb"):
        translating.translate(story, language, by=editor)
    release(story, editor, headline="The river falls", body="<p>Water reached the old bridge at noon.</p>")
    found = shown(as_(editor), story)
    for language in ("tr", "ckb"):
        changes = {change.label: change.pieces for change in found[language].changes}
        assert set(changes) == {"headline", "body"}
        assert changes["headline"] == [("same", "The river "), ("gone", "rises"), ("new", "falls")]
        assert ("new", "old ") in [tuple(piece) for piece in changes["body"]] or ("new", " old") in changes["body"]
    page = as_(editor).get(desk(story)).text
    assert "<del>rises</del><ins>falls</ins>" in page


def test_a_version_that_waits_marks_nothing_until_its_release(as_, editor, story):
    draft, _left_out = translating.translate(story, "tr", by=editor)
    revisions.record(story, content(headline="Not yet"), by=editor)
    assert not editions.stale(Article.objects.all()).exists()
    assert "Not yet" not in as_(editor).get(desk(story)).text
    publishing.release(story, revisions.waiting(story), by=editor)
    assert list(editions.stale(Article.objects.all())) == [draft]


def test_tags_section_and_slug_mark_nothing(editor, story):
    translating.translate(story, "tr", by=editor)
    release(story, editor, tags=["other"], slug="another", section_id=story.section_id)
    assert not editions.stale(Article.objects.all()).exists()


def test_a_translation_marks_nobody(editor, story):
    draft, _left_out = translating.translate(story, "tr", by=editor)
    revisions.record(draft, content(headline="Nehir"), by=editor)
    assert not editions.stale(Article.objects.all()).exists()


def test_taking_over_counts_from_the_revision_one_saw(as_, editor, story):
    draft, _left_out = translating.translate(story, "tr", by=editor)
    release(story, editor, headline="Second")
    browser = as_(editor)
    held = browser.get(desk(story)).context["held"]
    release(story, editor, headline="Third")
    refused = browser.post(f"{LIST}{draft.pk}/taken-over/", {"seen_revision": held}, follow=True)
    assert "The original changed again" in refused.text
    draft.refresh_from_db()
    assert (draft.translated_revision, draft.original_changed_at is None) == (1, False)

    held = browser.get(desk(story)).context["held"]
    assert browser.post(f"{LIST}{draft.pk}/taken-over/", {"seen_revision": held}).status_code == 302
    draft.refresh_from_db()
    assert (draft.translated_revision, draft.original_changed_at) == (3, None)
    assert "Took over revision 3" in LogEntry.objects.filter(user=editor).first().get_change_message()
    release(story, editor, headline="Fourth")
    [change] = shown(browser, story)["tr"].changes
    assert [piece.text for piece in change.pieces if piece.kind == "gone"] == ["Third"]


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999999999999", "٣"])
def test_a_tampered_number_takes_nothing_over(seen, as_, editor, story):
    draft, _left_out = translating.translate(story, "tr", by=editor)
    release(story, editor, headline="Second")
    assert as_(editor).post(f"{LIST}{draft.pk}/taken-over/", {"seen_revision": seen}).status_code == 302
    draft.refresh_from_db()
    assert draft.original_changed_at is not None


def test_who_may_not_write_in_a_translation_takes_nothing_over(as_, editor, reporter, story):
    draft, _left_out = translating.translate(story, "tr", by=editor)
    release(story, editor, headline="Second")
    held = editions.revision_of_row(story)
    assert as_(reporter).post(f"{LIST}{draft.pk}/taken-over/", {"seen_revision": held}).status_code == 403


def test_an_edition_linked_by_hand_counts_from_the_last_version_before_the_change(as_, editor, story):
    """Such a story says nothing of its source; it was linked while the first version was live."""
    linked = make_draft(by=editor, language="tr", translation_of=story)
    assert linked.translated_revision is None
    release(story, editor, headline="Second")
    linked.refresh_from_db()
    assert linked.translated_revision == 1
    assert [change.label for change in shown(as_(editor), story)["tr"].changes] == ["headline"]


def test_a_story_linked_in_the_form_holds_what_the_original_says_then(as_, editor, story):
    release(story, editor, headline="Second")
    posted = {
        "language": "tr",
        "translation_of": story.pk,
        "headline": "Nehir",
        "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0,
    }
    assert as_(editor).post(f"{LIST}add/", posted).status_code == 302
    assert Article.objects.get(language="tr").translated_revision == 2


def test_hostile_words_of_a_difference_are_inert(as_, editor, story):
    translating.translate(story, "tr", by=editor)
    release(story, editor, headline="<img src=x onerror=alert(1)>", standfirst="<script>alert(1)</script>")
    page = as_(editor).get(desk(story)).text
    assert "<img src=x" not in page
    assert "<script>alert" not in page


# The lists ------------------------------------------------------------------------------------------------------------
def test_the_list_finds_what_is_stale_and_what_is_missing(as_, editor):
    first = make_story(by=editor, headline="first", slug="first")
    make_story(by=editor, headline="second", slug="second")
    make_draft(by=editor, headline="not public", slug="third")
    draft, _left_out = translating.translate(first, "tr", by=editor)
    release(first, editor, headline="first, changed")
    browser = as_(editor)

    def listed(query: str) -> list[str]:
        return sorted(row.article.headline for row in browser.get(LIST + query).context["cl"].rows)

    assert listed("?translation=stale") == ["first"]
    assert listed("?translation=missing-tr") == ["second"]
    assert listed("?translation=missing-ar") == ["first, changed", "second"]
    assert listed("?translation=missing-en") == []
    assert browser.get(LIST).text.count("original changed</span>") == 2


def test_what_is_older_than_a_month_is_not_missing(editor):
    old = make_story(by=editor, slug="old")
    stories = Article.objects.all()
    assert list(editions.missing_in("ar", stories)) == [old]
    Article.objects.filter(pk=old.pk).update(first_published_at=old.first_published_at - editions.NEW_FOR)
    assert list(editions.missing_in("ar", stories)) == []


def test_the_desk_costs_the_same_queries_with_one_edition_and_with_five(as_, editor, django_assert_num_queries):
    browser, stories = as_(editor), [make_story(by=editor, slug=str(number)) for number in range(2)]
    for language in ("ar", "ckb", "ku", "tr"):
        translating.translate(stories[1], language, by=editor)
    for story, words in zip(stories, ("one", "many"), strict=True):
        release(story, editor, headline=words, slug=words)
    browser.get(desk(stories[0]))
    with django_assert_num_queries(QUERIES - 1):  # nobody asks for a source's words
        browser.get(desk(stories[0]))
    with django_assert_num_queries(QUERIES):
        browser.get(desk(stories[1]))


QUERIES = 10


def test_the_names_of_authors_stay_their_own(editor, translator):
    assert AuthorName.objects.filter(author=translator.author).count() == 1
