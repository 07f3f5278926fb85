"""One cast for every test: reader, reporter, editor, moderator, lead, admin, superuser, stranger."""

import os
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation

from articles import sitemaps
from moderation.hints import surroundings
from newsroom.roles import Role
from tests import factories
from tests.unfrozen import unfrozen

STRICT = bool(os.environ.get("NEWSROOM_TEST_STRICT"))
_flush = TransactionTestCase._fixture_teardown


def _flush_unfrozen(self) -> None:
    """The runner empties every table between transactional tests; frozen ones would refuse. Then edition 1 returns."""
    with unfrozen(connection):
        _flush(self)
        first_edition = import_module("comments.migrations.0002_first_guideline_edition")
        first_edition.publish_first_edition(apps)


TransactionTestCase._fixture_teardown = _flush_unfrozen


def pytest_configure(config) -> None:
    config.addinivalue_line("markers", "only_on(vendor): about one database; not selected on the other")


def pytest_collection_modifyitems(config, items) -> None:
    """What is about the other database is not a test here: deselected and counted, not skipped."""
    other = [item for item in items for mark in item.iter_markers("only_on") if mark.args[0] != connection.vendor]
    config.hook.pytest_deselected(items=other)
    items[:] = [item for item in items if item not in other]


def need(value: str | None, what: str) -> str:
    """``value``, or skip the test for want of ``what``; where nothing may be skipped, fail."""
    if value:
        return value
    if STRICT:
        pytest.fail(f"{what} is missing, and nothing may be skipped here")
    pytest.skip(f"{what} is not available here")


@pytest.fixture
def material() -> Path:
    """The folder of real data to test with."""
    return Path(need(os.environ.get("NEWSROOM_TEST_MATERIAL"), "NEWSROOM_TEST_MATERIAL"))


@pytest.fixture
def chromium() -> str:
    """The path of a real browser."""
    path = os.environ.get("NEWSROOM_TEST_CHROMIUM", "/usr/bin/chromium")
    return need(path if Path(path).exists() else None, "chromium")


@pytest.fixture(autouse=True, scope="session")
def _static_root() -> None:
    """The live server of the browser's tests looks for the folder before any test's own settings hold."""
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _house(settings, tmp_path):
    """Every test starts in English, with files of its own and quick password hashes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    surroundings._terms.cache_clear()  # a list's version comes again in another test's database
    # Every test posts from one network, and races thousands of comments onto one story; the limits' own tests set them.
    settings.NEWSROOM_NETWORK_COMMENTS = settings.NEWSROOM_NETWORK_PENDING = 100_000
    settings.NEWSROOM_STORY_COMMENTS = 100_000
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.NEWSROOM_ORIGINALS_ROOT = tmp_path / "originals"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    with translation.override("en"):
        yield


@pytest.fixture
def reporter(db):
    return factories.make_user("reporter", Role.REPORTER)


@pytest.fixture
def editor(db):
    return factories.make_user("editor", Role.EDITOR)


@pytest.fixture
def moderator(db):
    return factories.make_user("moderator", Role.MODERATOR)


@pytest.fixture
def moderator2(db):
    return factories.make_user("moderator2", Role.MODERATOR)


@pytest.fixture
def lead(db):
    return factories.make_user("lead", Role.MODERATION_LEAD)


@pytest.fixture
def admin_person(db):
    return factories.make_user("admin", Role.ADMIN)


@pytest.fixture
def superuser(db):
    return factories.make_user("root", is_superuser=True)


@pytest.fixture
def stranger(db):
    """Somebody with an account and no role."""
    return factories.make_user("stranger", is_staff=False)


@pytest.fixture
def reader() -> Client:
    """A browser with no account."""
    return Client()


@pytest.fixture
def as_(db):
    """``as_(person)``: a browser signed in as that person."""

    def sign_in(person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def story(editor):
    """A public story in English."""
    return factories.make_story(by=editor)


@pytest.fixture
def one_range_of_ids(monkeypatch):
    """Every story is in the first range of the sitemaps, however high its id is."""
    monkeypatch.setattr(sitemaps, "IDS_PER_PAGE", 10**9)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """PostgreSQL's ids go on when a test is rolled back; SQLite's begin anew. Here they begin high, so that a test that
    counts on a small id fails at once and not in the run that happens to reach it.

    A server or thread that a test stopped may not have let go of PostgreSQL yet: its database goes all the same.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename), 20000 + coalesce(last_value, 0))"
            " FROM pg_sequences"
        )
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        others = "datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        cursor.execute(
            f"SELECT pid, state, left(query, 200), pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
        )
        for left_over in cursor.fetchall():
            print(f"still connected at the end: {left_over}")
