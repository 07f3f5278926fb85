"""The doctor finds nothing wrong in a sound newsroom, and says what is wrong in each way it can be broken."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings as house
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from comments.models import Comment, GuidelineEdition
from moderation.models import Decision
from newsroom import indexes
from newsroom.management.commands import doctor
from tests import factories
from tests.unfrozen import unfrozen

GUARD = "frozen_comments_comment_update"
LAME_GUARD = {
    "sqlite": [
        f"DROP TRIGGER {GUARD}",
        f"CREATE TRIGGER {GUARD} BEFORE UPDATE ON comments_comment BEGIN SELECT 1; END",
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    ],
}
DROPPED_GUARD = {
    "sqlite": [f"DROP TRIGGER {GUARD}"],
    "postgresql": [f"DROP TRIGGER {GUARD} ON comments_comment"],
}


def run(statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


def examine() -> tuple[int, list[str]]:
    """The doctor's exit code and its lines."""
    output, exit_code = StringIO(), 0
    try:
        call_command("doctor", stdout=output)
    except SystemExit as leaving:
        exit_code = leaving.code
    return exit_code, output.getvalue().splitlines()


def failures() -> list[str]:
    """What fails, without the word FAIL; the exit code must agree."""
    exit_code, lines = examine()
    failed = [line.removeprefix("FAIL  ") for line in lines if line.startswith("FAIL")]
    assert exit_code == bool(failed)
    return failed


@pytest.fixture(autouse=True)
def sound(db, settings, tmp_path, monkeypatch):
    """A newsroom with nothing wrong; the tests' own SQLite lives in memory, so it is given a journal on disk."""
    settings.VAR_DIR = tmp_path
    settings.SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"
    monkeypatch.setattr(doctor, "sqlite_pragmas", lambda: ("persist", 2))


def test_a_sound_newsroom_is_sound(story, moderator):
    factories.make_decided(story, "approved", by=moderator)
    exit_code, lines = examine()
    assert (exit_code, [line for line in lines if line.startswith("FAIL")]) == (0, [])
    assert "ok    the history of 1 decisions is whole" in lines
    assert all(line[:6] in ("ok    ", "note  ") for line in lines)


# Settings -------------------------------------------------------------------------------------------------------------


def test_debug_is_found(settings):
    settings.DEBUG = True
    assert failures() == ["DEBUG is on: errors show the newsroom's insides to everybody"]


@pytest.mark.parametrize("key", ["short", "a" * 80])
def test_a_weak_secret_key_is_found(settings, key):
    settings.SECRET_KEY = key
    assert failures() == ["SECRET_KEY is too easy to guess: at least 50 random characters, please"]


@pytest.mark.parametrize("hosts", [["*"], ["news.example", "*"], []])
def test_a_newsroom_that_answers_to_any_name_is_found(settings, hosts):
    settings.ALLOWED_HOSTS = hosts
    assert failures() == ["ALLOWED_HOSTS must name this newsroom's hosts, not '*'"]


@pytest.mark.parametrize(("https", "verdict"), [(True, "ok"), (False, "note")])
def test_plain_http_is_noted(settings, https, verdict):
    settings.NEWSROOM_HTTPS = https
    assert list(doctor.addresses())[-1].verdict == verdict


# Database -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "journal", "synchronous", "verdicts"),
    [
        ((3, 40, 1), "persist", 2, ["ok", "ok"]),
        ((3, 40, 1), "wal", 2, ["FAIL", "ok"]),
        ((3, 51, 3), "wal", 2, ["ok", "ok"]),
        ((3, 51, 3), "wal", 3, ["ok", "ok"]),
        ((3, 51, 3), "wal", 1, ["ok", "FAIL"]),
        ((3, 40, 1), "delete", 0, ["ok", "FAIL"]),
        ((3, 40, 1), "memory", 2, ["FAIL", "ok"]),
        ((3, 40, 1), "off", 2, ["FAIL", "ok"]),
    ],
)
def test_sqlite_is_judged_by_version_journal_and_synchronous(version, journal, synchronous, verdicts):
    assert [finding.verdict for finding in doctor.sqlite_findings(version, journal, synchronous)] == verdicts


@pytest.mark.only_on("sqlite")
def test_the_pragmas_are_read_from_the_live_connection(tmp_path):
    def manage(*arguments, **environment):
        kept = {"PATH": os.environ["PATH"], "NEWSROOM_VAR_DIR": str(tmp_path), **environment}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=house.BASE_DIR, env=kept, capture_output=True, text=True, timeout=60)

    assert manage("migrate", "--verbosity=0").returncode == 0
    healthy = manage("doctor")
    assert "synchronous=FULL" in healthy.stdout and healthy.returncode == 0, healthy.stdout + healthy.stderr
    broken = manage("doctor", DATABASE_URL=f"sqlite:///{tmp_path}/newsroom.sqlite3?init_command=PRAGMA synchronous=OFF")
    assert "FAIL  synchronous=OFF" in broken.stdout and broken.returncode == 1, broken.stdout + broken.stderr


@pytest.mark.only_on("postgresql")
def test_a_role_that_owns_the_tables_is_noted():
    noted = [finding.words for finding in doctor.postgresql_findings() if finding.verdict == "note"]
    assert len(noted) == 1 and "could remove the guards" in noted[0]


@pytest.mark.only_on("postgresql")
def test_postgresql_that_does_not_wait_for_the_disk_is_found():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert failures() == ["synchronous_commit is off: a crash would lose comments that were received"]


def test_a_lost_index_is_found():
    indexes.drop(Decision, Comment)
    (found,) = failures()
    assert "comment_queue" in found
    assert "manage.py populate" in found


def test_a_migration_that_was_not_applied_is_found():
    MigrationRecorder(connection).migration_qs.filter(app="moderation").latest("pk").delete()
    [failure] = failures()
    assert failure.startswith("1 migrations not applied, first moderation.")


# Promises -------------------------------------------------------------------------------------------------------------


def test_a_missing_guard_is_found_by_name_and_by_attack(story):
    factories.make_comment(story)
    run(DROPPED_GUARD)
    assert failures() == [
        f"guards missing: {GUARD}; run manage.py migrate",
        "rows that must never change can be changed in: comments_comment",
    ]


def test_a_guard_that_lets_everything_pass_is_found_by_attack(story):
    factories.make_comment(story)
    run(LAME_GUARD)
    assert failures() == ["rows that must never change can be changed in: comments_comment"]


def test_a_table_without_a_row_to_attack_is_noted(monkeypatch):
    monkeypatch.setattr(
        doctor.frozen, "probe", lambda _: doctor.frozen.Probe(broken=[], not_probed=["comments_erasure"])
    )
    exit_code, lines = examine()
    assert (exit_code, "note  no row to attack yet in: comments_erasure" in lines) == (0, True)


def test_an_altered_decision_is_found(story, moderator):
    factories.make_decided(story, "approved", by=moderator)
    with unfrozen(connection):
        Decision.objects.update(decided_at=datetime(2020, 1, 1, tzinfo=UTC))
    pk = Decision.objects.get().pk
    assert failures() == [
        f"the history of decisions was tampered with: decision 1 (number {pk}): it was altered: its content does not "
        "have its hash"
    ]


def test_a_newsroom_without_guidelines_is_found():
    with unfrozen(connection):
        GuidelineEdition.objects.update(published_at=None)
    assert failures() == ["no edition of the guidelines is in force: nothing could be rejected"]


def test_a_missing_role_is_found():
    Group.objects.get(name="Moderator").delete()
    assert failures() == ["roles missing or with other permissions than written: Moderator; run manage.py migrate"]


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_role_with_other_permissions_is_found(change):
    codename = {"add": "delete_user", "remove": "publish_article"}[change]
    getattr(Group.objects.get(name="Editor").permissions, change)(Permission.objects.get(codename=codename))
    assert failures() == ["roles missing or with other permissions than written: Editor; run manage.py migrate"]


# Surroundings ---------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_found(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "nowhere"
    [failure] = failures()
    assert failure.startswith("own folder cannot be examined: ")


def test_a_place_for_photos_that_cannot_be_written_is_found(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    [failure] = failures()
    assert failure.startswith("photo storage cannot be examined: ")


def test_nothing_stays_in_the_place_for_photos(settings):
    assert failures() == []
    assert list(settings.MEDIA_ROOT.iterdir()) == []


def test_a_cache_that_forgets_is_found(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert failures() == ["the cache forgets what it is given"]


def test_a_mail_server_that_is_not_there_is_found(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    [failure] = failures()
    assert failure.startswith("mail server cannot be examined: ")


def test_mail_that_goes_to_the_console_is_noted(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert list(doctor.mail_server()) == [doctor.note("mail is not sent but goes to: console; set EMAIL_URL")]
