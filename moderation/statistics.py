"""Numbers for leads: how long comments wait, who decides how fast, on which grounds, and whether hints help.

Read from the decisions themselves, never from counters, in a fixed number of queries. A decision counts as it was
taken; one that was undone counts as taken and once more as undone.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import Article, SectionName
from comments.models import Comment
from moderation.models import CitedGuideline, Decision, Verdict
from newsroom.models import User

AT_WORK = 300  # seconds: a longer gap between two decisions of one person is a pause, not a decision
MOST_STORIES = 50
LONGEST_RANGE = 366  # days
HOURS = "hours"  # the code of the table of the hours of a day
LEARNED = "learned"  # the one hint that names no guideline and yet says that a comment may be rejected


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


@dataclass
class _Read:
    """What one pass over the decisions finds: verdicts in all, by story and by section, among the rest."""

    hours: Counter = field(default_factory=Counter)
    verdicts: Counter = field(default_factory=Counter)
    stories: defaultdict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    sections: defaultdict[int | None, Counter] = field(default_factory=lambda: defaultdict(Counter))
    paces: defaultdict[int, _Pace] = field(default_factory=lambda: defaultdict(_Pace))
    waits: list[float] = field(default_factory=list)
    shown: list[tuple[int, str, str]] = field(default_factory=list)


def tables(first: datetime.date, last: datetime.date) -> list[Table]:
    """Every table for the days ``first`` to ``last`` (both included, in the house's zone)."""
    taken = Decision.objects.filter(decided_at__gte=_midnight(first), decided_at__lt=_midnight(last, days=1))
    read, cited = _read(taken), _cited(taken)
    return [
        _now(),
        _waits(read.waits),
        _by_hour(read.hours),
        _by_moderator(read.paces),
        _by_guideline(read.verdicts[Verdict.APPROVED], cited),
        _by_story(read.stories),
        _by_section(read.sections),
        _by_hint(read.shown, cited),
    ]


def _midnight(day: datetime.date, *, days: int = 0) -> datetime.datetime:
    start = datetime.datetime.combine(day + datetime.timedelta(days=days), datetime.time())
    return timezone.make_aware(start)


def _read(taken: QuerySet) -> _Read:
    """One pass over the decisions."""
    read, house = _Read(), timezone.get_current_timezone()
    columns = ("pk", "moderator_id", "verdict", "sequence", "decided_at", "hints_shown", "comment__submitted_at")
    around = ("comment__article_id", "comment__article__section_id")
    rows = taken.order_by("decided_at", "pk").values_list(*columns, *around)
    for pk, moderator, verdict, sequence, at, hints, submitted, story, section in rows.iterator(chunk_size=5_000):
        read.hours[at.astimezone(house).hour] += 1
        read.verdicts[verdict] += 1
        read.stories[story][verdict] += 1
        read.sections[section][verdict] += 1
        read.paces[moderator].take(verdict, at)
        if sequence == 1:
            read.waits.append((at - submitted).total_seconds())
        if hints and verdict != Verdict.UNDONE:
            read.shown.append((pk, verdict, hints))
    return read


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
    return Table(HOURS, _("Decisions by hour of the day"), (_("Hour"), _("Decisions")), rows, bars=1)


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


def _by_guideline(approved: int, cited: dict[int, set[str]]) -> Table:
    counted = Counter(code for codes in cited.values() for code in codes)
    rows = [(_("approved"), approved), *((code, count) for code, count in counted.most_common())]
    title = _("Approved, and rejected by guideline")
    return Table("guidelines", title, (_("Verdict or guideline"), _("Decisions")), rows, bars=1)


def _numbers(verdicts: Counter) -> tuple[int, int, int]:
    """Taken, approved, and rejected or removed."""
    return verdicts.total(), verdicts[Verdict.APPROVED], verdicts[Verdict.REJECTED] + verdicts[Verdict.REMOVED]


def _by_story(stories: dict[int, Counter]) -> Table:
    most = sorted(stories, key=lambda pk: (-stories[pk].total(), pk))[:MOST_STORIES]
    headlines = dict(Article.objects.filter(pk__in=most).values_list("pk", "headline"))
    rows = [(pk, headlines[pk], *_numbers(stories[pk])) for pk in most]
    columns = (_("Number"), _("Story"), _("Decisions"), _("Approved"), _("Rejected"))
    return Table("stories", _("By story: the fifty with most decisions"), columns, rows)


def _by_section(sections: dict[int | None, Counter]) -> Table:
    names = _section_names(sections)
    most_first = sorted(sections, key=lambda pk: (-sections[pk].total(), pk or 0))
    rows = [(names.get(pk, "–"), *_numbers(sections[pk])) for pk in most_first]
    columns = (_("Section"), _("Decisions"), _("Approved"), _("Rejected"))
    return Table("sections", _("By section"), columns, rows, bars=1)


def _section_names(pks: Iterable[int | None]) -> dict[int, str]:
    """Names in the lead's language, or in any."""
    named = SectionName.objects.filter(section__in=[pk for pk in pks if pk]).order_by("language")
    rows = list(named.values_list("section_id", "language", "name"))
    rows.sort(key=lambda row: row[1] == get_language())
    return {pk: name for pk, _language, name in rows}


def _by_hint(shown: list[tuple[int, str, str]], cited: dict[int, set[str]]) -> Table:
    """How often each hint was shown, and how often it was right."""
    seen, right, refused = Counter(), Counter(), Counter()
    for pk, verdict, codes in shown:
        for code in codes.split(","):
            seen[code] += 1
            refused[code] += verdict != Verdict.APPROVED
            right[code] += _was_right(code, verdict, cited.get(pk, ()))
    rows = [(code, n, refused[code], right[code], f"{100 * right[code] / n:.0f}") for code, n in seen.most_common()]
    columns = (_("Hint"), _("Shown"), _("Rejected"), _("Rejected by its guideline"), _("Precision, %"))
    return Table("hints", _("Hints: how often they were right"), columns, rows)


def _was_right(code: str, verdict: str, cited: Iterable[str]) -> bool:
    """A hint was right when its comment was rejected by the guideline it names; the learned one names none."""
    if code == LEARNED:
        return verdict != Verdict.APPROVED
    return code.partition(":")[2] in cited
