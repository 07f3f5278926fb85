"""Times typed on the house's clock (``NEWSROOM_TIME_ZONE``), and what is said of one the clock does not have.

When clocks are set back an hour comes twice, when they are set forward one is skipped. Django refuses both; these
fields say why, and what to type instead. A leaf: imports no app.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MINUTE = datetime.timedelta(minutes=1)


class LocalTimeField(forms.DateTimeField):
    """A time in one box. Returns an aware datetime."""

    def to_python(self, value):
        with explained():
            return of_this_century(super().to_python(value))


class SplitLocalTimeField(forms.SplitDateTimeField):
    """A time in two boxes, as the admin's forms have it. Returns an aware datetime."""

    def compress(self, data_list):
        with explained():
            return of_this_century(super().compress(data_list))


def of_this_century(moment: datetime.datetime | None) -> datetime.datetime | None:
    """``moment``, unless it lies so far away that it has no UTC in every zone. Raises ValidationError."""
    if moment is not None and not 2000 <= moment.year < 2100:
        raise ValidationError(_("Choose a time of this century."))
    return moment


@contextmanager
def explained() -> Iterator[None]:
    """Say of a time that its zone has twice or not at all what is wrong with it."""
    try:
        yield
    except ValidationError as error:
        if getattr(error, "code", None) != "ambiguous_timezone":
            raise
        raise _explanation(error.params["datetime"], error.params["current_timezone"]) from error


def _explanation(typed: datetime.datetime, zone: datetime.tzinfo) -> ValidationError:
    begin, end = _odd_hour(typed, zone)
    comes_twice = _offset(typed, zone, 0) > _offset(typed, zone, 1)
    words = (
        _("The clocks are set back that night, so %(time)s comes twice (%(zone)s). Choose a time before %(begin)s or "
          "from %(end)s on.")
        if comes_twice
        else _("The clocks are set forward that night and skip %(time)s (%(zone)s). Choose a time before %(begin)s or "
               "from %(end)s on.")
    )  # fmt: skip
    params = {"time": f"{typed:%H:%M}", "zone": str(zone), "begin": f"{begin:%H:%M}", "end": f"{end:%H:%M}"}
    return ValidationError(words, code="ambiguous_timezone", params=params)


def _odd_hour(typed: datetime.datetime, zone: datetime.tzinfo) -> tuple[datetime.datetime, datetime.datetime]:
    """The first odd minute around ``typed`` and the first good one after it."""
    begin = end = typed.replace(second=0, microsecond=0)
    while _is_odd(begin - MINUTE, zone):
        begin -= MINUTE
    while _is_odd(end, zone):
        end += MINUTE
    return begin, end


def _is_odd(typed: datetime.datetime, zone: datetime.tzinfo) -> bool:
    return _offset(typed, zone, 0) != _offset(typed, zone, 1)


def _offset(typed: datetime.datetime, zone: datetime.tzinfo, fold: int) -> datetime.timedelta:
    return typed.replace(tzinfo=zone, fold=fold).utcoffset()
