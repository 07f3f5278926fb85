import csv
import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from moderation import statistics
from moderation.decisions import decide
from moderation.statistics_views import cell_text
from tests.factories import make_comment, make_decided, make_story


def table(code: str) -> list[tuple]:
    today = timezone.localdate()
    return next(each.rows for each in statistics.tables(today, today) if each.code == code)


@pytest.fixture
def decided(story, moderator, moderator2):
    make_decided(story, "approved", by=moderator, body="one")
    make_decided(story, "rejected", by=moderator, body="two", guidelines=["abuse", "threats"])
    make_decided(story, "rejected", by=moderator2, body="three", guidelines=["abuse"])
    make_comment(story, "four")


def test_numbers_come_from_the_decisions(decided, story):
    assert [(str(what), n) for what, n in table("now")] == [("Comments waiting", 1), ("Age of the oldest, minutes", 0)]
    assert table("waits") == [("p50", 0.0), ("p90", 0.0)]
    assert sum(n for _hour, n in table("hours")) == 3
    rows = [row[:5] for row in table("moderators")]
    assert rows == [("moderator", 2, 1, 1, 0), ("moderator2", 1, 0, 1, 0)]
    assert table("moderators")[0][5] < 5 and table("moderators")[1][5] == "–"
    assert [(str(what), n) for what, n in table("guidelines")] == [("approved", 1), ("abuse", 2), ("threats", 1)]
    assert table("stories") == [(story.pk, "The river rises", 3, 1, 2)]
    assert table("sections") == [("Middle East", 3, 1, 2)]


def test_percentiles_are_nearest_rank():
    assert [statistics._percentile(list(range(1, 11)), part) for part in (50, 90, 100)] == [5, 9, 10]
    assert statistics._percentile([], 50) is None


def test_a_hint_was_right_when_its_own_guideline_was_cited(story, moderator):
    for body, verdict, guidelines in [
        ("a", "approved", ()),
        ("b", "rejected", ["abuse"]),
        ("c", "rejected", ["threats"]),
    ]:
        comment = make_comment(story, body)
        decide(
            comment,
            verdict,
            moderator=moderator,
            seen_version=0,
            guidelines=guidelines,
            hints_shown="shouting,term:abuse",
        )
    assert table("hints") == [("shouting", 3, 2, 0, "0"), ("term:abuse", 3, 2, 1, "33")]


def test_days_outside_the_range_do_not_count(decided):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    by_code = {each.code: each.rows for each in statistics.tables(yesterday, yesterday)}
    assert by_code["moderators"] == [] and by_code["waits"] == [("p50", "–"), ("p90", "–")]


@pytest.mark.parametrize("count", [1, 40])
def test_the_page_costs_a_fixed_number_of_queries(as_, lead, editor, moderator, django_assert_num_queries, count):
    for number in range(count):
        story = make_story(by=editor, slug=f"story-{number}")
        make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"number {number}")
    browser = as_(lead)
    with django_assert_num_queries(QUERIES):
        page = browser.get(reverse("moderation:statistics"))
    assert page.status_code == 200


QUERIES = 10


def test_every_drawing_says_what_it_is_and_has_its_table(as_, lead, decided):
    page = as_(lead).get(reverse("moderation:statistics")).text
    assert page.count("<svg") == page.count("<desc") == page.count("</svg>") == 5
    assert page.count("<table>") == 8
    assert "style=" not in page.split("<main")[1]


def test_every_table_is_a_csv_file(as_, lead, decided):
    browser = as_(lead)
    for each in statistics.tables(timezone.localdate(), timezone.localdate()):
        answer = browser.get(reverse("moderation:statistics_csv", args=[each.code]))
        rows = list(csv.reader(io.StringIO(answer.text)))
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert rows[0] == [str(column) for column in each.columns] and len(rows) == len(each.rows) + 1
    assert browser.get(reverse("moderation:statistics_csv", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(as_, lead, editor, moderator, start):
    assert cell_text(f"{start}cmd") == f"'{start}cmd"
    assert cell_text("–") == "–" and cell_text(3) == "3"


def test_a_headline_cannot_run_in_a_spreadsheet(as_, lead, editor, moderator):
    story = make_story(by=editor, headline='=HYPERLINK("http://x")')
    make_decided(story, "approved", by=moderator)
    text = as_(lead).get(reverse("moderation:statistics_csv", args=["stories"])).text
    assert next(csv.reader(io.StringIO(text.splitlines()[1])))[1] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "2026-02-01", "last": "2026-01-01"},
        {"first": "2020-01-01", "last": "2026-01-01"},
        {"first": "x"},
        {"first": "0001-01-01", "last": "0001-01-02"},
        {"first": "9999-12-30", "last": "9999-12-31"},
    ],
)
def test_a_range_that_makes_no_sense_is_refused_with_the_form(as_, lead, asked):
    for address in (reverse("moderation:statistics"), reverse("moderation:statistics_csv", args=["now"])):
        answer = as_(lead).get(address, asked)
        assert (answer.status_code, 'class="errorlist' in answer.text) == (400, True)


@pytest.mark.parametrize("who", ["moderator", "editor", "admin_person", "superuser", "stranger"])
def test_others_find_no_statistics(request, as_, who):
    browser = as_(request.getfixturevalue(who))
    assert browser.get(reverse("moderation:statistics")).status_code == 403
    assert browser.get(reverse("moderation:statistics_csv", args=["now"])).status_code == 403


def test_the_learned_hint_names_no_guideline_and_was_right_when_the_comment_was_rejected(story, moderator):
    for body, verdict, guidelines in [
        ("a", "approved", ()),
        ("b", "rejected", ["abuse"]),
        ("c", "rejected", ["threats"]),
    ]:
        shown = {"seen_version": 0, "guidelines": guidelines, "hints_shown": "learned"}
        decide(make_comment(story, body), verdict, moderator=moderator, **shown)
    assert table("hints") == [("learned", 3, 2, 2, "67")]
