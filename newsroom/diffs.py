"""What changed between two texts, word by word, and what two people made of one. A leaf: imports no app."""

import difflib
import re

MOST_MERGED = 2_000  # pieces of one text; beyond, both texts are kept one after the other
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


def merge(base: list[str], mine: list[str], theirs: list[str]) -> tuple[list[str], bool]:
    """What ``mine`` and ``theirs`` both made of ``base``, and whether that left no doubt.

    Where both changed the same place differently, the result has mine and then theirs, so that nothing is missing, and
    the second value is False. The regions are those of diff3 (Khanna, Kunal and Pierce, 2007).
    """
    if mine == theirs or base in (mine, theirs):
        return (theirs if mine == base else mine), True
    if max(len(base), len(mine), len(theirs)) > MOST_MERGED:
        return [*mine, *theirs], False
    merged, clear = [], True
    at, my_at, their_at = 0, 0, 0
    for begin, my_begin, their_begin, length in _agreed(base, mine, theirs):
        old, my, their = base[at:begin], mine[my_at:my_begin], theirs[their_at:their_begin]
        if my == their or their == old:
            merged += my
        elif my == old:
            merged += their
        else:
            merged += [*my, *their]
            clear = False
        at, my_at, their_at = begin + length, my_begin + length, their_begin + length
        merged += base[begin:at]
    return merged, clear


def _agreed(base: list[str], mine: list[str], theirs: list[str]) -> list[tuple[int, int, int, int]]:
    """The stretches that all three have: (place in base, in mine, in theirs, length); last an empty one at the end."""
    places = []
    for my_block in _same(base, mine):
        for their_block in _same(base, theirs):
            begin = max(my_block.a, their_block.a)
            length = min(my_block.a + my_block.size, their_block.a + their_block.size) - begin
            if length > 0:
                my_begin, their_begin = my_block.b + begin - my_block.a, their_block.b + begin - their_block.a
                places.append((begin, my_begin, their_begin, length))
    return [*places, (len(base), len(mine), len(theirs), 0)]


def _same(old: list[str], new: list[str]) -> list[difflib.Match]:
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
