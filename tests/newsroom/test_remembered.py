"""Answers are kept for words that come again, and in bounds."""

from newsroom import remembered as module
from newsroom.remembered import remembered


def test_it_is_asked_once_for_the_same_words_and_anew_for_others():
    asked = []

    @remembered
    def joined(*words: str) -> str:
        asked.append(words)
        return "-".join(words)

    assert [joined("a", "b"), joined("a", "b"), joined("ab", ""), joined("a", "b")] == ["a-b", "a-b", "ab-", "a-b"]
    assert asked == [("a", "b"), ("ab", "")]


def test_long_words_are_answered_and_not_kept():
    asked = []

    @remembered
    def length(word: str) -> int:
        asked.append(len(word))
        return len(word)

    long = "x" * (module.LONGEST + 1)
    assert [length(long), length(long), length("x" * module.LONGEST), length("x" * module.LONGEST)] == [
        module.LONGEST + 1,
        module.LONGEST + 1,
        module.LONGEST,
        module.LONGEST,
    ]
    assert len(asked) == 3


def test_the_oldest_answers_make_room():
    asked = []

    @remembered
    def same(word: str) -> str:
        asked.append(word)
        return word

    for number in range(module.KEPT + 1):
        same(str(number))
    same(str(module.KEPT))
    assert len(asked) == module.KEPT + 1
    same("0")
    assert len(asked) == module.KEPT + 2
