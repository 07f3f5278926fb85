"""How far two people who judge the same comments agree: raw agreement and Cohen's kappa, each with an interval.

Raw agreement: the share of comments judged alike, with Wilson's score interval (E. B. Wilson 1927). Kappa: agreement
beyond what chance would give two people with these habits (J. Cohen 1960), with the large-sample interval of Fleiss,
Cohen and Everitt (1969). Both intervals are 95 %. With few comments the intervals are wide, and the kappa one is only
approximate below about fifty: read it together with the number of comments.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from moderation.models import CitedGuideline, SecondOpinion, Verdict
from moderation.second_look_models import Opinion

Z = 1.959963984540054  # of the normal distribution, for 95 %


@dataclass(frozen=True)
class Interval:
    """An estimate and the interval around it, each from 0 to 1 (kappa from -1)."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Of ``judged`` comments, how alike two people judged. An interval is None where nothing can be said."""

    name: str
    judged: int
    alike: int
    raw: Interval | None
    kappa: Interval | None


def wilson(successes: int, trials: int) -> Interval | None:
    """Wilson's score interval of a share; None without trials."""
    if not trials:
        return None
    share, spread = successes / trials, Z * Z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def cohen_kappa(table: Sequence[Sequence[int]]) -> Interval | None:
    """Cohen's kappa of a square table: rows what the first said, columns the second.

    None without comments, and where one of the two always said the same: chance then explains everything.
    """
    total = sum(map(sum, table))
    if not total:
        return None
    shares = [[cell / total for cell in row] for row in table]
    rows = [sum(row) for row in shares]
    columns = [sum(column) for column in zip(*shares, strict=True)]
    kinds = range(len(shares))
    observed = sum(shares[k][k] for k in kinds)
    by_chance = sum(rows[k] * columns[k] for k in kinds)
    if any(math.isclose(share, 1) for share in (*rows, *columns)):
        return None
    kappa = (observed - by_chance) / (1 - by_chance)
    error = math.sqrt(_variance(shares, rows, columns, observed, by_chance) / total)
    return Interval(kappa, max(-1.0, kappa - Z * error), min(1.0, kappa + Z * error))


def _variance(shares, rows, columns, observed: float, by_chance: float) -> float:
    """Fleiss, Cohen and Everitt (1969), formula 13, without the division by the number of comments."""
    kinds = range(len(shares))
    on = sum(shares[k][k] * ((1 - by_chance) - (rows[k] + columns[k]) * (1 - observed)) ** 2 for k in kinds)
    off = sum(shares[i][j] * (columns[i] + rows[j]) ** 2 for i in kinds for j in kinds if i != j)
    last = (observed * by_chance - 2 * by_chance + observed) ** 2
    return max(0.0, (on + (1 - observed) ** 2 * off - last) / (1 - by_chance) ** 4)


def agreements(opinions: QuerySet[SecondOpinion]) -> list[Agreement]:
    """Of ``opinions``: whether the comment may stand, and then for each guideline whether it was broken.

    Two queries.
    """
    given = dict(opinions.values_list("look_id", "guidelines"))
    first: dict[int, set[str]] = {look: set() for look in given}
    cited = CitedGuideline.objects.filter(decision__second_look__opinion__in=opinions.values("pk")).order_by()
    for look, code in cited.values_list("decision_id", "guideline__code"):
        first[look].add(code)
    pairs = [(first[look], set(filter(None, codes.split(",")))) for look, codes in given.items()]
    codes = sorted({code for pair in pairs for code in (*pair[0], *pair[1])})
    overall = _of("", [(bool(one), bool(other)) for one, other in pairs])
    return [overall, *(_of(code, [(code in one, code in other) for one, other in pairs]) for code in codes)]


def _of(name: str, said: Sequence[tuple[bool, bool]]) -> Agreement:
    counts: Mapping[tuple[bool, bool], int] = {pair: said.count(pair) for pair in set(said)}
    table = [[counts.get((first, second), 0) for second in (True, False)] for first in (True, False)]
    alike = table[0][0] + table[1][1]
    return Agreement(name, len(said), alike, wilson(alike, len(said)), cohen_kappa(table))


def disagrees(opinion: SecondOpinion) -> bool:
    """Whether the second would have decided otherwise: the other way, or under other guidelines. Of ``calibration``."""
    decision = opinion.look.decision
    first = {citation.guideline.code for citation in decision.citations.all()}
    approved = decision.verdict == Verdict.APPROVED
    return approved != (opinion.opinion == Opinion.APPROVE) or first != set(opinion.codes)


def calibration(opinions: QuerySet[SecondOpinion]) -> QuerySet[SecondOpinion]:
    """``opinions`` with all that the leads' list of disagreements shows, newest first."""
    around = ("moderator", "look__decision__moderator", "look__decision__comment__article__section")
    shown = opinions.select_related(*around).prefetch_related("look__decision__citations__guideline")
    return shown.order_by("-given_at", "-pk")
