"""What the newsroom counts about its own moderation, for the public: by month, from the ledger itself.

``take_snapshot()``, run hourly, counts what the ledger got since the last time into ``MonthlyCount`` and looks at the
clock's other numbers; ``recount()`` counts everything anew, and ``differences()`` says where the two disagree. Months
are UTC, as the ledger's times are. Counts are exact here; ``moderation.transparency`` rounds what it publishes.

A decision that was taken back within its ten seconds does not count. Each of the others is one of:

    approved           the comment's first standing decision, or an approval after one was taken back
    restored           an approval of a comment that stood rejected or removed
    rejected:CODE      a rejection under one guideline; rejected:several under more than one
    removed:CODE       a removal from the page, likewise

Besides, ``hinted`` counts decisions taken with automated hints shown and ``waited:MINUTES`` first decisions by how long
their comment had waited, rounded up (``ledger.waited_minutes``).
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from comments.models import Comment, Report, Status
from moderation import waits
from moderation.ledger import LAST, waited_minutes, windows
from moderation.models import CitedGuideline, Decision, MonthlyCount, SecondOpinion, Snapshot, Verdict
from newsroom import pages

AT_ONCE = 10_000  # decisions counted in one transaction
SEVERAL = "several"
PAGE_KEY = "transparency"

Counts = Counter[tuple[datetime.date, str]]
Source = Callable[[datetime.date], Mapping[str, int] | None]

# What else is counted by month, from elsewhere: name → function of the month's first day. Whoever owns the numbers
# registers them with ``source`` and is imported at the end of this file; "appeals" (received, upheld, overturned) and
# "notices" (received, acted_on, dismissed) show as not yet available until somebody does.
_sources: dict[str, Source] = {}


def source(name: str) -> Callable[[Source], Source]:
    """Have ``count(month)`` asked for the exact numbers ``name:…`` of a month; it returns None for none yet."""

    def register(count: Source) -> Source:
        _sources[name] = count
        return count

    return register


def is_counted(name: str) -> bool:
    """Whether anybody counts ``name``."""
    return name in _sources


def bounds(month: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """When the month that begins on ``month`` begins and ends, in UTC."""
    begins = datetime.datetime(month.year, month.month, 1, tzinfo=datetime.UTC)
    return begins, (begins + datetime.timedelta(days=32)).replace(day=1)


def month_of(moment: datetime.datetime) -> datetime.date:
    """The first day of the UTC month of ``moment`` (aware)."""
    return moment.astimezone(datetime.UTC).date().replace(day=1)


# From the ledger ------------------------------------------------------------------------------------------------------


class _Taken(NamedTuple):
    """Of one decision, what counting needs."""

    pk: int
    comment: int
    sequence: int
    verdict: str
    at: datetime.datetime
    hints: str
    submitted_at: datetime.datetime


_COLUMNS = ("pk", "comment_id", "sequence", "verdict", "decided_at", "hints_shown", "comment__submitted_at")


def count_ledger(after: int = 0, upto: int = LAST) -> Iterator[tuple[int, Counts]]:
    """What the decisions with numbers above ``after`` up to ``upto`` add to the counts, batch by batch with its last
    number. Five queries a batch, whatever it holds.
    """
    for first, last in windows(after, upto, AT_ONCE):
        these = Decision.objects.filter(pk__gt=first, pk__lte=last)
        batch = [_Taken(*row) for row in these.order_by("pk").values_list(*_COLUMNS)]
        yield batch[-1].pk, _counted(batch, these)


def _counted(batch: list[_Taken], these: QuerySet) -> Counts:
    again = these.filter(sequence__gt=1).values("comment")
    history = Decision.objects.filter(comment__in=again).order_by("comment_id", "sequence").values_list(*_COLUMNS)
    earlier: defaultdict[int, list[_Taken]] = defaultdict(list)
    for row in history:
        earlier[row[1]].append(_Taken(*row))
    cited = _cited(these.values("pk"), again)
    counts: Counts = Counter()
    for taken in batch:
        before = _standing(each for each in earlier[taken.comment] if each.sequence < taken.sequence)
        if taken.verdict == Verdict.UNDONE:
            if before:
                counts.subtract(_shares(before[-1], cited, is_first=len(before) == 1))
        else:
            counts.update(_shares(taken, cited, is_first=not before))
    return counts


def _cited(these, again) -> dict[int, list[str]]:
    """The codes cited by these decisions and by all of comments decided more than once."""
    cited: defaultdict[int, list[str]] = defaultdict(list)
    columns = ("decision_id", "guideline__code")
    rows = set(CitedGuideline.objects.filter(decision__in=these).order_by().values_list(*columns))
    rows |= set(CitedGuideline.objects.filter(decision__comment__in=again).order_by().values_list(*columns))
    for decision, code in rows:
        cited[decision].append(code)
    return cited


def _standing(decisions: Iterable[_Taken]) -> list[_Taken]:
    """Those of one comment's ``decisions``, in their order, that were not taken back."""
    standing: list[_Taken] = []
    for taken in decisions:
        if taken.verdict != Verdict.UNDONE:
            standing.append(taken)
        elif standing:
            standing.pop()
    return standing


def _shares(taken: _Taken, cited: Mapping[int, list[str]], *, is_first: bool) -> dict[tuple[datetime.date, str], int]:
    """What one standing decision adds to its month."""
    what = [outcome(taken.verdict, cited.get(taken.pk, []), is_first=is_first)]
    if taken.hints:
        what.append("hinted")
    if is_first:
        what.append(f"waited:{waited_minutes(taken.at - taken.submitted_at)}")
    return {(month_of(taken.at), each): 1 for each in what}


def outcome(verdict: str, codes: list[str], *, is_first: bool) -> str:
    """The one name under which a standing decision is counted."""
    if verdict == Verdict.APPROVED:
        return "approved" if is_first else "restored"
    return f"{verdict}:{codes[0] if len(codes) == 1 else SEVERAL}"


# The hour's snapshot --------------------------------------------------------------------------------------------------


def take_snapshot(now: datetime.datetime | None = None) -> Snapshot:
    """Count what is new, look at what waits, and let the public page be drawn anew. May run anywhere, at any time."""
    now = now or timezone.now()
    Snapshot.objects.get_or_create(pk=1)
    while _count_a_batch():
        pass
    with transaction.atomic():
        snapshot = Snapshot.objects.select_for_update().get(pk=1)
        for month in _months_to_look_at(snapshot, now):
            _write(month, dict(counted_elsewhere(month)))
        usual = waits.usual_wait(now)
        snapshot.usual_wait = usual and round(usual.at_most.total_seconds() / 3600)
        snapshot.waiting = Comment.objects.pending().count()
        snapshot.taken_at = now
        snapshot.save()
        pages.changed(PAGE_KEY)
    return snapshot


@transaction.atomic
def _count_a_batch() -> bool:
    """Add one batch; of two who count at once, one waits and goes on where the other ended."""
    snapshot = Snapshot.objects.select_for_update().get(pk=1)
    for last, counts in count_ledger(snapshot.decision):
        _add(counts)
        Snapshot.objects.filter(pk=1).update(decision=last)
        return True
    return False


def _add(counts: Counts) -> None:
    known = {(row.month, row.what): row for row in MonthlyCount.objects.filter(month__in={m for m, _what in counts})}
    for (month, what), number in counts.items():
        if (month, what) in known:
            MonthlyCount.objects.filter(pk=known[month, what].pk).update(count=F("count") + number)
        else:
            MonthlyCount.objects.create(month=month, what=what, count=number)


def _months_to_look_at(snapshot: Snapshot, now: datetime.datetime) -> list[datetime.date]:
    """This month and the one before; every month there was when nothing was counted yet."""
    this = month_of(now)
    oldest = Comment.objects.aggregate(oldest=Min("submitted_at"))["oldest"] if snapshot.taken_at is None else None
    first = min(month_of(oldest), this) if oldest else _month_before(this)
    months = [this]
    while months[-1] > first:
        months.append(_month_before(months[-1]))
    return months


def _month_before(month: datetime.date) -> datetime.date:
    return (month - datetime.timedelta(days=1)).replace(day=1)


def counted_elsewhere(month: datetime.date) -> Iterator[tuple[str, int]]:
    """What is counted of ``month`` beside the ledger: comments and reports received, second looks, and the sources."""
    begins, ends = bounds(month)
    # Naming every status lets the index on status and time answer.
    received = Comment.objects.filter(status__in=Status.values, submitted_at__gte=begins, submitted_at__lt=ends)
    yield "received", received.count()
    yield "reports", Report.objects.filter(created_at__gte=begins, created_at__lt=ends).count()
    for name, count in _sources.items():
        yield from ((f"{name}:{what}", number) for what, number in (count(month) or {}).items())


def _write(month: datetime.date, counts: Mapping[str, int]) -> None:
    """Set what is counted beside the ledger; of what never happened no row is made."""
    for what, number in counts.items():
        if not MonthlyCount.objects.filter(month=month, what=what).update(count=number) and number:
            MonthlyCount.objects.create(month=month, what=what, count=number)


@source("second_looks")
def _second_looks(month: datetime.date) -> Mapping[str, int]:
    """How many opinions were given, and how many agreed on whether the comment may stand."""
    begins, ends = bounds(month)
    given = SecondOpinion.objects.filter(given_at__gte=begins, given_at__lt=ends)
    pairs = given.values_list("opinion", "look__decision__verdict").annotate(n=Count("pk"))
    by_pair = {(opinion == "approve", verdict == Verdict.APPROVED): 0 for opinion, verdict, _n in pairs}
    for opinion, verdict, number in pairs:
        by_pair[opinion == "approve", verdict == Verdict.APPROVED] += number
    agreed = sum(number for (second, first), number in by_pair.items() if second == first)
    return {"given": sum(by_pair.values()), "agreed": agreed}


# Counting anew --------------------------------------------------------------------------------------------------------


def recount(upto: int = LAST) -> Counts:
    """The decisions up to number ``upto`` counted anew from the first on, and what is counted beside the ledger."""
    counts: Counts = Counter()
    for _last, batch in count_ledger(upto=upto):
        counts.update(batch)
    sent = Comment.objects.annotate(month=TruncMonth("submitted_at", tzinfo=datetime.UTC)).order_by()
    months = {month_of(month) for month in sent.values_list("month", flat=True).distinct()}
    for month in months | {month for month, _what in counts}:
        for what, number in counted_elsewhere(month):
            counts[month, what] = number
    return Counter({key: number for key, number in counts.items() if number})


def differences() -> dict[tuple[datetime.date, str], tuple[int, int]]:
    """Where the stored counts are not what a recount gives: (stored, recounted) by month and name. Empty when equal."""
    stored = {(row.month, row.what): row.count for row in MonthlyCount.objects.exclude(count=0)}
    anew = recount(upto=Snapshot.objects.get(pk=1).decision)
    return {
        key: (stored.get(key, 0), anew.get(key, 0))
        for key in sorted({*stored, *anew})
        if stored.get(key, 0) != anew.get(key, 0)
    }


def repair() -> None:
    """Throw the stored counts away and count again."""
    with transaction.atomic():
        Snapshot.objects.get_or_create(pk=1)
        Snapshot.objects.filter(pk=1).update(decision=0, taken_at=None)
        MonthlyCount.objects.all().delete()
    take_snapshot()


# Counted by those who keep them; imported last, since they count decisions too.
from moderation import appeals, reports  # noqa: E402

source("appeals")(appeals.counted_in)
source("notices")(reports.counted_in)
