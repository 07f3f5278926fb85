"""The newsroom's public numbers as they are published: rounded so that nobody is identified, by month (UTC).

The rule, said on the page too: every count is rounded to the nearest multiple of five, and every total is the sum of
its rounded parts, never of the exact ones. A decision is in exactly one part. So whoever adds, subtracts or compares
what is published learns of no count more than that it is one of five neighbours; 0 may be one or two. A share or a wait
is given only where it rests on at least twenty, and shares are made of the rounded figures.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comments.models import Guideline
from moderation.models import MonthlyCount
from moderation.public_numbers import SEVERAL, is_counted

STEP = 5
FEWEST = 20  # below this many no share and no wait is given
SHOWN = datetime.timedelta(days=366)  # on the page: this month and a year

Months = dict[datetime.date, dict[str, int]]


def rounded(count: int) -> int:
    """``count`` rounded to the nearest multiple of ``STEP``."""
    return STEP * ((max(0, count) + STEP // 2) // STEP)


def share(part: int, whole: int) -> int | None:
    """``part`` of ``whole``, both rounded already, in whole percent; None of fewer than ``FEWEST``."""
    return round(100 * part / whole) if whole >= FEWEST else None


@dataclass(frozen=True)
class Month:
    """One month as published; its first day in UTC. Waits are in minutes. None: not available, or of too few."""

    month: datetime.date
    received: int
    approved: int
    restored: int
    rejected_by: Mapping[str, int]
    removed_by: Mapping[str, int]
    median_wait: int | None
    p90_wait: int | None
    hinted: int
    reports: int
    second_looks: int
    second_looks_agreed: int
    appeals: Mapping[str, int] | None = field(default=None)
    notices: Mapping[str, int] | None = field(default=None)

    @property
    def rejected(self) -> int:
        return sum(self.rejected_by.values())

    @property
    def removed(self) -> int:
        return sum(self.removed_by.values())

    @property
    def decided(self) -> int:
        return self.approved + self.restored + self.rejected + self.removed

    @property
    def hinted_percent(self) -> int | None:
        return share(self.hinted, self.decided)

    @property
    def agreement_percent(self) -> int | None:
        return share(self.second_looks_agreed, self.second_looks)

    @property
    def overturned_percent(self) -> int | None:
        """Of the appeals decided."""
        if self.appeals is None:
            return None
        upheld, overturned = self.appeals.get("upheld", 0), self.appeals.get("overturned", 0)
        return share(overturned, upheld + overturned)

    def as_json(self) -> dict:
        """Every figure by its name; null where there is none."""
        return {
            "month": f"{self.month:%Y-%m}",
            "received": self.received,
            "decided": self.decided,
            "approved": self.approved,
            "restored": self.restored,
            "rejected": self.rejected,
            "rejected_by": dict(self.rejected_by),
            "removed": self.removed,
            "removed_by": dict(self.removed_by),
            "median_wait_minutes": self.median_wait,
            "p90_wait_minutes": self.p90_wait,
            "decided_with_automated_hints": self.hinted,
            "decided_with_automated_hints_percent": self.hinted_percent,
            "reports": self.reports,
            "second_looks": self.second_looks,
            "second_looks_agreed": self.second_looks_agreed,
            "second_looks_agreed_percent": self.agreement_percent,
            "appeals": self.appeals and dict(self.appeals),
            "appeals_overturned_percent": self.overturned_percent,
            "notices": self.notices and dict(self.notices),
        }

    def cells(self) -> Iterator[tuple[str, object]]:
        """The same, flat: name and value, ``""`` where there is none."""
        for name, value in self.as_json().items():
            if isinstance(value, dict):
                yield from ((f"{name}:{part}", number) for part, number in value.items())
            elif name != "month":
                yield name, "" if value is None else value


def publish(month: datetime.date, exact: Mapping[str, int], codes: Sequence[str]) -> Month:
    """The exact counts of one month (``public_numbers``) as they may be published, a line for each of ``codes``."""
    rejected_by, removed_by = _by_guideline(exact, "rejected:", codes), _by_guideline(exact, "removed:", codes)
    waits = sorted((int(what.removeprefix("waited:")), n) for what, n in exact.items() if what.startswith("waited:"))
    approved, restored = rounded(exact.get("approved", 0)), rounded(exact.get("restored", 0))
    decided = approved + restored + sum(rejected_by.values()) + sum(removed_by.values())
    given = rounded(exact.get("second_looks:given", 0))
    return Month(
        month=month,
        received=rounded(exact.get("received", 0)),
        approved=approved,
        restored=restored,
        rejected_by=rejected_by,
        removed_by=removed_by,
        median_wait=_percentile(waits, 50),
        p90_wait=_percentile(waits, 90),
        # A part of others is never shown as more than they are: it would say that they were rounded down.
        hinted=min(decided, rounded(exact.get("hinted", 0))),
        reports=rounded(exact.get("reports", 0)),
        second_looks=given,
        second_looks_agreed=min(given, rounded(exact.get("second_looks:agreed", 0))),
        appeals=_elsewhere(exact, "appeals", ("received", "upheld", "overturned")),
        notices=_elsewhere(exact, "notices", ("received", "acted_on", "dismissed")),
    )


def _by_guideline(exact: Mapping[str, int], prefix: str, codes: Sequence[str]) -> dict[str, int]:
    """Rounded, a figure for every code: a line that only appeared once cited would tell one or two from none."""
    return {code: rounded(exact.get(prefix + code, 0)) for code in codes}


def _elsewhere(exact: Mapping[str, int], name: str, parts: tuple[str, ...]) -> dict[str, int] | None:
    if not is_counted(name):
        return None
    return {part: rounded(exact.get(f"{name}:{part}", 0)) for part in parts}


def _percentile(waits: list[tuple[int, int]], part: int) -> int | None:
    """The nearest-rank percentile of (minutes, how many), None of fewer than ``FEWEST``."""
    total = sum(number for _minutes, number in waits)
    if total < FEWEST:
        return None
    rank, seen = -(-total * part // 100), 0
    for minutes, number in waits:
        seen += number
        if seen >= rank:
            return minutes
    return None


def exact_months(since: datetime.date | None = None) -> Months:
    """The exact counts by month from the first to this one, oldest first; from ``since`` on, or all. One query."""
    counts = MonthlyCount.objects.order_by("month")
    found: defaultdict[datetime.date, dict[str, int]] = defaultdict(dict)
    for row in counts if since is None else counts.filter(month__gte=since):
        found[row.month][row.what] = row.count
    return {month: found[month] for month in _every_month(min(found), max(found))} if found else {}


def _every_month(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    while first <= last:
        yield first
        first = (first + datetime.timedelta(days=32)).replace(day=1)


def every_code() -> list[str]:
    """The codes of all guidelines there ever were, in the order of the alphabet, and "several" last. One query."""
    published = Guideline.objects.filter(edition__published_at__isnull=False).order_by("code")
    return [*published.values_list("code", flat=True).distinct(), SEVERAL]


def months(since: datetime.date | None = None) -> list[Month]:
    """The months as published, oldest first; from ``since`` on, or all. Two queries."""
    codes = every_code()
    return [publish(month, counts, codes) for month, counts in exact_months(since).items()]
