"""What changed between two contents of a story, field by field, in words for people.

Contents are as a revision keeps them. Everything here is plain text: templates escape it.
"""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from articles import blocks, revisions
from articles.blocks import Block
from articles.models import Article, Author, Byline, Photo, Place, Section
from newsroom import languages
from newsroom.diffs import word_diff

# The order in which changes are listed; a field that is not named here comes last.
ORDER = ("headline", "standfirst", "place_id", "body", "tags", "bylines", "section_id", "lead_photo_id")
_REFERENCES = {"section_id": Section, "place_id": Place, "lead_photo_id": Photo}
_MOST_BLOCKS = 2_000  # paragraphs; longer bodies are shown one after the other
_MOST_COMPARED = 4_000_000  # pairs of words in one body; the paragraphs beyond are shown one after the other
_CONTEXT = 1  # unchanged paragraphs shown beside a change

Piece = tuple[str, str]  # ("same" | "gone" | "new", text)


@dataclass(frozen=True)
class Line:
    """One paragraph of a comparison. ``kind``: "same", "gone", "new", "changed", or "skipped" for those left out."""

    kind: str
    pieces: list[Piece] = field(default_factory=list)
    name: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """How one field differs. ``direction`` is the ``dir`` attribute its text needs."""

    name: str
    label: str
    direction: str
    lines: list[Line]


class Names:
    """What sections, places, photos and authors in ``contents`` are called. A fixed number of queries."""

    def __init__(self, *contents: Mapping[str, Any], language: str) -> None:
        self.language = language
        self._by_field = {
            name: self._found(model, {content.get(name) for content in contents}) for name, model in _REFERENCES.items()
        }
        authors = {line["author"] for content in contents for line in content.get("bylines", ())}
        self._authors = self._found(Author, authors)

    @staticmethod
    def _found(model, keys: set) -> dict:
        wanted = {key for key in keys if isinstance(key, int)}
        rows = model.objects.all() if model is Photo else model.objects.prefetch_related("names")
        return rows.in_bulk(wanted) if wanted else {}

    def of(self, name: str, key: Any) -> str:
        """The name of what the field ``name`` points at with ``key``, "" for nothing."""
        if key is None or key == "":
            return ""
        return self._shown(self._by_field[name].get(key), key)

    def byline(self, line: Mapping[str, Any]) -> str:
        role = dict(Byline.Role.choices).get(line["role"], line["role"])
        return f"{self._shown(self._authors.get(line['author']), line['author'])} ({role})"

    def _shown(self, row, key) -> str:
        if row is None:
            return f"#{key}"
        return str(row if isinstance(row, Photo) else row.name_in(self.language) or row)


def compare(before: Mapping[str, Any], after: Mapping[str, Any], *, language: str) -> list[Change]:
    """The fields in which ``after`` differs from ``before`` for a reader; ``language`` is the story's (a code)."""
    before, after = revisions.complete(before), revisions.complete(after)
    names = Names(before, after, language=language)
    fields = in_order({**before, **after})
    changes = (_change(name, before.get(name), after.get(name), names) for name in fields)
    return [change for change in changes if change.lines]


def _change(name: str, before: Any, after: Any, names: Names) -> Change:
    lines = lines_of(name, before, after, names)
    return Change(name, label_of(name), direction_of(name, names.language), lines)


def in_order(names: Iterable[str]) -> list[str]:
    """Names of content fields in the order people look at them."""
    given = list(names)
    return [*(name for name in ORDER if name in given), *(name for name in given if name not in ORDER)]


def label_of(name: str) -> str:
    """What the content field ``name`` is called in the form."""
    if name == "bylines":
        return capfirst(Byline._meta.verbose_name_plural)
    try:
        return capfirst(Article._meta.get_field(name.removesuffix("_id")).verbose_name)
    except FieldDoesNotExist:
        return name


def lines_of(name: str, before: Any, after: Any, names: Names) -> list[Line]:
    """How one field differs; empty when nothing that people see does."""
    if before == after:
        return []
    if name == "body":
        return list(shortened(compare_bodies(before or "", after or "")))
    if name == "bylines":
        return _compare_lists(
            [names.byline(line) for line in before or ()], [names.byline(line) for line in after or ()]
        )
    if name == "tags":
        return [Line("changed", _tag_pieces(before or [], after or []))]
    old, new = (as_text(name, value, names) for value in (before, after))
    return [Line("changed", word_diff(old, new))] if old != new else []


def as_text(name: str, value: Any, names: Names) -> str:
    """The value of the field ``name`` as one plain text."""
    if name == "body":
        return "\n\n".join(block.text for block in blocks.read(value or ""))
    if name == "bylines":
        return "\n".join(names.byline(line) for line in value or ())
    if name == "tags":
        return f"{languages.language(names.language).comma} ".join(value or ())
    if name in _REFERENCES:
        return names.of(name, value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def compare_bodies(before: str, after: str) -> Iterator[Line]:
    """Two bodies paragraph by paragraph, all paragraphs of both."""
    old, new = blocks.read(before), blocks.read(after)
    if old == new:
        return
    if max(len(old), len(new)) > _MOST_BLOCKS:
        yield from (*map(_gone, old), *map(_new, new))
        return
    left = _MOST_COMPARED
    for step, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if step == "equal":
            yield from (Line("same", [("same", block.text)], block.name) for block in old[start:end])
            continue
        for was, became in _paired(old[start:end], new[new_start:new_end]):
            if was and became:
                left -= len(was.text.split()) * len(became.text.split()) * 4
            yield _compared(was, became, in_words=left > 0)


def _paired(old: list[Block], new: list[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Paragraphs beside what became of them, in order: alike ones together, the others alone."""
    if len(old) * len(new) > 400:
        alike = list(zip(range(len(old)), range(len(new)), strict=False))
    else:
        alike = list(_alike(old, new))
    at, new_at = 0, 0
    for position, new_position in [*alike, (len(old), len(new))]:
        yield from ((block, None) for block in old[at:position])
        yield from ((None, block) for block in new[new_at:new_position])
        if position < len(old) and new_position < len(new):
            yield old[position], new[new_position]
        at, new_at = position + 1, new_position + 1


def _alike(old: list[Block], new: list[Block]) -> Iterator[tuple[int, int]]:
    begin = 0
    for position, block in enumerate(old):
        for new_position in range(begin, len(new)):
            if _is_alike(block.text, new[new_position].text):
                yield position, new_position
                begin = new_position + 1
                break


def _is_alike(old: str, new: str) -> bool:
    """Whether one text may have become the other: half of the words are the same, or most of a short one's letters."""
    if old == new or difflib.SequenceMatcher(None, old.split(), new.split()).quick_ratio() >= 0.5:
        return True
    return max(len(old), len(new)) < 300 and difflib.SequenceMatcher(None, old, new).ratio() > 0.6


def _compared(was: Block | None, became: Block | None, *, in_words: bool) -> Line:
    if was is None or became is None:
        return _new(became) if was is None else _gone(was)
    pieces = word_diff(was.text, became.text) if in_words else [("gone", was.text), ("new", became.text)]
    return Line("changed", pieces, became.name, list(_notes(was, became)))


def _gone(block: Block) -> Line:
    return Line("gone", [("gone", block.text)], block.name, _described(block.formatting) if not block.text else [])


def _new(block: Block) -> Line:
    return Line("new", [("new", block.text)], block.name, _described(block.formatting) if not block.text else [])


def _notes(was: Block, became: Block) -> Iterator[str]:
    """What the words do not show: another kind of paragraph, other formatting, another address of a link."""
    if was.tag != became.tag:
        old, new = (str(block.name or gettext("paragraph")) for block in (was, became))
        yield gettext("was: %(old)s, is: %(new)s") % {"old": old, "new": new}
    gone = [mark for mark in was.formatting if mark not in became.formatting]
    new = [mark for mark in became.formatting if mark not in was.formatting]
    yield from (gettext("formatting removed: %(what)s") % {"what": text} for text in _described(gone))
    yield from (gettext("formatting added: %(what)s") % {"what": text} for text in _described(new))


def _described(formatting: Iterable[tuple[str, str, str]]) -> list[str]:
    described = []
    for tag, attributes, words in formatting:
        name = str(blocks.FORMATTING.get(tag) or blocks.BLOCKS.get(tag) or tag)
        quoted = f"“{words}”" if words else ""
        described.append(" ".join(part for part in (name, quoted, attributes and f"→ {attributes}") if part))
    return described


def shortened(lines: Iterable[Line]) -> Iterator[Line]:
    """``lines`` with long stretches of unchanged ones left out, and how many."""
    waiting: list[Line] = []
    shown_any = False
    for line in [*lines, None]:
        if line is not None and line.kind == "same":
            waiting.append(line)
            continue
        before, after = (_CONTEXT if shown_any else 0), (_CONTEXT if line is not None else 0)
        left_out = waiting[before : len(waiting) - after]
        if len(left_out) > 1:
            yield from waiting[:before]
            words = ngettext("%(n)s paragraph unchanged", "%(n)s paragraphs unchanged", len(left_out))
            yield Line("skipped", [("same", words % {"n": len(left_out)})])
            yield from waiting[len(waiting) - after :] if after else ()
        else:
            yield from waiting
        if line is not None:
            yield line
            shown_any = True
        waiting = []


def _compare_lists(before: list[str], after: list[str]) -> list[Line]:
    lines = []
    for step, start, end, new_start, new_end in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if step == "equal":
            lines += [Line("same", [("same", text)]) for text in before[start:end]]
        else:
            lines += [Line("gone", [("gone", text)]) for text in before[start:end]]
            lines += [Line("new", [("new", text)]) for text in after[new_start:new_end]]
    return lines


def _tag_pieces(before: list[str], after: list[str]) -> list[Piece]:
    pieces = []
    for line in _compare_lists(before, after):
        pieces += [*([("same", " · ")] if pieces else []), *line.pieces]
    return pieces


def direction_of(name: str, language: str) -> str:
    """The ``dir`` attribute for the field ``name`` of a story in ``language``."""
    return "auto" if name in ("slug", "section_id", "lead_photo_id") else languages.language(language).direction
