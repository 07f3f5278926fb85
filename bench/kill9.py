"""Kill the server while readers post, again and again: what it said it had received must be there, once.

    python bench/kill9.py --kills 50 --acknowledged 5000 [--database-url postgres://…/an_empty_database]

Runs the production server on a database of its own (a temporary SQLite file unless told otherwise), posts from
several threads, kills the whole process group with SIGKILL at a random moment and starts it again. A post not
acknowledged is sent again after the restart, byte for byte, as a browser's reload does: it may have been stored
already, and must then not be stored twice. Prints one line of JSON; exit code 1 when anything was lost or doubled.
"""

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP = 60  # seconds a server may take to start
MAKE_STORY = """
from tests.factories import make_story, make_user
from newsroom.roles import Role
print("story", make_story(by=make_user("kill9", Role.EDITOR)).get_absolute_url())
"""
LIST_BODIES = """
import json
from comments.models import Comment
from newsroom import frozen
from django.db import connection
bodies = list(Comment.objects.values_list("body", flat=True))
damage = []
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        damage = [line for (line,) in cursor.fetchall() if line != "ok"]
print(json.dumps({"bodies": bodies, "unguarded": sorted(frozen.missing(connection)), "damage": damage}))
"""


@dataclass
class Tally:
    """What the readers know: bodies acknowledged with a 303, those sent and never answered, and other answers."""

    acknowledged: set[str] = field(default_factory=set)
    unanswered: list[tuple[str, str]] = field(default_factory=list)
    refused: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class House:
    """A newsroom of its own to be killed."""

    def __init__(self, folder: Path, database_url: str):
        self.port = _free_port()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "NEWSROOM_VAR_DIR": str(folder),
            "DATABASE_URL": database_url or f"sqlite:///{folder / 'kill9.sqlite3'}",
            "NEWSROOM_STATIC_ROOT": str(folder / "static"),
            "PYTHONPATH": str(ROOT),
            # A few clients send thousands here: the limits are not what is measured.
            "NEWSROOM_SENDER_COMMENTS": "1000000",
            "NEWSROOM_SENDER_PENDING": "1000000",
            "NEWSROOM_NETWORK_COMMENTS": "1000000",
            "NEWSROOM_NETWORK_PENDING": "1000000",
            "NEWSROOM_STORY_COMMENTS": "1000000",
        }
        self.process: subprocess.Popen | None = None
        self.log = folder / "server.log"

    def manage(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def python(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code)

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"]
        command += ["--port", str(self.port), "--workers", "2", "--blocking-threads", "2"]
        command += ["--backpressure", "512", "--workers-kill-timeout", "10", "--log-level", "error"]
        self.process = subprocess.Popen(
            [*command, "newsroom.wsgi:application"],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
        )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + GIVE_UP
        while time.monotonic() < deadline:
            try:
                if get(self.port, "/healthz").status == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise SystemExit("The server did not start.")

    def kill(self) -> None:
        """SIGKILL to the whole process group: no handler, no flush, no good-bye."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(port: int, path: str):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    connection.close()
    return answer


def send(connection: http.client.HTTPConnection, path: str, form: str, cookie: str) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"sender={cookie}"}
    connection.request("POST", path, form, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def post_until(stop: threading.Event, house: House, form_of, tally: Tally, reader: int) -> None:
    """One reader after another posts until the server dies under them or ``stop`` is set."""
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=10)
    number = 0
    while not stop.is_set():
        number += 1
        body = f"Comment {reader}/{number}/{time.monotonic_ns()}."
        cookie = f"{reader:08x}{number:08x}{random.getrandbits(64):016x}"
        if not attempt(connection, house, form_of(body), cookie, body, tally):
            return


def attempt(connection, house: House, form: tuple[str, str], cookie: str, body: str, tally: Tally) -> bool:
    """Whether the server answered at all."""
    path, fields = form
    try:
        status = send(connection, path, fields, cookie)
    except (OSError, http.client.HTTPException):
        with tally.lock:
            tally.unanswered.append((fields, cookie))
        return False
    with tally.lock:
        if status == 303:
            tally.acknowledged.add(body)
        else:
            tally.refused[status] += 1
    return True


def repeat_unanswered(house: House, path: str, tally: Tally) -> int:
    """Send again, byte for byte, what was never answered. Each must be acknowledged now."""
    waiting, tally.unanswered = tally.unanswered, []
    for fields, cookie in waiting:
        body = re.search(r"comment=([^&]*)", fields).group(1).replace("%2F", "/").replace("+", " ")
        connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
        attempt(connection, house, (path, fields), cookie, body, tally)
        connection.close()
    return len(waiting)


def one_life(house: House, story: str, path: str, tally: Tally, readers: int, seconds: float) -> int:
    """Start, repeat, post, kill. Returns how many unanswered posts were repeated."""
    house.start()
    repeated = repeat_unanswered(house, path, tally)
    stamp = re.search(r'name="stamp" value="([^"]+)"', get(house.port, story).text).group(1)

    def form_of(body: str) -> tuple[str, str]:
        return path, urlencode({"name": "Reader", "comment": body, "stamp": stamp})

    stop = threading.Event()
    threads = [threading.Thread(target=post_until, args=(stop, house, form_of, tally, n)) for n in range(readers)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    house.kill()  # while they post: nobody has stopped
    stop.set()
    for thread in threads:
        thread.join()
    return repeated


def run(kills: int, acknowledged: int, *, folder: Path, database_url: str = "", readers: int = 6) -> dict:
    """Kill the server ``kills`` times, and more until ``acknowledged`` posts were; count what was lost or doubled."""
    house, tally, repeated, killed = House(folder, database_url), Tally(), 0, 0
    house.manage("migrate", "--verbosity", "0")
    house.manage("collectstatic", "--noinput", "--verbosity", "0")
    story = re.search(r"story (\S+)", house.python(MAKE_STORY)).group(1)
    path = re.sub(r"(/stories/\d+/).*", r"\1comments/", story)
    began = time.monotonic()
    try:
        while killed < kills or len(tally.acknowledged) < acknowledged:
            repeated += one_life(house, story, path, tally, readers, random.uniform(0.4, 1.6))
            killed += 1
        house.start()
        repeated += repeat_unanswered(house, path, tally)
    finally:
        house.kill()
    stored = json.loads(house.python(LIST_BODIES).splitlines()[-1])
    counted = Counter(stored["bodies"])
    return {
        "kills": killed,
        "acknowledged": len(tally.acknowledged),
        "repeated after a kill": repeated,
        "stored": len(stored["bodies"]),
        "lost": len(tally.acknowledged - set(counted)),
        "doubled": sum(1 for count in counted.values() if count > 1),
        "stored and never acknowledged": len(set(counted) - tally.acknowledged),
        "never answered": len(tally.unanswered),
        "refused": dict(tally.refused),
        "triggers missing": stored["unguarded"],
        "damage": stored["damage"],
        "seconds": round(time.monotonic() - began),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--acknowledged", type=int, default=5000)
    parser.add_argument("--database-url", default="", help="an empty database; a temporary SQLite file by default")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(chosen.kills, chosen.acknowledged, folder=Path(folder), database_url=chosen.database_url)
    sys.stdout.write(json.dumps(found) + "\n")
    raise SystemExit(bool(found["lost"] or found["doubled"] or found["never answered"] or found["damage"]))


if __name__ == "__main__":
    main()
