"""The text exactly as written, cut where hints begin and end. Joined again, the pieces are the text."""

from collections.abc import Iterable
from typing import NamedTuple

from moderation.hints.reading import Hint


class Piece(NamedTuple):
    """Some of the text; ``why`` holds the reasons of the hints about it, and is empty between them."""

    text: str
    why: str


def marked(text: str, hints: Iterable[Hint]) -> list[Piece]:
    """``text`` in pieces; hints that overlap share one, and hints about the whole text mark nothing."""
    pieces: list[Piece] = []
    at = 0
    for start, end, why in _merged(hints, len(text)):
        if start > at:
            pieces.append(Piece(text[at:start], ""))
        pieces.append(Piece(text[start:end], why))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:], ""))
    return pieces


def _merged(hints: Iterable[Hint], length: int) -> list[tuple[int, int, str]]:
    """The marked stretches in order, none overlapping another."""
    stretches = sorted((h.start, min(h.end, length), h.why) for h in hints if h.start is not None and h.start < length)
    merged: list[tuple[int, int, list[str]]] = []
    for start, end, why in stretches:
        if merged and start < merged[-1][1]:
            first, last, reasons = merged.pop()
            merged.append((first, max(last, end), [*reasons, why]))
        else:
            merged.append((start, end, [why]))
    return [(start, end, " ".join(dict.fromkeys(reasons))) for start, end, reasons in merged]
