"""What readers read most, counted without knowing them: one number per story and day, and nothing of who asked.

``Counted`` stands in front of the page cache and adds up in memory; a thread of each process writes the sums once a
minute. A process that is killed loses the sums of its last minute, which is fine for a list of what is read most.
``take_snapshot`` makes the list once an hour.
"""

import atexit
import datetime
import logging
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.db import Error, close_old_connections, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from articles.models import Article, DailyReads, MostRead
from newsroom import languages, pages
from newsroom.addresses import as_written
from newsroom.remembered import remembered

logger = logging.getLogger(__name__)

STORY_PATH = re.compile(rf"/(?:{'|'.join(languages.BY_CODE)})/stories/(\d{{1,18}})/[^/]+/")
# What calls itself a program. Those that pose as browsers are counted: without knowing readers nobody can tell.
PROGRAM = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|preview|fetch|monitor|check|scan|feed|rss|archiv|headless|lighthouse|"
    r"curl|wget|python|java/|go-http|okhttp|libwww|axios|node|ruby|perl|php",
    re.IGNORECASE,
)
FLUSH_EVERY = 60  # seconds
DAYS = 2  # of reading, today with them, that the list is made of
KEPT_DAYS = 30
SNAPSHOT_KEPT = 60  # seconds in which pages need not see that there is a new one
LISTED, SHOWN, FEWEST = 10, 5, 3  # stories in a snapshot, on a page, and below which a page shows no list


class Counted:
    """The WSGI application ``application``, with its readers' story pages counted."""

    def __init__(self, application: Callable) -> None:
        self.application = application
        self.counts: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._pid = 0

    def __call__(self, request: dict, start_response: Callable) -> Iterable[bytes]:
        story = story_read(request)
        if story is None:
            return self.application(request, start_response)

        def counting(status: str, *rest):
            # 304 is a visit too: stored pages are asked for again each time.
            if status.startswith(("200", "304")):
                self.note(story)
            return start_response(status, *rest)

        return self.application(request, counting)

    def note(self, story: int) -> None:
        """Count one visit of the story with that id."""
        with self._lock:
            self.counts[story] += 1
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._start()

    def flush(self) -> None:
        """Write what was counted since the last time. What cannot be written is kept for the next."""
        with self._lock:
            counts, self.counts = self.counts, Counter()
        try:
            add(counts)
        except Error:
            logger.exception("the counts of stories read could not be written; they are kept")
            with self._lock:
                self.counts.update(counts)

    def _start(self) -> None:
        """Have a thread of this process write the sums, and write the last ones at its end."""
        atexit.register(self.flush)
        threading.Thread(target=self._run, name="read-counter", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(FLUSH_EVERY)
            close_old_connections()
            self.flush()
            connection.close()


def story_read(request: dict) -> int | None:
    """The id of the story whose page a reader asks for in a WSGI ``request``; None for all else.

    Left out: HEAD, programs that say so, pages fetched ahead, and anybody signed in.
    """
    if request["REQUEST_METHOD"] != "GET":
        return None
    story = _story_at(request.get("PATH_INFO", ""))
    agent, cookies = request.get("HTTP_USER_AGENT"), request.get("HTTP_COOKIE")
    if story is None or not agent or _is_program(agent):
        return None
    if cookies and f"{settings.SESSION_COOKIE_NAME}=" in cookies:
        return None
    return None if request.get("HTTP_SEC_PURPOSE") or request.get("HTTP_PURPOSE") else story


@remembered
def _story_at(path: str) -> int | None:
    """The id in a story's WSGI ``path``."""
    found = STORY_PATH.fullmatch(as_written(path))
    return found and int(found[1])


@remembered
def _is_program(agent: str) -> bool:
    return bool(PROGRAM.search(agent))


def add(counts: Mapping[int, int], day: datetime.date | None = None) -> None:
    """Add ``counts`` (visits by story id) to those of ``day`` (house date; default today). Three statements."""
    if not counts:
        return
    day = day or timezone.localdate()
    with transaction.atomic():
        known = Article.objects.filter(pk__in=counts).values_list("pk", flat=True)
        rows = [(pk, day, counts[pk]) for pk in sorted(known)]
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)


_ADD = (
    "INSERT INTO articles_dailyreads (article_id, day, count) VALUES (%s, %s, %s) ON CONFLICT (article_id, day)"
    " DO UPDATE SET count = articles_dailyreads.count + excluded.count"
)


def take_snapshot(now: datetime.datetime | None = None) -> None:
    """List each edition's most read public stories of the last days, and forget counts that are too old.

    Pages that show the list live an hour at most, so they take up the new one by themselves.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    DailyReads.objects.filter(day__lt=today - datetime.timedelta(days=KEPT_DAYS)).delete()
    for language in languages.BY_CODE:
        public = Article.objects.public(now).in_language(language)
        recent = public.filter(daily_reads__day__gt=today - datetime.timedelta(days=DAYS))
        most = recent.annotate(reads=Sum("daily_reads__count")).order_by("-reads", "-pk").values_list("pk", flat=True)
        snapshot = {"taken_at": now, "story_ids": list(most[:LISTED])}
        MostRead.objects.update_or_create(language=language, defaults=snapshot)


def _snapshot(language: str) -> MostRead | None:
    return MostRead.objects.filter(language=language).first()


def shown(
    language: str, *, besides: Article | None = None, now: datetime.datetime | None = None
) -> tuple[list[Article], datetime.datetime | None]:
    """The most read stories of ``language`` that are public at ``now``, but for ``besides``, and when that was found.

    An empty list where there are too few. Two queries, or one and a fact.
    """
    snapshot = pages.fact(("most read", language), lambda: _snapshot(language), "house", seconds=SNAPSHOT_KEPT)
    if snapshot is None:
        return [], None
    public = Article.objects.public(now).in_language(language).in_bulk(snapshot.story_ids)
    stories = [public[pk] for pk in snapshot.story_ids if pk in public and (besides is None or pk != besides.pk)]
    return (stories[:SHOWN], snapshot.taken_at) if len(stories) >= FEWEST else ([], None)
