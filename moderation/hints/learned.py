"""A hint learned from this newsroom's own decisions: how much a text is like those that were rejected.

The model is a logistic regression over hashed words and pieces of words: a list of numbers in a JSON file, no code, so
reading it runs nothing. ``moderation.learning`` makes it; here it is only asked, in plain Python.
"""

import json
import logging
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from moderation.hints.reading import Hint, Reading
from newsroom.folding import fold

BUCKETS = 2**16
PIECES = (3, 4, 5)  # letters in a piece of a word, its edges counted
READ = 2_000  # characters of a text: the rest of a long one adds little and costs time
LIKELY = 0.5  # from here on it is a hint
log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Model:
    """``weights`` by bucket; ``agreement`` and the rest of the report are of decisions it was not trained on."""

    weights: dict[int, float]
    intercept: float
    is_on: bool = False
    trained_at: str = ""
    report: dict = field(default_factory=dict)

    def certainty(self, text: str) -> float:
        """How sure it is that ``text`` would be rejected: from 0 to 1."""
        found = features(text)
        sum_ = sum(self.weights.get(bucket, 0.0) * value for bucket, value in found.items())
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, sum_ + self.intercept))))

    @property
    def stamp(self) -> int:
        """A number that is another one for another model; 0 while it is off."""
        return 1 + zlib.crc32(self.trained_at.encode()) % (2**19) if self.is_on else 0


def features(text: str) -> dict[int, float]:
    """What the model sees of ``text``: its folded words and their pieces, as buckets, of length one together."""
    seen = {_bucket(piece) for word in fold(text[:READ]).split() for piece in _pieces(word)}
    return dict.fromkeys(seen, 1 / math.sqrt(len(seen))) if seen else {}


def likeness(reading: Reading) -> Iterator[Hint]:
    """Whether the text is like rejected ones, and how certain that is. It names no guideline."""
    if reading.learned is None:
        return
    certainty = reading.learned.certainty(reading.text)
    if certainty >= LIKELY:
        why = _("Like comments that were rejected here (certainty %(percent)s%%).")
        yield Hint("learned", "", why % {"percent": round(100 * certainty)})


def path() -> Path:
    """Where the model is kept. It may not be there."""
    return Path(settings.NEWSROOM_LEARNED_HINTS)


def in_use() -> Model | None:
    """The model while it is switched on; None without one, and for a file that is none."""
    model = kept()
    return model if model is not None and model.is_on else None


def kept() -> Model | None:
    """The model that is kept, switched on or not."""
    try:
        changed = path().stat()
    except OSError:
        return None
    return _read(str(path()), changed.st_mtime_ns, changed.st_size)


@lru_cache(maxsize=2)
def _read(name: str, _changed: int, _size: int) -> Model | None:
    try:
        kept = json.loads(Path(name).read_text(encoding="utf-8"))
        weights = {int(bucket): float(weight) for bucket, weight in kept["weights"].items()}
        return Model(
            weights=weights,
            intercept=float(kept["intercept"]),
            is_on=kept["is_on"] is True,
            trained_at=str(kept["trained_at"]),
            report=dict(kept["report"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        log.exception("%s is no model: hints are given without it", name)
        return None


def _bucket(piece: str) -> int:
    return zlib.crc32(piece.encode()) % BUCKETS


def _pieces(word: str) -> Iterator[str]:
    edged = f" {word} "
    yield edged
    for length in PIECES:
        yield from (edged[at : at + length] for at in range(len(edged) - length + 1))
