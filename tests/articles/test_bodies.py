"""Stories and photos in a body: stored by number, shown as they are now, and nothing shown that is not public."""

import datetime

import pytest
from django.utils import timezone

from articles import bodies, publishing, revisions
from articles.models import Article
from tests.factories import content, make_draft, make_photo, make_story

HOUR = datetime.timedelta(hours=1)


def figure(photo, alt: str = "A bridge", caption: str = "The bridge at noon.") -> str:
    return f'<figure data-photo="{photo.pk}" data-alt="{alt}"><figcaption>{caption}</figcaption></figure>'


def link(story, words: str = "as we reported") -> str:
    return f'<p>So, <a href="{story.get_absolute_url()}">{words}</a>.</p>'


# Links ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/en/stories/12/the-river-rises/", "/en/stories/12/"),
        ("/en/stories/12/", "/en/stories/12/"),
        ("/ckb/stories/12/ئاوی-ڕووبار/", "/ckb/stories/12/"),
        ("/ckb/stories/12/%D8%A6%D8%A7%D9%88/", "/ckb/stories/12/"),
        ("http://testserver/en/stories/12/the-river-rises/?utm_source=x", "/en/stories/12/"),
        ("https://news.example:8443/en/stories/12/a/#comments", "/en/stories/12/#comments"),
        ("//news.example/en/stories/12/a/", "/en/stories/12/"),
        ("/admin/articles/article/12/change/", "/en/stories/12/"),
        ("https://news.example/admin/articles/article/12/change/?_changelist_filters=q", "/en/stories/12/"),
        ("https://elsewhere.example/en/stories/12/a/", "https://elsewhere.example/en/stories/12/a/"),
        ("/en/sections/world/", "/en/sections/world/"),
        ("/xx/stories/12/a/", "/xx/stories/12/a/"),
        ("/en/stories/0/a/", "/en/stories/0/a/"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
    ],
)
def test_a_link_to_a_story_is_kept_by_its_number(typed, kept, settings):
    settings.NEWSROOM_ADDRESS = "https://news.example"
    settings.ALLOWED_HOSTS = ["testserver"]
    assert bodies.from_editor(f'<p><a href="{typed}">x</a></p>') in (
        f'<p><a href="{kept}">x</a></p>',
        "<p><a>x</a></p>",
    )
    assert bodies.from_editor(f'<p><a href="{kept}">x</a></p>') == bodies.from_editor(f'<p><a href="{typed}">x</a></p>')


def test_an_address_that_is_none_goes():
    assert bodies.from_editor('<p><a href="https://[/en/stories/1/">x</a></p>') == "<p><a>x</a></p>"


def test_a_link_follows_the_story_to_its_new_address(editor, reader):
    linked = make_story(by=editor, slug="first-address")
    story = make_story(by=editor, body=link(linked))
    assert story.body == f'<p>So, <a href="/en/stories/{linked.pk}/">as we reported</a>.</p>'
    assert f'href="{linked.get_absolute_url()}"' in reader.get(story.get_absolute_url()).text

    waiting = revisions.record(linked, content(slug="second-address"), by=editor)
    publishing.release(linked, waiting, by=editor)
    linked.refresh_from_db()
    page = reader.get(story.get_absolute_url()).text
    assert f'<a href="/en/stories/{linked.pk}/second-address/">as we reported</a>' in page
    assert "first-address" not in page


@pytest.mark.parametrize("state", ["draft", "scheduled", "embargoed", "withdrawn", "gone"])
def test_a_link_to_a_story_that_is_not_public_shows_its_words_alone(state, editor, reader):
    linked = make_draft(by=editor, headline="A secret headline", slug="a-secret-slug")
    if state == "scheduled":
        publishing.schedule(linked, by=editor, publish_at=timezone.now() + HOUR)
    elif state == "embargoed":
        publishing.set_embargo(linked, by=editor, until=timezone.now() + HOUR)
    elif state == "withdrawn":
        publishing.publish(linked, by=editor)
        publishing.withdraw(linked, by=editor, reason="A doubt.")
    elif state == "gone":
        linked = Article(pk=987654, language="en", slug="a-secret-slug")
    story = make_story(by=editor, body=link(linked))
    for address in (story.get_absolute_url(), "/en/feed.rss", "/en/feed.atom", "/en/feed.json", "/en/"):
        answer = reader.get(address).content.decode()
        assert "a-secret-slug" not in answer and "A secret headline" not in answer
        assert f"/en/stories/{linked.pk}/" not in answer
    assert "<p>So, as we reported.</p>" in reader.get(story.get_absolute_url()).text


def test_the_page_knows_whose_change_makes_it_new(editor):
    linked = make_story(by=editor)
    story = make_story(by=editor, body=link(linked))
    assert bodies.keys(story.body) == {f"story:{linked.pk}"}


# Photos ---------------------------------------------------------------------------------------------------------------
def test_a_photo_in_the_text_is_shown_with_caption_credit_and_sizes(editor, reader):
    photo = make_photo(by=editor, credit="Shilan Ali")
    story = make_story(by=editor, body=f"<p>One.</p>{figure(photo, 'A &quot;wide&quot; bridge')}<p>Two.</p>")
    page = reader.get(story.get_absolute_url()).text
    shown = page[page.index('<figure class="body-photo">') : page.index("</figure>") + 9]
    assert 'alt="A &quot;wide&quot; bridge"' in shown
    assert '<span class="photo-caption">The bridge at noon.</span>' in shown
    assert "<bdi>Shilan Ali</bdi>" in shown and "srcset=" in shown
    assert "data-photo" not in page and "data-alt" not in page
    file = shown.split('src="')[1].split('"')[0]
    assert reader.get(file).status_code == 200


def test_the_file_of_a_photo_in_the_text_is_served_only_while_the_story_is_public(editor, reader):
    photo = make_photo(by=editor)
    file = photo.renditions.exclude(name="").first().get_absolute_url()
    story = make_draft(by=editor, body=figure(photo))
    assert reader.get(file).status_code == 404
    publishing.publish(story, by=editor)
    assert reader.get(file).status_code == 200
    publishing.withdraw(story, by=editor, reason="A doubt.")
    assert reader.get(file).status_code == 404


def test_a_photo_of_a_waiting_version_stays_private_until_its_release(editor, reader):
    photo = make_photo(by=editor)
    file = photo.renditions.exclude(name="").first().get_absolute_url()
    story = make_story(by=editor)
    waiting = revisions.record(story, content(body=figure(photo)), by=editor)
    assert reader.get(file).status_code == 404
    publishing.release(story, waiting, by=editor)
    assert reader.get(file).status_code == 200


@pytest.mark.parametrize("trouble", ["unknown", "expired", "unmade"])
def test_a_photo_that_cannot_be_shown_leaves_the_text_whole(trouble, editor, reader):
    photo = make_photo(by=editor)
    if trouble == "expired":
        photo.rights_expire_on = timezone.localdate() - datetime.timedelta(days=1)
        photo.save()
    elif trouble == "unmade":
        photo.renditions.update(name="")
    else:
        photo.pk += 1000
    story = make_story(by=editor, body=f"<p>One.</p>\n{figure(photo)}\n<p>Two.</p>")
    page = reader.get(story.get_absolute_url())
    assert page.status_code == 200
    assert "<p>One.</p>" in page.text and "<p>Two.</p>" in page.text
    assert "The bridge at noon" not in page.text and "<figure" not in page.text.split('class="story-body"')[1]


def test_feeds_carry_the_photo_in_one_size_at_an_absolute_address(editor, reader):
    photo = make_photo(by=editor)
    make_story(by=editor, body=figure(photo))
    item = reader.get("/en/feed.json").json()["items"][0]["content_html"]
    assert '<img src="http://testserver/media/' in item
    assert "srcset" not in item and 'alt="A bridge"' in item


def test_hostile_words_of_a_photo_are_inert(editor, reader):
    photo = make_photo(by=editor, credit="<script>alert(1)</script>", copyright='"><img src=x onerror=alert(1)>')
    body = figure(
        photo, "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script><i onclick=x()>c</i>"
    )
    story = make_story(by=editor, body=body)
    text = reader.get(story.get_absolute_url()).text.split('class="story-body"')[1].split("</figure>")[0]
    assert "<script" not in text and "<img src=x" not in text and "onclick" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_bodies_without_photos_and_links_cost_no_query(editor, django_assert_num_queries):
    stories = [make_story(by=editor) for _ in range(3)]
    with django_assert_num_queries(0):
        assert [bodies.shown(story) for story in bodies.fetch(stories)] == [story.body for story in stories]


@pytest.mark.parametrize("count", [1, 5])
def test_many_bodies_cost_three_queries(count, editor, django_assert_num_queries):
    linked, photo = make_story(by=editor), make_photo(by=editor)
    stories = [make_story(by=editor, body=link(linked) + figure(photo)) for _ in range(count)]
    with django_assert_num_queries(3):
        for story in bodies.fetch(stories):
            assert "<img" in bodies.shown(story, in_sizes=False)


def test_what_a_body_names_is_read_from_it(editor):
    photo = make_photo(by=editor)
    body = bodies.from_editor(f'<p><a href="/en/stories/12/x/">a <b>b</b></a></p>{figure(photo, " A ", "<i>c</i>")}')
    assert bodies.figures(body) == [bodies.Figure(photo.pk, "A", "<i>c</i>")]
    assert bodies.linked_stories(body) == {12: "a b"}
    assert bodies.photos_known(body) == [photo]
