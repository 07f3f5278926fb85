"""Pages in Redis, shared by every node. While Redis does not answer, pages are drawn anew for each visit."""

import hashlib
import logging
import time
from collections.abc import Iterable

import redis

from newsroom.pages.changes import Change
from newsroom.pages.page import Page, as_of_packed
from newsroom.pages.store import CLAIM_LIVES, LONGEST_LIFE, OLD_COPY_LIVES

logger = logging.getLogger(__name__)


class RedisStore:
    """``pages.store.Store`` in the Redis at ``location`` (a URL). Every key begins with ``prefix``."""

    def __init__(self, location: str, prefix: str = "newsroom:pages:") -> None:
        # A reader waits for a render rather than for a Redis that hangs.
        self.redis = redis.Redis.from_url(location, socket_timeout=1, socket_connect_timeout=1)
        self.prefix = prefix

    def get(self, name: str) -> Page | None:
        return self._page(self._key("page", name))

    def _page(self, key: str) -> Page | None:
        try:
            packed = self.redis.get(key)
            page = Page.unpacked(packed) if packed else None
        except (redis.RedisError, ValueError):
            return None
        return page if page and page.until > time.time() else None

    def put(self, name: str, page: Page) -> None:
        """Store ``page``: first where a purge will look for it, then where a reader will."""
        life = max(1, int((page.until - time.time()) * 1000))
        with _forgiving(), self.redis.pipeline(transaction=True) as together:
            for key in page.keys:
                together.sadd(self._markers(key), name).expire(self._markers(key), 2 * LONGEST_LIFE)
            together.set(self._key("page", name), page.packed(), px=life)
            together.execute()

    def drop(self, name: str) -> None:
        self.redis.delete(self._key("page", name), self._key("old", name))

    def remove(self, changes: Iterable[Change]) -> None:
        """Remove every page that shows what changed, unless it was drawn after the change."""
        with _forgiving():
            self._remove(changes)

    def _remove(self, changes: Iterable[Change]) -> None:
        for number, key, only_adds in changes:
            for name in map(bytes.decode, self.redis.smembers(self._markers(key))):
                drawn_since = self._as_of(name) >= number
                if only_adds and not drawn_since:
                    self._set_aside(name)
                elif not only_adds and drawn_since:
                    self.redis.delete(self._key("old", name))
                elif not only_adds:
                    # The marker before the page: what is put in between keeps the marker it came with, or goes.
                    self.redis.srem(self._markers(key), name)
                    self.drop(name)

    def _as_of(self, name: str) -> int:
        head = self.redis.getrange(self._key("page", name), 0, 4_000).partition(b"\n")[0]
        try:
            return as_of_packed(head)
        except (ValueError, IndexError):
            return -1

    def _set_aside(self, name: str) -> None:
        try:
            with self.redis.pipeline(transaction=True) as together:
                together.rename(self._key("page", name), self._key("old", name))
                together.pexpire(self._key("old", name), int(OLD_COPY_LIVES * 1000))
                together.execute()
        except redis.ResponseError:
            pass  # it is gone already

    def old_copy(self, name: str) -> Page | None:
        return self._page(self._key("old", name))

    def claim(self, name: str) -> bool:
        try:
            return bool(self.redis.set(self._key("claim", name), b"", nx=True, px=int(CLAIM_LIVES * 1000)))
        except redis.RedisError:
            return False

    def release(self, name: str) -> None:
        with _forgiving():
            self.redis.delete(self._key("claim", name))

    def clear(self) -> None:
        """Remove every page; ``seen`` stays."""
        with _forgiving():
            for kind in ("page", "old", "claim", "key"):
                for key in self.redis.scan_iter(self._key(kind, "*"), count=1_000):
                    self.redis.delete(key)

    def prune(self) -> None:
        """Nothing to do: every key here has an end, and Redis its ``maxmemory``."""

    @property
    def seen(self) -> int:
        """Raises OSError when Redis does not answer: what it still holds must then not be trusted."""
        try:
            return int(self.redis.get(f"{self.prefix}seen") or 0)
        except redis.RedisError as error:
            raise OSError(f"Redis does not answer: {error}") from error

    def note_seen(self, number: int) -> None:
        try:
            self.redis.set(f"{self.prefix}seen", number)
        except redis.RedisError as error:
            raise OSError(f"Redis does not answer: {error}") from error

    def _key(self, kind: str, name: str) -> str:
        return f"{self.prefix}{kind}:{name}"

    def _markers(self, key: str) -> str:
        return self._key("key", hashlib.sha256(key.encode()).hexdigest()[:32])


class _forgiving:  # noqa: N801  (reads as a phrase where it stands)
    """A page that cannot be kept or removed now is no reason to fail: the watch finds what was missed."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, _trace) -> bool:
        if isinstance(error, redis.RedisError):
            logger.warning("page cache: Redis does not answer: %s", error)
            return True
        return False
