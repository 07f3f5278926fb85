import time

import pytest

from articles.worddiff import MOST_WORDS, Piece, pieces

WORDS = "river bridge noon water village road market school".split()


def joined(found: list[Piece], *kinds: str) -> str:
    return "".join(piece.text for piece in found if piece.kind in kinds)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", []),
        ("same words", "same words", [("same", "same words")]),
        ("one two three", "one 2 three", [("same", "one "), ("gone", "two"), ("new", "2"), ("same", " three")]),
        ("", "new", [("new", "new")]),
        ("gone", "", [("gone", "gone")]),
        ("a\nb\nc", "a\nc", [("same", "a\n"), ("gone", "b\n"), ("same", "c")]),
        ("ئاوی ڕووبار بەرز بووەوە", "ئاوی ڕووبار دابەزی", None),
    ],
)
def test_words_that_went_and_came(before, after, found):
    if found is not None:
        assert pieces(before, after) == found
    assert joined(pieces(before, after), "same", "gone") == before
    assert joined(pieces(before, after), "same", "new") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" ".join(["a"] * 200_000), " ".join(["a"] * 100_000 + ["b"] * 100_000)),
        (" ".join(["a", "b"] * (MOST_WORDS // 2 - 1)), " ".join(["b", "a"] * (MOST_WORDS // 2 - 1))),
        ("\n".join(["a"] * 5_000), "\n".join(["a", "b"] * 2_500)),
        (" ".join(WORDS * 240), " ".join(reversed(WORDS * 240))),
    ],
    ids=["long", "repeated", "lines", "ordinary"],
)
def test_no_text_takes_long(before, after):
    began = time.monotonic()
    found = pieces(before, after)
    assert time.monotonic() - began < 3
    assert joined(found, "same", "gone") == before
    assert joined(found, "same", "new") == after
