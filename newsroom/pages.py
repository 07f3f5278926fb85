"""The page cache: a public page is rendered once per change, not once per visit. A leaf: imports no app.

``PageCache`` wraps the WSGI application and answers allow-listed anonymous GETs from files, before Django's own
machinery and without a query. A page is stored under the keys of what it shows, which its view names with
``depends_on``; a verb that changes something calls ``changed`` in its own transaction.

How a stale page is kept out:

- ``changed`` writes a ``PageChange`` row in the verb's transaction, so a change and the news of it are one commit, and
  removes the pages of its keys after the commit.
- A render notes the newest change before its first query and is kept only if none of its keys changed since; that is
  looked up once more after it was stored, so a purge cannot slip in between.
- A thread in every process reads new changes twice a second and removes their pages: what another node did, or a
  process killed between its commit and its purge. It goes on from the last change the files have seen. A cache whose
  thread has not looked for two seconds is not asked.
"""

import datetime
import gzip
import hashlib
import json
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from django.conf import settings
from django.db import Error, close_old_connections, connection, transaction
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

logger = logging.getLogger(__name__)

LANGUAGES = "|".join(code for code, _name in settings.LANGUAGES)
# The addresses that are stored. Receipts, searches, forms and everything of the staff are not among them.
STORABLE_PATH = re.compile(
    rf"/(?:{LANGUAGES})/(?:|(?:sections|tags|authors)/[^/]+/|stories/\d+/(?:[^/]+/)?|guidelines/(?:\d+/)?)"
)
STORABLE_STATUS = (200, 410)
KNOWN_PARAMETERS = ("after", "before", "sort")
# Dropped before anything looks at the address: they tell us nothing about the page.
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_ga|ref_src|twclid|ttclid")
LONGEST_LIFE = 3600  # seconds
LOOK_EVERY, BLIND_AFTER, PRUNE_EVERY = 0.5, 2.0, 60.0  # seconds
MOST_PAGES = 20_000  # beyond that the oldest go
LONGEST_ADDRESS = 2_000  # characters; longer ones are answered and not kept

_ADVISORY_LOCK = 4_801_733_291_600_423_771  # an arbitrary number that only changes of pages use


def depends_on(response: HttpResponse, *keys: str, until=None) -> HttpResponse:
    """Say what ``response`` shows: it may be stored until one of ``keys`` changes, or until ``until`` (aware)."""
    response.page_keys = frozenset(keys) | {"house"}
    response.page_until = until
    return response


def changed(*keys: str) -> None:
    """Tell that what ``keys`` stand for changed. Call it in the transaction that changes it."""
    from newsroom.models import PageChange

    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Changes become visible in the order of their numbers: whoever read number 7 will not find 6 later.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        PageChange.objects.bulk_create(PageChange(key=key) for key in sorted(set(keys)))
        transaction.on_commit(lambda: Store().remove(keys))


def forget_old_changes() -> int:
    """Delete the changes of more than a day ago, which no stored page is old enough to need; how many."""
    from newsroom.models import PageChange

    return PageChange.objects.filter(at__lt=timezone.now() - datetime.timedelta(days=1)).delete()[0]


def newest_change() -> int:
    """The number of the newest change, 0 before the first. One query."""
    from newsroom.models import PageChange

    return PageChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def changed_since(number: int, keys: Iterable[str] | None = None) -> list[tuple[int, str]]:
    """The changes after ``number``, of ``keys`` or of all, as (number, key), oldest first. One query."""
    from newsroom.models import PageChange

    later = PageChange.objects.filter(pk__gt=number).order_by("pk")
    return list((later if keys is None else later.filter(key__in=keys)).values_list("pk", "key"))


@dataclass(frozen=True)
class Page:
    """One stored answer. ``headers`` come without Content-Length, Content-Encoding and ETag."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    keys: list[str]
    etag: str
    until: float  # seconds since 1970
    body: bytes
    zipped: bytes

    @classmethod
    def of(cls, response: HttpResponse, until: float) -> "Page":
        body = response.content
        headers = [(name, value) for name, value in response.items() if name.lower() != "content-length"]
        etag = hashlib.sha256(body).hexdigest()[:24]
        zipped = gzip.compress(body, 6, mtime=0)
        keys = sorted(response.page_keys)
        return cls(response.status_code, response.reason_phrase, headers, keys, etag, until, body, zipped)

    def packed(self) -> bytes:
        head = [self.status, self.reason, self.headers, self.keys, self.etag, self.until, len(self.zipped)]
        return json.dumps(head).encode() + b"\n" + self.zipped + self.body

    @classmethod
    def unpacked(cls, data: bytes) -> "Page":
        line, _, rest = data.partition(b"\n")
        *head, length = json.loads(line)
        status, reason, headers, keys, etag, until = head
        return cls(status, reason, [tuple(pair) for pair in headers], keys, etag, until, rest[length:], rest[:length])


class Store:
    """Pages as files below ``NEWSROOM_PAGES_DIR``, shared by every process of a machine.

    ``pages/<name>`` holds a page; ``keys/<key>/<name>`` says that it shows the key; ``seen`` is the newest change
    whose pages were removed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(folder or settings.NEWSROOM_PAGES_DIR)

    def get(self, name: str) -> Page | None:
        try:
            page = Page.unpacked((self.folder / "pages" / name).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return page if page.until > time.time() else None

    def put(self, name: str, page: Page) -> None:
        """Store ``page``: first where a purge will look for it, then where a reader will."""
        for key in page.keys:
            marker = self._markers(key) / name
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
        target = self.folder / "pages" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{name}.{os.getpid()}.{threading.get_ident()}")
        draft.write_bytes(page.packed())
        draft.replace(target)

    def drop(self, name: str) -> None:
        (self.folder / "pages" / name).unlink(missing_ok=True)

    def remove(self, keys: Iterable[str]) -> None:
        """Remove every page that shows one of ``keys``."""
        for key in keys:
            markers = self._markers(key)
            for name in os.listdir(markers) if markers.exists() else ():
                self.drop(name)
                (markers / name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove every page: after an upgrade, what is stored was drawn by other templates and names other styles."""
        for folder in ("pages", "keys"):
            shutil.rmtree(self.folder / folder, ignore_errors=True)

    def prune(self, most: int = MOST_PAGES) -> None:
        """Remove what nobody will get any more, and the oldest pages beyond ``most``."""
        files = [entry for entry in self._files() if not entry.name.startswith(".")]
        by_age = sorted(files, key=lambda entry: entry.stat().st_mtime, reverse=True)
        too_old = time.time() - LONGEST_LIFE
        for position, entry in enumerate(by_age):
            if position >= most or entry.stat().st_mtime < too_old:
                self.drop(entry.name)

    def _files(self) -> list[os.DirEntry]:
        try:
            return list(os.scandir(self.folder / "pages"))
        except FileNotFoundError:
            return []

    @property
    def seen(self) -> int:
        try:
            return int((self.folder / "seen").read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def note_seen(self, number: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".seen.{os.getpid()}.{threading.get_ident()}"
        draft.write_text(str(number))
        draft.replace(self.folder / "seen")

    def _markers(self, key: str) -> Path:
        return self.folder / "keys" / hashlib.sha256(key.encode()).hexdigest()[:32]


class Watch:
    """Follows the changes and removes their pages from one process's store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.looked_at = float("-inf")
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._pid = 0

    def sees(self) -> bool:
        """Whether the store may be trusted now; starts the thread in a process that has none yet."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._thread = threading.Thread(target=self._run, name="page-watch", daemon=True)
            self._thread.start()
        return time.monotonic() - self.looked_at < BLIND_AFTER

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def look(self) -> None:
        """Remove the pages of every change since the last look. Raises django.db.Error when the database is away."""
        began = time.monotonic()
        new = changed_since(self.store.seen)
        if new:
            self.store.remove({key for _number, key in new})
            self.store.note_seen(new[-1][0])
        self.looked_at = began

    def _run(self) -> None:
        pruned_at = float("-inf")
        while not self._stopping.is_set():
            try:
                close_old_connections()
                self.look()
                if time.monotonic() - pruned_at > PRUNE_EVERY:
                    self.store.prune()
                    pruned_at = time.monotonic()
            except (Error, OSError):
                logger.exception("page watch: cannot look for changes; pages are rendered until it can")
            self._stopping.wait(LOOK_EVERY)
        connection.close()


class PageCache:
    """The WSGI application ``application`` with stored pages in front of it."""

    def __init__(self, application: Callable, store: Store | None = None) -> None:
        self.application = application
        self.store = store or Store()
        self.watch = Watch(self.store)
        self._locks = [threading.Lock() for _ in range(64)]

    def __call__(self, request: dict, start_response: Callable) -> Iterable[bytes]:
        if not is_storable(request):
            return self.application(request, start_response)
        wanted, query = request.get("QUERY_STRING", ""), known_query(request.get("QUERY_STRING", ""))
        if query is None:
            return _redirect_without_unknown(request, start_response, wanted)
        if not self.watch.sees():
            return self.application(_plain(request, query), start_response)
        name = _name(request, query)
        page = self.store.get(name)
        if page is None:
            with self._locks[int(name[:4], 16) % len(self._locks)]:
                page = self.store.get(name)
                if page is None:
                    return self._render(request, query, name, start_response)
        return _answer(page, request, start_response)

    def _render(self, request: dict, query: str, name: str, start_response: Callable) -> Iterable[bytes]:
        """Let Django answer, and keep the page if it may be kept and nothing it shows changed meanwhile."""
        before = newest_change()
        plain = _plain(request, query) | {"REQUEST_METHOD": "GET"}
        response = self.application(plain, lambda *_args: None)
        try:
            page = _page_of(response)
            if page is None:
                return _pass_on(response, request, start_response)
        finally:
            response.close()
        if len(request.get("PATH_INFO", "")) + len(query) <= LONGEST_ADDRESS:
            self._keep(name, page, before)
        return _answer(page, request, start_response)

    def _keep(self, name: str, page: Page, before: int) -> None:
        if changed_since(before, page.keys):
            return
        self.store.put(name, page)
        if changed_since(before, page.keys):
            self.store.drop(name)


def is_storable(request: dict) -> bool:
    """Whether this is an anonymous read of a public page under one of the house's own names."""
    if request["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in request:
        return False
    if not STORABLE_PATH.fullmatch(_path(request)):
        return False
    if f"{settings.SESSION_COOKIE_NAME}=" in request.get("HTTP_COOKIE", ""):
        return False
    domain, _port = split_domain_port(request.get("HTTP_HOST", ""))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def known_query(query: str) -> str | None:
    """The known parameters of ``query`` in a fixed order, the tracking ones dropped; None when there is any other."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    others = [name for name in given if name not in KNOWN_PARAMETERS and not TRACKING.fullmatch(name)]
    if others:
        return None
    return urlencode([(name, given[name]) for name in KNOWN_PARAMETERS if given.get(name)])


def _path(request: dict) -> str:
    return request.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")


def _name(request: dict, query: str) -> str:
    """The file name of an address: scheme, host, path and known parameters, and nothing else a client sends."""
    parts = (request["wsgi.url_scheme"], request["HTTP_HOST"].lower(), request.get("PATH_INFO", ""), query)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# What of a request reaches the rendering of a page that all readers share.
_PASSED = ("REQUEST_METHOD", "PATH_INFO", "SCRIPT_NAME", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL")


def _plain(request: dict, query: str) -> dict:
    """``request`` without cookies and whatever else could make two readers' pages differ."""
    kept = {name: request[name] for name in _PASSED if name in request}
    wsgi = {name: value for name, value in request.items() if name.startswith("wsgi.")}
    proxy = {"HTTP_X_FORWARDED_PROTO": request.get("HTTP_X_FORWARDED_PROTO", "")}
    return {**kept, **wsgi, **proxy, "QUERY_STRING": query, "REMOTE_ADDR": request.get("REMOTE_ADDR", "")}


def _page_of(response: HttpResponse) -> Page | None:
    """``response`` as a page to keep, or None when its view did not say what it shows or it is one reader's own."""
    keys = getattr(response, "page_keys", None)
    if keys is None or response.status_code not in STORABLE_STATUS or response.cookies or response.streaming:
        return None
    if {"cookie", "*"} & {name.strip().lower() for name in response.get("Vary", "").split(",")}:
        return None
    if "private" in response.get("Cache-Control", "") or "no-store" in response.get("Cache-Control", ""):
        return None
    until = time.time() + LONGEST_LIFE
    if response.page_until is not None:
        until = min(until, response.page_until.timestamp())
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    response["Vary"] = "Accept-Encoding"
    return Page.of(response, until)


def _answer(page: Page, request: dict, start_response: Callable) -> Iterable[bytes]:
    """``page`` in the encoding the client takes, or 304 when the client has it."""
    zipped = accepts_gzip(request.get("HTTP_ACCEPT_ENCODING", ""))
    etag = f'"{page.etag}{"-gzip" if zipped else ""}"'
    headers = [*page.headers, ("ETag", etag)]
    if page.status == 200 and _matches(request.get("HTTP_IF_NONE_MATCH", ""), page.etag):
        start_response("304 Not Modified", [(n, v) for n, v in headers if not n.lower().startswith("content-")])
        return []
    body = page.zipped if zipped else page.body
    headers += [("Content-Length", str(len(body))), *([("Content-Encoding", "gzip")] if zipped else [])]
    start_response(f"{page.status} {page.reason}", headers)
    return [] if request["REQUEST_METHOD"] == "HEAD" else [body]


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding ``header`` takes gzip (RFC 9110, 12.5.3); ``gzip;q=0`` does not."""
    for offer in header.lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return not re.fullmatch(r"q=0(?:\.0*)?", weight.strip())
    return False


def _matches(header: str, etag: str) -> bool:
    """Whether If-None-Match ``header`` names this page in any encoding, by weak comparison (RFC 9110, 13.1.2)."""
    named = [tag.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for tag in header.split(",")]
    return etag in named or header.strip() == "*"


def _pass_on(response: HttpResponse, request: dict, start_response: Callable) -> Iterable[bytes]:
    headers = [*response.items(), *(("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values())]
    start_response(f"{response.status_code} {response.reason_phrase}", headers)
    body = b"".join(response) if response.streaming else response.content
    return [] if request["REQUEST_METHOD"] == "HEAD" else [body]


def _redirect_without_unknown(request: dict, start_response: Callable, query: str) -> Iterable[bytes]:
    """301 to the same address with its known parameters only, so that nobody fills the cache with invented ones."""
    known = [(name, value) for name, value in parse_qsl(query) if name in KNOWN_PARAMETERS]
    path = quote(request.get("PATH_INFO", "").encode("latin-1"))
    location = f"{path}?{urlencode(known)}" if known else path
    start_response(
        "301 Moved Permanently",
        [("Location", location), ("Content-Length", "0"), ("Cache-Control", "no-store")],
    )
    return []
