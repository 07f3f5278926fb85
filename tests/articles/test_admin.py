"""Journalists at work in the admin: the form, what it keeps, and the steps of the workflow."""

import datetime
import re

import pytest
from django.utils import timezone
from django.utils.html import escape

from articles import publishing, revisions
from articles.models import Article, Author, Revision
from newsroom.html import MAX_LENGTH
from tests.factories import content, make_author, make_draft, make_place, make_section, make_story

ADD = "/admin/articles/article/add/"
LIST = "/admin/articles/article/"


def change(article: Article) -> str:
    return f"{LIST}{article.pk}/change/"


def step(article: Article, verb: str) -> str:
    return f"{LIST}{article.pk}/step/{verb}/"


def form(*bylines: tuple[Author, str], **fields) -> dict:
    """What the story form posts: a whole story, with ``fields`` changed and one line for each of ``bylines``."""
    bylines = bylines or ((make_author(), "reporter"),)
    posted = {
        "language": "en",
        "section": make_section().pk,
        "headline": "The river rises",
        "standfirst": "Two villages moved uphill.",
        "place": "",
        "body": "Water reached the bridge at noon.",
        "tags": "ISIS, war, Aleppo, Syrian army",
        "slug": "",
        "byline_note": "",
        "translation_of": "",
        "comments_open": "on",
        "revision_note": "",
        "bylines-TOTAL_FORMS": len(bylines) + 1,  # the form always has an empty line more
        "bylines-INITIAL_FORMS": 0,
        "bylines-MIN_NUM_FORMS": 0,
        "bylines-MAX_NUM_FORMS": 1000,
        f"bylines-{len(bylines)}-author": "",
        f"bylines-{len(bylines)}-role": "reporter",
    }
    for number, (author, role) in enumerate(bylines):
        posted |= {f"bylines-{number}-author": author.pk, f"bylines-{number}-role": role}
    return posted | fields


def form_of(article: Article, *bylines: tuple[Author, str], seen: int | None = None, **fields) -> dict:
    """What the form of an existing story posts, as it was opened at revision ``seen`` (default: the newest)."""
    newest = revisions.newest(article)
    posted = form(*bylines, seen_revision=(newest.number if newest else 0) if seen is None else seen, **fields)
    del posted["language"]
    return posted


def shown(response, name: str) -> str:
    """The value of the field ``name`` in the form a response shows, as the browser would send it again."""
    return response.context["adminform"].form[name].value()


# Writing --------------------------------------------------------------------------------------------------------------
def test_a_reporter_writes_a_story_in_the_form(as_, reporter):
    organisation, person = make_author("Maidan Agency", "maidan-agency"), make_author()
    place = make_place()
    posted = form(
        (organisation, "reporter"),
        (person, "photographer"),
        place=place.pk,
        body="<p onclick='x()'>Water <b>rose</b>.</p><script>x()</script>",
        revision_note="First version",
    )
    response = as_(reporter).post(ADD, posted)
    assert (response.status_code, response["Location"]) == (302, LIST)

    story = Article.objects.get()
    assert (story.language, story.headline, story.slug) == ("en", "The river rises", "the-river-rises")
    assert (story.created_by, story.status, story.place, story.comments_open) == (reporter, "draft", place, True)
    assert [tag.name for tag in story.tags.all()] == ["ISIS", "war", "Aleppo", "Syrian army"]
    assert story.body == "<p>Water <b>rose</b>.</p>"
    assert [(line.author, line.role) for line in story.bylines.all()] == [
        (organisation, "reporter"),
        (person, "photographer"),
    ]
    kept = story.revisions.get()
    assert (kept.number, kept.note, kept.created_by, kept.state) == (1, "First version", reporter, "saved")
    # An empty slug means "made from the headline", in the row and whenever the version is released.
    assert kept.content == revisions.snapshot(story) | {"slug": ""}


def test_plain_words_become_paragraphs(as_, reporter):
    as_(reporter).post(ADD, form(body="One & two.\n\nThree <four>."))
    assert Article.objects.get().body == "<p>One &amp; two.</p>\n<p>Three &lt;four&gt;.</p>"


def test_the_form_shows_what_was_saved_and_saving_it_unchanged_changes_nothing(as_, reporter):
    browser = as_(reporter)
    lines = ((make_author("Maidan Agency", "maidan-agency"), "reporter"), (make_author(), "photographer"))
    browser.post(ADD, form(*lines))
    story = Article.objects.get()
    response = browser.get(change(story))
    assert [shown(response, name) for name in ("headline", "body", "tags", "slug")] == [
        "The river rises",
        "<p>Water reached the bridge at noon.</p>",
        "ISIS, war, Aleppo, Syrian army",
        "the-river-rises",
    ]
    before = revisions.snapshot(story)
    same = {name: shown(response, name) for name in ("headline", "standfirst", "body", "tags", "slug")}
    assert browser.post(change(story), form_of(story, *lines, **same)).status_code == 302
    assert revisions.snapshot(Article.objects.get()) == before


def test_an_unfinished_story_is_kept(as_, reporter):
    empty = {"section": "", "headline": "", "standfirst": "", "body": "", "tags": ""}
    posted = form(**empty) | {"bylines-0-author": ""}
    assert as_(reporter).post(ADD, posted).status_code == 302
    page = as_(reporter).get(change(Article.objects.get())).text
    for missing in ("no headline", "no section", "no byline", "no text"):
        assert f"The story has {missing}." in page


def test_editing_the_bylines_replaces_them_in_the_order_given(as_, reporter):
    first, second, third = (make_author(name, name.lower()) for name in ("Zana", "Aram", "Maidan"))
    browser = as_(reporter)
    browser.post(ADD, form((first, "reporter"), (second, "reporter")))
    story = Article.objects.get()
    browser.post(change(story), form_of(story, (third, "reporter"), (first, "photographer"), (second, "reporter")))
    assert [(line.author, line.role, line.position) for line in story.bylines.all()] == [
        (third, "reporter", 0),
        (first, "photographer", 1),
        (second, "reporter", 2),
    ]
    browser.post(change(story), form_of(story, (second, "reporter")))
    assert [line.author for line in story.bylines.all()] == [second]


def test_one_author_may_have_two_roles(as_, reporter):
    author = make_author()
    as_(reporter).post(ADD, form((author, "reporter"), (author, "photographer")))
    assert [line.role for line in Article.objects.get().bylines.all()] == ["reporter", "photographer"]


@pytest.mark.parametrize("where", ["a new story", "a draft", "a live story"])
def test_the_same_byline_twice_is_refused_beside_the_line(where, as_, editor):
    author = make_author()
    twice = ((author, "reporter"), (author, "reporter"))
    if where == "a new story":
        address, posted = ADD, form(*twice, headline="Typed text")
    else:
        story = make_draft(by=editor) if where == "a draft" else make_story(by=editor)
        address, posted = change(story), form_of(story, *twice, headline="Typed text")
    before = Revision.objects.count()
    response = as_(editor).post(address, posted)
    assert response.status_code == 200
    [formset] = [inline.formset for inline in response.context["inline_admin_formsets"]]
    assert formset.errors[0] == {}
    assert formset.errors[1]
    assert shown(response, "headline") == "Typed text"
    assert Revision.objects.count() == before


# Behind a live story --------------------------------------------------------------------------------------------------
def test_saving_a_live_story_leaves_what_readers_have_and_waits(as_, reader, editor, story):
    browser = as_(editor)
    other = make_author("Aram", "aram")
    posted = form_of(story, (other, "reporter"), headline="The river falls", tags="floods", body="It fell.")
    response = browser.post(change(story), posted, follow=True)
    assert "Readers still see the released version" in response.text

    story.refresh_from_db()
    assert revisions.snapshot(story) == content()
    assert "The river rises" in reader.get(story.get_absolute_url()).text
    waiting = revisions.waiting(story)
    assert (waiting.number, waiting.state, waiting.created_by) == (2, "waiting", editor)

    page = browser.get(change(story))
    assert [shown(page, name) for name in ("headline", "tags", "body")] == [
        "The river falls",
        "floods",
        "<p>It fell.</p>",
    ]
    assert [line["author"] for line in page.context["inline_admin_formsets"][0].formset.initial_extra] == [other.pk]
    assert "Revision 2 by editor waits behind the live story." in page.text


def test_a_release_gives_readers_the_waiting_version(as_, reader, editor, story):
    browser = as_(editor)
    browser.post(change(story), form_of(story, headline="The river falls", tags="floods"))
    told = {"note": "", "substantive": "substantive", "kind": "update", "line": "The river has fallen since."}
    response = browser.post(step(story, "release"), told)
    assert response.status_code == 302
    story.refresh_from_db()
    assert (story.headline, [tag.name for tag in story.tags.all()]) == ("The river falls", ["floods"])
    assert story.was_updated
    assert "The river falls" in reader.get(story.get_absolute_url()).text


def test_whether_comments_are_open_is_a_switch_and_waits_for_nothing(as_, editor, story):
    posted = form_of(story)
    del posted["comments_open"]
    as_(editor).post(change(story), posted)
    story.refresh_from_db()
    assert not story.comments_open


def test_an_embargo_or_schedule_counts_as_live_for_the_form(as_, editor, reporter):
    draft = make_draft(by=reporter)
    publishing.schedule(draft, by=editor, publish_at=timezone.now() + datetime.timedelta(hours=1))
    as_(editor).post(change(draft), form_of(draft, headline="Later"))
    draft.refresh_from_db()
    assert (draft.headline, revisions.waiting(draft).content["headline"]) == ("The river rises", "Later")


# Two people at once ---------------------------------------------------------------------------------------------------
def test_a_save_over_a_colleagues_version_asks_what_to_keep(as_, reporter, editor):
    """What the page then offers: ``test_saving_admin``."""
    draft = make_draft(by=reporter)
    revisions.record(draft, content(headline="Theirs"), by=editor)
    response = as_(reporter).post(change(draft), form_of(draft, seen=1, headline="Mine"))
    assert response.status_code == 409
    draft.refresh_from_db()
    assert (draft.headline, draft.revisions.count()) == ("Theirs", 2)


@pytest.mark.parametrize(("seen", "status"), [("", 409), ("x", 200), ("-1", 409), ("99999999999999999999", 409)])
def test_a_hidden_field_that_was_tampered_with_is_no_error_page(seen, status, as_, reporter, editor):
    draft = make_draft(by=reporter)
    revisions.record(draft, content(headline="Theirs"), by=editor)
    response = as_(reporter).post(change(draft), form_of(draft, seen=seen, headline="Mine"))
    assert (response.status_code, "Mine" in response.text) == (status, True)
    draft.refresh_from_db()
    assert draft.headline == "Theirs"


# Input that is refused ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("headline", "nul \x00 inside"),
        ("headline", "h" * 300),
        ("standfirst", "nul \x00 inside"),
        ("standfirst", "s" * 1001),
        ("body", "nul \x00 inside"),
        ("body", "b" * (MAX_LENGTH + 1)),
        ("tags", "t" * 120),
        ("tags", "nul \x00 inside, war"),
        ("slug", "not a slug!"),
        ("slug", "s" * 201),
        ("byline_note", "n" * 201),
        ("byline_note", "nul \x00 inside"),
        ("revision_note", "n" * 301),
        ("section", "99999999999999999999"),
        ("section", "x"),
        ("place", "987654"),
        ("place", "x"),
        ("place", "99999999999999999999"),
        ("translation_of", "x"),
        ("translation_of", "987654"),
        ("language", "fr"),
    ],
    ids=lambda value: repr(value[:14]),
)
def test_refused_input_comes_back_with_a_message_beside_its_field(field, typed, as_, reporter):
    response = as_(reporter).post(ADD, form(**{"standfirst": "Typed with care"} | {field: typed}))
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert list(errors) == [field]
    assert errors[field]
    assert str(shown(response, field)) == typed
    assert escape("Water reached the bridge at noon.") in response.text or field == "body"
    assert Article.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("headline", "\ud800 half"),
        ("headline", "h" * 250),
        ("headline", "<script>alert(1)</script>"),
        ("headline", "\u202e\u200f\ufeff🌊"),
        ("body", "b" * (MAX_LENGTH - 50)),
        ("tags", ",,, ،؛ ;"),
        ("tags", "t" * 100),
        ("tags", "🌊, \u200b, \u0301, !!!"),
        ("tags", "Şırnak, ŞIRNAK, şırnak"),
        ("tags", ", ".join(f"tag {number}" for number in range(200))),
        ("slug", "النهر"),
    ],
    ids=lambda value: repr(value[:14]),
)
def test_odd_input_is_kept_or_refused_and_never_an_error_page(field, typed, as_, reporter):
    response = as_(reporter).post(
        ADD, form(**{field: typed.encode("utf-8", "surrogatepass") if "\ud800" in typed else typed})
    )
    assert response.status_code in (200, 302)
    if response.status_code == 302:
        story = Article.objects.get()
        assert as_(reporter).get(change(story)).status_code == 200


def test_tags_with_the_same_fold_become_one(as_, reporter):
    as_(reporter).post(ADD, form(tags="Şırnak, ŞIRNAK, Syrian  army, syrian army"))
    assert [tag.name for tag in Article.objects.get().tags.all()] == ["Şırnak", "Syrian army"]


@pytest.mark.parametrize(
    "broken",
    [
        {"bylines-TOTAL_FORMS": ""},
        {"bylines-TOTAL_FORMS": "x"},
        {"bylines-TOTAL_FORMS": "99999"},
        {"bylines-0-author": "x"},
        {"bylines-0-author": "987654"},
        {"bylines-0-author": "99999999999999999999"},
        {"bylines-0-role": "king"},
        {"bylines-0-role": ""},
        {"bylines-INITIAL_FORMS": "1", "bylines-0-id": "5"},
    ],
)
def test_broken_byline_lines_are_refused_and_nothing_is_stored(broken, as_, reporter):
    response = as_(reporter).post(ADD, form(headline="Typed text") | broken)
    assert (response.status_code, shown(response, "headline")) == (200, "Typed text")
    assert Article.objects.count() == 0


def test_a_second_edition_in_one_language_is_refused_beside_its_field(as_, editor, story):
    make_draft(by=editor, language="tr", translation_of=story)
    for posted in (
        form(translation_of=story.pk, language="tr"),  # there is one
        form(translation_of=story.pk),  # the original is in English itself
    ):
        response = as_(editor).post(ADD, posted)
        assert response.status_code == 200
        assert response.context["adminform"].form.errors
        assert shown(response, "headline") == "The river rises"
    assert Article.objects.count() == 2


def test_a_translation_of_a_translation_belongs_to_the_original(as_, editor, story):
    turkish = make_draft(by=editor, language="tr", translation_of=story)
    assert as_(editor).post(ADD, form(translation_of=turkish.pk, language="ckb")).status_code == 302
    assert Article.objects.get(language="ckb").translation_of == story


# Whose story ----------------------------------------------------------------------------------------------------------
def test_a_reporter_reads_a_colleagues_draft_and_cannot_write_in_it(as_, reporter, editor):
    foreign = make_draft(by=editor)
    browser = as_(reporter)
    response = browser.get(change(foreign))
    assert response.status_code == 200
    assert 'name="headline"' not in response.text
    assert 'name="_save"' not in response.text
    assert browser.post(change(foreign), form_of(foreign, headline="Mine now")).status_code == 403
    foreign.refresh_from_db()
    assert (foreign.headline, foreign.revisions.count()) == ("The river rises", 1)


def test_a_reporter_cannot_write_in_an_own_story_that_was_handed_on(as_, reporter, editor):
    draft = make_draft(by=reporter)
    publishing.submit(draft, by=reporter)
    assert as_(reporter).post(change(draft), form_of(draft, headline="One more thing")).status_code == 403
    publishing.return_(draft, by=editor, note="Name the source.")
    assert as_(reporter).post(change(draft), form_of(draft, headline="One more thing")).status_code == 302


@pytest.mark.parametrize("verb", [verb for verb in publishing.STEPS if not verb.startswith("submit")])
def test_a_reporter_takes_no_step_but_to_submit(verb, as_, reporter):
    draft = make_draft(by=reporter)
    posted = {"note": "Because.", "time": "2030-01-01T10:00", "substantive": "typo"}
    assert as_(reporter).get(step(draft, verb)).status_code == 403
    assert as_(reporter).post(step(draft, verb), posted).status_code == 403
    draft.refresh_from_db()
    assert (draft.status, draft.status_changes.count()) == ("draft", 0)


def test_a_reporter_submits_no_story_of_a_colleague(as_, reporter, editor):
    foreign = make_draft(by=editor)
    assert as_(reporter).post(step(foreign, "submit"), {"note": ""}).status_code == 403


def test_a_spiked_story_is_read_only_for_everybody(as_, editor):
    draft = make_draft(by=editor)
    publishing.spike(draft, by=editor)
    assert as_(editor).get(change(draft)).status_code == 200
    assert as_(editor).post(change(draft), form_of(draft, headline="Back")).status_code == 403


def test_the_form_offers_no_status_and_takes_none(as_, editor, reporter):
    forged = {
        "status": "published",
        "first_published_at": "2020-01-01",
        "created_by": editor.pk,
        "publish_at": "2020-01-01",
    }
    as_(reporter).post(ADD, form(**forged))
    story = Article.objects.get()
    assert (story.status, story.first_published_at, story.created_by) == ("draft", None, reporter)


# The lists ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["section", "author", "place", "tag"])
def test_the_houses_lists_cost_the_same_queries_with_one_and_with_forty(model, as_, editor, django_assert_num_queries):
    browser, address = as_(editor), f"/admin/articles/{model}/"
    browser.get(address)
    for count in (1, 39):
        for number in range(count):
            key = f"{count}-{number}"
            make_section(f"Section {key}", f"section-{key}")
            make_author(f"Author {key}", f"author-{key}")
            make_place(f"City {key}")
            make_draft(by=editor, slug=key, tags=[f"tag {key}"])
        with django_assert_num_queries(QUERIES_OF_HOUSE[model]):
            page = browser.get(address).text
    assert page.count(f"/admin/articles/{model}/") >= 40


QUERIES_OF_HOUSE = {"section": 9, "author": 9, "place": 9, "tag": 9}


def test_the_form_costs_the_same_queries_with_one_story_and_with_forty(as_, editor, django_assert_num_queries):
    browser = as_(editor)
    first = make_story(by=editor)
    browser.get(change(first))
    for count in (1, 39):
        for number in range(count):
            make_story(by=editor, slug=f"s{count}-{number}", place_id=make_place(f"City {count}-{number}").pk)
            make_section(f"Section {count}-{number}", f"section-{count}-{number}")
        with django_assert_num_queries(FORM_QUERIES):
            assert browser.get(change(first)).status_code == 200


FORM_QUERIES = 38


def test_view_on_site_is_offered_for_public_stories_only(as_, editor, story):
    draft = make_draft(by=editor, slug="not-yet")
    assert story.get_absolute_url() in as_(editor).get(change(story)).text
    assert draft.get_absolute_url() not in as_(editor).get(change(draft)).text


# What a newsroom sets up once -----------------------------------------------------------------------------------------
def test_an_editor_sets_up_a_section_with_its_names(as_, editor):
    posted = {
        "position": 1,
        "is_active": "on",
        "names-TOTAL_FORMS": 2,
        "names-INITIAL_FORMS": 0,
        "names-0-language": "en",
        "names-0-name": "Culture",
        "names-0-slug": "culture",
        "names-1-language": "tr",
        "names-1-name": "Kültür",
        "names-1-slug": "kültür",
    }
    assert as_(editor).post("/admin/articles/section/add/", posted).status_code == 302
    again = as_(editor).post("/admin/articles/section/add/", posted)
    assert again.status_code == 200  # the address is taken: said beside the field
    assert "errorlist" in again.text


def test_a_reporter_adds_an_author_and_changes_none(as_, reporter):
    posted = {
        "kind": "person",
        "user": "",
        "names-TOTAL_FORMS": 1,
        "names-INITIAL_FORMS": 0,
        "names-0-language": "en",
        "names-0-name": "Aram",
        "names-0-slug": "aram",
    }
    assert as_(reporter).post("/admin/articles/author/add/", posted).status_code == 302
    author = Author.objects.get()
    assert author.name_in("en").name == "Aram"
    assert as_(reporter).post(f"/admin/articles/author/{author.pk}/change/", posted).status_code == 403


def test_the_tables_are_grouped_under_names_in_the_language_of_the_request(as_, editor):
    page = as_(editor).get("/admin/", headers={"Accept-Language": "ckb"}).text
    assert (">هەواڵەکان<" in re.sub(r"\s+", "", page), "Articles" in page) == (True, False)
