"""What is read most: who is counted, what is kept, and that the list never names what is not public."""

import datetime
import re

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from articles import most_read, publishing
from articles.models import DailyReads, MostRead
from newsroom import pages
from newsroom.pool import Received
from tests import factories

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PATH = "/en/stories/12/the-river/"


@pytest.fixture(autouse=True)
def _no_thread(monkeypatch):
    """The test flushes."""
    monkeypatch.setattr(most_read.Counted, "_start", lambda self: None)


def request(path=PATH, **more) -> dict:
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_USER_AGENT": FIREFOX, **more}


def answering(status: str):
    def application(_request, start_response):
        start_response(status, [])
        return [b""]

    return application


def counted(*requests: dict, status="200 OK") -> dict[int, int]:
    counter = most_read.Counted(answering(status))
    for asked in requests:
        counter(asked, lambda *_told: None)
    return dict(counter.counts)


@pytest.fixture
def stories(editor):
    return [factories.make_story(by=editor, headline=f"Story {number}", slug=f"s{number}") for number in range(6)]


def listed(text: str) -> list[str]:
    aside = re.search(r'(?s)<aside class="most-read".*?</aside>', text)
    return re.findall(r">([^<]+)</a>", aside[0]) if aside else []


# Who is counted -------------------------------------------------------------------------------------------------------
def test_a_reader_of_a_story_is_counted_and_nothing_is_known_of_them():
    asked = request(REMOTE_ADDR="192.0.2.7", HTTP_COOKIE="theme=dark")
    assert counted(asked, asked, request("/ckb/stories/7/x/")) == {12: 2, 7: 1}


def test_a_visit_that_finds_the_page_unchanged_counts_too():
    assert counted(request(), status="304 Not Modified") == {12: 1}


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "301 Moved Permanently", "500 Internal Server Error"])
def test_only_a_page_that_was_shown_counts(status):
    assert counted(request(), status=status) == {}


@pytest.mark.parametrize(
    "path",
    ["/en/", "/en/stories/12/", "/xx/stories/12/a/", "/en/stories/12/comments/3/", "/en/stories/x/a/", "/admin/",
     "/en/stories/12/a/b/", "/en/stories/" + "9" * 19 + "/a/", "/en/stories/12/\xff\xfe/x"],
)  # fmt: skip
def test_other_pages_do_not_count(path):
    assert counted(request(path)) == {}


@pytest.mark.parametrize(
    "more",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"HTTP_USER_AGENT": "curl/8.5.0"},
        {"HTTP_USER_AGENT": "python-requests/2.32"},
        {"HTTP_USER_AGENT": "facebookexternalhit/1.1 LinkPreview"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_COOKIE": "sessionid=abc"},
    ],
)
def test_programs_and_staff_and_pages_fetched_ahead_do_not_count(more):
    assert counted(request(**more)) == {}


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
        "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 "
        "Chrome/122.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Edg/141.0",
    ],
)  # fmt: skip
def test_people_s_browsers_count(agent):
    assert counted(request(HTTP_USER_AGENT=agent)) == {12: 1}


def test_the_site_is_counted_in_front_of_its_page_cache():
    application = import_string("newsroom.wsgi.application")
    assert isinstance(application, Received)
    assert isinstance(application.application, most_read.Counted)
    assert isinstance(application.application.application, pages.PageCache)


# What is kept ---------------------------------------------------------------------------------------------------------
def test_counts_of_several_processes_add_up_by_day(stories):
    one, two = stories[0].pk, stories[1].pk
    today = timezone.localdate()
    most_read.add({one: 3, two: 1})
    most_read.add({one: 2, 987654: 5})
    most_read.add({one: 1}, day=today - datetime.timedelta(days=1))
    kept = set(DailyReads.objects.values_list("article", "day", "count"))
    assert kept == {(one, today, 5), (two, today, 1), (one, today - datetime.timedelta(days=1), 1)}


def test_flushing_writes_once_and_starts_again(stories, django_assert_num_queries):
    counter = most_read.Counted(answering("200 OK"))
    for story in stories:
        for _visit in range(3):
            counter.note(story.pk)
    with django_assert_num_queries(4):  # a savepoint, what is known, one statement for all, and the savepoint's end
        counter.flush()
    counter.flush()
    assert list(DailyReads.objects.values_list("count", flat=True)) == [3] * 6


def test_what_cannot_be_written_is_kept_for_the_next_time(stories, monkeypatch):
    counter = most_read.Counted(answering("200 OK"))
    counter.note(stories[0].pk)
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", _no_database)
        counter.flush()
    assert dict(counter.counts) == {stories[0].pk: 1}
    counter.flush()
    assert DailyReads.objects.get().count == 1


def _no_database(*_args):
    from django.db import OperationalError

    raise OperationalError("away")


def test_old_counts_are_forgotten(stories):
    today = timezone.localdate()
    for days in (0, 30, 31):
        most_read.add({stories[0].pk: 1}, day=today - datetime.timedelta(days=days))
    most_read.take_snapshot()
    assert DailyReads.objects.count() == 2


# The list -------------------------------------------------------------------------------------------------------------
def test_the_most_read_of_two_days_are_listed_with_the_time_of_the_list(reader, stories):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    most_read.add({stories[number].pk: number + 1 for number in range(6)})
    most_read.add({stories[0].pk: 40}, day=yesterday)
    most_read.add({stories[1].pk: 90}, day=yesterday - datetime.timedelta(days=1))
    most_read.take_snapshot()
    front = reader.get("/en/").text
    assert listed(front) == ["Story 0", "Story 5", "Story 4", "Story 3", "Story 2"]
    taken_at = timezone.localtime(MostRead.objects.get(language="en").taken_at)
    assert f'datetime="{taken_at.isoformat(timespec="seconds")}"' in front
    assert listed(reader.get("/tr/").text) == []
    assert listed(reader.get(stories[5].get_absolute_url()).text) == [f"Story {number}" for number in (0, 4, 3, 2, 1)]


def test_a_list_of_two_is_none(reader, stories):
    most_read.add({story.pk: 1 for story in stories[:2]})
    most_read.take_snapshot()
    assert listed(reader.get("/en/").text) == []


def test_counting_changes_no_page_until_the_next_list(reader, stories):
    most_read.add({story.pk: 1 for story in stories[:3]})
    most_read.take_snapshot()
    before = listed(reader.get("/en/").text)
    most_read.add({stories[5].pk: 100})
    assert listed(reader.get("/en/").text) == before
    most_read.take_snapshot()
    assert listed(reader.get("/en/").text)[0] == "Story 5"


def test_what_is_not_public_is_never_listed(reader, stories, editor):
    waiting = factories.make_draft(by=editor, headline="canary", slug="canary")
    most_read.add({story.pk: 9 for story in [*stories, waiting]})
    most_read.take_snapshot()
    assert waiting.pk not in MostRead.objects.get(language="en").story_ids
    publishing.withdraw(stories[5], by=editor, reason="It was wrong.")  # after the list was made
    for address in ("/en/", stories[0].get_absolute_url()):
        assert "Story 5" not in listed(reader.get(address).text)
        assert listed(reader.get(address).text)


def test_a_withdrawal_renews_the_pages_that_list_the_story(stories, editor):
    most_read.add({story.pk: 9 for story in stories})
    most_read.take_snapshot()
    before = pages.newest_change()
    publishing.withdraw(stories[5], by=editor, reason="It was wrong.")
    assert "most-read:en" in {key for _number, key, _adds in pages.changed_since(before)}


def test_a_list_costs_two_queries_however_long(stories, django_assert_num_queries):
    most_read.add({story.pk: 1 for story in stories})
    most_read.take_snapshot()
    with django_assert_num_queries(2):
        assert len(most_read.shown("en")[0]) == 5
    with django_assert_num_queries(1 + 5 * 5):  # forget; of each edition: find, look, write in a savepoint
        most_read.take_snapshot()
