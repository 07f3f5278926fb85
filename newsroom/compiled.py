"""Statements whose SQL is made once and then only bound: for the few that every post of a reader runs.

Making the SQL of a queryset takes Django several times as long as the database takes to answer it. What the SQL is made
from stays the queryset itself, so a rule such as "what the public may see" keeps its one home. A leaf: imports no app.
"""

import datetime
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.db.models import AutoField, Expression, Model, QuerySet

Value = int | str | datetime.datetime


class Compiled:
    """``build(*shape, **bound)`` gives a queryset of values; its SQL is made once for each ``shape``.

    ``shape`` is what the SQL itself hangs on, such as a slice's ends. ``bound`` are the values that differ from call
    to call: whole numbers, texts, aware datetimes, or sequences of them (whose length belongs to the shape). ``build``
    must hand them to the queryset unchanged.
    """

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        self._build = build
        self._made: dict[tuple, _Made] = {}

    def rows(self, *shape, **bound: Value | Sequence[Value]) -> list[tuple]:
        """What the queryset has for ``bound``: one query."""
        asked = self.asked(*shape, **bound)
        with connection.cursor() as cursor:
            cursor.execute(asked.made.sql, asked.parameters)
            return [asked.made.converted(row) for row in cursor.fetchall()]

    def asked(self, *shape, **bound: Value | Sequence[Value]) -> "Asked":
        """The question, to be asked with others (``first_of_each``)."""
        lengths = tuple((name, len(value)) for name, value in bound.items() if _is_several(value))
        key = (connection.vendor, shape, lengths)
        if key not in self._made:
            self._made[key] = self._make(shape, bound)
        return Asked(self._made[key], self._made[key].bound(dict(_flat(bound))))

    def _make(self, shape: tuple, bound: dict) -> "_Made":
        """Raises AssertionError where ``build`` loses or changes one of the values."""
        samples = {
            name: [_sample(one) for one in value] if _is_several(value) else _sample(value)
            for name, value in bound.items()
        }
        compiler = self._build(*shape, **samples).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        slot_of = {value: _Slot(name) for name, value in _flat(samples)}
        slots = [slot_of.get(parameter, parameter) for parameter in parameters]
        lost = {slot.name for slot in slot_of.values()} - {slot.name for slot in slots if isinstance(slot, _Slot)}
        assert not lost, f"not in the query as given: {lost}"
        converters = compiler.get_converters([column for column, *_rest in compiler.select])
        return _Made(sql, slots, list(converters.items()))


@dataclass(frozen=True)
class Asked:
    """One question: a compiled statement and its parameters."""

    made: "_Made"
    parameters: list


def first_of_each(questions: Sequence[Asked]) -> list:
    """The answer to each of ``questions``, None where there is none: all of them in one statement.

    Each must be for one column and have one row at most.
    """
    sql = "SELECT " + ", ".join(f"({asked.made.sql})" for asked in questions)
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter for asked in questions for parameter in asked.parameters])
        row = cursor.fetchone()
    return [asked.made.converted([value])[0] for asked, value in zip(questions, row, strict=True)]


class Insertion:
    """The new ``row``, to be written as its ``save(force_insert=True)`` would: all but the statement is done before.

    For models without parents. Sends no signals.
    """

    def __init__(self, row: Model) -> None:
        self.row = row
        columns = [field for field in row._meta.local_concrete_fields if not field.generated]
        fields = [field for field in columns if row.pk is not None or not isinstance(field, AutoField)]
        self._columns = tuple(field.attname for field in fields)
        self._values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]

    def write(self, **late: Value) -> None:
        """Write the row, with the ``late`` values of columns that were not known before, and give it its primary key.

        Twice writes a second row, for a first one that was rolled back. Raises IntegrityError.
        """
        for column, value in late.items():
            setattr(self.row, column, value)
            self._values[self._columns.index(column)] = _adapted(value)
        with connection.cursor() as cursor:
            cursor.execute(_insert_sql(type(self.row), self._columns, connection.vendor), self._values)
            (self.row.pk,) = cursor.fetchone()
        self.row._state.adding, self.row._state.db = False, connection.alias


@lru_cache
def _insert_sql(model: type[Model], columns: tuple[str, ...], _vendor: str) -> str:
    """The statement for ``columns``, which are named as the row's attributes are."""
    quote, key = connection.ops.quote_name, model._meta.pk
    names = ", ".join(quote(model._meta.get_field(column).column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places}) RETURNING {quote(key.column)}"


@dataclass(frozen=True)
class _Made:
    """The SQL; its parameters in order, constants and slots; and how the columns become Python's values."""

    sql: str
    slots: list
    converters: list[tuple[int, tuple[list, Expression]]]

    def bound(self, values: dict[str, object]) -> list:
        return [values[slot.name] if isinstance(slot, _Slot) else slot for slot in self.slots]

    def converted(self, row: Sequence) -> tuple:
        row = list(row)
        for column, (converters, expression) in self.converters:
            for convert in converters:
                row[column] = convert(row[column], expression, connection)
        return tuple(row)


class _Slot:
    """The place of a bound value among a query's parameters."""

    def __init__(self, name: str) -> None:
        self.name = name


def _is_several(value: object) -> bool:
    return isinstance(value, (list, tuple))


def _flat(values: dict) -> Iterator[tuple[str, object]]:
    """Every single value under a name of its own, as the database's driver takes it."""
    for name, value in values.items():
        several = enumerate(value) if _is_several(value) else [("", value)]
        for number, one in several:
            yield f"{name}{number}", _adapted(one)


def _adapted(value: Value) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime.datetime) else value


def _sample(value: Value) -> Value:
    """A value of the same kind that nothing else in the query can be."""
    if isinstance(value, int):
        return secrets.randbits(61)
    if isinstance(value, datetime.datetime):
        return datetime.datetime.fromtimestamp(
            secrets.randbelow(2**31) + secrets.randbelow(10**6) / 10**6, datetime.UTC
        )
    return secrets.token_hex(16)
