"""Several small transactions of one process in one commit: who comes while others are written goes with the next.

SQLite has one writer at a time, and a commit waits for the disk. Under load the threads of a process therefore hand
their work to the one whose turn it is: it does all that is there, commits once, and only then does each go on. On a
database that writes side by side (PostgreSQL) and inside a transaction each does its own.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import Error, connection, transaction
from django.utils.translation import get_language, override

T = TypeVar("T")


class _Work(Generic[T]):
    """What one thread wants written, what became of it, and the event that wakes the thread."""

    def __init__(self, write: Callable[[], T]) -> None:
        self.write, self.language = write, get_language()
        self.wake, self.is_done = threading.Event(), False
        self.result: T | None = None
        self.error: BaseException | None = None

    def do(self) -> None:
        try:
            with override(self.language):  # of who asks, in whichever thread
                self.result, self.error = self.write(), None
        except BaseException as error:
            self.error = error
            raise

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        return self.result


class _Line:
    """The works that wait in this process, and whether a thread is on its way to do them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Work] = []
        self._is_led = False

    def join(self, work: _Work) -> bool:
        """Whether the thread has to lead: nobody else does."""
        with self._lock:
            self._waiting.append(work)
            leads, self._is_led = not self._is_led, True
            return leads

    def take(self) -> list[_Work]:
        with self._lock:
            taken, self._waiting = self._waiting, []
            return taken

    def pass_on(self) -> None:
        """Wake the first of those who came meanwhile: it leads now."""
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._is_led:
                self._waiting[0].wake.set()


_line = _Line()


def written_together(write: Callable[[], T]) -> T:
    """What ``write`` returns or raises, once its transaction is committed, or rolled back where it raised.

    ``write`` may run in another thread and, should the common commit fail, a second time after a rollback.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return write()
    work = _Work(write)
    if not _line.join(work):
        work.wake.wait()
    if not work.is_done:
        _lead()
    return work.outcome()


def _lead() -> None:
    works: list[_Work] = []
    try:
        _commit(works)
    except BaseException as error:
        for work in works:
            work.error = work.error or error
        if not works:
            works += _line.take()  # the database was not to be had: all who waited for it hear so
            for work in works:
                work.error = error
    finally:
        _line.pass_on()
        for work in works:
            work.is_done = True
            work.wake.set()


def _commit(works: list[_Work]) -> None:
    """Do all that waits, in one transaction; ``works`` is told what that was. The line is read when the turn came."""
    try:
        with transaction.atomic():
            works += _line.take()
            if len(works) == 1:
                return works[0].do()  # takes the transaction with it when it fails
            for work in works:
                _apart(work)
    except Error:
        if len(works) < 2:
            raise
        for work in works:  # the commit failed for one of them: each for itself
            _apart(work)


def _apart(work: _Work) -> None:
    """Do ``work`` in a transaction of its own, or a savepoint within one: what it wrote before it failed is undone."""
    try:
        with transaction.atomic():
            work.do()
    except Exception as error:  # its own thread raises it
        work.error = error
