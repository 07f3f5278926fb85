"""Answers of pure functions of a few words, kept for the words that come again and again. A leaf: imports no app."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

KEPT = 2_048  # answers of each function
LONGEST = 1_000  # characters of all words together; longer ones are answered and not kept

T = TypeVar("T")


def remembered(function: Callable[..., T]) -> Callable[..., T]:
    """``function``, of texts alone, with its answers kept. What strangers send is kept in bounds: 2 MB of texts."""
    known = lru_cache(KEPT)(function)

    @wraps(function)
    def answer(*words: str) -> T:
        return known(*words) if sum(map(len, words)) <= LONGEST else function(*words)

    return answer
