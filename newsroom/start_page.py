"""The back office's start page: boxes of what waits for the person who signed in. A leaf: imports no app.

Each app brings its own in a module ``start_page``, found when Django starts; an app that is absent brings none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from newsroom import counting

MOST_ROWS = 8


@dataclass
class Row:
    """One line of a box: a title that leads somewhere, its language for screen readers, and a few words more."""

    title: str
    link: str
    language: str = ""
    words: str = ""


@dataclass
class Box:
    """What waits of one kind. ``counted`` is all of it, ``rows`` the first of it, ``link`` leads to the whole list."""

    code: str
    title: str | Promise
    rows: list[Row]
    counted: QuerySet | None = None
    link: str = ""
    words: str = ""
    empty: str | Promise = ""
    count: str = field(default="", init=False)


Collector = Callable[[HttpRequest], Iterable[Box]]
_collectors: list[Collector] = []


def boxes(collector: Collector) -> Collector:
    """Have the start page ask ``collector`` for boxes, shown in the order of the apps. It looks at permissions."""
    _collectors.append(collector)
    return collector


def collect(request: HttpRequest) -> list[Box]:
    """The boxes for the person of ``request``, each with its count: one query for all the counts."""
    found = [box for collector in _collectors for box in collector(request)]
    counted = [box for box in found if box.counted is not None]
    for box, count in zip(counted, counting.counts([box.counted for box in counted]), strict=True):
        box.count = counting.in_words(count)
    return found
