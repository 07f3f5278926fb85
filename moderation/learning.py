"""Training the learned hint on this newsroom's own decisions, and saying how far it agrees with them.

Needs scikit-learn, which is imported where it is used: without it everything else works.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from django.utils import timezone

from comments.models import Comment, Status
from moderation.hints import learned
from moderation.hints.learned import BUCKETS, LIKELY, Model, features
from newsroom.folding import fold

FEWEST = 500  # decided comments whose text is there
MOST = 20_000  # of the newest of them
FEWEST_OF_A_KIND = 20  # approved ones, and rejected ones, in each part
HELD_OUT = 0.2  # the newest part, that the model is tested with and never sees
NEEDS = "pip install --require-hashes -r requirements-learn.txt"

Example = tuple[str, bool]  # a text, and whether it was rejected


class CannotLearn(Exception):
    """Why there is no model, or why it may not be used, in words for whoever asked."""


@dataclass(frozen=True)
class Report:
    """How the model fares with decisions it was not trained on. Shares are from 0 to 1.

    ``agreement``: it would have said what the moderators said. ``always``: what always saying the commonest verdict
    would have agreed. ``found``: of the rejected, those it hints at. ``right``: of those it hints at, the rejected.
    """

    trained_on: int
    held_out: int
    agreement: float
    always: float
    found: float
    right: float

    @property
    def is_useful(self) -> bool:
        return self.agreement > self.always


def examples() -> list[Example]:
    """The decided comments to learn from, the oldest first."""
    decided = Comment.objects.filter(status__in=(Status.APPROVED, Status.REJECTED, Status.REMOVED)).exclude(body="")
    rows = decided.order_by("-pk").values_list("body", "status")[:MOST]
    return [(body, status != Status.APPROVED) for body, status in reversed(rows)]


def train(known: Sequence[Example]) -> tuple[Model, Report]:
    """A model of the older four fifths of ``known`` (oldest first), and its report on the rest. It is switched off."""
    if len(known) < FEWEST:
        raise CannotLearn(f"There are {len(known)} decided comments with their text; it takes {FEWEST}.")
    cut = int(len(known) * (1 - HELD_OUT))
    older, newer = known[:cut], _unseen(known[cut:], known[:cut])
    for part in (older, newer):
        if min(sum(bad for _text, bad in part), sum(not bad for _text, bad in part)) < FEWEST_OF_A_KIND:
            raise CannotLearn(
                f"The older and the newer decisions must each hold {FEWEST_OF_A_KIND} different approved texts and as "
                "many rejected ones."
            )
    fitted = _fit(older)
    report = _report(fitted, newer, trained_on=len(older))
    return replace(fitted, trained_at=timezone.now().isoformat(), report=asdict(report)), report


def keep(model: Model) -> None:
    """Write ``model`` where the hints find it, whole or not at all."""
    path = learned.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(model)), encoding="utf-8")
    os.replace(fresh, path)


def switch(*, on: bool) -> Model:
    """Use the kept model, or no longer; which needs a report that shows it to be of use."""
    model = learned.kept()
    if model is None:
        raise CannotLearn("Nothing was learned yet: run manage.py train_hints first.")
    if on and not Report(**model.report).is_useful:
        raise CannotLearn("It agrees with held-out decisions no more than the commonest verdict alone would: not used.")
    model = replace(model, is_on=on)
    keep(model)
    return model


def _unseen(newer: Iterable[Example], older: Iterable[Example]) -> list[Example]:
    """``newer`` without texts that stand in ``older`` or twice: knowing those by heart is no agreement."""
    seen = {fold(text) for text, _bad in older}
    left = []
    for text, bad in newer:
        folded = fold(text)
        if folded not in seen:
            seen.add(folded)
            left.append((text, bad))
    return left


def _fit(known: Sequence[Example]) -> Model:
    try:
        from scipy.sparse import csr_matrix
        from sklearn.linear_model import LogisticRegression
    except ImportError as missing:
        raise CannotLearn(f"Learning needs scikit-learn: {NEEDS}") from missing
    rows, columns, values = [], [], []
    for row, (text, _bad) in enumerate(known):
        for bucket, value in features(text).items():
            rows.append(row)
            columns.append(bucket)
            values.append(value)
    seen = csr_matrix((values, (rows, columns)), shape=(len(known), BUCKETS))
    fitted = LogisticRegression(C=10, max_iter=1_000).fit(seen, [bad for _text, bad in known])
    weights = {bucket: round(float(weight), 4) for bucket, weight in enumerate(fitted.coef_[0]) if abs(weight) >= 5e-5}
    return Model(weights=weights, intercept=float(fitted.intercept_[0]))


def _report(model: Model, held_out: Sequence[Example], *, trained_on: int) -> Report:
    said = [(model.certainty(text) >= LIKELY, bad) for text, bad in held_out]
    hinted, rejected = sum(hint for hint, _bad in said), sum(bad for _hint, bad in said)
    both = sum(hint and bad for hint, bad in said)
    return Report(
        trained_on=trained_on,
        held_out=len(said),
        agreement=sum(hint == bad for hint, bad in said) / len(said),
        always=max(rejected, len(said) - rejected) / len(said),
        found=both / rejected,
        right=both / hinted if hinted else 0.0,
    )
