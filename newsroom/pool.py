"""The few threads that do the newsroom's work, while the web server's many only wait.

The web server gives each request a thread from its first byte to the answer. Were those threads few, two forms that
trickle in over a bad line would keep everybody else out; were they many and all at work, stored pages would wait behind
them for the interpreter. So the server has many, a body is received before anything looks at it, stored pages are sent
right there, and what asks the database is done by a few threads of our own, first come first served.
"""

import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

LARGEST_BODY = 64 * 1024 * 1024  # bytes; the largest photo and its form are far below
IN_MEMORY = 256 * 1024  # bytes of a body that are kept in memory; a longer one lies in a file meanwhile
_PIECE = 64 * 1024

T = TypeVar("T")


class Pool:
    """``threads`` threads that do what they are given, in the order it came."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="newsroom")

    def run(self, call: Callable[..., T], *arguments) -> T:
        """What ``call(*arguments)`` returns or raises, once one of the threads has done it."""
        return self._threads.submit(call, *arguments).result()


def at_once(call: Callable[..., T], *arguments) -> T:
    """Like ``Pool.run`` in the thread that asks."""
    return call(*arguments)


class Received:
    """The WSGI application ``application``, which is asked when the whole body of a request is here."""

    def __init__(self, application: Callable) -> None:
        self.application = application

    def __call__(self, request: dict, start_response: Callable) -> Iterable[bytes]:
        length = request.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) == 0:
            return self.application(request, start_response)
        if int(length) > LARGEST_BODY:
            return _too_large(start_response)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            _receive(request["wsgi.input"], body, int(length))
            return self.application(request | {"wsgi.input": body}, start_response)


def _receive(source, body, length: int) -> None:
    """Copy ``length`` bytes, or fewer when the client goes away before that."""
    while length and (piece := source.read(min(length, _PIECE))):
        body.write(piece)
        length -= len(piece)
    body.seek(0)


def _too_large(start_response: Callable) -> Iterable[bytes]:
    text = f"This is larger than {LARGEST_BODY // 1024 // 1024} MB, more than the newsroom takes at once.\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text)))]
    start_response("413 Content Too Large", [*headers, ("Cache-Control", "no-store"), ("Connection", "close")])
    return [text]
