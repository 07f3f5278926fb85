"""Attacks, threats and contempt for groups: words that stand near each other in one sentence. Sets, no patterns."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _

from moderation.hints.folding import Word, fold_character, spellings
from moderation.hints.phrases import (
    ADDRESSED,
    CONTEMPT,
    GROUPS,
    HARM,
    INSULTS,
    INTENT,
    NEGATIONS,
    OF_GROUPS,
)
from moderation.hints.reading import Hint, Reading

NEAR = 6  # words between the person and what is said of them
_TURNS = frozenset({"but", "اما", "بەڵام", "lê", "ama", "fakat"})


def _fold(word: str) -> str:
    return "".join(fold_character(character) for character in word)


def _folded(words: str) -> frozenset[str]:
    return frozenset(_fold(word) for word in words.split())


_SETS = {
    name: {language: _folded(words) for language, words in table.items()}
    for name, table in {
        "addressed": ADDRESSED,
        "insults": INSULTS,
        "harm": HARM,
        "intent": INTENT,
        "groups": GROUPS,
        "contempt": CONTEMPT,
        "negations": NEGATIONS,
        "of_groups": OF_GROUPS,
    }.items()
}


@lru_cache(maxsize=4096)
def _roles(word: str, language: str) -> frozenset[str]:
    """The sets that some reading of the folded ``word``, or its stem, is in. A star in a set ends a stem."""
    readings = spellings(word)
    forms = {form for reading in readings for form in [reading, *_stems(reading)]}
    return frozenset(name for name, tables in _SETS.items() if forms & tables.get(language, frozenset()))


def _stems(reading: str) -> list[str]:
    return [reading[:size] + "*" for size in range(3, min(len(reading), 20) + 1)]


def _has(word: Word, name: str, language: str) -> bool:
    return name in _roles(word.text, language)


def _places(sentence: list[Word], name: str, language: str) -> list[int]:
    return [at for at, word in enumerate(sentence) if _has(word, name, language)]


def _said(sentence: list[Word], name: str, language: str) -> list[int]:
    """Where words of the set ``name`` are said: neither quoted nor denied earlier in the clause."""
    said, denied = [], False
    for at, word in enumerate(sentence):
        if word.text in _TURNS:
            denied = False
        denied = denied or _has(word, "negations", language)
        if not denied and not word.quoted and _has(word, name, language):
            said.append(at)
    return said


def _near(places: list[int], at: int) -> bool:
    """Whether one of the ascending ``places`` is within ``NEAR`` words of ``at``."""
    first = bisect_left(places, at - NEAR)
    return first < len(places) and places[first] <= at + NEAR


def attacks(reading: Reading) -> Iterator[Hint]:
    """Somebody addressed, and an insult within a few words."""
    language = reading.language
    for sentence in reading.sentences:
        addressed = _places(sentence, "addressed", language)
        for at in _said(sentence, "insults", language) if addressed else ():
            if _near(addressed, at):
                why = _("Speaks to somebody and uses an insult in the same sentence.")
                yield Hint("attack", "personal-attacks", why, sentence[at].start, sentence[at].end)


def threats(reading: Reading) -> Iterator[Hint]:
    """Words of intent or of duty, then harm, then somebody: a person or a group."""
    language = reading.language
    for sentence in reading.sentences:
        harm = _said(sentence, "harm", language)
        if not harm:
            continue
        meant = _places(sentence, "intent", language)
        aimed = any(_has(w, "addressed", language) or _has(w, "groups", language) for w in sentence)
        for at in harm if aimed else ():
            if _near(meant, at):
                why = _("Says that somebody will or should be harmed.")
                yield Hint("threat", "threats", why, sentence[at].start, sentence[at].end)


def contempt(reading: Reading) -> Iterator[Hint]:
    """A group of people and a word of contempt or harm in one sentence, or in two that follow each other."""
    language = reading.language
    before: list[Word] = []
    for sentence in reading.sentences:
        spoken_of = any(_has(word, "groups", language) for word in sentence)
        hostile = _said(sentence, "contempt", language) + _said(sentence, "harm", language)
        if spoken_of and not hostile and any(_has(word, "of_groups", language) for word in before):
            hostile_before = _said(before, "contempt", language) + _said(before, "harm", language)
            yield from (_contempt(before[at]) for at in hostile_before)
        if hostile and (spoken_of or _follows_a_group(sentence, before, language)):
            yield from (_contempt(sentence[at]) for at in hostile)
        before = sentence


def _follows_a_group(sentence: list[Word], before: list[Word], language: str) -> bool:
    """Whether "they" of this sentence are the group of the one before."""
    return any(_has(word, "of_groups", language) for word in sentence) and any(
        _has(word, "groups", language) for word in before
    )


def _contempt(word: Word) -> Hint:
    why = _("Speaks of a group of people with words of contempt or harm.")
    return Hint("contempt", "abuse", why, word.start, word.end)
