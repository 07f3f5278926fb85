"""SQLite's WAL keeps what was written until it is written over: put away, nothing that was erased is left in it."""

from django.db import connection

PATIENCE = 1_000  # milliseconds for readers to end; the next time will do as well


def put_away() -> bool:
    """Move all of the WAL into the database file and empty it; whether that could be done now. A few milliseconds.

    Where SQLite keeps a rollback journal, and on PostgreSQL, there is nothing to do. Inside a transaction, not done.
    """
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            is_busy, _frames, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
    return not is_busy
