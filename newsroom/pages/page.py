"""One stored answer, with its compressed forms made once."""

import gzip
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

import brotli
from django.http import HttpResponse

BROTLI_QUALITY = 5  # of 11: above it the time to the first reader grows faster than the page shrinks
# What the answer says itself, from the stored form it sends.
_OWN_HEADERS = {"content-length", "content-encoding", "etag"}


@dataclass(frozen=True)
class Sent:
    """How a page goes out in one coding: whole, or as 304 (RFC 9110, 15.4.5: without what describes a body)."""

    status: str
    headers: tuple[tuple[str, str], ...]
    not_modified: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Page:
    """One stored answer. ``headers`` come without Content-Length, Content-Encoding and ETag.

    ``as_of`` is the number of the newest change it shows, ``until`` the end of its life in seconds since 1970, and
    ``bodies`` holds it plain (""), as "gzip" and as "br".
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    keys: list[str]
    etag: str
    as_of: int
    until: float
    bodies: dict[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, response: HttpResponse, *, as_of: int, until: float) -> "Page":
        body = response.content
        return cls(
            status=response.status_code,
            reason=response.reason_phrase,
            headers=[(name, value) for name, value in response.items() if name.lower() not in _OWN_HEADERS],
            keys=sorted(response.page_keys),
            etag=hashlib.sha256(body).hexdigest()[:24],
            as_of=as_of,
            until=until,
            bodies={
                "": body,
                "gzip": gzip.compress(body, 6, mtime=0),
                "br": brotli.compress(body, quality=BROTLI_QUALITY),
            },
        )

    @cached_property
    def sent(self) -> dict[str, Sent]:
        """What is sent, by coding: made once."""
        return {coding: self._sent(coding, body) for coding, body in self.bodies.items()}

    def _sent(self, coding: str, body: bytes) -> Sent:
        headers = [*self.headers, ("ETag", f'"{self.etag}{"-" if coding else ""}{coding}"')]
        lasting = tuple(header for header in headers if not header[0].lower().startswith("content-"))
        headers += [("Content-Length", str(len(body))), *([("Content-Encoding", coding)] if coding else [])]
        return Sent(f"{self.status} {self.reason}", tuple(headers), lasting, body)

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values()))

    @property
    def last_modified(self) -> str:
        return next((value for name, value in self.headers if name == "Last-Modified"), "")

    def packed(self) -> bytes:
        sizes = {coding: len(body) for coding, body in self.bodies.items()}
        head = [self.status, self.reason, self.headers, self.keys, self.etag, self.as_of, self.until, sizes]
        return b"\n".join((json.dumps(head).encode(), b"".join(self.bodies.values())))

    @classmethod
    def unpacked(cls, data: bytes) -> "Page":
        """Raises ValueError for what was not packed whole."""
        line, _, rest = data.partition(b"\n")
        status, reason, headers, keys, etag, as_of, until, sizes = json.loads(line)
        if len(rest) != sum(sizes.values()):
            raise ValueError("a page cut short")
        bodies, start = {}, 0
        for coding, size in sizes.items():
            bodies[coding] = rest[start : start + size]
            start += size
        return cls(status, reason, [tuple(pair) for pair in headers], keys, etag, as_of, until, bodies)


def as_of_packed(head: bytes) -> int:
    """The ``as_of`` of a packed page, from its first line alone. Raises ValueError for what is none."""
    return json.loads(head)[5]
