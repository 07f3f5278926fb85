"""The page cache over WSGI: what is kept, what makes it go, and what must never get in."""

import datetime
import gzip
import io
import os
import threading
import time
from types import SimpleNamespace

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone

from articles import publishing, revisions
from moderation.decisions import decide
from newsroom import pages
from newsroom.models import PageChange
from newsroom.pages import serving
from tests.factories import content, make_comment, make_decided, make_draft, make_story

pytestmark = pytest.mark.django_db(transaction=True)


class Site:
    """The application behind its cache, as a reader's browser meets it; counts what Django itself rendered."""

    def __init__(self, store: pages.FileStore):
        self.rendered = 0
        self.django = WSGIHandler()
        self.during_render = lambda: None
        self.cache = pages.PageCache(self._render, store)
        self.cache.watch.sees = lambda: True

    def _render(self, environ, start_response):
        self.rendered += 1
        self.during_render()
        return self.django(environ, start_response)

    def get(self, path: str, query: str = "", method: str = "GET", **environ):
        told = {}

        def start_response(status, headers):
            told.update(status=int(status.split()[0]), headers={name.lower(): value for name, value in headers})

        request = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            **environ,
        }
        result = self.cache(request, start_response)
        told["body"] = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        return told


@pytest.fixture
def site(settings, tmp_path):
    settings.NEWSROOM_PAGES_DIR = tmp_path / "pages"
    return Site(pages.configured_store())


def body(site, path) -> str:
    return site.get(path)["body"].decode()


def test_a_page_is_rendered_once_and_then_costs_no_query(site, story, django_assert_num_queries):
    first = site.get(story.get_absolute_url())
    with django_assert_num_queries(0):
        second = site.get(story.get_absolute_url())
    assert site.rendered == 1
    assert (first["status"], first["body"]) == (200, second["body"])
    assert "default-src 'none'" in second["headers"]["content-security-policy"]


def test_a_decision_is_seen_at_once(site, story, moderator):
    comment = make_comment(story, "canary")
    assert "canary" not in body(site, story.get_absolute_url())
    decide(comment, "approved", moderator=moderator, seen_version=0)
    assert "canary" in body(site, story.get_absolute_url())
    decide(comment, "removed", moderator=moderator, seen_version=1, guidelines=["abuse"])
    assert "canary" not in body(site, story.get_absolute_url())


def test_a_decision_leaves_other_pages_where_they_are(site, story, editor, moderator):
    other = make_story(by=editor, slug="other", headline="Another")
    body(site, other.get_absolute_url())
    make_decided(story, "approved", by=moderator)
    body(site, other.get_absolute_url())
    assert site.rendered == 1


def test_a_withdrawn_story_is_gone_at_once_and_its_410_is_kept(site, story, editor):
    address = story.get_absolute_url()
    lists = ["/en/", "/en/sections/middle-east/", "/en/tags/syrian-army/", "/en/authors/dana-reporter/"]
    assert [site.get(path)["status"] for path in [address, *lists]] == [200] * 5
    publishing.withdraw(story, by=editor, reason="A doubt.")
    assert site.get(address)["status"] == 410
    assert [story.headline in body(site, path) for path in lists] == [False] * 4
    rendered = site.rendered
    assert (site.get(address)["status"], site.rendered) == (410, rendered)
    publishing.publish(story, by=editor)
    assert site.get(address)["status"] == 200


def test_a_release_expires_what_showed_the_story_before_and_what_shows_it_now(site, story, editor):
    body(site, "/en/tags/syrian-army/")
    assert site.get("/en/tags/floods/")["status"] == 404
    revision = revisions.record(story, content(headline="The river falls", tags=["floods"]), by=editor)
    publishing.release(story, revision, by=editor)
    assert site.get("/en/tags/syrian-army/")["status"] == 404
    assert "The river falls" in body(site, "/en/tags/floods/")
    assert "The river falls" in body(site, story.get_absolute_url())


def test_a_new_story_and_a_new_translation_are_seen_where_they_belong(site, story, editor):
    body(site, "/en/")
    body(site, story.get_absolute_url())
    make_story(by=editor, headline="Fresh ink", slug="fresh")
    assert "Fresh ink" in body(site, "/en/")
    make_story(by=editor, language="tr", translation_of=story, headline="Nehir", slug="nehir")
    assert "Nehir" in body(site, story.get_absolute_url())


def test_a_page_that_changed_while_it_was_rendered_is_not_kept(site, story, moderator):
    comment = make_comment(story, "canary")
    site.during_render = lambda: decide(comment, "approved", moderator=moderator, seen_version=comment.version)
    body(site, story.get_absolute_url())
    site.during_render = lambda: None
    assert "canary" in body(site, story.get_absolute_url())
    assert site.rendered == 2


def test_a_change_between_storing_and_the_last_look_takes_the_page_away(site, story, moderator, monkeypatch):
    comment = make_comment(story, "canary")
    put = pages.FileStore.put

    def put_then_change(store, name, page):
        put(store, name, page)
        monkeypatch.setattr(pages.FileStore, "put", put)
        monkeypatch.setattr(pages.FileStore, "remove", lambda store, changes: None)  # a process killed before its purge
        decide(comment, "approved", moderator=moderator, seen_version=0)

    monkeypatch.setattr(pages.FileStore, "put", put_then_change)
    body(site, story.get_absolute_url())
    assert "canary" in body(site, story.get_absolute_url())


def test_a_change_whose_process_died_before_its_purge_is_found_by_the_watch(site, story, moderator, monkeypatch):
    comment = make_comment(story, "canary")
    body(site, story.get_absolute_url())
    with monkeypatch.context() as killed:
        killed.setattr(pages.FileStore, "remove", lambda store, changes: None)
        decide(comment, "approved", moderator=moderator, seen_version=0)
    assert "canary" not in body(site, story.get_absolute_url())  # the negative control: nothing else expires it
    pages.Watch(site.cache.store).look()
    assert "canary" in body(site, story.get_absolute_url())


def test_a_starting_process_goes_on_where_the_last_look_ended(site, story, editor):
    watch = pages.Watch(site.cache.store)
    watch.look()
    newest = PageChange.objects.order_by("-pk").first().pk
    assert site.cache.store.seen == newest
    assert pages.FileStore(site.cache.store.folder).seen == newest


def test_a_cache_that_cannot_see_changes_is_not_asked(site, story):
    body(site, story.get_absolute_url())
    site.cache.watch.sees = lambda: False
    body(site, story.get_absolute_url())
    assert site.rendered == 2


def test_the_watch_looks_by_itself_in_its_own_thread(site, story, monkeypatch):
    may_look, has_looked = threading.Event(), threading.Event()
    watch = pages.Watch(site.cache.store)

    def look():
        assert may_look.wait(5)
        watch.looked_at = time.monotonic()
        has_looked.set()

    monkeypatch.setattr(watch, "look", look)
    assert watch.sees() is False
    may_look.set()
    assert has_looked.wait(5)
    assert watch.sees() is True
    watch.stop()


def test_the_clock_ends_a_pages_life(site, reporter, editor, monkeypatch):
    draft = make_draft(by=reporter, headline="Later")
    time_of_day = timezone.now() + datetime.timedelta(minutes=10)
    publishing.schedule(draft, by=editor, publish_at=time_of_day)
    body(site, "/en/")
    monkeypatch.setattr(time, "time", lambda: time_of_day.timestamp() - 1)
    body(site, "/en/")
    assert site.rendered == 1
    monkeypatch.setattr(time, "time", lambda: time_of_day.timestamp() + 1)
    body(site, "/en/")
    assert site.rendered == 2


def test_no_page_lives_longer_than_an_hour(site, story, monkeypatch):
    body(site, story.get_absolute_url())
    later = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: later)
    body(site, story.get_absolute_url())
    assert site.rendered == 2


def test_a_page_comes_in_the_coding_the_client_takes_with_an_etag_each_and_304(site, story):
    address = story.get_absolute_url()
    plain = site.get(address)
    zipped = site.get(address, HTTP_ACCEPT_ENCODING="deflate, gzip")
    smallest = site.get(address, HTTP_ACCEPT_ENCODING="gzip, deflate, br, zstd")
    assert gzip.decompress(zipped["body"]) == brotli.decompress(smallest["body"]) == plain["body"]
    assert (zipped["headers"]["content-encoding"], zipped["headers"]["vary"]) == ("gzip", "Accept-Encoding")
    assert smallest["headers"]["content-encoding"] == "br"
    assert len(smallest["body"]) < len(zipped["body"]) < len(plain["body"])
    assert len({answer["headers"]["etag"] for answer in (plain, zipped, smallest)}) == 3
    for answer in (plain, zipped, smallest):
        assert int(answer["headers"]["content-length"]) == len(answer["body"])
        again = site.get(address, HTTP_IF_NONE_MATCH=answer["headers"]["etag"])
        assert (again["status"], again["body"]) == (304, b"")
    assert site.get(address, HTTP_IF_NONE_MATCH='"other"')["status"] == 200
    assert site.get(address, HTTP_ACCEPT_ENCODING="gzip;q=0, br;q=0.0")["headers"].get("content-encoding") is None


def test_a_feed_is_kept_and_answers_a_date_of_its_own(site, story):
    first = site.get("/en/feed.rss")
    again = site.get("/en/feed.rss")
    assert (first["status"], site.rendered) == (200, 1)
    assert again["body"] == first["body"]
    since = first["headers"]["last-modified"]
    assert site.get("/en/feed.rss", HTTP_IF_MODIFIED_SINCE=since)["status"] == 304
    assert site.get("/en/feed.rss", HTTP_IF_MODIFIED_SINCE="Mon, 01 Jan 2024 00:00:00 GMT")["status"] == 200
    assert site.get("/en/feed.rss", HTTP_IF_MODIFIED_SINCE=since, HTTP_IF_NONE_MATCH='"x"')["status"] == 200
    assert site.get("/en/feed.rss", HTTP_IF_MODIFIED_SINCE="no date")["status"] == 200
    assert site.rendered == 1


@pytest.mark.parametrize(
    "path",
    [
        "/en/feed.rss",
        "/en/feed.atom",
        "/en/feed.json",
        "/en/sections/{section}/feed.rss",
        "/en/archive/{day}/",
        "/en/sitemap-pages.xml",
        "/en/sitemap-1.xml",
        "/sitemap.xml",
        "/news-sitemap.xml",
    ],
)
@pytest.mark.usefixtures("one_range_of_ids")
def test_what_machines_read_is_kept_and_changes_with_its_stories(site, story, editor, path):
    day = timezone.localtime(story.first_published_at)
    path = path.format(section=story.section.name_in("en").slug, day=day.strftime("%Y/%m/%d"))
    for _visit in range(2):
        assert site.get(path)["status"] == 200
    assert site.rendered == 1
    publishing.withdraw(story, by=editor, reason="Wrong.")
    after = site.get(path)
    assert site.rendered == 2
    assert story.headline not in after["body"].decode()
    assert story.slug not in after["body"].decode()


def test_head_answers_like_get_without_a_body_and_poisons_nothing(site, story):
    address = story.get_absolute_url()
    head = site.get(address, method="HEAD")
    page = site.get(address)
    assert (head["status"], head["body"]) == (200, b"")
    assert head["headers"]["content-length"] == page["headers"]["content-length"]
    assert len(page["body"]) > 1000
    assert site.rendered == 1


POISONS = [
    {"HTTP_COOKIE": "sender=abc; theme=dark"},
    {"HTTP_COOKIE": "django_language=ar"},
    {"HTTP_ACCEPT_LANGUAGE": "ar"},
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_ORIGINAL_URL": "/admin/"},
    {"HTTP_X_REWRITE_URL": "/admin/"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
    {"HTTP_RANGE": "bytes=0-10"},
    {"HTTP_USER_AGENT": "<script>"},
    {"HTTP_REFERER": "https://evil.example/"},
    {"HTTP_X_FORWARDED_FOR": "1.2.3.4"},
    {"HTTP_TRANSFER_ENCODING": "chunked"},
    {"HTTP_HX_REQUEST": "true"},
    {"QUERY_STRING": "utm_source=x&fbclid=y"},
    {"QUERY_STRING": "after="},
    {"HTTP_ACCEPT": "application/json"},
    {"HTTP_IF_MODIFIED_SINCE": "Wed, 01 Jan 2020 00:00:00 GMT"},
]


@pytest.mark.parametrize("poison", POISONS, ids=str)
def test_nothing_else_a_client_sends_changes_the_stored_page(site, story, poison):
    address = story.get_absolute_url()
    query = poison.pop("QUERY_STRING", "") if "QUERY_STRING" in poison else ""
    poisoned = site.get(address, query, **poison)
    clean = site.get(address)
    assert poisoned["status"] == clean["status"] == 200
    assert strip_stamp(poisoned["body"]) == strip_stamp(clean["body"])
    assert b"evil.example" not in clean["body"]
    assert site.rendered == 1


def strip_stamp(page: bytes) -> bytes:
    before, _, after = page.partition(b'name="stamp" value="')
    return before + after.partition(b'"')[2]


def test_a_foreign_host_is_refused_and_leaves_no_page(site, story):
    assert site.get(story.get_absolute_url(), HTTP_HOST="evil.example")["status"] == 400
    assert b"evil.example" not in site.get(story.get_absolute_url())["body"]


def test_a_signed_in_person_never_gets_a_stored_page(site, story, settings):
    address = story.get_absolute_url()
    for _ in range(2):
        site.get(address, HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}=x")
    assert site.rendered == 2


@pytest.mark.parametrize("query", ["x=1", "utm_source=a&x=1", "after=1-1&callback=f", "AFTER=1-1"])
def test_an_unknown_parameter_leads_to_the_address_without_it(site, story, query):
    answer = site.get(story.get_absolute_url(), query)
    kept = "?after=1-1" if query.startswith("after=") else ""
    assert (answer["status"], answer["headers"]["location"]) == (301, story.get_absolute_url() + kept)
    assert site.rendered == 0


@pytest.mark.parametrize(
    "path",
    ["/en/receipts/abc/", "/admin/", "/desk/", "/en/search/", "/healthz", "/en/stories/1/comments/x.css", "/en/x.css"],
)
def test_other_addresses_are_not_stored(site, path):
    for _ in range(2):
        site.get(path)
    assert site.rendered == 2


def test_a_story_address_with_a_suffix_is_no_other_page(site, story):
    answer = site.get(story.get_absolute_url().rstrip("/") + ".css/")
    assert (answer["status"], answer["headers"]["location"]) == (301, story.get_absolute_url())


def test_errors_and_redirects_are_not_kept(site, story):
    for path in (f"/en/stories/{story.pk}/", "/en/stories/999/"):
        rendered = site.rendered
        statuses = [site.get(path)["status"] for _ in range(2)]
        assert site.rendered == rendered + 2
        assert statuses[0] == statuses[1] != 200


def test_a_store_lets_its_oldest_pages_go(site, story, editor):
    stories = [make_story(by=editor, slug=f"s{number}", headline=f"S{number}") for number in range(4)]
    for shown in stories:
        body(site, shown.get_absolute_url())
    store = site.cache.store
    assert len(os.listdir(store.folder / "pages")) == 4
    store.prune(most=2)
    assert len(os.listdir(store.folder / "pages")) == 2


def test_a_cleared_store_has_no_page_and_keeps_new_ones(site, story):
    body(site, story.get_absolute_url())
    site.cache.store.clear()
    body(site, story.get_absolute_url())
    body(site, story.get_absolute_url())
    assert site.rendered == 2


def test_changes_that_are_rolled_back_leave_the_pages(site, story, moderator):
    from django.db import transaction

    comment = make_comment(story, "canary")
    body(site, story.get_absolute_url())
    with pytest.raises(RuntimeError), transaction.atomic():
        decide(comment, "approved", moderator=moderator, seen_version=0)
        raise RuntimeError
    body(site, story.get_absolute_url())
    assert site.rendered == 1
    assert connection.in_atomic_block is False


@pytest.mark.parametrize(("behind", "now", "said"), [(True, 1_700_000_000.99, "@1700000000"), (False, 1.0, None)])
def test_nginx_may_keep_a_page_until_the_next_second_begins(site, story, settings, monkeypatch, behind, now, said):
    """A point in time, said anew with each answer, and only of what is stored: "1" would be kept for up to two."""
    settings.NEWSROOM_BEHIND_PROXY = behind
    path = story.get_absolute_url()
    site.get(path)
    monkeypatch.setattr(serving, "time", SimpleNamespace(time=lambda: now))
    assert site.get(path)["headers"].get("x-accel-expires") == said
    assert "x-accel-expires" not in site.get(path, HTTP_COOKIE="sessionid=somebody")["headers"]
    for other in ("/en/search/", "/en/stories/999/", f"/en/stories/{story.pk}/"):
        assert "x-accel-expires" not in site.get(other)["headers"]
