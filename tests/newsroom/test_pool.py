"""Few threads work, many wait; and nothing is asked before a body is whole."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsroom import pool
from newsroom.pool import Pool, Received


def test_no_more_work_at_once_than_there_are_threads_and_each_gets_its_own_answer():
    few, lock, at_work, most = Pool(2), threading.Lock(), [0], [0]

    def work(number):
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        time.sleep(0.005)
        with lock:
            at_work[0] -= 1
        return number * 2

    with ThreadPoolExecutor(16) as askers:
        assert list(askers.map(lambda number: few.run(work, number), range(40))) == [2 * n for n in range(40)]
    assert most == [2]


def test_who_comes_first_is_served_first():
    few, order, begun, go_on = Pool(1), [], threading.Event(), threading.Event()

    def hold():
        begun.set()
        go_on.wait(5)

    threads = [threading.Thread(target=few.run, args=[hold])]
    threads[0].start()
    begun.wait(5)
    for number in range(5):
        threads.append(threading.Thread(target=few.run, args=[order.append, number]))
        threads[-1].start()
        time.sleep(0.02)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert order == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_what_the_work_raises_is_raised_where_it_was_asked_for_and_the_pool_goes_on(error):
    few = Pool(1)

    def fail():
        raise error

    with pytest.raises(error):
        few.run(fail)
    assert few.run(lambda: "well") == "well"


class Seen:
    """A WSGI application that notes what it was asked and reads the body."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, request, start_response):
        self.bodies.append(request["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"well"]


def ask(application, length, source) -> list[str]:
    """The status lines of one POST."""
    lines: list[str] = []
    request = {"REQUEST_METHOD": "POST", "wsgi.input": source} | ({} if length is None else {"CONTENT_LENGTH": length})
    Received(application)(request, lambda line, _headers: lines.append(line))
    return lines


class Trickle(io.RawIOBase):
    """Gives a few bytes at a time, and notes whether the application was asked meanwhile."""

    def __init__(self, body: bytes, seen: Seen) -> None:
        self.rest, self.seen, self.asked_early = body, seen, False

    def read(self, size=-1):
        self.asked_early |= bool(self.seen.bodies)
        piece, self.rest = self.rest[:7], self.rest[7:]
        return piece


@pytest.mark.parametrize("size", [1, 100, pool.IN_MEMORY + 1])
def test_the_application_is_asked_when_the_body_is_whole(size):
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    seen = Seen()
    trickle = Trickle(body, seen)
    assert ask(seen, str(size), trickle) == ["200 OK"]
    assert seen.bodies == [body]
    assert trickle.asked_early is False


def test_a_client_that_goes_away_leaves_what_came():
    seen = Seen()
    assert ask(seen, "900", io.BytesIO(b"name=S")) == ["200 OK"]
    assert seen.bodies == [b"name=S"]


def test_what_follows_the_body_is_not_read():
    seen, source = Seen(), io.BytesIO(b"0123456789")
    ask(seen, "4", source)
    assert (seen.bodies, source.read()) == ([b"0123"], b"456789")


def test_too_large_a_body_is_refused_unread():
    seen, source = Seen(), io.BytesIO(b"0123456789")
    assert ask(seen, str(pool.LARGEST_BODY + 1), source) == ["413 Content Too Large"]
    assert (seen.bodies, source.tell()) == ([], 0)


@pytest.mark.parametrize("length", [None, "", "0", "-1", "many"])
def test_without_a_length_the_request_goes_on_as_it_is(length):
    seen = Seen()
    assert ask(seen, length, io.BytesIO(b"x")) == ["200 OK"]
    assert seen.bodies == [b"x"]
