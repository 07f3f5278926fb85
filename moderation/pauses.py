"""When to remind a moderator of a pause: after many decisions without one, or after long reading of hard comments.

A reminder, no more: it is put away with one click, keeps nothing about anybody, and nobody else sees it. What counts as
hard is a comment that was shown with hints.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext

REST = datetime.timedelta(minutes=5)  # so long without a decision is a pause
LOOK_BACK = datetime.timedelta(hours=4)
_LOOK_AT = 1_000
_RESTED = "desk_rested_at"


@dataclass(frozen=True)
class Stretch:
    """Decisions without a pause between them: how many, and how long the hard ones took."""

    decisions: int = 0
    hard: datetime.timedelta = datetime.timedelta()


def due(request: HttpRequest) -> str:
    """What to say to a moderator who should rest; "" to everybody else. One query, none when it is switched off."""
    most, minutes = settings.NEWSROOM_PAUSE_DECISIONS, settings.NEWSROOM_PAUSE_HARD_MINUTES
    if not most and not minutes:
        return ""
    since = max(timezone.now() - LOOK_BACK, _rested_at(request))
    rows = request.user.decisions.filter(decided_at__gt=since).order_by("-decided_at")
    stretch = stretch_of(rows.values_list("decided_at", "hints_shown")[:_LOOK_AT], now=timezone.now())
    hard = int(stretch.hard.total_seconds() // 60)
    if minutes and hard >= minutes:
        words = ngettext(
            "You have read hard comments for %(n)s minute. A short pause helps to judge the next ones well.",
            "You have read hard comments for %(n)s minutes. A short pause helps to judge the next ones well.",
            hard,
        )
        return words % {"n": hard}
    if most and stretch.decisions >= most:
        words = ngettext(
            "You have decided %(n)s comment without a pause. A short one helps to judge the next ones well.",
            "You have decided %(n)s comments without a pause. A short one helps to judge the next ones well.",
            stretch.decisions,
        )
        return words % {"n": stretch.decisions}
    return ""


def put_away(request: HttpRequest) -> None:
    """Count from now on: the moderator has read the reminder."""
    request.session[_RESTED] = timezone.now().isoformat()


def stretch_of(decisions: Sequence[tuple[datetime.datetime, str]], *, now: datetime.datetime) -> Stretch:
    """What of ``decisions`` (when, and with which hints; newest first) lies after the last pause before ``now``."""
    taken, hard, later, hard_later = 0, datetime.timedelta(), now, False
    for at, hints in decisions:
        if later - at > REST:
            break
        hard += (later - at) if hard_later else datetime.timedelta()
        taken, later, hard_later = taken + 1, at, bool(hints)
    return Stretch(taken, hard)


def _rested_at(request: HttpRequest) -> datetime.datetime:
    kept = parse_datetime(request.session.get(_RESTED, ""))
    return kept or datetime.datetime.min.replace(tzinfo=datetime.UTC)
