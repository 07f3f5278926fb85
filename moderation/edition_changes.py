"""What one edition of the guidelines says otherwise than another, guideline by guideline and word by word."""

from collections.abc import Iterator
from dataclasses import dataclass

from moderation.editions import Words
from newsroom.diffs import word_diff

Pieces = list[tuple[str, str]]


@dataclass(frozen=True)
class Change:
    """One guideline in both editions; ``key`` and ``old_key`` are its places, None where it is not.

    ``title`` and ``text`` are pieces as ``word_diff`` makes them.
    """

    code: str
    title: Pieces
    text: Pieces
    key: int | None
    old_key: int | None

    @property
    def is_new(self) -> bool:
        return self.old_key is None

    @property
    def is_gone(self) -> bool:
        return self.key is None

    @property
    def is_reworded(self) -> bool:
        return not self.is_new and not self.is_gone and _differs(self.title + self.text)

    @property
    def is_moved(self) -> bool:
        return not self.is_new and not self.is_gone and self.key != self.old_key

    @property
    def is_same(self) -> bool:
        return not (self.is_new or self.is_gone or self.is_reworded or self.is_moved)


@dataclass(frozen=True)
class Changes:
    """Everything: the introduction's pieces, and a Change for each guideline of either edition."""

    introduction: Pieces
    grounds: list[Change]

    @property
    def are_none(self) -> bool:
        return not _differs(self.introduction) and all(change.is_same for change in self.grounds)


def changes_between(before: Words, after: Words, language: str) -> Changes:
    """What ``after`` says otherwise than ``before`` in ``language``: in its own order, what is gone at the end."""
    introduction = word_diff(before.introduction.get(language, ""), after.introduction.get(language, ""))
    return Changes(introduction, list(_grounds(before, after, language)))


def _grounds(before: Words, after: Words, language: str) -> Iterator[Change]:
    old, new = _by_code(before), _by_code(after)
    for code in [*new, *(code for code in old if code not in new)]:
        old_key, old_wordings = old.get(code, (None, {}))
        key, wordings = new.get(code, (None, {}))
        was, now = old_wordings.get(language, ("", "")), wordings.get(language, ("", ""))
        yield Change(code, word_diff(was[0], now[0]), word_diff(was[1], now[1]), key, old_key)


def _by_code(words: Words) -> dict[str, tuple[int, dict[str, tuple[str, str]]]]:
    """Place and wordings of each guideline; the reserved one has the place 0 and stands last."""
    placed = {ground.code: (place, ground.wordings) for place, ground in enumerate(words.grounds, 1)}
    return placed | {words.reserved.code: (0, words.reserved.wordings)}


def _differs(pieces: Pieces) -> bool:
    return any(kind != "same" for kind, _text in pieces)
