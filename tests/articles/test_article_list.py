"""The list of stories: what it filters, counts, finds and links, and that it costs the same with one and with many."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from articles import publishing, revisions
from articles.admin import ArticleAdmin
from articles.models import Article
from articles.states import STATES
from newsroom import counting
from tests.factories import content, make_author, make_draft, make_section, make_story

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


def listed(browser, query: str = "") -> list[str]:
    """The headlines of the page of the list that ``query`` asks for, in order."""
    response = browser.get(LIST + query)
    assert response.status_code == 200, response.get("Location")
    return [row.article.headline for row in response.context["cl"].rows]


def counts(browser, query: str = "") -> dict[str, int]:
    return dict(zip(STATES, browser.get(LIST + query).context["cl"].state_counts, strict=True))


@pytest.fixture
def one_of_each(editor, reporter) -> dict[str, Article]:
    """A story in every state, its headline the state's code."""
    later = timezone.now() + datetime.timedelta(hours=1)
    made = {code: make_draft(by=reporter, headline=code, slug=code) for code in STATES if code != "review"}
    for code in ("returned", "submitted"):
        publishing.submit(made[code], by=reporter)
    publishing.return_(made["returned"], by=editor, note="Why?")
    publishing.approve(made["approved"], by=editor)
    publishing.schedule(made["scheduled"], by=editor, publish_at=later)
    for code in ("live", "changed", "withdrawn"):
        publishing.publish(made[code], by=editor)
    revisions.record(made["changed"], content(headline="newer"), by=editor)
    publishing.withdraw(made["withdrawn"], by=editor, reason="Wrong.")
    publishing.spike(made["spiked"], by=editor)
    return made


# Filters --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", STATES)
def test_each_state_lists_its_stories_and_counts_them(code, one_of_each, as_, editor):
    expected = {"review": {"submitted", "changed"}, "live": {"live", "changed"}}.get(code, {code})
    browser = as_(editor)
    assert set(listed(browser, f"?state={code}")) == expected
    assert counts(browser)[code] == len(expected)


def test_a_version_that_an_editor_overtook_waits_no_more(as_, editor):
    """Scheduled, saved behind, returned and saved again: the version in between is history."""
    story = make_draft(by=editor)
    publishing.schedule(story, by=editor, publish_at=timezone.now() + datetime.timedelta(hours=1))
    revisions.record(story, content(headline="Behind"), by=editor)
    assert counts(as_(editor))["changed"] == 1
    publishing.return_(story, by=editor, note="Once more.")
    revisions.record(story, content(headline="Newest"), by=editor)
    publishing.publish(story, by=editor)
    assert counts(as_(editor))["changed"] == 0


def test_counts_follow_the_other_filters(one_of_each, as_, editor):
    make_draft(by=editor, language="tr", slug="tr")
    browser = as_(editor)
    assert counts(browser)["draft"] == 2
    assert counts(browser, "?language=tr")["draft"] == 1
    assert counts(browser, "?mine=yes")["draft"] == 1
    assert counts(browser, "?state=live") == counts(browser)


def test_counts_read_1000_plus_above(monkeypatch, as_, editor):
    monkeypatch.setattr(counting, "MOST", 2)
    for number in range(3):
        make_draft(by=editor, slug=str(number))
    page = as_(editor).get(LIST).text
    assert "draft (2+)" in page
    assert "2+ stories" in page


def test_section_language_author_and_mine(as_, editor, reporter):
    sport, author = make_section("Sport", "sport"), make_author("Aram", "aram")
    by_aram = [{"author": author.pk, "role": "reporter"}, {"author": author.pk, "role": "photographer"}]
    make_draft(by=editor, headline="sport", section_id=sport.pk)
    make_draft(by=editor, headline="turkish", language="tr")
    make_draft(by=reporter, headline="aram", bylines=by_aram)
    browser = as_(editor)
    assert listed(browser, f"?section={sport.pk}") == ["sport"]
    assert listed(browser, "?language=tr") == ["turkish"]
    assert listed(browser, f"?author={author.pk}") == ["aram"]
    assert listed(browser, "?mine=yes") == ["turkish", "sport"]
    page = browser.get(LIST).text
    assert f'href="?section={sport.pk}"' in page
    assert f'href="?author={author.pk}"' in page


@pytest.mark.parametrize(
    "query",
    [
        "?state=x",
        "?section=x",
        "?section=99999999999999999999999",
        "?language=fr",
        "?mine=no",
        "?translation=missing-fr",
        "?author=x",
        "?author=987654",
        "?author=99999999999999999999999",
        "?after=x",
        "?first_published_at__year=x",
        "?first_published_at__year=10000",
        "?first_published_at__year=9999",
        "?first_published_at__year=2026&first_published_at__month=13",
        "?first_published_at__year=2026&first_published_at__month=12&first_published_at__day=32",
        "?unknown=1",
        "?status__exact=x",
        "?o=1.2.x",
        "?p=99999",
        "?q=%00",
        "?q=" + "word " * 400,
        "?q=!!!",
        "?q=%22%20OR%20rowid:*",
    ],
)
def test_nonsense_in_the_address_is_no_error_page(query, as_, editor, story):
    response = as_(editor).get(LIST + query)
    assert response.status_code in (200, 302, 400), response.status_code
    if response.status_code == 302:
        assert as_(editor).get(response["Location"]).status_code == 200


# Dates ----------------------------------------------------------------------------------------------------------------
def test_dates_lead_to_a_day_of_the_houses_zone(as_, editor):
    at = datetime.datetime(2024, 2, 29, 21, 30, tzinfo=datetime.UTC)  # half past midnight in Baghdad, on 1 March
    make_story(by=editor, at=at, headline="Leap")
    browser = as_(editor)
    year, month = "?first_published_at__year=2024", "&first_published_at__month=3"
    assert listed(browser, year) == ["Leap"]
    assert listed(browser, f"{year}&first_published_at__month=2") == []
    assert listed(browser, f"{year}{month}&first_published_at__day=1") == ["Leap"]
    years = [link.title for level in browser.get(LIST).context["cl"].dates() for link in level]
    assert years == [str(number) for number in range(timezone.localdate().year, 2023, -1)]
    levels = browser.get(f"{LIST}{year}{month}").context["cl"].dates()
    assert [link.title for link in levels[0]] == ["All dates", "2024", "March"]
    assert [link.title for link in levels[1]] == [str(number) for number in range(1, 32)]
    assert listed(browser, levels[1][0].link) == ["Leap"]


# Order and pages ------------------------------------------------------------------------------------------------------
def test_pages_by_key_show_every_story_once(as_, editor, monkeypatch):
    monkeypatch.setattr(ArticleAdmin, "list_per_page", 2)
    for number in range(5):
        make_draft(by=editor, headline=str(number), slug=str(number))
    same = timezone.now()
    Article.objects.filter(headline__in=["2", "3"]).update(modified_at=same)
    browser, seen, query = as_(editor), [], "?language=en"
    while query:
        seen.append(listed(browser, query))
        query = browser.get(LIST + query).context["cl"].next_page
    assert [len(page) for page in seen] == [2, 2, 1]
    assert sorted(sum(seen, [])) == ["0", "1", "2", "3", "4"]
    assert "language=en" in browser.get(LIST + "?language=en").context["cl"].next_page


def test_what_waits_longest_is_reviewed_first_and_what_comes_next_leads_the_schedule(as_, editor, reporter):
    for number in (1, 2):
        publishing.submit(make_draft(by=reporter, headline=f"sent {number}", slug=f"{number}"), by=reporter)
    for hours in (2, 1):
        story = make_draft(by=editor, headline=f"in {hours}", slug=f"in-{hours}")
        publishing.schedule(story, by=editor, publish_at=timezone.now() + datetime.timedelta(hours=hours))
    browser = as_(editor)
    assert listed(browser, "?state=review") == ["sent 1", "sent 2"]
    assert listed(browser, "?state=scheduled") == ["in 1", "in 2"]


# Search ---------------------------------------------------------------------------------------------------------------
def test_search_finds_drafts_and_waiting_versions_whatever_the_spelling(as_, editor, reader):
    make_draft(by=editor, headline="کوردستان", body="<p>x</p>", language="ckb", slug="a")
    live = make_story(by=editor, headline="The bridge", slug="b")
    revisions.record(live, content(headline="The bridge", body="<p>Collapsed at dawn.</p>"), by=editor)
    browser = as_(editor)
    assert listed(browser, "?q=كوردستان") == ["کوردستان"]
    assert listed(browser, "?q=collaps") == ["The bridge"]
    assert listed(browser, "?q=bridge") == ["The bridge"]
    assert listed(browser, "?q=bridge&state=draft") == []
    assert reader.get("/en/search/?q=collapsed").context["results"] == []
    assert reader.get("/ckb/search/?q=كوردستان").context["results"] == []


def test_a_released_version_leaves_the_back_offices_index(as_, editor):
    live = make_story(by=editor, headline="The bridge")
    revisions.record(live, content(headline="Collapsed"), by=editor)
    publishing.release(live, revisions.waiting(live), by=editor)
    revisions.record(live, content(headline="Rebuilt"), by=editor)
    browser = as_(editor)
    assert listed(browser, "?q=collapsed") == ["Collapsed"]
    assert listed(browser, "?q=rebuilt") == ["Collapsed"]
    publishing.release(live, revisions.waiting(live), by=editor)
    assert listed(browser, "?q=collapsed") == []


def test_a_withdrawn_and_a_spiked_story_are_found_by_editors_only(as_, editor, reader):
    gone = make_story(by=editor, headline="Mistaken")
    publishing.withdraw(gone, by=editor, reason="Wrong.")
    publishing.spike(make_draft(by=editor, headline="Mistaken too", slug="x"), by=editor)
    assert listed(as_(editor), "?q=mistaken") == ["Mistaken too", "Mistaken"]
    assert reader.get("/en/search/?q=mistaken").context["results"] == []


# Cost -----------------------------------------------------------------------------------------------------------------
QUERIES = 21


# What a search asks the indexes: of what is live, and of what is not public yet; PostgreSQL the newest stories first.
INDEX_QUESTIONS = {"sqlite": ("live", "desk"), "postgresql": ("newest", "live", "desk")}


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", QUERIES),
        ("?state=draft", QUERIES),
        ("?state=review", QUERIES),
        ("?q=river", QUERIES + len(INDEX_QUESTIONS[connection.vendor])),
        ("?mine=yes", QUERIES),
        ("?translation=stale", QUERIES - 1),
        ("?first_published_at__year=2026", QUERIES - 2),
    ],
)
def test_the_list_costs_the_same_queries_with_one_and_with_forty(
    query, queries, as_, editor, reporter, django_assert_num_queries
):
    browser = as_(editor)
    browser.get(LIST + query)
    for count in (1, 39):
        for number in range(count):
            key = f"{count}-{number}"
            section, author = make_section(f"Section {key}", key), make_author(f"Author {key}", key)
            story = make_story(
                by=editor, slug=key, section_id=section.pk, bylines=[{"author": author.pk, "role": "reporter"}]
            )
            make_draft(by=(editor, reporter)[number % 2], translation_of=story, language="tr", slug=key)
            revisions.record(story, content(headline=f"river {key}", section_id=section.pk), by=editor)
        Article.objects.filter(language="tr").update(original_changed_at=timezone.now())
        with django_assert_num_queries(queries):
            page = browser.get(LIST + query)
    assert page.status_code == 200
