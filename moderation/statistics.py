"""Numbers for leads: how long comments wait, who decides how fast, on which grounds, and whether hints help.

Read from the decisions themselves, never from counters, in a fixed number of queries. A decision counts as it was
taken; one that was undone counts as taken and once more as undone.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import SectionName
from comments.models import Comment
from moderation.models import CitedGuideline, Decision, Verdict
from newsroom.models import User

AT_WORK = 300  # seconds: a longer gap between two decisions of one person is a pause, not a decision
MOST_STORIES = 50
LONGEST_RANGE = 366  # days


@dataclass(frozen=True)
class Table:
    """One table of the page and of its CSV. ``bars`` is the index of the column drawn as bars, or None."""

    code: str
    title: str | Promise
    columns: Sequence[str | Promise]
    rows: list[tuple]
    bars: int | None = None


@dataclass
class _Pace:
    """One person's decisions in the range, in the order of time."""

    verdicts: Counter = field(default_factory=Counter)
    gaps: list[float] = field(default_factory=list)
    last: datetime.datetime | None = None

    def take(self, verdict: str, at: datetime.datetime) -> None:
        self.verdicts[verdict] += 1
        if self.last is not None and (gap := (at - self.last).total_seconds()) <= AT_WORK:
            self.gaps.append(gap)
        self.last = at


def tables(first: datetime.date, last: datetime.date) -> list[Table]:
    """Every table for the days ``first`` to ``last`` (both included, in the house's zone)."""
    taken = Decision.objects.filter(decided_at__gte=_midnight(first), decided_at__lt=_midnight(last, days=1))
    hours, paces, waits, shown = _read(taken)
    cited = _cited(taken)
    return [
        _now(),
        _waits(waits),
        _by_hour(hours),
        _by_moderator(paces),
        _by_guideline(taken, cited),
        _by_story(taken),
        _by_section(taken),
        _by_hint(shown, cited),
    ]


def _midnight(day: datetime.date, *, days: int = 0) -> datetime.datetime:
    start = datetime.datetime.combine(day + datetime.timedelta(days=days), datetime.time())
    return timezone.make_aware(start)


def _read(taken: QuerySet):
    """One pass over the decisions: per hour of the day, per person, the waits, and the hints they were taken with."""
    hours, waits, shown = Counter(), [], []
    paces: defaultdict[int, _Pace] = defaultdict(_Pace)
    columns = ("pk", "moderator_id", "verdict", "sequence", "decided_at", "comment__submitted_at", "hints_shown")
    rows = taken.order_by("decided_at", "pk").values_list(*columns)
    for pk, moderator, verdict, sequence, at, submitted, hints in rows.iterator(chunk_size=5_000):
        hours[timezone.localtime(at).hour] += 1
        paces[moderator].take(verdict, at)
        if sequence == 1:
            waits.append((at - submitted).total_seconds())
        if hints and verdict != Verdict.UNDONE:
            shown.append((pk, verdict, hints))
    return hours, paces, waits, shown


def _cited(taken: QuerySet) -> dict[int, set[str]]:
    """The codes each decision cites, by its primary key."""
    cited: defaultdict[int, set[str]] = defaultdict(set)
    rows = CitedGuideline.objects.filter(decision__in=taken).values_list("decision_id", "guideline__code").order_by()
    for decision, code in rows.iterator(chunk_size=5_000):
        cited[decision].add(code)
    return cited


def _now() -> Table:
    waiting = Comment.objects.pending().aggregate(count=Count("pk"), oldest=Min("submitted_at"))
    age = (timezone.now() - waiting["oldest"]).total_seconds() / 60 if waiting["oldest"] else 0
    rows = [(_("Comments waiting"), waiting["count"]), (_("Age of the oldest, minutes"), round(age))]
    return Table("now", _("Now"), (_("What"), _("Number")), rows)


def _waits(waits: list[float]) -> Table:
    waits = sorted(waits)
    rows = [(f"p{part}", _minutes(_percentile(waits, part))) for part in (50, 90)]
    title = _("Minutes from sending to the first decision")
    return Table("waits", title, (_("Percentile"), _("Minutes")), rows, bars=1)


def _percentile(ordered: Sequence[float], part: int) -> float | None:
    """The nearest-rank percentile: the smallest value that at least ``part`` in a hundred do not exceed."""
    return ordered[max(0, -(-len(ordered) * part // 100) - 1)] if ordered else None


def _minutes(seconds: float | None) -> float | str:
    return "–" if seconds is None else round(seconds / 60, 1)


def _by_hour(hours: Counter) -> Table:
    rows = [(f"{hour:02}:00", hours[hour]) for hour in range(24)]
    return Table("hours", _("Decisions by hour of the day"), (_("Hour"), _("Decisions")), rows, bars=1)


def _by_moderator(paces: dict[int, _Pace]) -> Table:
    people = User.objects.in_bulk(list(paces))
    rows = [
        (
            str(people[pk]),
            pace.verdicts.total(),
            pace.verdicts[Verdict.APPROVED],
            pace.verdicts[Verdict.REJECTED] + pace.verdicts[Verdict.REMOVED],
            pace.verdicts[Verdict.UNDONE],
            round(median(pace.gaps), 1) if pace.gaps else "–",
        )
        for pk, pace in sorted(paces.items(), key=lambda each: -each[1].verdicts.total())
    ]
    columns = (_("Moderator"), _("Decisions"), _("Approved"), _("Rejected"), _("Undone"), _("Seconds per decision"))
    return Table("moderators", _("By moderator"), columns, rows, bars=1)


def _by_guideline(taken: QuerySet, cited: dict[int, set[str]]) -> Table:
    approved = taken.filter(verdict=Verdict.APPROVED).count()
    counted = Counter(code for codes in cited.values() for code in codes)
    rows = [(_("approved"), approved), *((code, count) for code, count in counted.most_common())]
    title = _("Approved, and rejected by guideline")
    return Table("guidelines", title, (_("Verdict or guideline"), _("Decisions")), rows, bars=1)


def _verdicts() -> dict[str, Count]:
    refused = Q(verdict__in=(Verdict.REJECTED, Verdict.REMOVED))
    return {
        "taken": Count("pk"),
        "approved": Count("pk", filter=Q(verdict=Verdict.APPROVED)),
        "refused": Count("pk", filter=refused),
    }


def _by_story(taken: QuerySet) -> Table:
    by_story = taken.values("comment__article_id", "comment__article__headline").annotate(**_verdicts())
    names = ("comment__article_id", "comment__article__headline", "taken", "approved", "refused")
    rows = list(by_story.order_by("-taken", "comment__article_id").values_list(*names)[:MOST_STORIES])
    columns = (_("Number"), _("Story"), _("Decisions"), _("Approved"), _("Rejected"))
    return Table("stories", _("By story: the fifty with most decisions"), columns, rows)


def _by_section(taken: QuerySet) -> Table:
    by_section = taken.values("comment__article__section_id").annotate(**_verdicts()).order_by("-taken")
    counted = list(by_section.values_list("comment__article__section_id", "taken", "approved", "refused"))
    names = _section_names(pk for pk, *_numbers in counted)
    rows = [(names.get(pk, "–"), *numbers) for pk, *numbers in counted]
    columns = (_("Section"), _("Decisions"), _("Approved"), _("Rejected"))
    return Table("sections", _("By section"), columns, rows, bars=1)


def _section_names(pks: Iterable[int | None]) -> dict[int, str]:
    """Names in the lead's language, or in any."""
    named = SectionName.objects.filter(section__in=[pk for pk in pks if pk]).order_by("language")
    rows = list(named.values_list("section_id", "language", "name"))
    rows.sort(key=lambda row: row[1] == get_language())
    return {pk: name for pk, _language, name in rows}


def _by_hint(shown: list[tuple[int, str, str]], cited: dict[int, set[str]]) -> Table:
    """A hint was right when its comment was rejected by the guideline it names."""
    seen, right, refused = Counter(), Counter(), Counter()
    for pk, verdict, codes in shown:
        for code in codes.split(","):
            seen[code] += 1
            refused[code] += verdict != Verdict.APPROVED
            right[code] += code.partition(":")[2] in cited.get(pk, ())
    rows = [(code, n, refused[code], right[code], f"{100 * right[code] / n:.0f}") for code, n in seen.most_common()]
    columns = (_("Hint"), _("Shown"), _("Rejected"), _("Rejected by its guideline"), _("Precision, %"))
    return Table("hints", _("Hints: how often they were right"), columns, rows)
