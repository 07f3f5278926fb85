"""The least-privilege role of ``deploy/postgresql-role.sql``: what the application still does with it, what it cannot.

SQLite has no roles. There the same attacks are shown to be noticed, not to fail: ``docs/postgresql.md`` says so.
"""

import re
import secrets
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from comments.erasure import erase
from comments.models import Comment, Erasure, Status
from comments.withdrawal import withdraw
from moderation import checkpoints, public_numbers, second_looks
from moderation.decisions import decide
from moderation.models import Decision
from newsroom import frozen
from tests.factories import make_comment, make_decided

GRANTS = (Path(settings.BASE_DIR) / "deploy/postgresql-role.sql").read_text()
FORBIDDEN = [
    "DROP TRIGGER frozen_comments_comment_update ON comments_comment",
    "ALTER TABLE comments_comment DISABLE TRIGGER ALL",
    "ALTER TABLE comments_comment DISABLE TRIGGER frozen_comments_comment_update",
    "DROP FUNCTION frozen_comments_comment_update() CASCADE",
    "CREATE OR REPLACE FUNCTION frozen_comments_comment_update() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RETURN NEW; END $$",
    "ALTER FUNCTION frozen_comments_comment_update() RENAME TO nothing",
    "CREATE TRIGGER other BEFORE UPDATE ON comments_comment FOR EACH ROW"
    " EXECUTE FUNCTION frozen_comments_comment_update()",
    "CREATE RULE other AS ON UPDATE TO comments_comment DO INSTEAD NOTHING",
    "TRUNCATE comments_comment CASCADE",
    "TRUNCATE comments_erasure",
    "TRUNCATE comments_guidelinewording",
    "DELETE FROM comments_comment",
    "DELETE FROM moderation_decision",
    "DELETE FROM moderation_citedguideline",
    "DELETE FROM comments_erasure",
    "DELETE FROM moderation_checkpoint",
    "UPDATE moderation_checkpoint SET last_hash = 'x'",
    "DELETE FROM moderation_secondopinion",
    "UPDATE moderation_secondopinion SET opinion = 'approve'",
    "TRUNCATE moderation_checkpoint",
    "DELETE FROM articles_correction",
    "UPDATE articles_correction SET text = 'Nothing was wrong.'",
    "UPDATE comments_comment SET body = 'edited'",
    "UPDATE comments_comment SET submitted_at = now()",
    "UPDATE moderation_decision SET verdict = 'approved'",
    "UPDATE moderation_decisionnote SET text = 'Kinder words'",
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER TABLE comments_comment RENAME TO old",
    "DROP TABLE comments_erasure",
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE comments_erasure (comment_id bigint)",
    "ALTER TABLE comments_comment OWNER TO CURRENT_USER",
    "DELETE FROM django_migrations",
]


@contextmanager
def as_role():
    """Make the file's role under a name and password of its own and connect the whole application as it."""
    name, password = f"newsroom_app_{secrets.token_hex(4)}", secrets.token_hex(8)
    owner = dict(connections.settings["default"])
    with connection.cursor() as cursor:
        cursor.execute(GRANTS.replace("newsroom_app", name))
        cursor.execute(f"ALTER ROLE {name} PASSWORD '{password}'")
    try:
        _connect({"USER": name, "PASSWORD": password, "HOST": owner["HOST"] or "127.0.0.1"})
        yield name
    finally:
        _connect({key: owner[key] for key in ("USER", "PASSWORD", "HOST")})
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT {name} TO CURRENT_USER; DROP OWNED BY {name}; DROP ROLE {name}")


def _connect(changes: dict) -> None:
    connection.close()
    connection.settings_dict.update(changes)


def refused(statement: str) -> bool:
    """Whether the database says no; what it lets through is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def working_triggers() -> int:
    return len(frozen.present_names(connection))


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_the_applications_role_works_and_cannot_remove_the_guard(story, moderator, settings, tmp_path):
    settings.NEWSROOM_CHECKPOINT_DIR = tmp_path
    make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Calmer, please.", body="As written.")
    triggers = working_triggers()
    with as_role() as name:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (name,)
        posting_and_deciding_work(story, moderator)
        got_through = [statement for statement in FORBIDDEN if not refused(statement)]
        print(f"\n{len(FORBIDDEN)} statements as {name}, {len(got_through)} got through")
        assert got_through == []
        assert working_triggers() == triggers
    # The tables' owner gets most of the list through: it is the role that refuses, not the statement.
    got_through = [statement for statement in FORBIDDEN if not refused(statement)]
    print(f"{len(got_through)} of them got through as the owner")
    assert len(got_through) >= 12


def posting_and_deciding_work(story, moderator) -> None:
    comment = make_comment(story, "Posted as the application.")
    decide(comment, "approved", moderator=moderator, seen_version=0, note="Thanks.")
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED
    decide(comment, "removed", moderator=moderator, seen_version=1, guidelines=["abuse"])
    erase(comment, cause=Erasure.Cause.REQUEST, by=moderator)
    withdraw(make_comment(story, "Taken back."))
    checkpoints.take()
    assert public_numbers.take_snapshot().decision == Decision.objects.latest("pk").pk
    assert second_looks.draw() == 0  # everything can still be undone
    assert Comment.objects.filter(body="").count() == 2


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_removing_a_guard_on_sqlite_is_noticed(story):
    """Whoever opens the file may alter its schema; ``doctor`` asks for the names of what is missing."""
    make_comment(story)
    assert frozen.missing(connection) == set()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER frozen_comments_comment_update")
    try:
        assert frozen.missing(connection) == {"frozen_comments_comment_update"}
        assert frozen.probe(connection).broken == ["comments_comment"]
    finally:
        frozen.install(connection)


def test_no_wholly_frozen_table_is_forgotten_in_the_grants():
    """A new frozen table must be in the file's list, or its rows could be deleted but for the trigger."""
    listed = re.search(r"REVOKE DELETE, UPDATE ON(.*?)FROM newsroom_app", GRANTS, re.DOTALL).group(1)
    wholly = {
        name for name, table in frozen.registry.tables.items() if not (table.frozen_when or table.may_delete_when)
    }
    assert {name.strip(" \n,") for name in listed.split(",")} == wholly


def test_columns_that_may_change_are_granted_and_no_others():
    granted = {
        table: {column.strip() for column in columns.split(",")}
        for columns, table in re.findall(r"GRANT UPDATE \(([^)]*)\) ON (\w+) TO", GRANTS)
    }
    wanted = {
        name: {table.model._meta.get_field(field).column for field in (*table.may_change, *table.may_empty)}
        for name, table in frozen.registry.tables.items()
        if not table.frozen_when and (table.may_change or table.may_empty)
    }
    assert granted == wanted
