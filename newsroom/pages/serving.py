"""The WSGI application in front of Django's: which requests a stored page may answer, and how."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode

from django.conf import settings
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host

from newsroom.addresses import as_written
from newsroom.pages.changes import changed_since
from newsroom.pages.facts import Facts
from newsroom.pages.page import Page
from newsroom.pages.store import LONGEST_LIFE, Store, configured_store
from newsroom.pages.watch import Watch
from newsroom.pool import at_once
from newsroom.remembered import remembered

LANGUAGES = "|".join(code for code, _name in settings.LANGUAGES)
# The addresses that are stored. Receipts, searches, forms and everything of the staff are not among them.
_SUBJECT = r"(?:sections|tags)/[^/]+/"
STORABLE_PATH = re.compile(
    rf"/(?:{LANGUAGES})/(?:|{_SUBJECT}|authors/[^/]+/|stories/\d+/(?:[^/]+/)?|archive/\d{{4}}/\d\d/\d\d/"
    rf"|guidelines/(?:\d+/(?:changes/(?:\d+/)?)?)?|corrections/|transparency/(?:numbers\.(?:csv|json))?"
    rf"|(?:{_SUBJECT})?feed\.(?:rss|atom|json)|corrections/feed\.rss"
    r"|sitemap-(?:pages|\d+)\.xml)|/(?:news-)?sitemap\.xml"
)
STORABLE_STATUS = (200, 410)
KNOWN_PARAMETERS = ("after", "before", "sort")
# Dropped before anything looks at the address: they tell us nothing about the page.
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_ga|ref_src|twclid|ttclid")
LONGEST_ADDRESS = 2_000  # characters; longer ones are answered and not kept


class PageCache:
    """The WSGI application ``application`` with stored pages in front of it.

    ``run(call, *arguments)`` has Django's work done, by default in the thread of the request.
    """

    def __init__(self, application: Callable, store: Store | None = None, run: Callable = at_once) -> None:
        self.application, self.run = application, run
        self.store = store or configured_store()
        self.watch = Watch(self.store)
        self.facts = Facts()
        self._locks = [threading.Lock() for _ in range(64)]

    def __call__(self, request: dict, start_response: Callable) -> Iterable[bytes]:
        if not is_storable(request):
            return self.run(self.application, request, start_response)
        wanted, query = request.get("QUERY_STRING", ""), known_query(request.get("QUERY_STRING", ""))
        if query is None:
            return _redirect_without_unknown(request, start_response, wanted)
        if not self.watch.sees():
            return self.run(self.application, _plain(request, query), start_response)
        name = _name(request["wsgi.url_scheme"], request["HTTP_HOST"], request.get("PATH_INFO", ""), query)
        page = self.store.get(name)
        if page is None:
            return self._draw(request, query, name, start_response)
        return _answer(page, request, start_response)

    def _draw(self, request: dict, query: str, name: str, start_response: Callable) -> Iterable[bytes]:
        """One request draws the page; the others get the copy of before if it may still be shown, or wait."""
        claimed = self.store.claim(name)
        try:
            old = None if claimed else self.store.old_copy(name)
            if old is not None:
                return _answer(old, request, start_response)
            with self._locks[int(name[:4], 16) % len(self._locks)]:
                page = self.store.get(name)
                if page is None:
                    return self.run(self._render, request, query, name, start_response)
            return _answer(page, request, start_response)
        finally:
            if claimed:
                self.store.release(name)

    def _render(self, request: dict, query: str, name: str, start_response: Callable) -> Iterable[bytes]:
        """Let Django answer, and keep the page if it may be kept and nothing it shows changed meanwhile."""
        plain = _plain(request, query) | {"REQUEST_METHOD": "GET"}
        with self.facts.followed() as before:
            response = self.application(plain, lambda *_args: None)
        try:
            page = _page_of(response, as_of=before)
            if page is None:
                return _pass_on(response, request, start_response)
        finally:
            response.close()
        if len(request.get("PATH_INFO", "")) + len(query) <= LONGEST_ADDRESS:
            self._keep(name, page)
        return _answer(page, request, start_response)

    def _keep(self, name: str, page: Page) -> None:
        if changed_since(page.as_of, page.keys):
            return
        self.store.put(name, page)
        if changed_since(page.as_of, page.keys):
            self.store.drop(name)


def is_storable(request: dict) -> bool:
    """Whether this is an anonymous read of a public page under one of the house's own names."""
    if request["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in request:
        return False
    if not _is_storable_path(request.get("PATH_INFO", "")):
        return False
    cookies = request.get("HTTP_COOKIE")
    if cookies and f"{settings.SESSION_COOKIE_NAME}=" in cookies:
        return False
    return _is_our_host(request.get("HTTP_HOST", ""), *settings.ALLOWED_HOSTS)


@remembered
def _is_storable_path(path: str) -> bool:
    return bool(STORABLE_PATH.fullmatch(as_written(path)))


@remembered
def _is_our_host(host: str, *allowed: str) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


@remembered
def known_query(query: str) -> str | None:
    """The known parameters of ``query`` in a fixed order, the tracking ones dropped; None when there is any other."""
    if not query:
        return ""
    given = dict(parse_qsl(query, keep_blank_values=True))
    others = [name for name in given if name not in KNOWN_PARAMETERS and not TRACKING.fullmatch(name)]
    if others:
        return None
    return urlencode([(name, given[name]) for name in KNOWN_PARAMETERS if given.get(name)])


@remembered
def _name(scheme: str, host: str, path: str, query: str) -> str:
    """The file name of an address: its known parameters with the rest, and nothing else a client sends."""
    return sha256("\n".join((scheme, host.lower(), path, query)).encode()).hexdigest()


# What of a request reaches the rendering of a page that all readers share.
_PASSED = ("REQUEST_METHOD", "PATH_INFO", "SCRIPT_NAME", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL")


def _plain(request: dict, query: str) -> dict:
    """``request`` without cookies and whatever else could make two readers' pages differ."""
    kept = {name: request[name] for name in _PASSED if name in request}
    wsgi = {name: value for name, value in request.items() if name.startswith("wsgi.")}
    proxy = {"HTTP_X_FORWARDED_PROTO": request.get("HTTP_X_FORWARDED_PROTO", "")}
    return {**kept, **wsgi, **proxy, "QUERY_STRING": query, "REMOTE_ADDR": request.get("REMOTE_ADDR", "")}


def _page_of(response: HttpResponse, *, as_of: int) -> Page | None:
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
    return Page.of(response, as_of=as_of, until=until)


def _answer(page: Page, request: dict, start_response: Callable) -> Iterable[bytes]:
    """``page`` in the encoding the client takes, or 304 when the client has it."""
    coding = accepted_coding(request.get("HTTP_ACCEPT_ENCODING", ""))
    if page.status == 200 and _has_it(page, request):
        start_response("304 Not Modified", list(page.sent[coding].not_modified))
        return []
    sent = page.sent[coding]
    start_response(sent.status, [*sent.headers, *_until_the_next_second()])
    return [] if request["REQUEST_METHOD"] == "HEAD" else [sent.body]


def _until_the_next_second() -> list[tuple[str, str]]:
    """What lets nginx keep a page until its clock's next second; nginx alone reads this, and takes it out.

    A time, not a number of seconds: one second as nginx counts lasts for two.
    """
    return [("X-Accel-Expires", f"@{int(time.time())}")] if settings.NEWSROOM_BEHIND_PROXY else []


@remembered
def accepted_coding(header: str) -> str:
    """The best of our codings that an Accept-Encoding ``header`` takes (RFC 9110, 12.5.3): "br", "gzip" or ""."""
    taken = set()
    for offer in header.lower().split(","):
        coding, _, weight = offer.partition(";")
        if not re.fullmatch(r"q=0(?:\.0*)?", weight.strip()):
            taken.add(coding.strip().removeprefix("x-"))
    return next((coding for coding in ("br", "gzip") if coding in taken), "")


def _has_it(page: Page, request: dict) -> bool:
    """Whether the client says it has this page: by its ETag, else by its date (RFC 9110, 13.2.2)."""
    if "HTTP_IF_NONE_MATCH" in request:
        return _matches(request["HTTP_IF_NONE_MATCH"], page.etag)
    if "HTTP_IF_MODIFIED_SINCE" not in request:
        return False
    asked, last = _date(request["HTTP_IF_MODIFIED_SINCE"]), _date(page.last_modified)
    return asked is not None and last is not None and last <= asked


def _date(header: str):
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None


def _matches(header: str, etag: str) -> bool:
    """Whether If-None-Match ``header`` names this page in any encoding, by weak comparison (RFC 9110, 13.1.2)."""
    named = [tag.strip().removeprefix("W/").strip('"').partition("-")[0] for tag in header.split(",")]
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
