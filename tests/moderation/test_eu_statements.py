"""Statements of reasons for the EU's database: its fields and values, and nothing personal in them."""

import csv
import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from comments.models import Guideline, Report
from moderation.decisions import decide, undo
from moderation.eu_statements import CATEGORIES, FIELDS, statements
from moderation.reports import keep
from tests.factories import make_comment, make_decided

TODAY = timezone.now().date()
# Of the public API documentation of the database: what one of its own examples and lists hold.
REQUIRED = {
    "decision_visibility",
    "decision_ground",
    "content_type",
    "category",
    "territorial_scope",
    "content_date",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "puid",
}
VALUES = {
    "decision_ground": {"DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"},
    "source_type": {
        "SOURCE_ARTICLE_16",
        "SOURCE_TRUSTED_FLAGGER",
        "SOURCE_TYPE_OTHER_NOTIFICATION",
        "SOURCE_VOLUNTARY",
    },
    "automated_detection": {"Yes", "No"},
    "automated_decision": {
        "AUTOMATED_DECISION_FULLY",
        "AUTOMATED_DECISION_PARTIALLY",
        "AUTOMATED_DECISION_NOT_AUTOMATED",
    },
}
LONGEST = {
    "decision_facts": 5000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2000,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2000,
    "puid": 500,
}


@pytest.fixture
def refused(story, moderator, lead, editor):
    make_decided(story, "approved", by=moderator, body="Fine.")
    plain = make_decided(
        story,
        "rejected",
        by=moderator,
        guidelines=["abuse"],
        note="Secret note",
        body="Secret text",
        name="Secret name",
    )
    hinted = make_comment(story, "Marked text")
    decide(
        hinted,
        "rejected",
        moderator=moderator,
        seen_version=0,
        guidelines=["threats", "profanity"],
        passage=(0, 6),
        hints_shown="term:threats",
    )
    removed = make_decided(story, "approved", by=moderator, body="Was public")
    unlawful = Guideline.objects.get(code=Guideline.UNLAWFUL)
    Report.objects.create(comment=removed, guideline=unlawful, explanation="Secret", nonce="n", receipt_hash="r")
    decide(removed, "removed", moderator=lead, seen_version=1, guidelines=["unlawful"])
    taken_back = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Taken back")
    undo(taken_back.decisions.get(), moderator=moderator)
    return [comment.decisions.first() for comment in (plain, hinted, removed)]


def test_each_refusal_that_stands_is_one_statement(refused):
    found = list(statements(TODAY, TODAY))
    assert [each["puid"] for each in found] == [f"decision-{decision.hash}" for decision in refused]
    plain, hinted, removed = found
    assert (plain["decision_ground"], plain["category"], plain["source_type"], plain["automated_detection"]) == (
        "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        "SOURCE_VOLUNTARY",
        "No",
    )
    assert plain["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert plain["decision_ground_reference_url"] == "http://127.0.0.1:8000/en/guidelines/1/"
    assert (hinted["automated_detection"], hinted["category"], hinted["category_addition"]) == (
        "Yes",
        "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        ["STATEMENT_CATEGORY_VIOLENCE"],
    )
    assert "passage" in hinted["decision_facts"]
    assert (removed["decision_ground"], removed["source_type"], removed["decision_visibility"]) == (
        "DECISION_GROUND_ILLEGAL_CONTENT",
        "SOURCE_ARTICLE_16",
        ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    )
    assert {each["automated_decision"] for each in found} == {"AUTOMATED_DECISION_NOT_AUTOMATED"}


def test_the_source_is_what_the_decision_answered(story, moderator, lead):
    reported = make_decided(story, "approved", by=moderator, body="Buy watches")
    again = make_decided(story, "approved", by=moderator, body="Kept once")
    for number, comment in enumerate((reported, again)):
        ground = Guideline.objects.get(code="promotion")
        Report.objects.create(comment=comment, guideline=ground, nonce=f"n{number}", receipt_hash=f"r{number}")
    keep(again, by=lead, reason="It names a shop, no more.", upto=Report.objects.first().pk)
    for comment in (reported, again):
        decide(comment, "removed", moderator=lead, seen_version=1, guidelines=["promotion"])
    found = [each["source_type"] for each in statements(TODAY, TODAY)]
    assert found == ["SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"]


def test_every_statement_has_the_fields_the_database_asks_for(refused):
    for each in statements(TODAY, TODAY):
        assert set(each) >= REQUIRED and set(each) <= set(FIELDS)
        assert all(each[field] in values for field, values in VALUES.items())
        assert all(0 < len(each[field]) <= longest for field, longest in LONGEST.items() if field in each)
        ground = "illegal" if each["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT" else "incompatible"
        assert f"{ground}_content_explanation" in each
        assert len(each["territorial_scope"]) == 30 == len(set(each["territorial_scope"]))


def test_nothing_personal_goes_out(refused, moderator, lead):
    text = json.dumps(list(statements(TODAY, TODAY)))
    for secret in ("Secret", "Marked", "Was public", "Shilan", '"moderator', "@"):
        assert secret not in text


def test_every_guideline_of_the_edition_has_a_category(db):
    assert set(CATEGORIES) == set(Guideline.objects.values_list("code", flat=True))


def test_other_days_are_left_out(refused):
    yesterday = TODAY - datetime.timedelta(days=1)
    assert list(statements(yesterday, yesterday)) == []


@pytest.mark.parametrize("count", [1, 30])
def test_they_cost_a_fixed_number_of_queries(story, moderator, count, django_assert_num_queries):
    for number in range(count):
        make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Number {number}")
    with django_assert_num_queries(4):
        assert len(list(statements(TODAY, TODAY))) == count


def test_the_command_writes_json_and_csv(refused, capsys):
    days = ["--from", str(TODAY), "--to", str(TODAY)]
    call_command("export_statements", *days)
    written = json.loads(capsys.readouterr().out)
    assert written == {"statements": json.loads(json.dumps(list(statements(TODAY, TODAY))))}
    call_command("export_statements", *days, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["puid"] for row in rows] == [each["puid"] for each in written["statements"]]
    assert rows[1]["category_addition"] == "STATEMENT_CATEGORY_VIOLENCE"
    assert rows[0]["territorial_scope"].startswith("AT|BE|")
    call_command("export_statements", "--from", "2001-01-01", "--to", "2001-01-01")
    assert json.loads(capsys.readouterr().out) == {"statements": []}


@pytest.mark.parametrize("days", [("2026-02-02", "2026-02-01"), ("2026-02-01", "9999-12-31")])
def test_days_that_make_no_sense_are_refused(db, days):
    with pytest.raises(CommandError):
        call_command("export_statements", "--from", days[0], "--to", days[1])
