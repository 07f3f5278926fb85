"""The editor's searches, and the page that takes a typed dateline off the text."""

import pytest

from articles import revisions
from articles.models import Article, Place
from tests import pictures
from tests.articles.test_admin import ADD, form
from tests.factories import content, make_draft, make_photo, make_place, make_story

PHOTOS = "/admin/articles/article/editor/photos/"
STORIES = "/admin/articles/article/editor/stories/"
BODY = "<p>ERBIL, Kurdistan Region – Water rose.</p>"


def dateline_page(story: Article) -> str:
    return f"/admin/articles/article/{story.pk}/dateline/"


# Photos and stories ---------------------------------------------------------------------------------------------------
def test_photos_are_found_by_their_words_and_by_number(as_, reporter):
    bridge = make_photo(by=reporter, source_caption="The old bridge", source_alt="A bridge", credit="Shilan Ali")
    found = as_(reporter).get(PHOTOS, {"q": "bridge"}).json()["results"]
    assert [(photo["id"], photo["alt"], photo["caption"], photo["credit"]) for photo in found] == [
        (bridge.pk, "A bridge", "The old bridge", "Shilan Ali")
    ]
    assert found[0]["file"].startswith("/media/")
    assert as_(reporter).get(PHOTOS, {"q": "river"}).json()["results"] == []
    assert [photo["id"] for photo in as_(reporter).get(PHOTOS, {"id": bridge.pk}).json()["results"]] == [bridge.pk]


@pytest.mark.parametrize("query", ["id=x", "id=9999999999999999999999", "q=%00", "q=" + "x" * 5000, "id=-1", "id=٣"])
def test_nonsense_finds_nothing_and_breaks_nothing(as_, reporter, query):
    make_photo(by=reporter)
    assert as_(reporter).get(f"{PHOTOS}?{query}").status_code == 200
    assert as_(reporter).get(f"{STORIES}?{query}").status_code == 200


def test_stories_are_found_by_headline_number_and_address(as_, reporter, editor):
    english = make_story(by=editor, headline="The river rises")
    sorani = make_draft(by=editor, language="ckb", headline="River ڕووبار")
    other = make_draft(by=editor, headline="Bread", tags=["bread"], slug="bread")
    for query, expected in [
        ({"q": "river"}, [sorani.pk, english.pk]),
        ({"q": "river", "language": "en"}, [english.pk, sorani.pk]),
        ({"q": str(other.pk)}, [other.pk]),
        ({"q": english.get_absolute_url()}, [english.pk]),
        ({"q": f"http://testserver/admin/articles/article/{other.pk}/change/"}, [other.pk]),
        ({"q": "https://["}, []),
    ]:
        found = as_(reporter).get(STORIES, query).json()["results"]
        assert [story["id"] for story in found] == expected, query
    assert found == [] and as_(reporter).get(STORIES, {"q": "bread"}).json()["results"][0]["href"] == (
        f"/en/stories/{other.pk}/"
    )


@pytest.mark.parametrize("count", [1, 10])
def test_a_search_costs_the_same_with_one_and_with_many(as_, editor, count, django_assert_max_num_queries):
    for number in range(count):
        make_story(by=editor, headline=f"River {number}")
        make_photo(by=editor, source_caption="River", content=pictures.picture((640 + number, 480)))
    browser = as_(editor)
    for address in (PHOTOS, STORIES):
        with django_assert_max_num_queries(9):
            assert len(browser.get(address, {"q": "river"}).json()["results"]) == count


# A typed dateline -----------------------------------------------------------------------------------------------------
def test_a_save_says_that_the_text_begins_with_a_dateline_and_changes_nothing(as_, reporter):
    answer = as_(reporter).post(ADD, form(body=BODY), follow=True)
    story = Article.objects.get()
    assert (story.body, story.place) == (BODY, None)
    assert "begins with the dateline “ERBIL, Kurdistan Region –”" in answer.text
    page = as_(reporter).get(f"/admin/articles/article/{story.pk}/change/").text
    assert f'<a href="{dateline_page(story)}">' in page


def test_after_confirmation_the_dateline_becomes_the_place_the_house_knows(as_, reporter):
    place = make_place()
    story = make_draft(by=reporter, body=BODY)
    page = as_(reporter).get(dateline_page(story))
    assert "Water rose." in page.text and page.context["typed"].place == place
    assert Article.objects.get().body == BODY

    answer = as_(reporter).post(dateline_page(story), {"seen_revision": 1}, follow=True)
    story.refresh_from_db()
    assert (story.place, story.body) == (place, "<p>Water rose.</p>")
    assert "ERBIL, Kurdistan Region – " in answer.text
    assert story.revisions.first().note == "Dateline taken off the text."


def test_an_editor_may_add_a_place_that_is_not_known(as_, editor):
    story = make_draft(by=editor, language="tr", body="<p>DİYARBAKIR, Türkiye – Su yükseldi.</p>")
    shown = as_(editor).get(dateline_page(story)).context["form"]
    assert (shown["city"].value(), shown["region"].value()) == ("Diyarbakır", "Türkiye")
    posted = {"seen_revision": 1, "city": "Diyarbakır", "region": "", "stands_alone": "on"}
    as_(editor).post(dateline_page(story), posted)
    story.refresh_from_db()
    name = story.place.names.get()
    assert (name.language, name.city, name.region, story.place.stands_alone) == ("tr", "Diyarbakır", "", True)
    assert story.body == "<p>Su yükseldi.</p>"


def test_without_a_city_the_form_comes_back_with_what_was_typed(as_, editor):
    story = make_draft(by=editor, body=BODY)
    answer = as_(editor).post(dateline_page(story), {"seen_revision": 1, "city": " ", "region": "Typed"})
    assert answer.status_code == 400
    assert answer.context["form"]["region"].value() == "Typed" and "Name the city." in answer.text
    assert (Place.objects.count(), Article.objects.get().body) == (0, BODY)


def test_a_reporter_cannot_add_a_place(as_, reporter):
    story = make_draft(by=reporter, body=BODY)
    assert "ask an editor" in as_(reporter).get(dateline_page(story)).text
    answer = as_(reporter).post(dateline_page(story), {"seen_revision": 1, "city": "Erbil"})
    assert answer.status_code == 400
    assert (Place.objects.count(), Article.objects.get().body) == (0, BODY)


def test_a_reporter_takes_no_dateline_off_anothers_story(as_, reporter, editor):
    make_place()
    story = make_draft(by=editor, body=BODY)
    assert as_(reporter).get(dateline_page(story)).status_code == 403
    assert as_(reporter).post(dateline_page(story), {}).status_code == 403
    assert Article.objects.get().body == BODY


def test_a_story_saved_meanwhile_is_looked_at_again(as_, reporter, editor):
    make_place()
    story = make_draft(by=reporter, body=BODY)
    revisions.record(story, content(body=BODY.replace("rose", "fell")), by=editor)
    answer = as_(reporter).post(dateline_page(story), {"seen_revision": 1})
    assert answer["Location"] == dateline_page(story)
    assert Article.objects.get().body == BODY.replace("rose", "fell")


def test_behind_a_live_story_the_change_waits_for_its_release(as_, editor, reader):
    place = make_place()
    story = make_story(by=editor, body=BODY)
    as_(editor).post(dateline_page(story), {"seen_revision": 1})
    story.refresh_from_db()
    assert (story.place, revisions.current_content(story)["place_id"]) == (None, place.pk)


def test_a_text_without_a_dateline_leads_back_to_the_story(as_, editor):
    story = make_draft(by=editor)
    assert as_(editor).get(dateline_page(story))["Location"] == f"/admin/articles/article/{story.pk}/change/"


def test_hostile_words_in_a_dateline_are_inert(as_, editor):
    story = make_draft(by=editor, body="<p>PARIS, &lt;Script&gt;alert(1) – Water.</p>")
    assert "<Script>" not in as_(editor).get(dateline_page(story)).text


@pytest.mark.parametrize("address", ["/en/feed.rss", "/en/feed.atom", "/en/feed.json"])
def test_feeds_carry_the_dateline_once(reader, editor, address):
    make_story(by=editor, body="<p>Water rose.</p>", place_id=make_place().pk)
    make_story(by=editor, body=BODY, place_id=make_place().pk, slug="typed")
    assert reader.get(address).content.decode().count("ERBIL, Kurdistan Region") == 2
