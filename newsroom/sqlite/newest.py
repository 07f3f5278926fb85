"""Which SQLite: Python's own, or a newer one where that has the race that corrupts a database in WAL mode.

A leaf that has to run before Django looks for ``sqlite3``: the settings call it. The package pysqlite3 is Python's own
module built with a SQLite of its own; where there is none for the machine, Python's goes on with a rollback journal.
"""

import importlib
import sqlite3
import sys


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite ``version`` (major, minor, patch) has the fix for the WAL-reset corruption race.

    Fixed in 3.51.3, and in the backports 3.50.7 and 3.44.6; every earlier version with WAL has it.
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def choose() -> tuple[int, ...]:
    """Have ``import sqlite3`` mean a SQLite that is safe with WAL, if one is installed. The version then in use."""
    if is_wal_safe(sqlite3.sqlite_version_info):
        return sqlite3.sqlite_version_info
    try:
        newer = importlib.import_module("pysqlite3")
    except ImportError:
        return sqlite3.sqlite_version_info
    if is_wal_safe(newer.sqlite_version_info):
        sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"] = newer, newer.dbapi2
        return newer.sqlite_version_info
    return sqlite3.sqlite_version_info
