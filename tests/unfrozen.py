"""The one way past the triggers, for tests only: they stop the runner's flush too. The product has no such switch."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from newsroom import frozen

TABLES = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal",
}
DROP = {"sqlite": "DROP TRIGGER {name}", "postgresql": "DROP TRIGGER {name} ON {table}"}


def drop_triggers(connection: BaseDatabaseWrapper, *, registry: frozen.Registry = frozen.registry) -> None:
    """Drop every trigger of the registry, by name."""
    names = registry.present_names(connection)
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(TABLES[connection.vendor])
        for name, table in cursor.fetchall():
            if name in names:
                cursor.execute(DROP[connection.vendor].format(name=quote(name), table=quote(table)))


@contextmanager
def unfrozen(connection: BaseDatabaseWrapper, *, registry: frozen.Registry = frozen.registry) -> Iterator[None]:
    """Run a block without the registry's triggers, and install them again after it, whatever happened in it."""
    drop_triggers(connection, registry=registry)
    try:
        yield
    finally:
        registry.install(connection)
