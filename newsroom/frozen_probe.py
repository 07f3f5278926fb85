"""Trying on a live database whether frozen tables hold; the way in is `newsroom.frozen.probe`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import Error, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from newsroom.frozen import FrozenTable

# Two harmless values for each kind of field, first match wins: to make up a row, and to try to change one.
SAMPLES = (
    (models.AutoField, (-2, -3)),  # not -1: SQLite's triggers see that as the id of a row which has none yet
    (models.IntegerField, (32_000, 32_001)),
    (models.BooleanField, (False, True)),
    (models.DateTimeField, (datetime(2000, 1, 1, tzinfo=UTC), datetime(2001, 1, 1, tzinfo=UTC))),
    (models.DateField, (date(2000, 1, 1), date(2001, 1, 1))),
    (models.TimeField, (time(1), time(2))),
    (models.DurationField, (timedelta(1), timedelta(2))),
    (models.UUIDField, (UUID(int=1), UUID(int=2))),
    (models.JSONField, ({}, [])),
    (models.BinaryField, (b"a", b"b")),
    (models.GenericIPAddressField, ("127.0.0.1", "127.0.0.2")),
    ((models.FloatField, models.DecimalField), (0, 1)),
    (models.Field, ("a", "b")),
)


class Probe(NamedTuple):
    """What a probe found: tables where an attack got through, and tables it had no frozen row to try on."""

    broken: list[str]
    not_probed: list[str]


def probe_tables(tables: Iterable["FrozenTable"], connection: BaseDatabaseWrapper) -> Probe:
    """Attack one frozen row of each table, a made-up one if there is none, and undo everything."""
    found = Probe(broken=[], not_probed=[])
    for table in tables:
        with undone(connection):
            pk = frozen_row(table, connection)
            if pk is None:
                found.not_probed.append(table.name)
            elif not all(withstands(connection, *attack) for attack in attacks(table, connection, pk)):
                found.broken.append(table.name)
    return found


def frozen_row(table: "FrozenTable", connection: BaseDatabaseWrapper) -> Any:
    """Return the primary key of a frozen row, made up if there is none, or None if none can be made."""
    quote = connection.ops.quote_name
    pk, name = quote(table.model._meta.pk.column), quote(table.name)
    find = f"SELECT {pk} FROM {name} WHERE {table.is_frozen(name)} LIMIT 1"
    columns = ", ".join(quote(field.column) for field in table.fields)
    insert = f"INSERT INTO {name} ({columns}) VALUES ({', '.join(['%s'] * len(table.fields))})"
    values = [field.get_db_prep_save(plainest_value(table, field), connection) for field in table.fields]
    with connection.cursor() as cursor:
        cursor.execute(find)
        if row := cursor.fetchone():
            return row[0]
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute(insert, values)
        except Error:
            return None
        cursor.execute(find)
        row = cursor.fetchone()
        return row and row[0]


def plainest_value(table: "FrozenTable", field: models.Field) -> Any:
    if field.name in table.probe_values:
        return table.probe_values[field.name]
    if field.null:
        return None
    return field.get_default() if field.has_default() else samples(field)[0]


def samples(field: models.Field) -> tuple[Any, Any]:
    """Return two different values that the field's column takes."""
    if field.is_relation:
        return samples(field.target_field)
    return next(values for kinds, values in SAMPLES if isinstance(field, kinds))


def attacks(table: "FrozenTable", connection: BaseDatabaseWrapper, pk: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield statements with their parameters, none of which may alter the frozen row `pk`."""
    quote = connection.ops.quote_name
    name, this_row = quote(table.name), f"{quote(table.model._meta.pk.column)} = %s"
    for field in table.fields:
        if field.name in table.may_change:
            continue
        column = quote(field.column)
        for sample in samples(field):  # two of them: one may be what the row has already
            value = field.get_db_prep_save(sample, connection)
            is_other = f"({column} <> %s OR {column} IS NULL)"
            yield f"UPDATE {name} SET {column} = %s WHERE {this_row} AND {is_other}", [value, pk, value]
    yield f"DELETE FROM {name} WHERE {this_row} AND NOT {table.may_be_deleted(name)}", [pk]
    if connection.vendor == "sqlite":
        columns = ", ".join(quote(field.column) for field in table.fields)
        yield f"REPLACE INTO {name} ({columns}) SELECT {columns} FROM {name} WHERE {this_row}", [pk]


def withstands(connection: BaseDatabaseWrapper, statement: str, parameters: list[Any]) -> bool:
    """Return whether a statement, undone at once, alters nothing or is refused by one of our triggers."""
    try:
        with undone(connection), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.rowcount == 0
    except Error as error:
        return str(error).startswith("frozen: ")


@contextmanager
def undone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Roll back whatever the block does, and leave the transaction around it usable."""
    with transaction.atomic(using=connection.alias):
        try:
            yield
        finally:
            transaction.set_rollback(True, using=connection.alias)
