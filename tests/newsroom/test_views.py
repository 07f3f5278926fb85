"""The way in, and what a load balancer asks."""

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import Error, connection

from newsroom import views
from tests.unfrozen import unfrozen


@pytest.fixture(autouse=True)
def fresh_look(monkeypatch):
    """The process remembers its last look for ten seconds: each test looks for itself."""
    monkeypatch.setattr(views, "_looked", (float("-inf"), []))


@pytest.mark.parametrize(
    ("accepted", "address"),
    [
        ("en", "/en/"),
        ("ar", "/ar/"),
        ("ckb", "/ckb/"),
        ("ku", "/ku/"),
        ("tr", "/tr/"),
        ("tr-TR,tr;q=0.9,en;q=0.5", "/tr/"),
        ("ar-IQ", "/ar/"),
        ("fr,ku;q=0.5,en;q=0.1", "/ku/"),
        ("fr", "/en/"),
        ("", "/en/"),
        ("*", "/en/"),
        (";;q=\x00,,", "/en/"),
    ],
)
def test_home_leads_to_the_front_page_in_the_readers_language_and_is_not_stored(reader, accepted, address):
    response = reader.get("/", HTTP_ACCEPT_LANGUAGE=accepted)
    assert (response.status_code, response["Location"]) == (302, address)
    assert response["Cache-Control"] == "no-store"
    assert "Accept-Language" in response["Vary"]
    assert not response.cookies


def test_healthz_answers_without_a_database(reader):
    response = reader.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


@pytest.mark.django_db
def test_readyz_is_200_when_database_cache_and_triggers_are_there(reader):
    response = reader.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "problems": []})


@pytest.mark.django_db
def test_readyz_is_503_without_the_triggers_and_names_them(reader):
    with unfrozen(connection):
        response = reader.get("/readyz")
    assert response.status_code == 503
    assert response.json()["ready"] is False
    assert "trigger missing: frozen_comments_comment_update" in response.json()["problems"]
    assert "trigger missing: frozen_moderation_decision_delete" in response.json()["problems"]


@pytest.mark.django_db
def test_readyz_is_503_when_one_trigger_is_gone(reader):
    table = " ON comments_comment" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER frozen_comments_comment_delete{table}")
    response = reader.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"ready": False, "problems": ["trigger missing: frozen_comments_comment_delete"]},
    )


def test_readyz_is_503_without_the_database(reader, monkeypatch):
    def fails(_connection):
        raise Error("gone")

    monkeypatch.setattr(views.frozen, "missing", fails)
    response = reader.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "problems": ["database"]})


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["refuses", "forgets"])
def test_readyz_is_503_without_the_cache(reader, monkeypatch, how):
    def refuses(*_args):
        raise ConnectionError("gone")

    monkeypatch.setattr(cache, "set", refuses if how == "refuses" else lambda *_args: None)
    cache.delete("readyz")
    response = reader.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "problems": ["cache"]})


@pytest.mark.django_db
def test_readyz_looks_once_in_ten_seconds(reader, monkeypatch, django_assert_num_queries):
    assert reader.get("/readyz").status_code == 200
    with django_assert_num_queries(0):
        assert reader.get("/readyz").status_code == 200
    with unfrozen(connection):
        assert reader.get("/readyz").status_code == 200
        later = views.time.monotonic() + views.LOOK_EVERY + 1
        monkeypatch.setattr(views.time, "monotonic", lambda: later)
        assert reader.get("/readyz").status_code == 503


def test_robots_keeps_crawlers_out_of_the_back_rooms(reader):
    response = reader.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain"
    rules, _, sitemaps = response.text.partition("\n\n")
    assert rules == "User-agent: *\nDisallow: /admin/\nDisallow: /desk/"
    assert sitemaps.split() == [
        "Sitemap:",
        "http://testserver/sitemap.xml",
        "Sitemap:",
        "http://testserver/news-sitemap.xml",
    ]


@pytest.mark.parametrize("address", ["/", "/healthz", "/readyz", "/robots.txt"])
def test_these_addresses_are_only_read(reader, address):
    assert [reader.post(address).status_code, reader.delete(address).status_code] == [405, 405]


def test_browsers_find_the_icon_where_a_page_names_none(reader, as_, editor):
    assert 'rel="icon"' not in as_(editor).get("/admin/").text
    response = reader.get("/favicon.ico")
    assert (response.status_code, response["Cache-Control"]) == (302, "public, max-age=86400")
    assert finders.find(response["Location"].removeprefix("/static/"))
    assert not response.cookies
