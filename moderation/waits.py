"""How long comments wait: an honest estimate from what happened lately, or none."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import ngettext

from moderation.models import Decision, Snapshot
from newsroom import pages

LOOK_BACK = datetime.timedelta(days=7)
NEWEST = 200  # decisions looked at, at most
FEWEST = 20  # below this many nothing is said
USUALLY = 0.9  # of the comments decided lately waited no longer

SNAPSHOT_KEPT = 60  # seconds in which pages need not see that there is a new one
STALE = datetime.timedelta(days=1)  # a snapshot older than this says nothing of now

HOURS = (1, 2, 4, 8, 12, 24, 48, 72, 168)


@dataclass(frozen=True)
class UsualWait:
    """Nine in ten comments decided lately waited no longer than ``at_most``."""

    at_most: datetime.timedelta

    def __str__(self) -> str:
        hours = round(self.at_most.total_seconds() / 3600)
        if hours <= 24:
            return ngettext("usually within %(n)s hour", "usually within %(n)s hours", hours) % {"n": hours}
        days = hours // 24
        return ngettext("usually within %(n)s day", "usually within %(n)s days", days) % {"n": days}


def usual_wait(now: datetime.datetime | None = None) -> UsualWait | None:
    """The wait to expect, rounded up to a whole step of ``HOURS``; None when too few were decided in ``LOOK_BACK``
    or they waited longer than any step. One query."""
    now = now or timezone.now()
    lately = Decision.objects.filter(sequence=1, decided_at__gte=now - LOOK_BACK).order_by("-decided_at")
    times = lately.values_list("comment__submitted_at", "decided_at")[:NEWEST]
    waited = sorted(decided - submitted for submitted, decided in times)
    if len(waited) < FEWEST:
        return None
    long_wait = waited[min(len(waited) - 1, int(len(waited) * USUALLY))]
    steps = (datetime.timedelta(hours=hours) for hours in HOURS)
    return next((UsualWait(step) for step in steps if long_wait <= step), None)


def as_published(now: datetime.datetime | None = None) -> UsualWait | None:
    """The wait that the form under a story and the transparency page tell: the hour's snapshot of ``usual_wait``.

    None when it said nothing, or when nobody has taken one for a day. One query, or a fact.
    """
    now = now or timezone.now()
    taken_at, hours = pages.fact("usual wait", _snapshot, "house", seconds=SNAPSHOT_KEPT) or (now, None)
    return UsualWait(datetime.timedelta(hours=hours)) if hours and taken_at >= now - STALE else None


def _snapshot() -> tuple[datetime.datetime, int | None] | None:
    return Snapshot.objects.filter(pk=1).values_list("taken_at", "usual_wait").first()
