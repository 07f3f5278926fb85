"""`make run`: says clearly why it cannot serve, and leaves nothing running when it stops."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.conf import settings as house
from django.core.management.base import CommandError

from newsroom.management.commands import serve
from tests import factories
from tests.newsroom.test_doctor import DROPPED_GUARD, GUARD, LAME_GUARD, run

DEAF = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)"]
SLEEPER = ["sleep", "300"]
# Prints its child's pid, then waits for ever.
HOLDER = """
from newsroom.management.commands.serve import ProcessGroup
with ProcessGroup() as group:
    group.start(["sleep", "300"])
    print(group.children[0].pid, flush=True)
    group.watch()
"""


@pytest.fixture
def taken_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def environment(var: Path, **more: str) -> dict[str, str]:
    """Nothing of this machine's settings, so that the newsroom runs on SQLite in ``var``."""
    return {"PATH": os.environ["PATH"], "NEWSROOM_VAR_DIR": str(var), **more}


def serve_in(var: Path, port: int, *options: str, **more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), *options],
        cwd=house.BASE_DIR,
        env=environment(var, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not collected by its parent does not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [deeper for child in children for deeper in descendants(child)]


def gone(pids: list[int], within: float) -> bool:
    deadline = time.monotonic() + within
    while any(is_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(is_running(pid) for pid in pids)


# What it refuses ------------------------------------------------------------------------------------------------------


def test_a_taken_port_is_refused_in_words(taken_port):
    with pytest.raises(CommandError) as refusal:
        serve.refuse_taken_port("127.0.0.1", taken_port)
    words = f"Port {taken_port} on 127.0.0.1 cannot be used: Address already in use. For another port: PORT="
    assert str(refusal.value).startswith(words)


def test_a_port_is_taken_whatever_the_address(taken_port):
    with pytest.raises(CommandError, match="already in use"):
        serve.refuse_taken_port("0.0.0.0", taken_port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused_in_words(host, free_port):
    with pytest.raises(CommandError, match=f"Port {free_port} on {host} cannot be used: "):
        serve.refuse_taken_port(host, free_port)


@pytest.mark.parametrize("port", [-1, 0, 70_000])
def test_a_port_that_is_none_is_refused_in_words(port):
    with pytest.raises(CommandError, match=f"There is no port {port}. Choose one"):
        serve.refuse_taken_port("127.0.0.1", port)


def test_a_free_port_is_not_refused(free_port):
    serve.refuse_taken_port("127.0.0.1", free_port)


def test_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=f"^The folder {tmp_path}/file/var cannot be written: Not a directory. "):
        serve.refuse_read_only(tmp_path / "file" / "var")


def test_a_folder_that_can_be_written_is_left_as_it_was(tmp_path):
    serve.refuse_read_only(tmp_path / "var")
    assert list((tmp_path / "var").iterdir()) == []


@pytest.mark.django_db
def test_a_sound_database_is_not_refused(story):
    factories.make_comment(story)
    serve.refuse_broken_promises()


@pytest.mark.django_db
@pytest.mark.parametrize(("harm", "named"), [(DROPPED_GUARD, GUARD), (LAME_GUARD, "comments_comment")])
def test_a_database_whose_guards_do_not_hold_is_refused(story, harm, named):
    factories.make_comment(story)
    run(harm)
    with pytest.raises(CommandError, match=f"what must never change: {named}. Not serving"):
        serve.refuse_broken_promises()


# Several processes as one ---------------------------------------------------------------------------------------------


def test_a_child_that_ignores_sigterm_is_killed():
    with serve.ProcessGroup(kill_after=0.5) as group:
        group.start(DEAF)
        group.start(SLEEPER)
        time.sleep(0.5)  # until the first is deaf
        pids = [child.pid for child in group.children]
        began = time.monotonic()
    assert 0.4 < time.monotonic() - began < 5
    assert gone(pids, within=0)


def test_a_child_that_ends_ends_the_others():
    with serve.ProcessGroup() as group:
        group.start(SLEEPER)
        group.start(["sh", "-c", "exit 7"])
        assert group.watch() == 7
        pids = [child.pid for child in group.children]
    assert gone(pids, within=0)


@pytest.mark.parametrize("end", ["exit 0", "kill -9 $$"])
def test_a_child_that_ends_well_or_by_a_signal_is_a_failure_too(end):
    with serve.ProcessGroup() as group:
        group.start(["sh", "-c", end])
        assert group.watch() == 1


def test_what_a_child_left_behind_is_killed(tmp_path):
    with serve.ProcessGroup() as group:
        group.start(["sh", "-c", f"sleep 300 & echo $! > {tmp_path}/pid; exit 3"])
        assert group.watch() == 3
    assert gone([int((tmp_path / "pid").read_text())], within=2)


def test_a_server_that_never_answers_is_given_up():
    with pytest.raises(CommandError, match="did not answer within 0 seconds"), serve.ProcessGroup() as group:
        group.start(SLEEPER)
        group.wait_until(lambda: False, 0.2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_child_outlives_the_process_that_started_it(number, tmp_path):
    code = f"import django; django.setup(); {HOLDER}".replace("; \n", "\n")
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=house.BASE_DIR,
        env=environment(tmp_path, DJANGO_SETTINGS_MODULE="newsroom.settings"),
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(holder.stdout.readline())
    assert is_running(child)
    holder.send_signal(number)
    holder.communicate(timeout=15)
    assert gone([child], within=5)
    assert holder.returncode == (-number if number == signal.SIGKILL else 0)


# The real thing -------------------------------------------------------------------------------------------------------

on_sqlite = pytest.mark.only_on("sqlite")  # what these servers use, whatever the tests run on


@pytest.mark.server
@on_sqlite
def test_a_taken_port_ends_it_with_1_before_anything_is_touched(tmp_path, taken_port):
    server = serve_in(tmp_path, taken_port)
    output, errors = server.communicate(timeout=30)
    assert (server.returncode, output) == (1, "")
    assert f"Port {taken_port} on 127.0.0.1 cannot be used" in errors and "PORT=" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "newsroom.sqlite3").exists()


@pytest.mark.server
@on_sqlite
def test_a_read_only_folder_ends_it_with_1(tmp_path, free_port):
    (tmp_path / "file").touch()
    server = serve_in(tmp_path / "file" / "var", free_port, SECRET_KEY="for-this-test")
    _, errors = server.communicate(timeout=30)
    assert server.returncode == 1
    assert f"The folder {tmp_path}/file/var cannot be written" in errors and "Traceback" not in errors


@pytest.mark.server
@on_sqlite
def test_it_serves_stops_and_serves_again(tmp_path, free_port):
    first = start_and_stop(tmp_path, free_port)
    assert "Preparing the database" in first and "Building the demo newsroom" in first
    second = start_and_stop(tmp_path, free_port)
    assert f"Ready: http://127.0.0.1:{free_port}/\n" in second
    assert "Preparing" not in second and "Building" not in second  # nothing was left to prepare
    password = (tmp_path / "demo-password").read_text().strip()
    assert (first.count(password), second.count(password)) == (1, 0)
    assert (tmp_path / "newsroom.sqlite3").stat().st_mode & 0o077 == 0


def start_and_stop(var: Path, port: int) -> str:
    """Start a server, look at it, stop it by SIGTERM; returns what it printed."""
    server, printed = serve_in(var, port), ""
    try:
        while "Ready: " not in printed:
            line = server.stdout.readline()
            assert line, server.stderr.read()
            printed += line
        pids = descendants(server.pid)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.read() == b"ok\n"
        server.terminate()
        rest, _ = server.communicate(timeout=15)
    finally:
        server.kill()
    assert (server.returncode, len(pids) >= 4, gone(pids, within=0)) == (0, True, True)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    return printed + rest


@pytest.mark.server
@on_sqlite
def wait_for(port: int) -> None:
    for _try in range(150):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    pytest.fail("the web server did not start")


def answers(connection: socket.socket, port: int) -> bool:
    connection.settimeout(5)
    connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    with suppress(TimeoutError):
        return connection.recv(12).startswith(b"HTTP/1.1 200")
    return False


@pytest.mark.server
@on_sqlite
@pytest.mark.parametrize(("most", "is_enough"), [(None, True), ("32", False)])
def test_readers_who_keep_their_connections_keep_nobody_out(free_port, most, is_enough):
    """Two hundred browsers that have read a page and hold on to the connection; 32 a worker were too few for them."""
    command = serve.web_server("127.0.0.1", free_port)
    if most:
        command[command.index("--backpressure") + 1] = most
    server = subprocess.Popen(command, cwd=house.BASE_DIR, env=os.environ | {"ALLOWED_HOSTS": "127.0.0.1"})
    kept = []
    try:
        wait_for(free_port)
        for _reader in range(200):
            kept.append(socket.create_connection(("127.0.0.1", free_port)))
            if not answers(kept[-1], free_port):
                break
        assert (len(kept) == 200) is is_enough
    finally:
        for connection in kept:
            connection.close()
        server.terminate()
        server.wait(timeout=15)


def trickle(port: int) -> socket.socket:
    """A form that says how long it is and then comes to a halt."""
    sender = socket.create_connection(("127.0.0.1", port))
    head = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900"
    sender.sendall(f"POST /en/stories/1/comments/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\nname=S".encode())
    return sender


@pytest.mark.server
@on_sqlite
@pytest.mark.parametrize(("threads", "all_answered"), [(None, True), ("2", False)])
def test_forms_that_trickle_in_keep_nobody_out(free_port, threads, all_answered):
    """Forty senders on a bad line, or with bad intentions; the server's two threads of before were all theirs."""
    command = serve.web_server("127.0.0.1", free_port)
    command[command.index("--workers") + 1] = "1"  # of two, one might have all the senders
    if threads:
        command[command.index("--blocking-threads") + 1] = threads
    server = subprocess.Popen(
        command, cwd=house.BASE_DIR, env=os.environ | {"ALLOWED_HOSTS": "127.0.0.1"}, stdout=subprocess.PIPE, text=True
    )
    held = []
    try:
        wait_for(free_port)
        held = [trickle(free_port) for _sender in range(40)]
        time.sleep(1)
        found = True
        for _reader in range(12):
            with socket.create_connection(("127.0.0.1", free_port)) as reader:
                found = found and answers(reader, free_port)
        assert found is all_answered
    finally:
        for sender in held:
            sender.close()
        server.terminate()
        printed, _errors = server.communicate(timeout=15)
    assert "allows spawning" not in printed  # granian warns of many threads, and these are meant


def test_a_web_server_that_dies_ends_it_with_an_error(tmp_path, free_port):
    server = serve_in(tmp_path, free_port, "--no-demo")
    while "Ready: " not in server.stdout.readline():
        assert server.poll() is None, server.stderr.read()
    pids = descendants(server.pid)
    web_server = next(pid for pid in pids if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(web_server, signal.SIGKILL)
    _, errors = server.communicate(timeout=15)
    assert (server.returncode, gone(pids, within=0)) == (1, True)
    assert "A server process ended by itself" in errors
