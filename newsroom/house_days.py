"""Days of the house's own time zone (``NEWSROOM_TIME_ZONE``): archive pages and searches by date. A leaf."""

import datetime

from django.utils import timezone


def day_bounds(day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """When ``day`` begins and when the next one does, both aware; a day of a clock change has 23 or 25 hours."""
    return _begin(day), _begin(day + datetime.timedelta(days=1)) if day < datetime.date.max else _LAST


_LAST = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def _begin(day: datetime.date) -> datetime.datetime:
    midnight = datetime.datetime.combine(day, datetime.time.min)
    return midnight.replace(tzinfo=timezone.get_default_timezone())
