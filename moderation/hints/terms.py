"""Term lists made ready for matching: a word costs a few look-ups, however long the lists are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from moderation.hints.folding import Word, fits_mask, is_masked, spellings, words_of

LONGEST_STEM = 40
_ARABIC_PREFIXES = ("وال", "بال", "ال", "و", "ب")


@dataclass(frozen=True)
class Match:
    """One term found: its guideline, the term as its editors wrote it, and where (offsets as written)."""

    guideline: str
    term: str
    start: int
    end: int


class Terms:
    """Terms by their folded words. A trailing star matches any ending: ``fool*``; several words match in a row."""

    def __init__(self, terms: Iterable[tuple[str, str]] = ()) -> None:
        """``terms`` are (guideline code, term) pairs; what folds to nothing is left out."""
        self.words: dict[str, list[tuple[str, str]]] = {}
        self.stems: dict[str, list[tuple[str, str]]] = {}
        self.phrases: dict[str, list[tuple[list[str], str, str]]] = {}
        self.by_shape: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
        for guideline, term in terms:
            self._add(guideline, term)

    def _add(self, guideline: str, term: str) -> None:
        parts = [word.text.replace("'", "") for word in words_of(term.rstrip("*"))]
        if len(parts) > 1:
            self.phrases.setdefault(parts[0], []).append((parts, guideline, term))
        elif parts:
            (self.stems if term.endswith("*") else self.words).setdefault(parts[0], []).append((guideline, term))
            self.by_shape.setdefault((parts[0][0], len(parts[0])), []).append((parts[0], guideline, term))

    def matches(self, words: list[Word]) -> Iterator[Match]:
        """Every term in ``words``, one per word and guideline."""
        known: dict[str, dict[str, str]] = {}
        for word in words:
            if word.text not in known:
                known[word.text] = dict(self._of(word.text))
            for guideline, term in known[word.text].items():
                yield Match(guideline, term, word.start, word.end)
        yield from self._phrases_in(words)

    def _of(self, word: str) -> Iterator[tuple[str, str]]:
        for reading in _readings(word):
            yield from self.words.get(reading, ())
            for length in range(2, min(len(reading), LONGEST_STEM) + 1):
                yield from self.stems.get(reading[:length], ())
        if is_masked(word):
            for hidden, guideline, term in self.by_shape.get((word[0], len(word)), ()):
                if fits_mask(word, hidden):
                    yield guideline, term

    def _phrases_in(self, words: list[Word]) -> Iterator[Match]:
        for at, word in enumerate(words):
            for parts, guideline, term in self.phrases.get(word.text.replace("'", ""), ()):
                run = words[at : at + len(parts)]
                if [each.text.replace("'", "") for each in run] == parts:
                    yield Match(guideline, term, word.start, run[-1].end)


def _readings(word: str) -> list[str]:
    """The spellings of ``word`` and, in Arabic script, each without the article and what joins a word in writing."""
    readings = spellings(word)
    if not "\u0600" <= word[0] <= "\u06ff":
        return readings
    bare = [
        reading[len(prefix) :]
        for reading in readings
        for prefix in _ARABIC_PREFIXES
        if reading.startswith(prefix) and len(reading) > len(prefix) + 1
    ]
    return [*readings, *bare]
