"""Counts for lists: exact to 1,000 and "1,000+" above, so that no list ever counts a whole table. A leaf."""

from collections.abc import Sequence

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 1_000


def counts(querysets: Sequence[QuerySet]) -> list[int]:
    """How many rows each of ``querysets`` has, at most ``MOST + 1``: one query for all of them."""
    statements = [_counting(queryset) for queryset in querysets]
    if not statements:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(sql for sql, _parameters in statements)}",
            [parameter for _sql, parameters in statements for parameter in parameters],
        )
        return list(cursor.fetchone())


def _counting(queryset: QuerySet) -> tuple[str, tuple]:
    try:
        sql, parameters = queryset.order_by().values("pk")[: MOST + 1].query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that nothing is in there
        return "0", ()
    return f"(SELECT COUNT(*) FROM ({sql}) AS counted)", parameters


def in_words(count: int) -> str:
    """``count`` as lists show it."""
    return f"{count:,}" if count <= MOST else f"{MOST:,}+"
