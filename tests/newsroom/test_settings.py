"""Settings are safe when nothing is set, and a secret made on the spot is one secret."""

import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from newsroom.sqlite.newest import is_wal_safe

# A developer's own .env must not decide what these tests see.
PREPARE = "import environ; environ.Env.read_env = lambda *_: None; from newsroom import settings as s; "


def python(code: str, var, **environment: str) -> subprocess.Popen:
    """A process with ``newsroom.settings`` as ``s``, and nothing in its environment but what is given."""
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE + code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "NEWSROOM_VAR_DIR": str(var), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(expression: str, var, **environment: str) -> str:
    output, _ = python(f"print({expression})", var, **environment).communicate(timeout=30)
    return output.strip()


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 7), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_where_its_corruption_race_is_fixed(version, is_safe):
    assert is_wal_safe(version) is is_safe


def test_nothing_set_is_safe(tmp_path):
    seen = answer(
        "(s.DEBUG, len(s.SECRET_KEY) >= 50, '*' in s.ALLOWED_HOSTS, s.DATABASES['default']['ENGINE'])", tmp_path
    )
    assert seen == "(False, True, False, 'newsroom.sqlite')"


@pytest.mark.parametrize(("environment", "seconds"), [({}, "60"), ({"CONN_MAX_AGE": "0"}, "0")])
@pytest.mark.parametrize("database", [{}, {"DATABASE_URL": "postgres://one@localhost/other"}])
def test_a_thread_keeps_its_connection_for_a_while(tmp_path, database, environment, seconds):
    assert answer("s.DATABASES['default']['CONN_MAX_AGE']", tmp_path, **database, **environment) == seconds


def test_debug_is_on_when_asked_for(tmp_path):
    assert answer("s.DEBUG", tmp_path, DEBUG="on") == "True"


def test_a_received_comment_is_synced_to_disk(tmp_path):
    assert answer("'synchronous=FULL' in s.DATABASES['default']['OPTIONS']['init_command']", tmp_path) == "True"


def test_a_kept_secret_stays(tmp_path):
    first = answer("s.SECRET_KEY", tmp_path)
    assert answer("s.SECRET_KEY", tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_two_processes_that_race_for_a_secret_get_one(tmp_path):
    code = "import sys; [print(s.kept_secret(line.strip()), flush=True) for line in sys.stdin]"
    racers = [python(code, tmp_path, SECRET_KEY="unused") for _ in range(2)]
    for number in range(100):
        for racer in racers:
            racer.stdin.write(f"secret-{number}\n")
            racer.stdin.flush()
        first, second = (racer.stdout.readline() for racer in racers)
        assert first == second and len(first.strip()) >= 50
    for racer in racers:
        racer.communicate(timeout=30)
    kept = list(tmp_path.glob("secret-*"))
    assert len(kept) == 100  # and no drafts
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("mmap_size", 0),  # mapped files lost commits when two server processes were killed: bench/kill9.py
        ("secure_delete", 1),
        ("synchronous", 2),
    ],
)
def test_sqlite_loses_nothing_and_keeps_nothing_erased(db, pragma, value):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)


@pytest.mark.parametrize(("written", "read"), [("0", "0.0"), ("2.5", "2.5"), ("101", ""), ("-1", "")])
def test_a_share_of_a_hundred_is_one_or_the_settings_say_so(tmp_path, written, read):
    assert answer("s.NEWSROOM_SECOND_LOOK_PERCENT", tmp_path, NEWSROOM_SECOND_LOOK_PERCENT=written) == read
