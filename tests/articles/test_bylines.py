"""Bylines in the story form: their order, people and organisations, the free sentence, and authors made on the way."""

import pytest

from articles import publishing, revisions
from articles.models import Article, Author, AuthorName
from tests.articles.test_admin import ADD, change, form, form_of
from tests.factories import make_author

pytestmark = pytest.mark.django_db

POPUP = "/admin/articles/author/add/?_popup=1&_to_field=id"


def named(*names: str) -> list[Author]:
    return [make_author(name, name.lower()) for name in names]


def author_form(**fields) -> dict:
    return {
        "_popup": "1",
        "_to_field": "id",
        "kind": "person",
        "user": "",
        "names-TOTAL_FORMS": 1,
        "names-INITIAL_FORMS": 0,
        "names-0-language": "en",
        "names-0-name": "Aram Kirkuk",
        "names-0-slug": "",
        **fields,
    }


def test_lines_are_moved_by_their_numbers(as_, reporter):
    zana, aram, maidan = named("Zana", "Aram", "Maidan")
    browser = as_(reporter)
    browser.post(ADD, form((zana, "reporter"), (aram, "photographer"), (maidan, "editor")))
    story = Article.objects.get()
    shown = browser.get(change(story)).context["inline_admin_formsets"][0].formset.initial_extra
    assert [line["position"] for line in shown] == [1, 2, 3]
    numbers = {"bylines-0-position": "3", "bylines-1-position": "1", "bylines-2-position": "2"}
    lines = ((zana, "reporter"), (aram, "photographer"), (maidan, "editor"))
    browser.post(change(story), form_of(story, *lines, **numbers))
    assert [line.author for line in story.bylines.all()] == [aram, maidan, zana]


def test_a_line_without_a_number_stays_last(as_, reporter):
    zana, aram = named("Zana", "Aram")
    as_(reporter).post(ADD, form((zana, "reporter"), (aram, "reporter"), **{"bylines-1-position": "1"}))
    assert [line.author for line in Article.objects.get().bylines.all()] == [aram, zana]


@pytest.mark.parametrize("number", ["x", "-1", "1000", "99999999999999999999"])
def test_a_number_that_is_none_is_refused_with_the_line_kept(number, as_, reporter):
    [zana] = named("Zana")
    response = as_(reporter).post(ADD, form((zana, "reporter"), **{"bylines-0-position": number}))
    assert response.status_code == 200
    [formset] = [inline.formset for inline in response.context["inline_admin_formsets"]]
    assert list(formset.errors[0]) == ["position"]
    assert Article.objects.count() == 0


def test_people_organisations_every_role_and_the_free_sentence_reach_readers(as_, editor, reader):
    people = named("Zana", "Aram", "Rojda", "Nergiz")
    agency = make_author("Maidan Agency", "maidan-agency")
    Author.objects.filter(pk=agency.pk).update(kind="organisation")
    roles = ("reporter", "photographer", "translator", "editor")
    lines = [(agency, "reporter"), *zip(people, roles, strict=True)]
    as_(editor).post(ADD, form(*lines, byline_note="With reports from Mosul"))
    story = Article.objects.get()
    publishing.publish(story, by=editor)
    page = reader.get(story.get_absolute_url()).text
    positions = [page.index(name) for name in ("Maidan Agency", "Zana", "Aram", "Rojda", "Nergiz")]
    assert positions == sorted(positions)
    assert "With reports from Mosul" in page


def test_an_author_is_made_from_the_story_form(as_, reporter):
    browser = as_(reporter)
    page = browser.get(ADD).text
    assert 'href="/admin/articles/author/add/?_to_field=id&amp;_popup=1"' in page
    answer = browser.post(POPUP, author_form())
    assert answer.status_code == 200
    assert "data-popup-response" in answer.text
    made = AuthorName.objects.get()
    assert (made.name, made.slug) == ("Aram Kirkuk", "aram-kirkuk")
    browser.post(ADD, form((made.author, "reporter")))
    assert Article.objects.get().bylines.get().author == made.author


@pytest.mark.parametrize(
    ("language", "name", "slug"),
    [("ckb", "ئارام عەلی", "ئارام-عەلی"), ("tr", "Işıl Öz", "işıl-öz"), ("ar", "آرام", "آرام")],
)
def test_an_authors_address_is_made_in_its_own_script(language, name, slug, as_, reporter, reader):
    posted = author_form(**{"names-0-language": language, "names-0-name": name})
    assert as_(reporter).post(POPUP, posted).status_code == 200
    assert AuthorName.objects.get().slug == slug


def test_a_name_that_is_there_already_is_refused_and_a_namesake_takes_a_slug_of_its_own(as_, reporter):
    browser = as_(reporter)
    browser.post(POPUP, author_form())
    again = browser.post(POPUP, author_form())
    assert "There is one of that name." in again.text
    assert 'value="Aram Kirkuk"' in again.text
    assert Author.objects.count() == 1
    browser.post(POPUP, author_form(**{"names-0-slug": "aram-kirkuk-photographer"}))
    assert sorted(AuthorName.objects.values_list("slug", flat=True)) == ["aram-kirkuk", "aram-kirkuk-photographer"]


def test_hostile_names_are_inert_in_lists_and_forms(as_, reporter, editor):
    as_(reporter).post(POPUP, author_form(**{"names-0-name": "<script>alert(1)</script>"}))
    author = Author.objects.get()
    as_(reporter).post(ADD, form((author, "reporter"), byline_note="<img src=x onerror=alert(2)>"))
    for page in (change(Article.objects.get()), "/admin/articles/article/", "/admin/articles/author/", "/admin/"):
        shown = as_(editor).get(page).text
        assert "<script>alert(1)" not in shown
        assert "<img src=x" not in shown


def test_the_order_is_a_versions_own(as_, editor, story):
    zana, aram = named("Zana", "Aram")
    posted = form_of(
        story, (zana, "reporter"), (aram, "reporter"), **{"bylines-0-position": "2", "bylines-1-position": "1"}
    )
    as_(editor).post(change(story), posted)
    assert [line["author"] for line in revisions.waiting(story).content["bylines"]] == [aram.pk, zana.pk]
    assert story.bylines.count() == 1
