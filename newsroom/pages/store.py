"""Where pages lie: in files that all processes of a machine share, or in the Redis that all nodes share."""

import contextlib
import hashlib
import os
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from newsroom.pages.changes import Change
from newsroom.pages.page import Page, as_of_packed

LONGEST_LIFE = 3600  # seconds
MOST_PAGES = 20_000  # beyond that the oldest go
MOST_MEMORY = 32 * 1024 * 1024  # bytes of pages a process keeps besides
OLD_COPY_LIVES = 1.0  # seconds a copy is shown after a change that only adds, while the page is drawn anew
CLAIM_LIVES = 10.0  # seconds after which a claim is that of a process that died


class Store(Protocol):
    """What the cache asks of a place for pages. Names are file-safe; ``Change`` is changes.py's."""

    seen: int
    """The newest change whose pages were removed."""

    def get(self, name: str) -> Page | None: ...
    def put(self, name: str, page: Page) -> None: ...
    def drop(self, name: str) -> None: ...
    def remove(self, changes: Iterable[Change]) -> None: ...
    def old_copy(self, name: str) -> Page | None: ...
    def claim(self, name: str) -> bool: ...
    def release(self, name: str) -> None: ...
    def note_seen(self, number: int) -> None: ...
    def clear(self) -> None: ...
    def prune(self) -> None: ...


def configured_store() -> Store:
    """The installation's: Redis where ``CACHE_URL`` names one, else files in ``NEWSROOM_PAGES_DIR``."""
    cache = settings.CACHES["default"]
    if cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
        return _redis_store(cache["LOCATION"])
    return _file_store(str(settings.NEWSROOM_PAGES_DIR))


@lru_cache(maxsize=4)
def _redis_store(location: str) -> Store:
    from newsroom.pages.redis_store import RedisStore

    return RedisStore(location)


@lru_cache(maxsize=4)
def _file_store(folder: str) -> Store:
    return FileStore(Path(folder))


class FileStore:
    """Pages as files, shared by every process of a machine; each process keeps the ones it sends in memory too.

    ``pages/<name>`` holds a page; ``keys/<key>/<name>`` says that it shows the key; ``old/<name>`` is the copy of
    before a change that only added; ``claims/<name>`` says that somebody draws it; ``seen`` is the newest change
    whose pages were removed. A page in memory counts only while its very file is there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._pages = str(self.folder / "pages")
        self._memory = _Memory()
        self._swept_at = time.time()

    def get(self, name: str) -> Page | None:
        path = f"{self._pages}/{name}"
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return None
        version = (found.st_ino, found.st_mtime_ns, found.st_size)
        page = self._memory.get(name, version) or self._read(path, name, version)
        return page if page and page.until > time.time() else None

    def _read(self, path: str, name: str, version: tuple) -> Page | None:
        """The page in the file ``path``; remembered if that still is the ``version`` that was looked at."""
        try:
            with open(path, "rb") as file:
                found = os.fstat(file.fileno())
                page = Page.unpacked(file.read())
        except (FileNotFoundError, ValueError):
            return None
        if (found.st_ino, found.st_mtime_ns, found.st_size) == version:
            self._memory.keep(name, version, page)
        return page

    def put(self, name: str, page: Page) -> None:
        """Store ``page``: first where a purge will look for it, then where a reader will.

        A purge that was under way meanwhile may have taken the new markers and only the page of before: then the new
        page goes too, for no later purge would find it.
        """
        markers = [self._markers(key) / name for key in page.keys]
        for marker in markers:
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
        target = self.folder / "pages" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{name}.{os.getpid()}.{threading.get_ident()}")
        draft.write_bytes(page.packed())
        # The clock of a file system ticks slowly: what follows its last tick is drawn, so that no two files look alike.
        now = time.time_ns()
        os.utime(draft, ns=(now, now - now % 1_000_000 + secrets.randbelow(1_000_000)))
        draft.replace(target)
        if not all(marker.exists() for marker in markers):
            self.drop(name)

    def drop(self, name: str) -> None:
        """First the page, then the copy of before: what another process moves meanwhile is found there."""
        (self.folder / "pages" / name).unlink(missing_ok=True)
        (self.folder / "old" / name).unlink(missing_ok=True)

    def remove(self, changes: Iterable[Change]) -> None:
        """Remove every page that shows what changed, unless it was drawn after the change.

        The marker goes before the page: ``put`` looks for it last.
        """
        for number, key, only_adds in changes:
            markers = self._markers(key)
            for name in _names(markers):
                drawn_since = self._as_of(name) >= number
                if only_adds and not drawn_since:
                    self._set_aside(name)
                elif not only_adds and drawn_since:
                    (self.folder / "old" / name).unlink(missing_ok=True)
                elif not only_adds:
                    (markers / name).unlink(missing_ok=True)
                    self.drop(name)

    def _as_of(self, name: str) -> int:
        try:
            with (self.folder / "pages" / name).open("rb") as file:
                return as_of_packed(file.readline())
        except (FileNotFoundError, ValueError, IndexError):
            return -1

    def _set_aside(self, name: str) -> None:
        old = self.folder / "old" / name
        old.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.replace(self.folder / "pages" / name, old)
            os.utime(old)

    def old_copy(self, name: str) -> Page | None:
        """The page as it was, within a second of a change that only added."""
        path = self.folder / "old" / name
        try:
            if time.time() - path.stat().st_mtime > OLD_COPY_LIVES:
                return None
            page = Page.unpacked(path.read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return page if page.until > time.time() else None

    def claim(self, name: str) -> bool:
        """Whether the caller is the one to draw the page now; it then owes a ``release``."""
        path = self.folder / "claims" / name
        for _attempt in range(2):
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                return True
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
            except FileExistsError:
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime < CLAIM_LIVES:
                        return False
                    path.unlink()
        return False

    def release(self, name: str) -> None:
        (self.folder / "claims" / name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove every page: after an upgrade, what is stored was drawn by other templates and names other styles."""
        for folder in ("pages", "keys", "old", "claims"):
            shutil.rmtree(self.folder / folder, ignore_errors=True)

    def prune(self, most: int = MOST_PAGES) -> None:
        """Remove what nobody will get any more, and the oldest pages beyond ``most``; once an hour old markers too."""
        too_old = time.time() - LONGEST_LIFE
        newest_first = sorted(_ages(self.folder / "pages"), reverse=True)
        for position, (age, name) in enumerate(newest_first):
            if not name.startswith(".") and (position >= most or age < too_old):
                self.drop(name)
        if self._swept_at < too_old:
            self._sweep()
            self._swept_at = time.time()

    def _sweep(self) -> None:
        """Remove the markers of pages that ended long ago, else one stays for every page that ever was.

        Marker before page, as in ``remove``.
        """
        for key in _names(self.folder / "keys"):
            for age, name in _ages(self.folder / "keys" / key):
                if age < time.time() - 2 * LONGEST_LIFE:
                    (self.folder / "keys" / key / name).unlink(missing_ok=True)
                    self.drop(name)

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


class _Memory:
    """The pages a process sent last, each with the version of the file it was read from; at most ``MOST_MEMORY``."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, tuple[tuple, Page]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, name: str, version: tuple) -> Page | None:
        with self._lock:
            known = self._pages.get(name)
            if known is None or known[0] != version:
                return None
            self._pages.move_to_end(name)
            return known[1]

    def keep(self, name: str, version: tuple, page: Page) -> None:
        with self._lock:
            before = self._pages.pop(name, None)
            self._size += page.size - (before[1].size if before else 0)
            self._pages[name] = (version, page)
            while self._size > MOST_MEMORY:
                _name, (_version, oldest) = self._pages.popitem(last=False)
                self._size -= oldest.size


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def _ages(folder: Path) -> Iterator[tuple[float, str]]:
    """When each file in ``folder`` was written, in seconds since 1970, and its name; other processes remove some."""
    for name in _names(folder):
        with contextlib.suppress(FileNotFoundError):
            yield (folder / name).stat().st_mtime, name
