"""Which SQLite is used: a safe one, wherever it comes from; and a WAL that is emptied."""

import sys
from types import SimpleNamespace

import pytest
from django.db import connection

from newsroom.sqlite import journal, newest

SAFE, UNSAFE = (3, 53, 4), (3, 40, 1)


def module(version):
    return SimpleNamespace(sqlite_version_info=version, dbapi2=SimpleNamespace(sqlite_version_info=version))


@pytest.mark.parametrize(
    ("pythons", "packages", "is_chosen"),
    [(UNSAFE, SAFE, True), (UNSAFE, UNSAFE, False), (UNSAFE, None, False), (SAFE, SAFE, False)],
)
def test_the_package_is_taken_where_pythons_own_is_not_safe(monkeypatch, pythons, packages, is_chosen):
    own, package = module(pythons), packages and module(packages)
    monkeypatch.setattr(newest, "sqlite3", own)
    for name, there in (("pysqlite3", package), ("sqlite3", own), ("sqlite3.dbapi2", own.dbapi2)):
        monkeypatch.setitem(sys.modules, name, there)
    taken = package if is_chosen else own
    assert newest.choose() == taken.sqlite_version_info
    assert (sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"]) == (taken, taken.dbapi2)


@pytest.mark.only_on("sqlite")
def test_here_it_is_safe_and_uses_wal(transactional_db):
    with connection.cursor() as cursor:
        assert newest.is_wal_safe(tuple(map(int, cursor.execute("SELECT sqlite_version()").fetchone()[0].split("."))))
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


@pytest.mark.only_on("sqlite")
def test_the_journal_is_put_away_with_patience_restored(transactional_db, editor):
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()
        assert journal.put_away()
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == before != (journal.PATIENCE,)
        assert cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone() == (0, 0, 0)


@pytest.mark.only_on("sqlite")
def test_inside_a_transaction_the_journal_stays(db):
    assert not journal.put_away()
