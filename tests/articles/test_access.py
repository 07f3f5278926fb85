"""Journalists limited to sections: the rule, its twin, and an attack on every surface of the back office.

Each hidden story holds canaries, words that stand in nothing else. The walk first proves that it would hear them: the
same pages, asked by somebody who works in every section, sing.
"""

import itertools
import json

import pytest
from django.contrib.auth.models import Group
from django.urls import URLPattern, get_resolver

from articles import access, publishing, revisions
from articles.models import Article, Revision, SectionLimit, Tag
from newsroom.roles import Role
from tests.factories import (
    content,
    leading_with,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_story,
    make_user,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


@pytest.fixture
def sport():
    return make_section("Sport", "sport")


@pytest.fixture
def culture():
    return make_section("Culture", "culture")


@pytest.fixture
def limited_editor(culture):
    person = make_user("culture-editor", Role.EDITOR)
    access.limit(person, [culture])
    return person


@pytest.fixture
def limited_reporter(culture):
    person = make_user("culture-reporter", Role.REPORTER)
    access.limit(person, [culture])
    return person


# The rule -------------------------------------------------------------------------------------------------------------
def test_the_rule_and_its_twin_agree(sport, culture, editor, reporter, limited_editor, limited_reporter, superuser):
    people = (editor, reporter, limited_editor, limited_reporter, superuser)
    sections = (sport.pk, culture.pk, None)
    for number, (by, section) in enumerate(itertools.product(people[:4], sections)):
        make_draft(by=by, slug=str(number), section_id=section)
    for person in people:
        in_python = {article.pk for article in Article.objects.all() if access.may_see(person, article)}
        assert set(access.visible_to(person).values_list("pk", flat=True)) == in_python
        for in_pieces in (access.halves, access.branches):
            numbers = [
                pk for piece in in_pieces(person, Article.objects.all()) for pk in piece.values_list("pk", flat=True)
            ]
            assert sorted(numbers) == sorted(in_python)  # each once
    seen = {person.username: access.visible_to(person).count() for person in people}
    assert seen == {"editor": 12, "reporter": 12, "culture-editor": 6, "culture-reporter": 6, "root": 12}


def test_the_limit_is_read_once_and_at_once_after_a_change(editor, sport, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [access.sections_of(editor) for _again in range(3)] == [None] * 3
    access.limit(editor, [sport])
    assert access.sections_of(editor) == {sport.pk}
    access.limit(editor, [])
    assert not access.is_limited(editor)


# Verbs ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", publishing.STEPS)
def test_a_limited_editor_takes_no_step_in_another_section(verb, sport, culture, editor, limited_editor):
    theirs = make_draft(by=editor, slug="a", section_id=sport.pk)
    own_elsewhere = make_draft(by=limited_editor, slug="b", section_id=sport.pk)
    ours = make_draft(by=editor, slug="c", section_id=culture.pk)
    assert not publishing.may(limited_editor, verb, theirs)
    assert publishing.may(limited_editor, verb, own_elsewhere) is (verb in ("submit", "submit_version"))
    assert publishing.may(limited_editor, verb, ours)


def test_who_may_write_where(sport, culture, editor, limited_editor, limited_reporter):
    theirs = make_draft(by=editor, slug="a", section_id=sport.pk)
    ours = make_draft(by=editor, slug="b", section_id=culture.pk)
    own_elsewhere = make_draft(by=limited_editor, slug="c", section_id=sport.pk)
    own_of_reporter = make_draft(by=limited_reporter, slug="d", section_id=sport.pk)
    assert not publishing.may_edit(limited_editor, theirs)
    assert publishing.may_edit(limited_editor, ours)
    assert publishing.may_edit(limited_editor, own_elsewhere)
    assert not publishing.may_edit(limited_reporter, ours)
    assert publishing.may_edit(limited_reporter, own_of_reporter)
    publishing.submit(own_elsewhere, by=limited_editor)
    assert not publishing.may_edit(limited_editor, own_elsewhere)


def test_a_version_that_leaves_the_section_is_released_by_those_of_the_other(sport, culture, editor, limited_editor):
    live = make_story(by=editor, section_id=culture.pk)
    moved = revisions.record(live, content(section_id=sport.pk), by=editor)
    with pytest.raises(publishing.NotPermitted):
        publishing.release(live, moved, by=limited_editor)
    live.refresh_from_db()
    assert live.section == culture
    publishing.release(live, moved, by=editor)


# The form -------------------------------------------------------------------------------------------------------------
def story_form(**fields) -> dict:
    return {
        "language": "en",
        "headline": "Mine",
        "body": "Words.",
        "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0,
        **fields,
    }


def test_no_section_but_the_own_can_be_chosen_and_a_single_one_is(as_, sport, culture, limited_reporter, editor):
    browser = as_(limited_reporter)
    shown = browser.get(f"{LIST}add/")
    assert "Sport" not in shown.text
    assert shown.context["adminform"].form["section"].value() == culture.pk
    refused = browser.post(f"{LIST}add/", story_form(section=sport.pk))
    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == ["section"]
    assert browser.post(f"{LIST}add/", story_form(section=culture.pk)).status_code == 302
    assert as_(editor).post(f"{LIST}add/", story_form(section=sport.pk, headline="Other")).status_code == 302


def test_an_own_story_that_was_filed_elsewhere_can_still_be_saved(as_, sport, limited_reporter):
    draft = make_draft(by=limited_reporter, section_id=sport.pk)
    posted = story_form(section=sport.pk, seen_revision=1, headline="Better")
    assert as_(limited_reporter).post(f"{LIST}{draft.pk}/change/", posted).status_code == 302
    draft.refresh_from_db()
    assert (draft.headline, draft.section) == ("Better", sport)


def test_the_number_of_a_hidden_story_is_no_original_and_shows_no_headline(as_, sport, limited_reporter, editor):
    hidden = make_draft(by=editor, section_id=sport.pk, headline="Canary", language="tr")
    response = as_(limited_reporter).post(f"{LIST}add/", story_form(translation_of=hidden.pk))
    assert list(response.context["adminform"].form.errors) == ["translation_of"]
    assert "Canary" not in response.text
    control = as_(editor).post(f"{LIST}add/", story_form(translation_of=hidden.pk, language="xx"))
    assert "Canary" in control.text


# The attack -----------------------------------------------------------------------------------------------------------
CANARIES = ("qzheadline", "qzstandfirst", "qzbody", "qzwaiting", "qznote", "qzstatusnote", "qzslug", "qztag")


def hide(editor, section, photo) -> dict[str, Article]:
    """Stories of ``section`` with canaries in all that holds words: a draft, a live one with a waiting version, its
    translation and a withdrawn one."""
    words = {
        "headline": "qzheadline",
        "standfirst": "qzstandfirst",
        "body": "<p>qzbody</p>",
        "slug": "qzslug",
        "tags": ["qztag"],
        "section_id": section.pk,
    }
    lead = leading_with(photo)
    draft = make_draft(by=editor, **words, **lead)
    publishing.submit(draft, by=editor, note="qzstatusnote")
    revisions.record(draft, content(**words, **lead), by=editor, note="qznote")
    # Readers see a live story's tags, so it has another one.
    shown = words | {"tags": ["rivers"]}
    live = make_story(by=editor, **shown)
    revisions.record(live, content(**shown | {"headline": "qzwaiting"}), by=editor, note="qznote")
    translation = make_draft(by=editor, language="tr", translation_of=live, **words)
    Article.objects.filter(pk=translation.pk).update(original_changed_at=live.modified_at, translated_revision=1)
    gone = make_story(by=editor, **shown)
    publishing.withdraw(gone, by=editor, reason="qzstatusnote")
    return {"draft": draft, "live": live, "translation": translation, "gone": gone}


def pages_about_one_story(stories: dict[str, Article]) -> list[str]:
    """Every address of the stories' back office that names one, whoever added it, with each hidden story in it."""
    [admin_urls] = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "admin/"]
    [of_stories] = [entry for entry in admin_urls.url_patterns if str(entry.pattern) == "articles/article/"]
    found = []
    for entry in of_stories.url_patterns:
        assert isinstance(entry, URLPattern)
        names = list(entry.pattern.converters)
        if not names:
            continue
        for story in stories.values():
            numbers = [revision.pk for revision in story.revisions.all()] + [1, 2]
            choices = {
                "pk": [story.pk],
                "object_id": [story.pk],
                "verb": list(publishing.STEPS),
                "language": ["ar"],
            }
            for values in itertools.product(*(choices.get(name, numbers) for name in names)):
                address = str(entry.pattern)
                for name, value in zip(names, values, strict=True):
                    kind = {"object_id": "path", "verb": "str", "language": "str"}.get(name, "int")
                    address = address.replace(f"<{kind}:{name}>", str(value))
                if "<" not in address:
                    found.append(f"{LIST}{address}")
    return found


def other_pages(stories: dict[str, Article], photo) -> list[str]:
    section, tag = stories["draft"].section_id, Tag.objects.get(name="qztag", language="en")
    autocomplete = "/admin/autocomplete/?app_label={}&model_name={}&field_name={}&term=qz"
    return [
        "/admin/",
        "/admin/articles/",
        LIST,
        f"{LIST}?_popup=1&_to_field=id",
        f"{LIST}?section={section}",
        f"{LIST}?state=review",
        f"{LIST}?state=draft",
        f"{LIST}?state=withdrawn",
        f"{LIST}?translation=stale",
        f"{LIST}?translation=missing-ar",
        f"{LIST}?mine=yes",
        f"{LIST}?first_published_at__year=2026",
        f"{LIST}?headline__contains=qz",
        f"{LIST}?section__id__exact={section}",
        *(f"{LIST}?q={word}" for word in ("qzheadline", "qzwaiting", "qzbody", "qz")),
        *(f"{LIST}?author={line.author_id}" for line in stories["live"].bylines.all()),
        "/admin/articles/tag/",
        f"/admin/articles/tag/{tag.pk}/change/",
        "/admin/articles/tag/suggest/?language=en&term=qz",
        "/admin/articles/photo/",
        f"/admin/articles/photo/{photo.pk}/change/",
        "/admin/articles/author/",
        autocomplete.format("articles", "tag", "translation_of"),
        autocomplete.format("articles", "article", "translation_of"),
        autocomplete.format("articles", "byline", "article"),
        autocomplete.format("articles", "byline", "author"),
        f"{LIST}add/?translation_of={stories['live'].pk}",
    ]


def heard(browser, addresses: list[str]) -> dict[str, set[str]]:
    """Each canary, and where it was heard, by GET and by POST; a question's own words do not count."""
    found: dict[str, set[str]] = {}
    for address in addresses:
        for method in ("get", "post"):
            response = getattr(browser, method)(address, follow=True) if method == "get" else browser.post(address, {})
            assert response.status_code < 500, address
            said = response.text + json.dumps(dict(response.items())) + response.get("Location", "")
            for canary in CANARIES:
                if canary in said.replace(address.partition("?")[2], "") and f"={canary}" not in address:
                    found.setdefault(canary, set()).add(f"{method} {address}")
    return found


@pytest.mark.parametrize("who", ["limited_editor", "limited_reporter"])
def test_nothing_of_another_section_is_heard_on_any_surface(who, request, as_, editor, sport):
    person = request.getfixturevalue(who)
    photo = make_photo(by=person)
    stories = hide(editor, sport, photo)
    before = snapshot_of_everything()
    browser = as_(person)
    addresses = [*pages_about_one_story(stories), *other_pages(stories, photo)]
    assert len(addresses) > 80
    assert heard(browser, addresses) == {}
    assert snapshot_of_everything() == before


def snapshot_of_everything() -> list:
    """The stories, their versions, limits and tags: what an attack might have changed."""
    tables = (Article, Revision, SectionLimit, Tag)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_the_walk_would_hear_them(as_, editor, sport):
    photo = make_photo(by=editor)
    stories = hide(editor, sport, photo)
    addresses = [*pages_about_one_story(stories), *other_pages(stories, photo)]
    answers = heard(as_(editor), addresses)
    assert set(CANARIES) - set(answers) <= {"qznote"}  # shown by pages of revisions, where there are any
    places = set().union(*answers.values())
    for surface in ("?_popup=1", "/history/", "/translations/", "/step/", "/photo/", "?state=review", "/admin/"):
        assert any(surface in place for place in places), surface


@pytest.mark.parametrize("verb", publishing.STEPS)
def test_a_step_in_another_section_is_not_even_there(verb, as_, editor, sport, limited_editor):
    stories = hide(editor, sport, make_photo(by=editor))
    for story in stories.values():
        for method in ("get", "post"):
            posted = {"note": "Because.", "time": "2030-01-01T10:00", "substantive": "typo"}
            assert getattr(as_(limited_editor), method)(f"{LIST}{story.pk}/step/{verb}/", posted).status_code in (
                403,
                404,
            )
        assert story.status == Article.objects.get(pk=story.pk).status


def test_editions_in_another_section_are_only_said_to_be_there(as_, editor, sport, culture, limited_editor):
    ours = make_story(by=editor, section_id=culture.pk, headline="Ours")
    hidden = make_draft(by=editor, section_id=sport.pk, headline="Canary", language="tr", translation_of=ours)
    page = as_(limited_editor).get(f"{LIST}{ours.pk}/translations/").text
    assert "Canary" not in page
    assert f"/{hidden.pk}/" not in page
    assert "There is an edition, in a section you do not work in." in page
    assert "Canary" in as_(editor).get(f"{LIST}{ours.pk}/translations/").text


def test_counts_and_boxes_count_what_one_sees(as_, editor, sport, culture, limited_editor):
    make_draft(by=editor, slug="a", section_id=sport.pk)
    make_draft(by=editor, slug="b", section_id=culture.pk)
    counted = [as_(person).get(LIST).context["cl"].state_counts[0] for person in (editor, limited_editor)]
    assert counted == [2, 1]


# Who sets it ----------------------------------------------------------------------------------------------------------
def test_an_admin_limits_somebody_on_their_page(as_, admin_person, editor, culture, sport):
    page = f"/admin/newsroom/user/{editor.pk}/change/"
    posted = {
        "username": editor.username,
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk for group in editor.groups.all()],
    }
    assert "Culture" in as_(admin_person).get(page).text
    assert as_(admin_person).post(page, posted | {"sections": [culture.pk, sport.pk]}).status_code == 302
    assert set(editor.section_limits.values_list("section", flat=True)) == {culture.pk, sport.pk}
    assert as_(admin_person).post(page, posted).status_code == 302
    assert editor.section_limits.count() == 0
    refused = as_(admin_person).post(page, posted | {"sections": ["x"]})
    assert (refused.status_code, "sections" in refused.context["adminform"].form.errors) == (200, True)
    assert Group.objects.get(name=Role.EDITOR) in editor.groups.all()


def test_nobody_else_sets_it(as_, editor, limited_editor, moderator, lead, culture):
    page = f"/admin/newsroom/user/{limited_editor.pk}/change/"
    for person in (editor, limited_editor, moderator, lead):
        assert as_(person).post(page, {"username": "x", "sections": []}).status_code == 403
    assert limited_editor.section_limits.count() == 1


def test_a_byline_does_not_open_a_story(as_, editor, sport, limited_reporter):
    """What one began is one's own; a name in the byline is not yet."""
    author = make_author()
    author.user = limited_reporter
    author.save()
    story = make_draft(by=editor, section_id=sport.pk, bylines=[{"author": author.pk, "role": "reporter"}])
    assert not access.may_see(limited_reporter, story)
