"""Preview links: one story for somebody without an account, and nothing else."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from articles import previews, publishing, revisions
from articles.models import Article, PreviewLink
from newsroom.pages import serving
from newsroom.roles import Role
from tests.factories import (
    content,
    leading_with,
    make_author,
    make_draft,
    make_photo,
    make_place,
    make_story,
    make_user,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


@pytest.fixture
def draft(reporter):
    return make_draft(by=reporter, headline="Not public yet", place_id=make_place().pk)


@pytest.fixture
def link(draft, reporter):
    return previews.make(draft, by=reporter, days=3, purpose="The lawyer")


def test_somebody_with_the_link_and_no_account_reads_the_story(reader, draft, link):
    response = reader.get(previews.address(link))
    assert response.status_code == 200
    for words in (
        "Not public yet",
        "ERBIL, Kurdistan Region – ",
        "Dana Reporter",
        "Syrian army",
        "This is not published",
    ):
        assert words in response.text
    assert reader.get(draft.get_absolute_url()).status_code == 404


def test_nothing_keeps_it_finds_it_or_learns_its_address(reader, link):
    response = reader.get(previews.address(link))
    assert {name: response[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")} == {
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Referrer-Policy": "no-referrer",
    }
    assert response.cookies == {}
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in response.text
    for absent in ("application/ld+json", 'rel="canonical"', "og:title", "post-a-comment", "<textarea"):
        assert absent not in response.text
    assert not hasattr(response, "page_keys")
    wanted = {"REQUEST_METHOD": "GET", "HTTP_HOST": "testserver", "PATH_INFO": previews.address(link)}
    assert not serving.is_storable(wanted)
    assert serving.is_storable(wanted | {"PATH_INFO": "/en/"})  # the control


def test_it_shows_the_newest_version_and_stays_the_same_link(reader, story, editor):
    link = previews.make(story, by=editor, days=1)
    other = make_author("Zana", "zana")
    lines = [{"author": other.pk, "role": "reporter"}]
    revisions.record(story, content(headline="Newest", tags=["floods", "rivers"], bylines=lines), by=editor)
    text = reader.get(previews.address(link)).text
    assert all(words in text for words in ("Newest", "floods", "Zana")) and "The river rises" not in text
    story.refresh_from_db()
    assert (story.headline, "Newest" in reader.get(story.get_absolute_url()).text) == ("The river rises", False)
    assert Article.objects.get(pk=story.pk).bylines.get().author != other


def test_it_speaks_the_storys_language_and_direction(reader, reporter):
    sorani = make_draft(by=reporter, language="ckb", headline="ڕووبار بەرز دەبێتەوە")
    response = reader.get(previews.address(previews.make(sorani, by=reporter, days=1)))
    assert 'lang="ckb" dir="rtl"' in response.text
    assert response["Content-Language"] == "ckb"


@pytest.mark.parametrize("ended", ["expired", "revoked", "withdrawn", "spiked"])
def test_an_ended_link_says_so_and_shows_nothing(ended, reader, draft, link, reporter, editor):
    if ended == "expired":
        PreviewLink.objects.update(expires_at=timezone.now())
    elif ended == "revoked":
        previews.revoke(link, by=reporter)
    elif ended == "spiked":
        publishing.spike(draft, by=editor)
    else:
        publishing.publish(draft, by=editor)
        publishing.withdraw(draft, by=editor, reason="Wrong.")
    response = reader.get(previews.address(link))
    assert response.status_code == 410
    assert "This preview has ended" in response.text and "Not public yet" not in response.text
    assert response["Cache-Control"] == "private, no-store"
    assert PreviewLink.objects.get().last_opened_at is None


def test_a_forged_link_is_not_found(reader, link, editor):
    token = previews.token(link)
    other = previews.make(make_draft(by=editor), by=editor, days=1)
    swapped = f"{other.pk}-{token.partition('-')[2]}"
    for forged in (
        token[:-1],
        token + "A",
        token.upper(),
        swapped,
        f"{link.pk}-",
        "1",
        "x-y",
        "٣-x",
        f"{10**30}-x",
        "%00",
    ):
        assert reader.get(f"/preview/{forged}/").status_code == 404, forged
    assert PreviewLink.objects.filter(last_opened_at=None).count() == 2


def test_a_changed_key_of_the_house_ends_every_link(reader, link, settings):
    address = previews.address(link)
    settings.NEWSROOM_HASH_KEY = "another key"
    assert reader.get(address).status_code == 404


def test_when_it_was_last_opened_is_noted_by_a_reader_and_not_by_a_look_ahead(reader, link):
    reader.head(previews.address(link))
    assert PreviewLink.objects.get().last_opened_at is None
    reader.get(previews.address(link))
    first = PreviewLink.objects.get().last_opened_at
    reader.get(previews.address(link))
    assert first is not None and PreviewLink.objects.get().last_opened_at == first


def test_the_photo_of_a_draft_is_seen_through_the_link_alone(reader, reporter, editor):
    photo = make_photo(by=editor)
    draft = make_draft(by=reporter, **leading_with(photo))
    link = previews.make(draft, by=reporter, days=1)
    text = reader.get(previews.address(link)).text
    address = re.search(r'<img src="([^"]+)"', text)[1]
    assert "/media/" not in text
    shown = reader.get(address)
    assert (shown.status_code, shown["Content-Type"], shown["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, no-store",
    )
    assert shown.getvalue()[:2] == b"\xff\xd8"
    name = re.search(r"([0-9a-f]{32})\.jpg", address)[1]
    assert reader.get(f"/media/{name}.jpg").status_code == 404
    assert reader.get(address.replace(".jpg", ".avif")).status_code == 404
    assert reader.get(re.sub(r"/[\w-]{20}/", "/AAAAAAAAAAAAAAAAAAAA/", address)).status_code == 404
    assert reader.get(re.sub(r"/[\w-]{20}/", "/é/", address)).status_code == 404
    previews.revoke(link, by=reporter)
    assert reader.get(address).status_code == 404


def test_hostile_words_are_inert(reader, reporter):
    hostile = "<script>alert(1)</script>"
    draft = make_draft(by=reporter, headline=hostile, standfirst=hostile, tags=[hostile], body=f"<p>{hostile}x</p>")
    text = reader.get(previews.address(previews.make(draft, by=reporter, days=1))).text
    assert "<script>alert" not in text


def test_an_empty_draft_has_a_preview_too(reader, reporter):
    empty = make_draft(by=reporter, headline="", slug="", section_id=None, body="", tags=[], bylines=[])
    assert reader.get(previews.address(previews.make(empty, by=reporter, days=1))).status_code == 200


# In the back office ---------------------------------------------------------------------------------------------------
def test_a_writer_makes_a_link_from_the_story_and_revokes_it(as_, reporter, draft, reader):
    browser = as_(reporter)
    assert f"{LIST}{draft.pk}/previews/" in browser.get(f"{LIST}{draft.pk}/change/").text
    page = browser.post(f"{LIST}{draft.pk}/previews/", {"purpose": "Translator", "days": "7"}, follow=True)
    link = PreviewLink.objects.get()
    assert (link.created_by, link.purpose) == (reporter, "Translator")
    assert abs(link.expires_at - timezone.now() - datetime.timedelta(days=7)) < datetime.timedelta(minutes=1)
    assert f"http://testserver{previews.address(link)}" in page.text
    browser.post(f"{LIST}{draft.pk}/previews/{link.pk}/revoke/")
    link.refresh_from_db()
    assert link.revoked_by == reporter
    page = browser.get(f"{LIST}{draft.pk}/previews/").text
    assert "revoked by reporter" in page and previews.address(link) not in page


@pytest.mark.parametrize("days", ["", "0", "31", "-1", "x", "9999999999"])
def test_a_link_lives_as_long_as_the_house_allows(days, as_, reporter, draft):
    response = as_(reporter).post(f"{LIST}{draft.pk}/previews/", {"purpose": "Kept words", "days": days})
    assert (response.status_code, "Kept words" in response.text) == (400, True)
    assert PreviewLink.objects.count() == 0


def test_only_who_may_write_in_a_story_gives_it_away(as_, reporter, editor, moderator):
    foreign = make_draft(by=editor)
    link = previews.make(foreign, by=editor, days=1)
    browser = as_(reporter)
    page = browser.get(f"{LIST}{foreign.pk}/previews/")
    assert page.status_code == 200 and previews.address(link) not in page.text
    assert browser.post(f"{LIST}{foreign.pk}/previews/", {"days": "1"}).status_code == 403
    assert browser.post(f"{LIST}{foreign.pk}/previews/{link.pk}/revoke/").status_code == 403
    assert as_(moderator).get(f"{LIST}{foreign.pk}/previews/").status_code == 403
    link.refresh_from_db()
    assert (link.revoked_at, PreviewLink.objects.count()) == (None, 1)


def test_a_link_is_revoked_at_its_own_story_only(as_, editor, reporter, link):
    other = make_draft(by=editor)
    assert as_(editor).post(f"{LIST}{other.pk}/previews/{link.pk}/revoke/").status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


def test_its_maker_revokes_it_even_when_the_story_was_handed_on(as_, reporter, draft, link):
    publishing.submit(draft, by=reporter)
    as_(reporter).post(f"{LIST}{draft.pk}/previews/{link.pk}/revoke/")
    link.refresh_from_db()
    assert link.revoked_by == reporter


def test_a_preview_costs_the_same_queries_however_much_there_is(editor, django_assert_max_num_queries):
    counts = []
    for number in (1, 8):
        authors = [make_author(f"A {number} {n}", f"a-{number}-{n}") for n in range(number)]
        story = make_story(by=editor, headline=f"Story {number}")
        lines = [{"author": author.pk, "role": "reporter"} for author in authors]
        tags = [f"tag {number} {n}" for n in range(number)]
        for _again in range(number):
            revisions.record(story, content(bylines=lines, tags=tags), by=editor)
        address = previews.address(previews.make(story, by=editor, days=1))
        with django_assert_max_num_queries(30) as captured:
            Client().get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_list_costs_the_same_queries_with_one_link_and_with_forty(
    as_, draft, reporter, django_assert_max_num_queries
):
    browser = as_(reporter)
    counts = []
    for number in (1, 39):
        for n in range(number):
            maker = make_user(f"maker-{number}-{n}", Role.EDITOR)
            previews.revoke(previews.make(draft, by=maker, days=1), by=maker)
        with django_assert_max_num_queries(20) as captured:
            browser.get(f"{LIST}{draft.pk}/previews/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_how_long_a_link_works_is_said_in_the_language_of_the_request(as_, reporter, draft):
    page = as_(reporter).get(f"{LIST}{draft.pk}/previews/", headers={"Accept-Language": "tr"}).text
    assert re.findall(r"<option[^>]*>([^<]+)</option>", page) == [f"{days} gün" for days in previews.DAYS]
