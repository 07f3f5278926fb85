"""The public numbers: counted from the ledger, equal to an outsider's count, and rounded."""

import csv
import datetime
import io
import itertools
import json
import threading
from collections import Counter, defaultdict

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from comments.models import Comment, Report
from moderation import ledger, public_numbers, second_looks, transparency, waits
from moderation.decisions import decide, undo
from moderation.models import Decision, MonthlyCount, Snapshot
from moderation.public_numbers import differences, month_of, recount, take_snapshot
from moderation.second_looks import draw, give
from moderation.transparency import publish, rounded
from newsroom import languages, pages
from tests.factories import make_comment, make_decided
from tests.unfrozen import unfrozen

THIS = month_of(timezone.now())
CODES = ["abuse", "threats", "several"]


@pytest.fixture
def busy(story, moderator, moderator2, lead, settings, monkeypatch):
    """Everything that counts: all verdicts, several guidelines, hints, undone and restored ones, reports, opinions."""
    for number in range(23):
        make_decided(story, "approved", by=moderator, body=f"Fine {number}")
    for number in range(9):
        make_decided(story, "rejected", by=moderator2, guidelines=["abuse"], body=f"Abuse {number}")
    make_decided(story, "rejected", by=moderator2, guidelines=["abuse", "threats"], body="Both")
    hinted = make_comment(story, "Hinted")
    decide(hinted, "approved", moderator=moderator, seen_version=0, hints_shown="shouting")
    removed = make_decided(story, "approved", by=moderator, body="Removed later")
    decide(removed, "removed", moderator=lead, seen_version=1, guidelines=["promotion"])
    undone = make_decided(story, "rejected", by=moderator, guidelines=["vulgarity"], body="Second thoughts")
    undo(undone.decisions.get(), moderator=moderator)
    undone.refresh_from_db()
    decide(undone, "approved", moderator=moderator, seen_version=undone.version)
    only_undone = make_decided(story, "approved", by=moderator, body="Waits again")
    undo(only_undone.decisions.get(), moderator=moderator)
    make_comment(story, "Waiting")
    ground = removed.decisions.first().guidelines.first()
    Report.objects.create(comment=removed, guideline=ground, nonce="n", receipt_hash="r")
    settings.NEWSROOM_SECOND_LOOK_PERCENT = 100
    monkeypatch.setattr(second_looks, "UNDO_WITHIN", datetime.timedelta(0))
    draw()
    looks = [
        decision.second_look for decision in Decision.objects.filter(second_look__isnull=False, moderator=moderator)
    ]
    for look in looks[:3]:
        give(look, "approve", moderator=lead)
    return story


def stored() -> dict[str, int]:
    return {row.what: row.count for row in MonthlyCount.objects.filter(month=THIS) if row.count}


# Counting -------------------------------------------------------------------------------------------------------------


def test_every_decision_counts_once_under_its_outcome(busy):
    take_snapshot()
    counts = stored()
    assert counts == {
        "approved": 26,
        "rejected:abuse": 9,
        "rejected:several": 1,
        "removed:promotion": 1,
        "hinted": 1,
        "waited:5": 36,
        "received": 38,
        "reports": 1,
        "second_looks:given": 3,
        "second_looks:agreed": 3,
    }


def test_counting_bit_by_bit_gives_what_counting_at_once_does(story, moderator, monkeypatch):
    monkeypatch.setattr(public_numbers, "AT_ONCE", 2)
    for number in range(3):
        comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Number {number}")
        take_snapshot()
        undo(comment.decisions.get(), moderator=moderator)
        take_snapshot()
        comment.refresh_from_db()
        decide(comment, "approved", moderator=moderator, seen_version=comment.version)
    take_snapshot()
    assert {what: n for what, n in stored().items() if n} == {"approved": 3, "waited:5": 3, "received": 3}
    assert differences() == {}


def test_an_approval_after_a_removal_is_restored(story, moderator, lead, monkeypatch):
    comment = make_decided(story, "approved", by=moderator)
    decide(comment, "removed", moderator=lead, seen_version=1, guidelines=["abuse"])
    assert public_numbers.outcome("approved", [], is_first=False) == "restored"
    comment.refresh_from_db()
    newest = comment.decisions.first()
    with unfrozen(connection):  # as an appeal that is granted writes it
        Decision.objects.filter(pk=newest.pk).update(verdict="approved")
        newest.citations.all()._raw_delete("default")
    take_snapshot()
    assert {"approved", "restored"} <= set(stored()) and stored()["restored"] == 1


def test_a_difference_is_found_and_repaired(busy, capsys):
    take_snapshot()
    MonthlyCount.objects.filter(what="approved").update(count=99)
    assert differences() == {(THIS, "approved"): (99, 26)}
    with pytest.raises(SystemExit):
        call_command("recount_public_numbers")
    assert "approved: stored 99, counted 26" in capsys.readouterr().out
    call_command("recount_public_numbers", "--repair")
    assert capsys.readouterr().out == "0 differences\n"
    assert differences() == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_count_at_once_nothing_is_counted_twice(story, moderator, monkeypatch):
    monkeypatch.setattr(public_numbers, "AT_ONCE", 3)
    for number in range(20):
        make_decided(story, "approved", by=moderator, body=f"Number {number}")
    Snapshot.objects.get_or_create(pk=1)
    failed = []

    def run():
        try:
            take_snapshot()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, stored()["approved"], differences()) == ([], 20, {})


@pytest.mark.parametrize("count", [1, 30])
def test_a_batch_costs_a_fixed_number_of_queries(story, moderator, count, django_assert_num_queries):
    for number in range(count):
        make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Number {number}")
    with django_assert_num_queries(6):  # the window, four of its decisions, and the end
        assert sum(counts.total() for _last, counts in public_numbers.count_ledger()) == 2 * count


@pytest.mark.parametrize(
    ("minutes", "published"),
    [(0, 5), (5, 5), (5.02, 10), (60, 60), (61, 75), (360, 360), (361, 420), (1441, 1800), (10_081, 11_520)],
)
def test_a_wait_is_rounded_up(minutes, published):
    assert ledger.waited_minutes(datetime.timedelta(minutes=minutes)) == published


def test_months_are_those_of_universal_time():
    baghdad = datetime.timezone(datetime.timedelta(hours=3))
    assert month_of(datetime.datetime(2026, 3, 1, 2, 59, tzinfo=baghdad)) == datetime.date(2026, 2, 1)
    begins, ends = public_numbers.bounds(datetime.date(2026, 12, 1))
    assert (begins.isoformat(), ends.isoformat()) == ("2026-12-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00")


# An outsider's count --------------------------------------------------------------------------------------------------


def outsiders_count(lines: list[bytes]) -> dict[str, Counter]:
    """The numbers of each month worked out from the public export alone, in its own way: comment by comment."""
    by_comment = defaultdict(list)
    for line in lines:
        _hash, record, minutes = json.loads(line)
        by_comment[record[2]].append((record[5], record[7], record[9][:7], record[12], minutes))
    months: dict[str, Counter] = defaultdict(Counter)
    for decisions in by_comment.values():
        standing = []
        for decision in decisions:
            if decision[0] == "undone":
                standing.pop()
            else:
                standing.append(decision)
        for place, (verdict, codes, month, hints, minutes) in enumerate(standing):
            name = {"approved": "approved" if place == 0 else "restored"}.get(
                verdict, f"{verdict}:{codes[0] if len(codes) == 1 else 'several'}"
            )
            months[month][name] += 1
            months[month]["hinted"] += bool(hints)
            if place == 0:
                months[month][f"waited:{minutes}"] += 1
    return months


def test_an_outsider_counts_the_same_from_the_export(busy, reader):
    """Recounted from the ledger: difference 0, exactly and as published."""
    take_snapshot()
    counted = outsiders_count(list(ledger.Reading().lines()))
    from_ledger = ("approved", "restored", "hinted", "rejected:", "removed:", "waited:")
    ours = {what: n for what, n in stored().items() if what.startswith(from_ledger)}
    theirs = counted[f"{THIS:%Y-%m}"]
    assert {what: n for what, n in theirs.items() if n} == ours
    (published,) = reader.get(reverse("transparency-json")).json()["months"]
    nearest = {what: 5 * round(n / 5) for what, n in theirs.items()}  # of whole numbers a half never comes up
    assert (published["approved"], published["restored"]) == (nearest["approved"], 0)
    assert {code: n for code, n in published["rejected_by"].items() if n} == {"abuse": nearest["rejected:abuse"]}
    assert nearest["rejected:several"] == 0
    assert published["rejected"] == sum(published["rejected_by"].values())
    waited = sorted(
        itertools.chain.from_iterable([int(w[7:])] * n for w, n in theirs.items() if w.startswith("waited:"))
    )
    assert published["p90_wait_minutes"] == waited[-(-len(waited) * 90 // 100) - 1]


# Rounding -------------------------------------------------------------------------------------------------------------


def test_counts_are_rounded_to_the_nearest_five():
    assert [rounded(n) for n in (-1, 0, 1, 2, 3, 4, 5, 7, 8, 12, 13)] == [0, 0, 0, 0, 5, 5, 5, 5, 10, 10, 15]


def test_a_total_is_the_sum_of_its_rounded_parts_and_says_nothing_more():
    small = dict.fromkeys(("approved", "rejected:abuse", "rejected:threats", "removed:abuse", "restored"), 2)
    month = publish(THIS, small, CODES)
    assert (month.decided, month.rejected, month.removed) == (0, 0, 0)
    month = publish(THIS, {"approved": 8, "rejected:abuse": 3, "rejected:threats": 3}, CODES)
    assert (month.approved, month.rejected, month.decided) == (10, 10, 20)


def test_no_published_figure_gives_a_count_away():
    """Whatever the true counts: for every published cell every neighbour within its five fits all that is published.

    The months of a small newsroom are gone through one by one: what is published for one is grouped, and in no group
    may a cell have fewer values than its interval has.
    """
    names = ("approved", "rejected:abuse", "rejected:several")
    groups = defaultdict(list)
    for counts in itertools.product(range(13), repeat=3):
        for hinted in range(sum(counts) + 1):
            month = publish(THIS, {**dict(zip(names, counts, strict=True)), "hinted": hinted}, ["abuse", "several"])
            groups[json.dumps(month.as_json())].append(counts)
    for published, possible in groups.items():
        cells = json.loads(published)
        for place, shown in enumerate((cells["approved"], *cells["rejected_by"].values())):
            fits = {counts[place] for counts in possible}
            interval = {n for n in range(13) if rounded(n) == shown}
            assert fits == interval, published


def test_shares_and_waits_of_few_are_not_given():
    looks = {"second_looks:given": 12, "second_looks:agreed": 12}
    few = publish(THIS, {"approved": 17, "hinted": 9, "waited:5": 19, **looks}, CODES)
    assert (few.hinted_percent, few.median_wait, few.p90_wait, few.agreement_percent) == (None, None, None, None)
    enough = publish(THIS, {"approved": 20, "hinted": 9, "waited:5": 12, "waited:60": 8}, CODES)
    assert (enough.hinted_percent, enough.median_wait, enough.p90_wait) == (50, 5, 60)
    assert publish(THIS, {"approved": 21, "hinted": 23}, CODES).hinted == 20  # never more than there were


def test_one_or_two_look_like_none(story, moderator):
    """A guideline cited once or twice has its line with a nought, like one that was not cited in a month."""
    first = datetime.date(2026, 1, 1)
    MonthlyCount.objects.create(month=first, what="rejected:abuse", count=6)
    MonthlyCount.objects.create(month=datetime.date(2026, 2, 1), what="rejected:threats", count=2)
    MonthlyCount.objects.create(month=datetime.date(2026, 3, 1), what="approved", count=0)
    months = transparency.months()
    cited = [{code: n for code, n in month.rejected_by.items() if n} for month in months]
    assert cited == [{"abuse": 5}, {}, {}]  # March had nothing, February two: no difference shows
    assert months[1].as_json() == {**months[2].as_json(), "month": "2026-02"}
    assert len({tuple(month.rejected_by) for month in months}) == 1


# The page and its files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [each.code for each in languages.LANGUAGES])
def test_the_page_opens_in_every_language(busy, reader, language):
    take_snapshot()
    with translation.override(language):
        page = reader.get(reverse("transparency"))
    assert page.status_code == 200
    assert page.text.count("<svg") == page.text.count("<desc") == 2
    assert "style=" not in page.text.split("<main")[1]


def test_the_page_says_its_numbers_and_its_rule(busy, reader, monkeypatch):
    monkeypatch.setattr(public_numbers, "_sources", {})
    take_snapshot()
    page = reader.get(reverse("transparency")).text
    assert "every count is rounded to the nearest multiple of 5: 0 may be one or two" in page
    assert page.count("These numbers are not yet available.") == 1
    assert "Waiting now" in page and "usually within 1 hour" in page
    assert reader.get("/en/").text.count(reverse("transparency")) == 1


def test_before_the_first_snapshot_the_page_says_so(db, reader):
    page = reader.get(reverse("transparency"))
    assert (page.status_code, "Nothing was counted yet" in page.text) == (200, True)
    assert reader.get(reverse("transparency-json")).json()["months"] == []


@pytest.mark.parametrize("months", [1, 13])
def test_the_page_costs_a_fixed_number_of_queries(db, reader, months, django_assert_num_queries):
    Snapshot.objects.create(pk=1, taken_at=timezone.now())
    for number in range(months):
        month = month_of(timezone.now() - datetime.timedelta(days=28 * number))
        for what in ("approved", "rejected:abuse", "rejected:threats", "received"):
            MonthlyCount.objects.get_or_create(month=month, what=what, defaults={"count": 30})
    reader.get(reverse("transparency"))  # the process has read the edition's words
    with django_assert_num_queries(PAGE_QUERIES):
        assert reader.get(reverse("transparency")).status_code == 200


PAGE_QUERIES = 7


def test_the_page_is_stored_until_the_next_snapshot(db, reader):
    assert pages.serving.STORABLE_PATH.fullmatch("/ckb/transparency/")
    assert pages.serving.STORABLE_PATH.fullmatch("/en/transparency/numbers.csv")
    assert not pages.serving.STORABLE_PATH.fullmatch("/en/transparency/other")
    before = pages.newest_change()
    take_snapshot()
    changed = {change.key for change in pages.changed_since(before)}
    assert changed == {"transparency"}
    for name in ("transparency", "transparency-json", "transparency-csv"):
        assert "transparency" in reader.get(reverse(name)).page_keys


def test_the_csv_has_a_line_a_figure_and_no_formula(busy, reader, monkeypatch):
    monkeypatch.setattr(public_numbers, "_sources", {})
    take_snapshot()
    MonthlyCount.objects.create(month=THIS, what="rejected:=cmd", count=9)
    answer = reader.get(reverse("transparency-csv"))
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["month", "figure", "value"]
    figures = {(month, name): value for month, name, value in rows[1:]}
    assert figures[f"{THIS:%Y-%m}", "approved"] == "25"
    assert figures[f"{THIS:%Y-%m}", "rejected_by:abuse"] == "10"
    assert figures[f"{THIS:%Y-%m}", "appeals"] == ""
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_appeals_and_notices_are_shown_once_somebody_counts_them(db, reader, monkeypatch):
    monkeypatch.setattr(public_numbers, "_sources", dict(public_numbers._sources))
    public_numbers.source("appeals")(lambda month: {"received": 31, "upheld": 14, "overturned": 6})
    public_numbers.source("notices")(lambda month: None)
    take_snapshot()
    (month,) = [m for m in reader.get(reverse("transparency-json")).json()["months"] if m["month"] == f"{THIS:%Y-%m}"]
    assert month["appeals"] == {"received": 30, "upheld": 15, "overturned": 5}
    assert month["appeals_overturned_percent"] == 25
    assert month["notices"] == {"received": 0, "acted_on": 0, "dismissed": 0}
    assert "not yet available" not in reader.get(reverse("transparency")).text


# The wait -------------------------------------------------------------------------------------------------------------


def test_the_form_tells_the_wait_of_the_page(busy, reader):
    story = busy
    assert "usually within" not in reader.get(story.get_absolute_url()).text
    take_snapshot()
    assert str(waits.usual_wait()) == "usually within 1 hour"
    for address in (story.get_absolute_url(), reverse("transparency")):
        assert "usually within 1 hour" in reader.get(address).text
    Snapshot.objects.update(usual_wait=24)
    for address in (story.get_absolute_url(), reverse("transparency")):
        assert "usually within 24 hours" in reader.get(address).text
    Snapshot.objects.update(taken_at=timezone.now() - datetime.timedelta(days=2))
    assert "usually within" not in reader.get(story.get_absolute_url()).text  # nobody has looked for days
    Snapshot.objects.update(usual_wait=None, taken_at=timezone.now())
    assert "usually within" not in reader.get(story.get_absolute_url()).text


def test_nothing_is_said_of_the_wait_after_too_few(story, moderator, reader):
    make_decided(story, "approved", by=moderator)
    take_snapshot()
    assert Snapshot.objects.get().usual_wait is None
    assert "We cannot say yet" in reader.get(reverse("transparency")).text


def test_a_populated_newsroom_is_whole_and_counted(db, capsys):
    call_command("populate", articles=2, comments=16, pending=3)
    call_command("verify_ledger", verbosity=0)
    call_command("recount_public_numbers")
    assert capsys.readouterr().out.endswith("0 differences\n")
    call_command("populate", comments=8, into_existing=True)
    call_command("recount_public_numbers")
    assert sum(stored()[what] for what in stored() if what.startswith(("approved", "rejected:"))) == 24


def test_what_waits_is_counted(story):
    make_comment(story, "One")
    make_comment(story, "Two")
    assert take_snapshot().waiting == Comment.objects.pending().count() == 2
    assert recount()[THIS, "received"] == 2
