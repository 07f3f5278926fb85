"""What nearly every page shows and few people change (the menu, the banner, the guidelines in force): asked once.

A process keeps such a fact for as long as the changes say that it holds. Before a page is drawn to be stored, one query
reads the news since the process last looked; what it concerns is forgotten. So a fact is as fresh as the stored pages
themselves: it lives and dies by the same keys. Everywhere else (forms that came back, the staff's pages) facts are
asked for each time.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from newsroom.pages.changes import changes_after, newest_change

LONGEST_KEPT = 3600  # seconds, far less than changes are kept for
MOST_NEWS = 500  # changes worth looking through; after more, everything is forgotten

T = TypeVar("T")
_here = threading.local()


@dataclass(frozen=True)
class _Kept:
    value: object
    as_of: int  # the newest change before it was asked for
    until: float  # by time.monotonic()


class Facts:
    """One process's facts, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept] = {}
        self._changed: dict[str, int] = {}  # of every key that a fact here hangs on, its last change
        self._seen: int | None = None
        self._forgot_at = 0  # what was asked for before this change is worth nothing

    @contextmanager
    def followed(self) -> Iterator[int]:
        """Read the news, and let ``fact`` answer from what is kept until the block ends. One query.

        Yields the number of the newest change; raises django.db.Error.
        """
        _here.facts, _here.as_of = self, self._follow()
        try:
            yield _here.as_of
        finally:
            del _here.facts, _here.as_of

    def _follow(self) -> int:
        since = self._seen
        news = changes_after(since, most=MOST_NEWS + 1) if since is not None else []
        if since is None or len(news) > MOST_NEWS:
            number = newest_change()
            with self._lock:
                self._kept.clear()
                self._seen = self._forgot_at = max(number, self._seen or 0)
            return number
        with self._lock:
            for number, key, _only_adds in news:
                if key in self._changed:
                    self._changed[key] = max(number, self._changed[key])
            newest = news[-1].number if news else since
            self._seen = max(newest, self._seen)
        return newest

    def get(self, name: Hashable, find: Callable[[], T], keys: tuple[str, ...], *, seconds: float, as_of: int) -> T:
        """What is kept under ``name``, else what ``find`` finds, which is kept."""
        with self._lock:
            kept = self._kept.get(name)
            newest = max(self._forgot_at, *(self._changed.setdefault(key, 0) for key in keys))
        if kept is not None and kept.as_of >= newest and time.monotonic() < kept.until:
            return kept.value
        found = _Kept(find(), as_of, time.monotonic() + min(seconds, LONGEST_KEPT))
        with self._lock:
            if kept is None or as_of >= kept.as_of:
                self._kept[name] = found
        return found.value


def fact(name: Hashable, find: Callable[[], T], *keys: str, seconds: float = LONGEST_KEPT) -> T:
    """What ``find`` finds, or found for an earlier page of this process while none of ``keys`` changed since.

    ``name`` tells facts apart; ``seconds`` bounds the life of one that changes without being told. Nobody may alter
    the value. Only for what is the same for every reader, and whose every change calls ``changed`` with one of
    ``keys``: what such a page shows, it may show.
    """
    facts = getattr(_here, "facts", None)
    return find() if facts is None else facts.get(name, find, keys, seconds=seconds, as_of=_here.as_of)
