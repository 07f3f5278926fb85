import re

import pytest

from articles import photos, publishing
from newsroom.roles import Role
from tests.factories import leading_with, make_draft, make_photo, make_story, make_user
from tests.pictures import picture


@pytest.fixture
def shown(editor):
    """A public story that leads with a photo, all sizes made."""
    story = make_story(by=editor, **leading_with(make_photo(by=editor)))
    list(photos.make_renditions())
    return story


def some_file(photo):
    return photo.made("whole", "jpg")[0]


def test_a_public_photo_is_served_for_ever(reader, shown):
    for format, kind in (("jpg", "image/jpeg"), ("avif", "image/avif")):
        file = shown.lead_photo.made("whole", format)[-1]
        answer = reader.get(file.get_absolute_url())
        body = b"".join(answer.streaming_content)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["ETag"] == f'"{file.name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert int(answer["Content-Length"]) == len(body) > 100
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_unchanged_file_is_not_sent_again(reader, shown):
    address = some_file(shown.lead_photo).get_absolute_url()
    etag = reader.get(address)["ETag"]
    assert reader.get(address, headers={"if-none-match": f'"other", {etag}'}).status_code == 304
    assert reader.get(address, headers={"if-none-match": '"other"'}).status_code == 200


def test_nothing_is_written_at_an_address(reader, shown):
    assert reader.post(some_file(shown.lead_photo).get_absolute_url()).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/../settings.py",
        "/media/..%2f..%2fsecret-key",
        "/media/%2e%2e/originals/x.jpg",
        "/media/originals/{sha}.jpg",
        "/media/{folder}/{sha}.jpg",
        "/media/{sha}.jpg",
        "/media/{name}.png",
        "/media/{name}.jpg%00",
        "/media/{name}.jpg%0a",
        "/media/{upper}.jpg",
        "/media/{name}",
        "/originals/{folder}/{sha}.jpg",
        "/static/../originals/{folder}/{sha}.jpg",
        "/media/" + "0" * 32 + ".jpg",
    ],
)
def test_no_other_address_answers(reader, shown, path):
    photo = shown.lead_photo
    name = some_file(photo).name
    upper = name.upper() if name.upper() != name else "A" * 32
    address = path.format(sha=photo.sha256, folder=photo.sha256[:2], name=name, upper=upper)
    assert reader.get(address).status_code in (301, 302, 404)
    assert reader.get(address, follow=True).status_code == 404


def test_a_drafts_photo_is_for_signed_in_journalists_and_stored_nowhere(reader, as_, reporter, stranger, moderator):
    photo = make_photo(by=reporter)
    make_draft(by=reporter, **leading_with(photo))
    address = some_file(photo).get_absolute_url()
    assert reader.get(address).status_code == 404
    assert {person.username: as_(person).get(address).status_code for person in (reporter, stranger, moderator)} == {
        "reporter": 200,
        "stranger": 404,
        "moderator": 404,
    }
    assert as_(reporter).get(address)["Cache-Control"] == "private, no-store"
    assert as_(make_user("second", Role.EDITOR)).get(address).status_code == 200


def test_the_photo_of_a_withdrawn_story_is_gone(reader, shown, editor):
    address = some_file(shown.lead_photo).get_absolute_url()
    assert reader.get(address).status_code == 200
    publishing.withdraw(shown, by=editor, reason="Wrong bridge.")
    assert reader.get(address).status_code == 404


def test_a_public_file_costs_one_query(reader, shown, django_assert_num_queries):
    address = some_file(shown.lead_photo).get_absolute_url()
    with django_assert_num_queries(1):
        reader.get(address)


# On the pages --------------------------------------------------------------------------------------------------------


def test_the_story_page_shows_the_photo_with_caption_and_credit(reader, shown):
    page = reader.get(shown.get_absolute_url()).content.decode()
    photo = shown.lead_photo
    figure = re.search(r'<figure class="lead-photo">.*?</figure>', page, re.DOTALL)[0]
    assert 'alt="A bridge"' in figure
    assert "The bridge at noon." in figure
    assert "Shilan Ali" in figure
    assert 'width="960" height="640"' in figure
    assert "lazy" not in figure
    for format in ("avif", "jpg"):
        wanted = ", ".join(f"{row.get_absolute_url()} {row.width}w" for row in photo.made("whole", format))
        assert f'srcset="{wanted}"' in figure
    for address in re.findall(r"/media/[0-9a-f]+\.\w+", page):
        assert reader.get(address).status_code == 200


def test_the_page_lists_only_sizes_that_are_made(reader, editor):
    story = make_story(by=editor, **leading_with(make_photo(by=editor)))
    page = reader.get(story.get_absolute_url()).content.decode()
    assert len(set(re.findall(r"/media/[0-9a-f]+\.\w+", page))) == 1
    assert "image/avif" not in page
    front = reader.get("/en/").content.decode()
    assert len(set(re.findall(r"/media/[0-9a-f]+\.\w+", front))) == 1


def test_hostile_words_are_inert(reader, editor):
    bad = '"><script>alert(1)</script>'
    photo = make_photo(by=editor, credit=bad, copyright=bad)
    story = make_story(by=editor, **leading_with(photo, lead_alt=bad, lead_caption=bad))
    page = reader.get(story.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") == 5


def test_lists_show_thumbnails_and_load_all_but_the_first_late(reader, editor):
    for number in range(3):
        photo = make_photo(by=editor, content=picture((900, 600), "PNG", colour=(number, 90, 90)))
        make_story(by=editor, headline=f"Story {number}", **leading_with(photo))
    list(photos.make_renditions())
    front = reader.get("/en/").content.decode()
    assert (front.count('class="card-photo"'), front.count('loading="lazy"'), front.count("fetchpriority")) == (3, 2, 1)
    section = reader.get("/en/sections/middle-east/").content.decode()
    assert (section.count('class="card-photo"'), section.count('loading="lazy"')) == (3, 3)


@pytest.mark.parametrize("path", ["/en/", "/en/sections/middle-east/"])
def test_lists_cost_as_many_queries_with_one_photo_as_with_forty(reader, editor, path, settings):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settings.NEWSROOM_PAGE_SIZE = 50
    counts = []
    for wanted in (1, 40):
        for number in range(len(counts) and 1, wanted):
            photo = make_photo(by=editor, content=picture((60, 40), "PNG", colour=(number, 50, 50)))
            make_story(by=editor, headline=f"Story {number}", **leading_with(photo))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = reader.get(path).content.decode()
        assert page.count('class="card-photo"') == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]
