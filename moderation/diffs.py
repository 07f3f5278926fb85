"""What changed between two texts, word by word."""

import difflib
import re

MAX_PIECES = 800  # words and spaces that differ; more are shown one after the other, as comparing takes too long
_WORDS = re.compile(r"\s+|\S+")


def word_diff(before: str, after: str) -> list[tuple[str, str]]:
    """``after`` beside ``before`` as pieces in order: ("same" | "gone" | "new", text).

    The "same" and "new" pieces together are exactly ``after``, the "same" and "gone" ones ``before``.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    middle = _compared(old[head : len(old) - tail], new[head : len(new) - tail])
    pieces = [("same", old[:head]), *middle, ("same", old[len(old) - tail :])]
    return [(kind, "".join(words)) for kind, words in pieces if words]


def _shared(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _compared(old: list[str], new: list[str]) -> list[tuple[str, list[str]]]:
    if max(len(old), len(new)) > MAX_PIECES:
        return [("gone", old), ("new", new)]
    pieces = []
    for step, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new).get_opcodes():
        pieces += [("same", old[start:end])] if step == "equal" else []
        pieces += [("gone", old[start:end]), ("new", new[new_start:new_end])] if step != "equal" else []
    return pieces
