"""`manage.py doctor`: whether this installation keeps the newsroom's promises, in plain words, one line each."""

import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from comments.models import Comment, GuidelineEdition
from moderation import checkpoints, ledger
from newsroom import frozen, indexes, mail, roles
from newsroom.sqlite.newest import is_wal_safe
from newsroom.views import RedisError

SECRET_LENGTH, SECRET_LETTERS = 50, 5  # as Django's own check asks
SAFE_JOURNALS = ("delete", "truncate", "persist")
SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
MAIL_TIMEOUT = 10  # seconds


class Finding(NamedTuple):
    """One line of the examination. ``verdict``: ok, FAIL, or note for what is worth knowing and breaks no promise."""

    verdict: str
    words: str


def ok(words: str) -> Finding:
    return Finding("ok", words)


def fail(words: str) -> Finding:
    return Finding("FAIL", words)


def note(words: str) -> Finding:
    return Finding("note", words)


Check = Callable[[], Iterator[Finding]]


class Command(BaseCommand):
    help = "Say whether this installation keeps its promises; exit code 1 if it does not."
    requires_system_checks = []  # whatever is wrong, the doctor gets to say it

    def handle(self, **options) -> None:
        findings = []
        for finding in examine():
            findings.append(finding)
            self.stdout.write(f"{finding.verdict:4}  {finding.words}")
        if any(finding.verdict == "FAIL" for finding in findings):
            raise SystemExit(1)


def examine() -> Iterator[Finding]:
    """Everything the checks find, in their order. A check that cannot even be made has failed."""
    for check in CHECKS:
        try:
            yield from check()
        except (Error, OSError, RedisError) as error:
            yield fail(f"{check.__name__.replace('_', ' ')} cannot be examined: {error}")


# Settings -------------------------------------------------------------------------------------------------------------


def debug() -> Iterator[Finding]:
    """Debugging."""
    if settings.DEBUG:
        yield fail("DEBUG is on: errors show the newsroom's insides to everybody")
    else:
        yield ok("DEBUG is off")


def secret_key() -> Iterator[Finding]:
    """The secret key."""
    key = settings.SECRET_KEY
    if len(key) < SECRET_LENGTH or len(set(key)) < SECRET_LETTERS:
        yield fail(f"SECRET_KEY is too easy to guess: at least {SECRET_LENGTH} random characters, please")
    else:
        yield ok(f"SECRET_KEY has {len(key)} characters")


def addresses() -> Iterator[Finding]:
    """The newsroom's names."""
    if "*" in settings.ALLOWED_HOSTS or not settings.ALLOWED_HOSTS:
        yield fail("ALLOWED_HOSTS must name this newsroom's hosts, not '*'")
    else:
        yield ok(f"answers as {', '.join(settings.ALLOWED_HOSTS)}")
    if settings.NEWSROOM_HTTPS:
        yield ok("cookies travel over HTTPS only")
    else:
        yield note("NEWSROOM_HTTPS is off: right on this machine alone, wrong on the internet")


# Database -------------------------------------------------------------------------------------------------------------


def database() -> Iterator[Finding]:
    """The database."""
    if connection.vendor == "sqlite":
        yield from sqlite_findings(sqlite3.sqlite_version_info, *sqlite_pragmas())
    else:
        yield from postgresql_findings()


def sqlite_pragmas() -> tuple[str, int]:
    """Journal mode and ``synchronous`` of the live connection."""
    with connection.cursor() as cursor:
        values = []
        for name in ("journal_mode", "synchronous"):
            cursor.execute(f"PRAGMA {name}")
            values.append(cursor.fetchone()[0])
    return values[0], values[1]


def sqlite_findings(version: tuple[int, ...], journal: str, synchronous: int) -> Iterator[Finding]:
    dotted, level = ".".join(map(str, version)), SYNCHRONOUS[synchronous]
    if journal == "wal" and not is_wal_safe(version):
        yield fail(
            f"SQLite {dotted} in WAL mode can corrupt the database: it needs a rollback journal or a newer SQLite"
        )
    elif journal not in (*SAFE_JOURNALS, "wal"):
        yield fail(f"SQLite keeps its journal in mode {journal!r}: a crash would corrupt the database")
    else:
        yield ok(f"SQLite {dotted} with journal mode {journal}")
    if level in ("FULL", "EXTRA"):
        yield ok(f"a comment that was received is on disk (synchronous={level})")
    else:
        yield fail(f"synchronous={level}: a power failure would lose comments that were received; it must be FULL")


def postgresql_findings() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('synchronous_commit')")
        version, synchronous = cursor.fetchone()
        cursor.execute(
            "SELECT current_user, rolsuper, EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema()"
            " AND tablename = %s AND pg_has_role(tableowner, 'USAGE')) FROM pg_roles WHERE rolname = current_user",
            [Comment._meta.db_table],
        )
        role, is_superuser, owns_tables = cursor.fetchone()
    yield ok(f"PostgreSQL {version}")
    if synchronous == "off":
        yield fail("synchronous_commit is off: a crash would lose comments that were received")
    else:
        yield ok(f"a comment that was received is on disk (synchronous_commit={synchronous})")
    if is_superuser or owns_tables:
        what = "is a superuser" if is_superuser else "owns the tables"
        yield note(f"the role {role} {what} and could remove the guards: serve with a role that only uses the tables")
    else:
        yield ok(f"the role {role} cannot remove the guards")


def migrations() -> Iterator[Finding]:
    """The database's shape."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        first, _backwards = pending[0]
        yield fail(f"{len(pending)} migrations not applied, first {first}; run manage.py migrate")
    else:
        yield ok("every migration is applied")


def named_indexes() -> Iterator[Finding]:
    """The database's indexes."""
    missing = [index.name for _model, index in indexes.missing(*apps.get_models())]
    if missing:
        yield fail(
            f"indexes missing, pages will be slow: {', '.join(missing)}; run manage.py populate, which adds no rows"
        )
    else:
        yield ok("every index is there")


# Promises -------------------------------------------------------------------------------------------------------------


def triggers_by_name() -> Iterator[Finding]:
    """The guards of what must never change."""
    expected, missing = frozen.expected_names(connection), sorted(frozen.missing(connection))
    if missing or not expected:
        yield fail(f"guards missing: {', '.join(missing) or 'all'}; run manage.py migrate")
    else:
        yield ok(f"all {len(expected)} guards are there")


def triggers_by_probe() -> Iterator[Finding]:
    """The guards under attack."""
    probe = frozen.probe(connection)
    if probe.broken:
        yield fail(f"rows that must never change can be changed in: {', '.join(sorted(probe.broken))}")
    else:
        yield ok("the guards stopped every attack on a frozen row")
    if probe.not_probed:
        yield note(f"no row to attack yet in: {', '.join(sorted(probe.not_probed))}")


def history() -> Iterator[Finding]:
    """The chain of decisions, and the checkpoints of it."""
    report = ledger.verify(checkpoints.known())
    if report.broken:
        yield fail(f"the history of decisions was tampered with: {report.broken}")
        return
    yield ok(f"the history of {report.decisions} decisions is whole")
    loose = report.decisions - (report.anchor.decisions if report.anchor else 0)
    if loose:
        yield note(f"{loose} of them are not anchored: no checkpoint reaches them yet")


def guidelines() -> Iterator[Finding]:
    """The guidelines."""
    edition = GuidelineEdition.objects.published().order_by("-number").first()
    if edition is None:
        yield fail("no edition of the guidelines is in force: nothing could be rejected")
    else:
        yield ok(f"edition {edition.number} of the guidelines is in force")


def groups() -> Iterator[Finding]:
    """The roles."""
    wrong = [role.value for role, wanted in roles.PERMISSIONS.items() if permissions_of(role) != set(wanted)]
    if wrong:
        yield fail(f"roles missing or with other permissions than written: {', '.join(wrong)}; run manage.py migrate")
    else:
        yield ok(f"the {len(roles.PERMISSIONS)} roles have their permissions and no others")


def permissions_of(role: roles.Role) -> set[str] | None:
    """The permissions of a role's group as ``app.codename``; None when there is no such group."""
    if not Group.objects.filter(name=role.value).exists():
        return None
    granted = Permission.objects.filter(group__name=role.value).select_related("content_type")
    return {f"{permission.content_type.app_label}.{permission.codename}" for permission in granted}


# Surroundings ---------------------------------------------------------------------------------------------------------


def own_folder() -> Iterator[Finding]:
    """The folder for secrets and stamps."""
    with tempfile.TemporaryFile(dir=settings.VAR_DIR):
        yield ok(f"{settings.VAR_DIR} can be written")


def photo_storage() -> Iterator[Finding]:
    """The place for photos."""
    written = secrets.token_bytes(16)
    name = default_storage.save(f"doctor-{secrets.token_hex(8)}", ContentFile(written))
    try:
        with default_storage.open(name) as file:
            read = file.read()
    finally:
        default_storage.delete(name)
    yield ok("photos can be stored") if read == written else fail("a stored file came back altered")


def cache_round_trip() -> Iterator[Finding]:
    """The cache."""
    written = secrets.token_hex(8)
    cache.set("doctor", written, 60)
    if cache.get("doctor") == written:
        yield ok("the cache keeps what it is given")
    else:
        yield fail("the cache forgets what it is given")


def mail_server() -> Iterator[Finding]:
    """The mail server."""
    backend = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
    if backend != "smtp":
        yield note(f"mail is not sent but goes to: {backend}; set EMAIL_URL")
        return
    server = mail.server(timeout=MAIL_TIMEOUT)
    server.open()
    server.close()
    yield ok(f"the mail server {settings.EMAIL_HOST} takes our calls")


CHECKS: list[Check] = [
    debug,
    secret_key,
    addresses,
    database,
    migrations,
    named_indexes,
    triggers_by_name,
    triggers_by_probe,
    history,
    guidelines,
    groups,
    own_folder,
    photo_storage,
    cache_round_trip,
    mail_server,
]
