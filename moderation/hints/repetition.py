"""Which of the newest comments say the same as another one, or nearly, or hold the same link."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from moderation.hints.manner import LINK, link_key
from newsroom.folding import fold

LONG_ENOUGH = 20  # folded characters: "thank you" is no repetition
NEAR = 0.7  # of the runs of three words, so many are shared (Jaccard)


class Text:
    """One comment, ready to be compared."""

    def __init__(self, pk: int, body: str) -> None:
        self.pk = pk
        self.folded = fold(body)
        self.runs = frozenset(_runs(self.folded))
        self.links = frozenset(link_key(found.group()) for found in LINK.finditer(body))


@lru_cache(maxsize=1_000)
def read(pk: int, body: str) -> Text:
    """The comment ``pk`` that says ``body``; what is read often is folded once."""
    return Text(pk, body)


class Recent:
    """The newest comments, to be asked what of them repeats a text without looking at each."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self._same: dict[str, set[int]] = {}
        self._links: dict[str, set[int]] = {}
        self._holding: dict[str, set[Text]] = {}
        for text in texts:
            self._same.setdefault(text.folded, set()).add(text.pk)
            for link in text.links:
                self._links.setdefault(link, set()).add(text.pk)
            for run in text.runs:
                self._holding.setdefault(run, set()).add(text)

    def repeats_of(self, text: Text) -> dict:
        """How many others have the text, nearly the text, and each of its links, as a Reading takes them."""
        links = {link: len(self._links.get(link, set()) - {text.pk}) for link in text.links}
        if len(text.folded) < LONG_ENOUGH:
            return {"repeats": 0, "near_repeats": 0, "link_repeats": links}
        same = len(self._same.get(text.folded, set()) - {text.pk})
        near = sum(_is_near(text, other) for other in self._candidates(text))
        return {"repeats": same, "near_repeats": near, "link_repeats": links}

    def _candidates(self, text: Text) -> set[Text]:
        """All that can be near: who shares more than seven in ten runs shares one of any four in ten."""
        few = islice(text.runs, int((1 - NEAR) * len(text.runs)) + 1)
        found: set[Text] = set().union(*(self._holding.get(run, ()) for run in few))
        return {other for other in found if other.pk != text.pk}


@lru_cache(maxsize=2)
def recent(texts: Sequence[Text]) -> Recent:
    """``Recent`` of a tuple of texts, made anew only when another comment has come."""
    return Recent(texts)


def _runs(folded: str) -> list[str]:
    """Every run of three words of the first two hundred."""
    words = folded.split()[:200]
    return [" ".join(words[at : at + 3]) for at in range(len(words) - 2)]


def _is_near(mine: Text, other: Text) -> bool:
    smaller, larger = sorted((len(mine.runs), len(other.runs)))
    if smaller < NEAR * larger:
        return False
    shared = len(mine.runs & other.runs)
    return shared > NEAR * (smaller + larger - shared)
