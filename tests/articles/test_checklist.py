"""What the checklist finds, where it leads, and that the form and the verb read the same one."""

import datetime

import pytest
from django.utils import timezone
from django.utils.html import escape

from articles import checklist, publishing
from articles.models import Author
from newsroom import languages
from tests.factories import content, leading_with, make_author, make_draft, make_photo, make_place, make_story

HOUR = datetime.timedelta(hours=1)


def found(content, **about) -> list[str]:
    return [problem.code for problem in checklist.warnings(content, **about)]


def change(story) -> str:
    return f"/admin/articles/article/{story.pk}/change/"


def test_a_whole_story_has_nothing_on_its_list(db):
    assert checklist.blockers(content()) == []
    assert checklist.warnings(content()) == []


def test_what_is_missing_leads_to_its_field(db):
    empty = content(headline="", section_id=None, bylines=[], body="")
    assert {problem.code: problem.link for problem in checklist.blockers(empty)} == {
        "headline": "#id_headline",
        "section_id": "#id_section",
        "bylines": "#bylines-group",
        "body": "#id_body",
    }


def test_a_lead_photo_without_words_leads_to_the_form_and_to_the_library(editor):
    photo = make_photo(by=editor, credit="")
    bare = content(**leading_with(photo, lead_alt=" "))
    assert [(problem.code, problem.link) for problem in checklist.blockers(bare)] == [
        ("lead_alt", "#id_lead_alt"),
        ("lead_credit", f"/admin/articles/photo/{photo.pk}/change/"),
    ]


@pytest.mark.parametrize(("hours", "codes"), [(-1, []), (1, ["embargo"]), (None, [])])
def test_an_embargo_that_holds_stops_publishing_now(editor, hours, codes):
    story = make_draft(by=editor)
    story.embargo_until = None if hours is None else timezone.now() + hours * HOUR
    assert [problem.code for problem in checklist.blockers(content(), article=story)] == codes


@pytest.mark.parametrize(("length", "codes"), [(110, []), (111, ["headline_length"])])
def test_a_headline_may_have_110_characters(db, length, codes):
    assert found(content(headline="x" * length)) == codes


def test_a_story_without_tags(db):
    assert found(content(tags=[])) == ["tags"]


@pytest.mark.parametrize(
    ("kinds", "has_place", "codes"),
    [
        (["organisation"], True, ["dateline_wire"]),
        (["organisation", "person"], True, []),
        (["person"], True, []),
        (["organisation"], False, []),
        ([], True, []),
    ],
)
def test_a_dateline_needs_a_person_in_the_byline(db, kinds, has_place, codes):
    lines = []
    for number, kind in enumerate(kinds):
        author = make_author(f"Author {number}", f"author-{number}")
        Author.objects.filter(pk=author.pk).update(kind=kind)
        lines.append({"author": author.pk, "role": "reporter"})
    assert found(content(bylines=lines, place_id=make_place().pk if has_place else None)) == codes


def test_links_that_readers_cannot_open(editor):
    public, draft, withdrawn = make_story(by=editor), make_draft(by=editor, headline="Secret"), make_story(by=editor)
    publishing.withdraw(withdrawn, by=editor, reason="A doubt.")
    body = "".join(
        f'<p><a href="/en/stories/{pk}/">to {pk}</a></p>' for pk in (public.pk, draft.pk, withdrawn.pk, 987654)
    )
    problems = checklist.warnings(content(body=body))
    assert [problem.code for problem in problems] == ["link_not_public", "link_withdrawn", "link_not_public"]
    assert not any("Secret" in problem.message for problem in problems)


def test_photos_in_the_text(editor):
    fine = make_photo(by=editor)
    body = f'<figure data-photo="{fine.pk}" data-alt="A bridge"></figure>'
    assert found(content(body=body)) == []
    assert found(content(body=body.replace("A bridge", " "))) == ["photo_alt"]
    assert found(content(body='<figure data-photo="987654" data-alt="A"></figure>')) == ["photo_unknown"]
    fine.credit, fine.rights_expire_on = "", datetime.date(2001, 2, 3)
    fine.save()
    assert found(content(body=body)) == ["photo_credit", "photo_rights"]


def test_the_editions_that_are_missing(editor):
    story = make_draft(by=editor)
    make_draft(by=editor, language="ckb", translation_of=story)
    (problem,) = [p for p in checklist.warnings(content(), article=story) if p.code == "translations"]
    missing = [f"\u2068{row.own_name}\u2069" for row in languages.LANGUAGES if row.code not in ("en", "ckb")]
    assert problem.message == f"There is no edition yet in: {', '.join(missing)}."


def test_the_form_and_the_step_show_the_list_with_its_links(as_, editor):
    story = make_draft(by=editor, headline="", tags=[])
    for address in (change(story), f"/admin/articles/article/{story.pk}/step/publish/"):
        page = as_(editor).get(address).text
        assert "The story has no headline." in page and "The story has no tags." in page
    assert f'<a href="{change(story)}#id_headline">The story has no headline.</a>' in page
    page = as_(editor).get(change(story)).text
    assert '<a href="#id_headline">The story has no headline.</a>' in page
    assert '<a href="#id_tags">The story has no tags.</a>' in page


def test_the_verb_stops_at_what_the_form_lists(as_, editor):
    story = make_draft(by=editor, headline="", body="")
    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(story, by=editor)
    listed = as_(editor).get(change(story)).context["blockers"]
    assert refused.value.problems == listed


def test_hostile_words_on_the_list_are_inert(as_, editor):
    attack = "<script>alert(1)</script>"
    story = make_draft(by=editor, body=f'<p><a href="/en/stories/987654/">{escape(attack)}</a></p>')
    page = as_(editor).get(change(story)).text
    assert escape(f"“{attack}” links") in page
    assert attack not in page


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_costs_the_same_with_many_photos_and_links(editor, count, django_assert_max_num_queries):
    photos = [make_photo(by=editor, name=f"{number}.jpg") for number in range(2)]
    stories = [make_draft(by=editor) for _ in range(count)]
    body = "".join(f'<figure data-photo="{photo.pk}"></figure>' for photo in photos)
    body += "".join(f'<p><a href="/en/stories/{story.pk}/">x</a></p>' for story in stories)
    with django_assert_max_num_queries(5):
        checklist.warnings(content_of(body, stories[0]), article=stories[0])


def content_of(body: str, story) -> dict:
    return {**story.revisions.first().content, "body": body}
