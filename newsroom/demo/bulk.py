"""Rows by the ten thousand, past the ORM's objects: what a model's ``bulk_create`` writes in a fifth of its time."""

from collections.abc import Iterable, Sequence
from functools import cache

from django.core.management.color import no_style
from django.db import connection, models

INDEXES_IN_MEMORY = 500_000  # KiB at most, for about a million comments


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Insert ``rows`` into ``model``'s table: values in the order of ``columns`` (attribute names, as ``article_id``).

    Columns not named get their field's default. Times must be aware.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    constant = {name: field.get_default() for name, field in fields.items() if name not in columns}
    constant = {name: value for name, value in constant.items() if value is not None or fields[name].null}
    names = [*columns, *constant]
    times = [place for place, name in enumerate(names) if isinstance(fields[name], models.DateTimeField)]
    quoted = ", ".join(connection.ops.quote_name(fields[name].column) for name in names)
    places = ", ".join(["%s"] * len(names))
    table = connection.ops.quote_name(model._meta.db_table)
    written = [[*row, *constant.values()] for row in rows]
    adapted = cache(connection.ops.adapt_datetimefield_value)
    for row in written:
        for place in times:
            row[place] = adapted(row[place])
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({places})", written)


def make_room() -> None:
    """Let this connection to SQLite keep the indexes in memory: keys that look random touch every page of theirs."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {-INDEXES_IN_MEMORY}")


def lock_tables(*locked: type[models.Model]) -> None:
    """Let nobody else insert into these tables until the transaction ends; on SQLite the transaction is that lock."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in locked)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def first_free(model: type[models.Model]) -> int:
    """The number after the highest in use. Ask after ``lock_tables``."""
    return (model.objects.aggregate(highest=models.Max("pk"))["highest"] or 0) + 1


def numbers_go_on(*written: type[models.Model]) -> None:
    """Let the database number rows after those that were inserted with numbers of their own."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)
