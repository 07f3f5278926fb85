"""The indexes that models name: which are missing, and how they go and come back around a long loading. A leaf."""

from collections.abc import Iterable, Iterator

from django.db import connection, models


def missing(*of: type[models.Model]) -> list[tuple[type[models.Model], models.Index]]:
    """The indexes named in ``Meta.indexes`` of these models that the database does not have."""
    found = []
    with connection.cursor() as cursor:
        for model in of:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            found += [(model, index) for index in model._meta.indexes if index.name not in there]
    return found


def drop(*of: type[models.Model]) -> None:
    """Drop the named indexes of these models. ``put_back`` must follow, whatever happens in between."""
    gone = [index.name for _model, index in missing(*of)]
    names = [index.name for model in of for index in model._meta.indexes if index.name not in gone]
    _execute(f"DROP INDEX {connection.ops.quote_name(name)}" for name in names)


def put_back(lost: list[tuple[type[models.Model], models.Index]]) -> Iterator[int]:
    """Create what ``missing`` found, yielding 1 for each that is there again. At a million rows some seconds each."""
    for model, index in lost:
        _execute([index.create_sql(model, connection.schema_editor(collect_sql=True))])
        yield 1


def _execute(statements: Iterable) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(str(statement))
