"""`make run`: from whatever is there to a newsroom that answers, in one process that looks after the servers."""

import hashlib
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from articles.models import Article
from newsroom import frozen, pages

READY_WITHIN = 60  # seconds; a cold and busy machine needs a few
KILL_AFTER = 12  # seconds; the web server itself kills a worker that will not stop after 10


class Command(BaseCommand):
    help = "Prepare database, styles and demo content, then serve until told to stop (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="do not fill an empty newsroom with demo stories")

    def handle(self, *, host: str, port: int, no_demo: bool, **options) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while preparing ends it without a page of Python
        os.umask(0o077)  # what the newsroom writes, database and secrets among it, is its owner's alone
        refuse_taken_port(host, port)
        for folder in folders():
            refuse_read_only(folder)
        self.prepare_database()
        self.collect_static_files()
        if not no_demo:
            self.build_demo()
        refuse_broken_promises()
        pages.configured_store().clear()
        connection.close()
        with ProcessGroup() as group:
            group.start(web_server(host, port))
            group.start([sys.executable, str(settings.BASE_DIR / "manage.py"), "work"])
            group.wait_until(lambda: answers(host, port), READY_WITHIN)
            if not group.told_to_stop:
                self.say(*welcome(host, port))
            exit_code = group.watch()
        if exit_code:
            raise CommandError("A server process ended by itself; the others were stopped.", returncode=exit_code)

    def prepare_database(self) -> None:
        try:
            if pending := pending_migrations():
                self.say(f"Preparing the database ({pending} migrations) ...")
            call_command("migrate", verbosity=0, interactive=False)
        except Error as error:
            raise CommandError(f"The database cannot be used: {error}") from error

    def collect_static_files(self) -> None:
        """Collect styles and pictures, unless none has changed since the last time."""
        stamp, state = settings.VAR_DIR / "static-stamp", static_state()
        collected = (settings.STATIC_ROOT / "staticfiles.json").exists()
        if collected and stamp.exists() and stamp.read_text() == state:
            return
        self.say("Collecting styles and pictures ...")
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(state)

    def build_demo(self) -> None:
        """Fill an empty newsroom, or go on where the last time was interrupted."""
        unfinished = settings.VAR_DIR / "demo-unfinished"
        if Article.objects.exists() and not unfinished.exists():
            return
        self.say("Building the demo newsroom ...")
        unfinished.touch()
        call_command("demo", stdout=self.stdout)
        unfinished.unlink()

    def say(self, *lines: str) -> None:
        for line in lines:
            self.stdout.write(line)
        self.stdout.flush()


# What must be right before anything is served -------------------------------------------------------------------------


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CommandError with advice when nothing can listen at ``host`` and ``port``."""
    if not 0 < port < 65_536:
        raise CommandError(f"There is no port {port}. Choose one from 1024 to 65535: PORT=8000 make run")
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
            listener.bind(address)
    except OSError as error:
        other = port + 1 if 1024 <= port < 65_535 else 8001
        raise CommandError(
            f"Port {port} on {host} cannot be used: {error.strerror}. For another port: PORT={other} make run"
        ) from error


def folders() -> Iterator[Path]:
    """The folders that the newsroom writes to."""
    yield from (settings.VAR_DIR, settings.STATIC_ROOT, settings.MEDIA_ROOT)
    yield from (settings.NEWSROOM_ORIGINALS_ROOT, settings.NEWSROOM_PAGES_DIR)
    if connection.vendor == "sqlite" and not connection.is_in_memory_db():
        yield Path(connection.settings_dict["NAME"]).parent


def refuse_read_only(folder: Path) -> None:
    """Raise CommandError when ``folder`` cannot be made or written; missing folders are made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CommandError(
            f"The folder {folder} cannot be written: {error.strerror}. Make it writable for this user, "
            "or choose another one with NEWSROOM_VAR_DIR or DATABASE_URL."
        ) from error


def pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_state() -> str:
    """A digest that changes when a source of the static files does: their paths, sizes and times."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            source = Path(storage.path(path))
            status = source.stat()
            digest.update(f"{source} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def refuse_broken_promises() -> None:
    """Raise CommandError when a frozen table could be altered: never serve comments that somebody could edit."""
    broken = sorted(frozen.missing(connection)) or sorted(frozen.probe(connection).broken)
    if broken:
        raise CommandError(
            f"The database does not protect what must never change: {', '.join(broken)}. Not serving. "
            "Run manage.py migrate, then manage.py doctor."
        )


# The servers ----------------------------------------------------------------------------------------------------------


def web_server(host: str, port: int) -> list[str]:
    """The command of the web server. It may ignore SIGTERM now and then, hence the kill timeout.

    ``--backpressure`` counts open connections, idle ones too: a browser keeps some for half a minute. Where all are
    taken, the next reader waits. So many leave room below the 1,024 open files that a process is usually allowed.
    ``--blocking-threads`` are those that a request holds while it comes in (``newsroom/pool.py``).
    """
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "newsroom.wsgi:application"),
        *("--host", host, "--port", str(port), "--no-ws"),
        *("--log-level", "warning", "--log-config", str(settings.BASE_DIR / "newsroom" / "server_log.json")),
        *("--workers", "2", "--blocking-threads", "64", "--backpressure", "512"),
        *("--workers-kill-timeout", "10", "--respawn-failed-workers"),
    ]


class ProcessGroup:
    """Child processes that live and die together.

    Their group leader is a small shell that waits for the end of a pipe which only this process holds: when this
    process dies, even by SIGKILL, the shell ends the group, so nobody goes on listening on the port.
    """

    KEEPER = ("/bin/sh", "-c", 'trap "" INT TERM HUP; read -r _; kill -KILL 0')

    def __init__(self, *, kill_after: float = KILL_AFTER) -> None:
        self.children: list[subprocess.Popen] = []
        self.told_to_stop = False
        self.kill_after = kill_after

    def __enter__(self) -> "ProcessGroup":
        self._wake, signalled = socket.socketpair()
        for end in (self._wake, signalled):
            end.setblocking(False)
        self._signalled = signalled  # kept: Python writes each signal's number to it
        signal.set_wakeup_fd(signalled.fileno(), warn_on_full_buffer=False)
        caught = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
        self._previous = {number: signal.signal(number, lambda *_: None) for number in caught}
        self.keeper = subprocess.Popen(self.KEEPER, stdin=subprocess.PIPE, process_group=0)
        return self

    def __exit__(self, *_exc) -> None:
        self.stop()
        signal.set_wakeup_fd(-1)
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._wake.close()
        self._signalled.close()

    def start(self, command: Sequence[str]) -> None:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=self.keeper.pid)
        self.children.append(child)

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait until ``is_ready()``, a child's end or a call to stop. Raises CommandError after ``seconds``."""
        deadline = time.monotonic() + seconds
        while not (self.told_to_stop or self._ended() or is_ready()):
            if time.monotonic() > deadline:
                raise CommandError(f"The server did not answer within {seconds:.0f} seconds.")
            self._sleep(0.05)

    def watch(self) -> int:
        """Wait until told to stop (returns 0) or a child ends by itself (returns its exit code, at least 1)."""
        while not self.told_to_stop and not self._ended():
            self._sleep(None)
        return 0 if self.told_to_stop else max(1, *(child.returncode for child in self._ended()))

    def stop(self) -> None:
        """Ask every child to stop; kill what is left after a while, or at once when told a second time."""
        for child in self.children:
            child.terminate()
        deadline, self.told_to_stop = time.monotonic() + self.kill_after, False
        while len(self._ended()) < len(self.children) and not self.told_to_stop and time.monotonic() < deadline:
            self._sleep(deadline - time.monotonic())
        os.killpg(self.keeper.pid, signal.SIGKILL)  # the keeper too, and what the children left behind
        for process in (*self.children, self.keeper):
            process.wait()
        self.keeper.stdin.close()

    def _ended(self) -> list[subprocess.Popen]:
        return [child for child in self.children if child.poll() is not None]

    def _sleep(self, seconds: float | None) -> None:
        """Wait for a signal, at most so long."""
        if select.select([self._wake], [], [], seconds and max(0, seconds))[0]:
            received = set(self._wake.recv(1024))
            self.told_to_stop |= bool(received & {signal.SIGTERM, signal.SIGINT})


def answers(host: str, port: int) -> bool:
    """Whether ``/healthz`` answers 200 (or, where plain HTTP is not served, sends on to HTTPS)."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    known = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"] or ["localhost"]
    request = http.client.HTTPConnection(here, port, timeout=2)
    try:
        request.request("GET", "/healthz", headers={"Host": known[0]})
        status = request.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        request.close()
    return status == 200 or (settings.SECURE_SSL_REDIRECT and status == 301)


def welcome(host: str, port: int) -> Iterator[str]:
    """The line that says it serves, and where to go from there. No password is printed here."""
    yield f"Ready: http://{f'[{host}]' if ':' in host else host}:{port}/"
    yield "  Journalists sign in at /admin/, moderators at /desk/. Ctrl-C stops the newsroom."
    kept = settings.VAR_DIR / "demo-password"
    if settings.NEWSROOM_DEMO_PASSWORD or kept.exists():
        where = "the one in NEWSROOM_DEMO_PASSWORD" if settings.NEWSROOM_DEMO_PASSWORD else f"in {kept}"
        yield f"  Demo accounts: reporter, editor, moderator, moderator2, lead, admin; their password is {where}."
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        yield f"  It answers under these names only: {', '.join(settings.ALLOWED_HOSTS)} (ALLOWED_HOSTS)."
    if settings.DEBUG:
        yield "  DEBUG is on: errors show the newsroom's insides to everybody. Never do this on a public address."
