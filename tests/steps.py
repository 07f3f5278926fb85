"""Counts the steps of SQLite's virtual machine: what a page costs the database, on the busiest machine the same."""

from django.db import connection

EVERY = 10  # steps between two calls of the handler


class Steps:
    """Counts the steps that the database takes for a call."""

    def __init__(self) -> None:
        self.taken = 0

    def of(self, call, *arguments, **options) -> int:
        self.taken = 0
        connection.connection.set_progress_handler(self._count, EVERY)
        try:
            answer = call(*arguments, **options)
        finally:
            connection.connection.set_progress_handler(None, 0)
        assert answer is None or answer.status_code == 200
        return self.taken * EVERY

    def _count(self) -> int:
        self.taken += 1
        return 0


def least(steps: Steps, *call, **options) -> int:
    """Of three calls: what is asked once in a while is not asked in all of them."""
    return min(steps.of(*call, **options) for _time in range(3))
