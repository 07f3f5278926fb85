"""Keyed hashes, each under a key of its own derived from ``NEWSROOM_HASH_KEY``. A leaf: imports no app."""

import hmac
from datetime import date

from django.conf import settings


def keyed_hash(purpose: str, *parts: str | bytes) -> bytes:
    """HMAC-SHA-256 (32 bytes) of ``parts`` under the key of ``purpose``.

    Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ. Text is hashed as UTF-8.
    """
    key = hmac.digest(settings.NEWSROOM_HASH_KEY.encode(), purpose.encode(), "sha256")
    return hmac.digest(key, _joined(parts), "sha256")


def daily_hash(purpose: str, day: date, *parts: str | bytes) -> bytes:
    """Like ``keyed_hash`` under a key that lives one UTC ``day``: the next day's hash of the same parts differs."""
    return keyed_hash(f"{purpose}/{day.isoformat()}", *parts)


def commitment(key: bytes, text: str) -> str:
    """64 hex digits that bind to ``text`` and, once ``key`` is deleted, no longer tell anything about it."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def _joined(parts: tuple[str | bytes, ...]) -> bytes:
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
