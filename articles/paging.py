"""Pages by key: page 2 costs what page 1 costs, however many rows lie before it."""

import datetime
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Q, QuerySet

Item = TypeVar("Item")


@dataclass
class Page(Generic[Item]):
    """The items of one page and the key to ask the next one with, None on the last."""

    items: list[Item]
    next_key: str | None


class BadKey(ValueError):
    """The key was not made by this module."""


def page_by_key(
    rows: QuerySet, fields: tuple[str, str], *, after: str | None, size: int, newest_first: bool = False
) -> Page:
    """The ``size`` rows that follow the key ``after`` (None: the first page), ordered by ``fields``.

    ``fields`` is a time and a unique number. Raises BadKey for a key that is none.
    """
    items = list(rows_after(rows, fields, after=after, newest_first=newest_first)[: size + 1])
    more = len(items) > size
    return Page(items[:size], key_of(items[size - 1], fields) if more else None)


def rows_after(rows: QuerySet, fields: tuple[str, str], *, after: str | None, newest_first: bool = False) -> QuerySet:
    """``rows`` in order from the key ``after`` on, for ``page_by_key`` and for whoever joins several runs of rows."""
    time_field, number_field = fields
    sign, step = ("-", "lt") if newest_first else ("", "gt")
    ordered = rows.order_by(f"{sign}{time_field}", f"{sign}{number_field}")
    # The plain bound has the database walk an index in order, on the first page as on every other; the second condition
    # settles equal times.
    if not after:
        return ordered.filter(**{f"{time_field}__{step}e": _END if newest_first else _EPOCH})
    at, number = _parse(after)
    return ordered.filter(
        Q(**{f"{time_field}__{step}": at}) | Q(**{time_field: at, f"{number_field}__{step}": number}),
        **{f"{time_field}__{step}e": at},
    )


def key_of(row, fields: tuple[str, str]) -> str:
    """The key of ``row``: what follows it, in either direction, is asked for with it."""
    at, number = (getattr(row, field) for field in fields)
    microseconds = (at - _EPOCH) // datetime.timedelta(microseconds=1)
    return f"{microseconds}-{number}"


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_END = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)


def _parse(key: str) -> tuple[datetime.datetime, int]:
    microseconds, _dash, number = key.partition("-")
    if not (microseconds.isascii() and microseconds.isdigit() and number.isascii() and number.isdigit()):
        raise BadKey(key)
    if len(microseconds) > 17 or len(number) > 18:
        raise BadKey(key)
    return _EPOCH + datetime.timedelta(microseconds=int(microseconds)), int(number)
