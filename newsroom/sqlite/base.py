"""Django's SQLite with turns: who wants to write waits in line instead of knocking.

SQLite lets one connection write at a time and makes the others try again after ever longer pauses, up to a tenth of a
second; under load they spend their time asleep and the last may starve. Here each transaction first waits for its turn:
in its process for a lock that wakes it at once, between processes for a lock on a file beside the database. The turn
only orders the writers. What keeps them apart is still SQLite's own lock, so one who does not take turns (the
``sqlite3`` shell, a single statement outside a transaction) is as safe as before.
"""

import contextlib
import fcntl
import os
import threading
import time
from collections import defaultdict

from django.db.backends.sqlite3 import base

PAUSE = 0.0005  # seconds between two looks at a file another process holds
DatabaseError = base.Database.DatabaseError
Database = base.Database

_in_this_process: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class Turn:
    """One connection's place in the line for the database file ``path``; waits at most ``patience`` seconds.

    Between processes two locks make the line: whoever holds ``-next`` waits for ``-turn``. So a process that has more
    to write cannot take the turn again before the one that waited.
    """

    def __init__(self, path: str, patience: float) -> None:
        self.paths, self.patience = (f"{path}-next", f"{path}-turn"), patience
        self._files: list[int] = []
        self._lock = _in_this_process[path]
        self._has_lock = False

    def take(self) -> None:
        """Wait for the turn. Who has waited long enough goes without: SQLite then says what is wrong."""
        deadline = time.monotonic() + self.patience
        self._has_lock = self._lock.acquire(timeout=self.patience)
        if not self._has_lock:
            return
        if not self._files:
            self._files = [os.open(path, os.O_CREAT | os.O_RDWR, 0o600) for path in self.paths]
        following, turn = self._files
        _wait(following, deadline)
        _wait(turn, deadline)
        fcntl.flock(following, fcntl.LOCK_UN)

    def give_up(self) -> None:
        """Let the next one. Harmless without a turn."""
        if self._has_lock:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
            self._has_lock = False
            self._lock.release()

    def close(self) -> None:
        self.give_up()
        for file in self._files:
            os.close(file)
        self._files = []


def _wait(file: int, deadline: float) -> None:
    """Lock ``file``, if that can be done before ``deadline`` (by time.monotonic())."""
    while time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(PAUSE)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions take turns; a database in memory has nobody to wait for."""

    turn: Turn | None = None

    def get_new_connection(self, conn_params):
        if not self.is_in_memory_db() and self.turn is None:
            self.turn = Turn(str(conn_params["database"]), conn_params.get("timeout", 5))
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        if self.turn is None:
            return super()._start_transaction_under_autocommit()
        self.turn.take()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self.turn.give_up()
            raise

    def _commit(self):
        try:
            return super()._commit()
        finally:
            self._turn_is_over()

    def _rollback(self):
        try:
            return super()._rollback()
        finally:
            self._turn_is_over()

    def _close(self):
        try:
            return super()._close()
        finally:
            if self.turn is not None:
                self.turn.close()

    def _turn_is_over(self) -> None:
        if self.turn is not None and not (self.connection and self.connection.in_transaction):
            self.turn.give_up()
