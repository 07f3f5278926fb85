"""What changed between two texts, word by word, as pieces to print: nothing here makes HTML."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

# Beyond so many words a changed passage is shown as a whole: comparing costs the square of its length.
MOST_WORDS = 2_000
_WORDS = re.compile(r"\s+|\S+")


class Piece(NamedTuple):
    """A run of text that both have, or that only the older ("gone") or only the newer ("new") has."""

    kind: Literal["same", "gone", "new"]
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """``before`` and ``after`` as one text: first by lines, then by the words of lines that changed."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        passage = "".join(old[i:j]), "".join(new[k:m])
        changed = [Piece("same", passage[0])] if tag == "equal" else _by_words(*passage)
        found.extend(piece for piece in changed if piece.text)
    return found


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = [before], [after]
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[i:j]))
        else:
            yield Piece("gone", "".join(old[i:j]))
            yield Piece("new", "".join(new[k:m]))
