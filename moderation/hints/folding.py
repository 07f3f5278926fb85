"""Folding with a way back: the checks read a copy without disguises, and point into the text exactly as written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsroom.folding import fold

# Letters of other alphabets that look like Latin ones. Source: Unicode UTS 39 confusables, the everyday part of it.
_LOOK_ALIKES = str.maketrans("абвгеёзікмнорстухѕјԁɡαβεικνορτυχ", "abbreeeikmhopctyxsjdgabeiknoptux")
_LEET = str.maketrans("013457@$!|€", "oieastasiie")
_MASKS = "*#"
_RUN = re.compile(r"(.)\1{2,}")
_STRETCHED = re.compile(r"(.)\1\1")
_APOSTROPHES = "'’ʼ"
_MOST_PER_CHARACTER = 4  # a ligature may stand for a whole sentence; ten thousand of them must not
LONGEST_WORD = 100  # folded characters; what follows is not compared


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """What ``character`` is compared as: none, one or several characters; white space is one space."""
    if character.isspace():
        return " "
    return fold(character).translate(_LOOK_ALIKES)[:_MOST_PER_CHARACTER]


@dataclass(frozen=True)
class Word:
    """A folded word and where it stands in the text as written, in code points."""

    text: str
    start: int
    end: int
    sentence: int = 0
    quoted: bool = False


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "@$!|€*#'"


def folded(text: str) -> list[tuple[str, int]]:
    """Each folded character of ``text`` with the offset it came from. Invisible characters are gone."""
    return [(each, at) for at, raw in enumerate(text) for each in fold_character("'" if raw in _APOSTROPHES else raw)]


def words_of(text: str, copy: list[tuple[str, int]] | None = None) -> list[Word]:
    """The folded words of ``text`` (``copy`` when it is folded already), each with its sentence and quotation marks."""
    found: list[Word] = []
    letters: list[str] = []
    start = end = sentence = 0
    quoted = False
    for character, at in [*(folded(text) if copy is None else copy), (" ", len(text))]:
        if _is_word(character):
            start = start if letters else at
            letters.append(character)
            end = at + 1
            continue
        if letters:
            found += _trimmed("".join(letters), start, end, sentence, quoted)
            letters = []
        if character in '"“”«»„':
            quoted = not quoted
        if character in ".?؟\n;" or (character == " " and found and text[end - 1] == "!"):
            sentence += 1
    return list(_joined(found))


def _trimmed(raw: str, start: int, end: int, sentence: int, quoted: bool) -> Iterator[Word]:
    """A word without the marks around it, that stand for letters only inside one."""
    kept = raw.rstrip("!|'")
    cut = len(kept) - len(kept.lstrip("!|'#"))
    if len(kept) > cut:
        yield Word(
            kept[cut : cut + LONGEST_WORD],
            start + cut,
            max(start + cut + 1, end - (len(raw) - len(kept))),
            sentence,
            quoted,
        )


def spellings(word: str) -> list[str]:
    """The ways to read ``word``: as it is, letters repeated three times or more as two and as one, digits as letters.

    Every reading costs one pass; there are at most eight.
    """
    readings = {word: None}
    if not word.isalpha() and any(character.isalpha() for character in word):
        readings[word.translate(_LEET)] = None
    for reading in list(readings):
        if _STRETCHED.search(reading):
            readings |= {squeezed(reading, 2): None, squeezed(reading, 1): None}
    return [reading.replace("'", "") for reading in readings]


def squeezed(word: str, most: int) -> str:
    """``word`` with every run of three or more equal characters cut to ``most``."""
    return _RUN.sub(lambda run: run.group(1) * most, word)


def _joined(words: list[Word]) -> Iterator[Word]:
    """``words`` with those written letter by letter ("s p a m", "s.p.a.m"; three letters or more) made one."""
    run: list[Word] = []
    for word in words:
        if run and (len(word.text) != 1 or word.start - run[-1].end > 2):
            yield from _one(run)
            run = []
        if len(word.text) == 1:
            run.append(word)
        else:
            yield word
    yield from _one(run)


def _one(letters: list[Word]) -> list[Word]:
    if len(letters) < 3:
        return letters
    first, text = letters[0], "".join(letter.text for letter in letters)
    return [Word(text[:LONGEST_WORD], first.start, letters[-1].end, first.sentence, first.quoted)]


def is_masked(word: str) -> bool:
    """Whether stars or hashes hide letters inside ``word`` ("d**n")."""
    return any(mask in word[1:] for mask in _MASKS) and sum(character.isalpha() for character in word) >= 2


def fits_mask(word: str, term: str) -> bool:
    """Whether ``term`` may be what the masked ``word`` hides: as long, and equal wherever a letter shows."""
    return len(word) == len(term) and all(w in _MASKS or w == t for w, t in zip(word, term, strict=True))
