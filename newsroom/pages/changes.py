"""What pages show and what changed: the news that expires them, written in the transaction of the change itself."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

_ADVISORY_LOCK = 4_801_733_291_600_423_771  # an arbitrary number that only changes of pages use


class Change(NamedTuple):
    """That what ``key`` stands for changed; ``only_adds``: nothing that was shown has to go."""

    number: int
    key: str
    only_adds: bool


def depends_on(response: HttpResponse, *keys: str, until: datetime.datetime | None = None) -> HttpResponse:
    """Say what ``response`` shows: it may be stored until one of ``keys`` changes, or until ``until`` (aware).

    Called again for the same response it adds keys, and the earlier ``until`` counts.
    """
    response.page_keys = getattr(response, "page_keys", frozenset()) | frozenset(keys) | {"house"}
    response.page_until = min(filter(None, (getattr(response, "page_until", None), until)), default=None)
    return response


def holds_until(request: HttpRequest, moment: datetime.datetime | None) -> None:
    """Say, where a part of a page is drawn, that the clock changes it at ``moment`` (aware; None: never)."""
    if moment is not None:
        request.drawn_until = min(moment, getattr(request, "drawn_until", moment))


def earliest(request: HttpRequest, *moments: datetime.datetime | None) -> datetime.datetime | None:
    """The first of ``moments`` and of what ``holds_until`` was told while ``request`` was drawn; None when none is."""
    return min(filter(None, (*moments, getattr(request, "drawn_until", None))), default=None)


def changed(*keys: str, only_adds: bool = False) -> None:
    """Tell that what ``keys`` stand for changed. Call it in the transaction that changes it.

    ``only_adds`` says that everything shown before may still be shown: readers may then get the copy of before for
    up to a second while it is drawn anew. Leave it out when in doubt.
    """
    from newsroom.models import PageChange
    from newsroom.pages.store import configured_store

    with transaction.atomic(savepoint=False):
        if connection.vendor == "postgresql":
            # Changes become visible in the order of their numbers: whoever read number 7 will not find 6 later.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        rows = PageChange.objects.bulk_create(PageChange(key=key, only_adds=only_adds) for key in sorted(set(keys)))
        news = [Change(row.pk, row.key, only_adds) for row in rows]
        transaction.on_commit(lambda: configured_store().remove(news))


def forget_old_changes() -> int:
    """Delete the changes of more than a day ago, which no stored page is old enough to need; how many."""
    from newsroom.models import PageChange

    return PageChange.objects.filter(at__lt=timezone.now() - datetime.timedelta(days=1)).delete()[0]


def newest_change() -> int:
    """The number of the newest change, 0 before the first. One query."""
    from newsroom.models import PageChange

    return PageChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def changed_since(number: int, keys: Iterable[str] | None = None) -> list[Change]:
    """The changes after ``number``, of ``keys`` or of all, oldest first. One query."""
    from newsroom.models import PageChange

    later = PageChange.objects.filter(pk__gt=number).order_by("pk")
    later = later if keys is None else later.filter(key__in=keys)
    return [Change(*row) for row in later.values_list("pk", "key", "only_adds")]


def changes_after(number: int, *, most: int) -> list[Change]:
    """The first ``most`` changes after ``number``, oldest first. One query."""
    from newsroom.models import PageChange

    later = PageChange.objects.filter(pk__gt=number).order_by("pk")[:most]
    return [Change(*row) for row in later.values_list("pk", "key", "only_adds")]
