"""Writers of one SQLite file take turns."""

import fcntl
import subprocess
import sys
import threading
import time

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.sqlite3 import base

from newsroom.models import PageChange
from newsroom.sqlite.base import Turn

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def path(tmp_path) -> str:
    return str(tmp_path / "database")


def test_a_second_writer_of_the_process_waits_until_the_first_is_done(path):
    first, second, order = Turn(path, 5), Turn(path, 5), []
    first.take()

    def follow():
        second.take()
        order.append("second")
        second.give_up()

    thread = threading.Thread(target=follow)
    thread.start()
    time.sleep(0.1)
    order.append("first")
    first.give_up()
    thread.join(5)
    assert order == ["first", "second"]


HOLD = """
import sys
from newsroom.sqlite.base import Turn
Turn(sys.argv[1], 5).take()
print("holds", flush=True)
sys.stdin.read()
"""


def test_a_writer_of_another_process_waits_and_goes_on_when_that_process_dies(path):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "holds\n"
    impatient = Turn(path, 0.1)
    began = time.monotonic()
    impatient.take()
    assert time.monotonic() - began >= 0.1
    impatient.give_up()
    other.kill()
    other.communicate()
    mine = Turn(path, 10)
    began = time.monotonic()
    mine.take()
    assert time.monotonic() - began < 5
    mine.give_up()


GREEDY = """
import sys
from newsroom.sqlite.base import Turn
turn = Turn(sys.argv[1], 5)
turn.take()
print("holds", flush=True)
for _line in sys.stdin:
    turn.give_up()
    turn.take()
    print("holds again", flush=True)
"""


def test_a_process_that_has_more_to_write_lets_the_one_that_waits_go_first(path):
    greedy = subprocess.Popen(
        [sys.executable, "-c", GREEDY, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert greedy.stdout.readline() == "holds\n"
    patient, waits = Turn(path, 5), []
    for _time in range(5):
        thread = threading.Thread(target=lambda: waits.append(seconds_until(patient)))
        thread.start()
        wait_until_somebody_is_next(path)
        greedy.stdin.write("again\n")
        thread.join(10)
        patient.give_up()
        assert greedy.stdout.readline() == "holds again\n"
    greedy.kill()
    greedy.wait()
    assert max(waits) < 1


def wait_until_somebody_is_next(path: str) -> None:
    deadline = time.monotonic() + 5
    with open(f"{path}-next") as file:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.005)
    raise AssertionError("nobody waited")


def seconds_until(turn: Turn) -> float:
    began = time.monotonic()
    turn.take()
    return time.monotonic() - began


def test_giving_up_twice_lets_nobody_in_twice(path):
    first, second = Turn(path, 1), Turn(path, 1)
    first.take()
    first.give_up()
    second.take()
    first.give_up()
    third = Turn(path, 0.05)
    third.take()
    assert third._has_lock is False
    second.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", ["commit", "rollback", "error"])
def test_a_transaction_gives_its_turn_back_however_it_ends(ends):
    with pytest.raises(RuntimeError) if ends == "error" else transaction.atomic(), transaction.atomic():
        PageChange.objects.create(key="turns")
        assert connection.turn._has_lock is True
        if ends == "rollback":
            transaction.set_rollback(True)
        if ends == "error":
            raise RuntimeError
    assert connection.turn._has_lock is False


@pytest.mark.django_db(transaction=True)
def test_the_turn_is_over_before_what_waits_for_the_commit_runs():
    seen = []
    with transaction.atomic():
        PageChange.objects.create(key="turns")
        transaction.on_commit(lambda: seen.append(connection.turn._has_lock))
    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_who_could_not_begin_gives_the_turn_back(monkeypatch):
    def fail(_connection):
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(base.DatabaseWrapper, "_start_transaction_under_autocommit", fail)
        with pytest.raises(OperationalError), transaction.atomic():
            pass
    assert connection.turn._has_lock is False
