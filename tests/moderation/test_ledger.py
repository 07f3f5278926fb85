"""The ledger: its encoding, its export, what both verifiers notice, and the checkpoints."""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.ledger import FULL, KINDS, tampering_table
from comments.erasure import erase
from comments.models import Comment, CommentKey, Erasure
from moderation import checkpoints, ledger, transparency_views, verify_ledger
from moderation.decisions import decide, undo
from moderation.models import Checkpoint, Decision
from moderation.verify_ledger import NotALedger, examine, links_of
from newsroom import mail
from newsroom.models import PageChange
from tests.factories import make_comment, make_decided
from tests.unfrozen import unfrozen

DOCS = Path(django_settings.BASE_DIR) / "docs/ledger.md"
VERIFIER = Path(verify_ledger.__file__)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.NEWSROOM_CHECKPOINT_DIR = tmp_path / "checkpoints"
    settings.NEWSROOM_CHECKPOINT_MAIL = []


@pytest.fixture
def history(story, moderator, moderator2):
    """A dozen decisions of every kind: with notes, passages, hints, several guidelines, undone, erased."""
    for number in range(4):
        make_decided(story, "approved", by=moderator, body=f"Fine {number}")
        make_decided(
            story, "rejected", by=moderator2, guidelines=["abuse", "threats"], note="Calm.", body=f"No {number}"
        )
    marked = make_comment(story, "A marked passage.")
    decide(
        marked,
        "rejected",
        moderator=moderator,
        seen_version=0,
        guidelines=["profanity"],
        passage=(2, 8),
        hints_shown="term:profanity",
    )
    taken_back = make_decided(story, "approved", by=moderator, body="Taken back.")
    undo(taken_back.decisions.get(), moderator=moderator)
    erased = make_decided(story, "approved", by=moderator, body="Forget me.")
    erase(erased, cause=Erasure.Cause.REQUEST, by=moderator)
    return list(Decision.objects.order_by("pk"))


def exported() -> list[bytes]:
    return list(ledger.Reading().lines())


def verify(capsys, *arguments: str) -> tuple[int, list[str]]:
    """Exit code and lines of ``manage.py verify_ledger``."""
    code = 0
    try:
        call_command("verify_ledger", *arguments, verbosity=0)
    except SystemExit as stopped:
        code = stopped.code
    return code, capsys.readouterr().out.splitlines()


def alone(*arguments: str) -> tuple[int, str]:
    """Exit code and words of the standalone verifier, run without the house's packages."""
    command = [sys.executable, "-I", str(VERIFIER), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    return done.returncode, done.stdout + done.stderr


# The encoding ---------------------------------------------------------------------------------------------------------


def test_the_worked_example_of_the_docs_is_right():
    """The page gives two decisions with their encodings and hashes: whoever follows it must come to the same."""
    text = DOCS.read_text()
    encodings = re.findall(r"^(\[\"newsroom-decision-1\".*\])$", text, re.MULTILINE)
    hashes = re.findall(r"^hash: ([0-9a-f]{64})$", text, re.MULTILINE)
    assert len(encodings) == len(hashes) == 2
    assert [hashlib.sha256(each.encode()).hexdigest() for each in encodings] == hashes
    first, second = map(json.loads, encodings)
    assert (first[1], second[1]) == (ledger.GENESIS, hashes[0])
    assert first[8] == ledger.moderator_digest(7, "00112233445566778899aabbccddeeff")
    assert ledger.encoded(*first[1:]).decode() == encodings[0] and ledger.encoded(*second[1:]).decode() == encodings[1]
    lines = "".join(f'["{its_hash}",{each},5]\n' for its_hash, each in zip(hashes, encodings, strict=True))
    assert lines in text
    assert examine(lambda: links_of(lines.encode().splitlines())).broken is None


@pytest.mark.parametrize(
    "odd", ["plain", 'quote " back \\', "line\nbreak\t\x00\x1f", "سڵاو ✓ 😀", "\x7f\u2028</script>"]
)
def test_the_encoding_is_json_whatever_the_words(odd):
    fields = [odd, 1, 2, 3, odd, 4, sorted([odd, "abuse"]), "d" * 64, odd, None, 9, odd, odd, ""]
    wanted = json.dumps([ledger.FORMAT, *fields], ensure_ascii=False, separators=(",", ":")).encode()
    assert ledger.encoded(*fields) == wanted


def test_what_is_read_back_in_bulk_is_what_was_hashed_one_by_one(history):
    rows = Decision.objects.select_related("edition").prefetch_related("citations__guideline").order_by("pk")
    canonical = [ledger.canonical(row, [each.guideline.code for each in row.citations.all()]) for row in rows]
    records = [line[68:].rpartition(b"],")[0] + b"]" for line in exported()]
    assert records == canonical and len(records) == len(history) == 12


def test_a_time_without_a_fraction_is_read_back_right(story, moderator, monkeypatch):
    whole = timezone.now().replace(microsecond=0) + datetime.timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: whole)
    make_decided(story, "approved", by=moderator)
    assert ledger.first_break() is None
    assert whole.strftime("%Y-%m-%dT%H:%M:%S.000000Z").encode() in exported()[0]


# The export -----------------------------------------------------------------------------------------------------------


def test_the_export_holds_no_person_and_no_text(history, moderator, moderator2, settings):
    text = b"".join(exported()).decode()
    for secret in ("Shilan", "Fine", "Calm", "marked", "moderator", "cookie"):
        assert secret not in text
    assert not CommentKey.objects.filter(key__in=re.findall(r"[0-9a-f]{64}", text)).exists()
    assert not [row for row in history if row.moderator_salt in text]
    digests = [json.loads(line)[1][8] for line in exported()]
    assert len(set(digests)) == len(digests)  # one moderator's decisions are not linked


def test_the_public_files_are_the_export_in_parts(reader, history, monkeypatch):
    monkeypatch.setattr(transparency_views, "PART", 5)
    index = reader.get(reverse("transparency:ledger")).json()
    assert (index["decisions"], index["last_hash"]) == (12, history[-1].hash)
    parts = [reader.get("/transparency/" + part) for part in index["parts"]]
    assert b"".join(part.content for part in parts) == b"".join(exported())
    assert [part["Cache-Control"] for part in parts][-1] == "no-cache"
    assert {part["Cache-Control"] for part in parts[:-1]} == {"public, max-age=86400"}
    after = f"/transparency/ledger/{len(parts) + 1}.jsonl"
    assert [reader.get(address).status_code for address in (after, "/transparency/ledger/0.jsonl")] == [404, 404]


def test_an_outsider_checks_what_they_download(live_server, history, tmp_path):
    """Over the network, with the very program the page offers and nothing of ours installed."""
    checkpoints.take()
    program = tmp_path / "their_copy.py"
    program.write_bytes(Client().get(reverse("transparency:verifier")).content)
    assert program.read_bytes() == VERIFIER.read_bytes()
    site = f"{live_server.url}/transparency"
    command = [sys.executable, "-I", str(program), f"{site}/ledger.json", "--checkpoint", f"{site}/checkpoints.txt"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("12 decisions, each builds on the one before it")
    assert "anchored up to decision 12" in done.stdout and "not anchored" not in done.stdout


# What is noticed ------------------------------------------------------------------------------------------------------


def test_tampering_of_every_kind_is_noticed(history):
    """A small run of ``bench/ledger.py``: what no checkpoint is needed for, what needs one, and nothing by chance."""
    assert not _found()
    checkpoints.take()
    with unfrozen(connection):
        rows = {row.pop("kind"): row for row in tampering_table(6, checkpoints.known(), connection)}
    always = dict.fromkeys(("times", "manage", "manage+", "alone", "alone+"), 6)
    assert {kind: rows[kind] for kind in KINDS[:4]} == dict.fromkeys(KINDS[:4], always)
    # Comments stand that no decision explains, unless only erased ones lost theirs.
    assert rows["cut the end"] == always | {"alone": 0, "manage": rows["cut the end"]["manage"]}
    assert rows["cut the end"]["manage"] > 0
    assert rows["cut the end and set comments back"] == always | {"manage": 0, "alone": 0}
    assert rows[FULL] == {"times": 1, "manage": 0, "manage+": 1, "alone": 0, "alone+": 1}
    assert not _found()


def _found() -> list:
    reading = ledger.Reading(opening=True)
    report = examine(reading.links, checkpoints.known())
    return [*filter(None, [report.broken]), *reading.mistaken, *ledger.unexplained_comments()]


def test_the_kind_and_place_of_a_break_are_named(history):
    lines = exported()
    other = history[3].hash.encode()
    cases = {
        "altered": [*lines[:4], lines[4].replace(b"rejected", b"approved").replace(b"approved", b"rejected", 1)],
        "missing": [*lines[:4], *lines[5:]],
        "swapped": [*lines[:4], lines[5], lines[4], *lines[6:]],
    }
    cases["altered"] = [*lines[:4], lines[4].replace(b"2026", b"2025", 1), *lines[5:]]
    found = {kind: examine(lambda given=given: links_of(given)).broken for kind, given in cases.items()}
    assert {kind: (broken.kind, broken.number) for kind, broken in found.items()} == {
        "altered": ("altered", 5),
        "missing": ("missing", 5),
        "swapped": ("swapped", 5),
    }
    line = verify_ledger.Checkpoint
    short = examine(lambda: links_of(lines[:9]), [line(4, history[3].hash, "t1"), line(12, history[11].hash, "t2")])
    assert (short.broken.kind, short.broken.number, short.anchor.decisions) == ("cut", 9, 4)
    other_past = examine(lambda: links_of(lines), [line(3, other.decode(), "t1")])
    assert (other_past.broken.kind, other_past.broken.number, other_past.anchor) == ("recomputed", 3, None)


def test_the_command_says_where_it_broke_and_ends_with_1(history, capsys):
    code, words = verify(capsys)
    assert code == 0
    assert words == [
        f"12 decisions, each builds on the one before it; the last hash is {history[-1].hash}",
        "not anchored: decisions 1 to 12. No checkpoint reaches them; if they had been rewritten from there on, or cut "
        "off at the end, this would not show",
        "11 decisions opened: each is about the very text that is stored",
        "1 decisions about erased comments: the commitment can't be opened",
    ]
    with unfrozen(connection):
        Decision.objects.filter(pk=history[6].pk).update(verdict="removed")
    code, words = verify(capsys)
    assert (code, words[0]) == (
        1,
        f"BROKEN at decision 7 (number {history[6].pk}): it was altered: its content does not have its hash",
    )


def test_a_text_that_is_not_the_one_decided_about_is_found(history, capsys):
    comment = history[0].comment
    with unfrozen(connection):
        Comment.objects.filter(pk=comment.pk).update(body="Edited after all")
    code, words = verify(capsys)
    assert code == 1
    assert words[-1] == (
        f"BROKEN: decision number {history[0].pk}: comment {comment.pk} is not the text or note decided about"
    )
    assert verify(capsys, "--chain-only")[0] == 0  # the chain itself is whole


def test_a_key_that_is_gone_without_an_erasure_is_found(history, capsys):
    CommentKey.objects.filter(comment=history[0].comment).delete()
    code, words = verify(capsys)
    assert code == 1 and words[-1].endswith("has no key though nobody erased it")
    CommentKey.objects.create(comment=history[0].comment, key="no hexadecimal digits")
    assert verify(capsys)[0] == 1


def test_a_comment_no_decision_explains_is_found(history, capsys):
    with unfrozen(connection):
        Comment.objects.filter(pk=history[1].comment_id).update(status="approved")
    code, words = verify(capsys)
    assert (code, words[-1]) == (
        1,
        f"BROKEN: no decision of the ledger explains the state of the comments {history[1].comment_id}",
    )


def test_reading_a_long_ledger_asks_little_at_a_time(history, monkeypatch, django_assert_num_queries):
    whole = exported()
    monkeypatch.setattr(ledger, "AT_ONCE", 4)
    # Editions and guidelines; three windows, each found, with its citations and its decisions; the end.
    with django_assert_num_queries(2 + 3 * 3 + 1):
        assert exported() == whole


def test_gaps_in_the_numbers_are_jumped_over(history, monkeypatch):
    """PostgreSQL leaves gaps where a decision was not written after all; the chain has none."""
    numbers = [row.pk for row in history]
    found = list(ledger.windows(0, ledger.LAST, 5))
    assert [pk for after, upto in found for pk in numbers if after < pk <= upto] == numbers
    assert len(found) == 3
    assert list(ledger.windows(numbers[-1], ledger.LAST, 5)) == []
    assert list(ledger.windows(numbers[2], numbers[4], 5)) == [(numbers[2], numbers[4])]


def test_the_standalone_verifier_stands_alone(history, tmp_path):
    file, kept = tmp_path / "ledger.jsonl", tmp_path / "kept.txt"
    call_command("export_ledger", str(file))
    kept.write_text(f"# kept by an outsider\n{checkpoints.line_of(checkpoints.take())}\n")
    assert alone(str(file), "--checkpoint", str(kept))[0] == 0
    assert "anchored up to decision 12" in alone(str(file), "--checkpoint", str(tmp_path / "checkpoints"))[1]
    assert "not anchored: decisions 1 to 12" in alone(str(file))[1]
    file.write_bytes(b"".join(exported()[:7]))
    assert alone(str(file))[0] == 0
    code, words = alone(str(file), "--checkpoint", str(kept))
    assert (code, words.splitlines()[0].partition(" [")[0]) == (
        1,
        "BROKEN at decision 7 (7): the end was cut off: a checkpoint counted more decisions",
    )
    file.write_text("not a ledger\n")
    assert alone(str(file))[0] == alone(str(tmp_path / "nothing"))[0] == 2
    kept.write_text("not a checkpoint\n")
    assert alone(str(file), "--checkpoint", str(kept))[0] == 2


def test_the_standalone_verifier_imports_nothing_of_ours():
    imported = re.findall(r"^(?:import|from) (\w+)", VERIFIER.read_text(), re.MULTILINE)
    assert set(imported) <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "line", ["", "[]", '["x",["newsroom-decision-1"]]', '["' + "0" * 64 + '",["newsroom-decision-1"']
)
def test_a_line_that_is_no_decision_is_refused(line):
    with pytest.raises(NotALedger):
        list(links_of([line.encode()]))


def test_an_empty_ledger_is_whole(db, capsys):
    assert verify(capsys)[0] == 0
    report = examine(list, [verify_ledger.Checkpoint(0, ledger.GENESIS, "t")])
    assert (report.broken, report.anchor.decisions) == (None, 0)


# Checkpoints ----------------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_kept_filed_mailed_and_published(history, reader, settings, capsys):
    settings.NEWSROOM_CHECKPOINT_MAIL = ["archive@example.org", "press@example.org"]
    call_command("checkpoint")
    checkpoint = Checkpoint.objects.get()
    assert (checkpoint.decisions, checkpoint.last_hash) == (12, history[-1].hash)
    line = str(checkpoints.line_of(checkpoint))
    assert capsys.readouterr().out.strip() == line
    assert [path.read_text() for path in settings.NEWSROOM_CHECKPOINT_DIR.iterdir()] == [line + "\n"]
    assert reader.get(reverse("transparency:checkpoints")).text == line + "\n"
    assert history[-1].hash in reader.get(reverse("transparency")).text
    assert PageChange.objects.filter(key="transparency").exists()
    assert mail.send_due() == 2
    assert [message.to for message in outbox.outbox] == [["archive@example.org"], ["press@example.org"]]
    assert line in outbox.outbox[0].body
    assert mail.send_due() == 0


def test_the_command_that_sends_mail_knows_the_letter_by_itself(tmp_path):
    """In a process of its own, as cron starts it: nothing else has imported the checkpoints."""
    code = (
        "import django; django.setup(); from newsroom import mail; before = 'checkpoint' in mail._writers; "
        "import newsroom.management.commands.send_mail_queue; print(before, 'checkpoint' in mail._writers)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "NEWSROOM_VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment, cwd=django_settings.BASE_DIR
    )
    assert done.stdout.split() == ["False", "True"]


def test_nobody_is_mailed_who_left_the_settings(history, settings):
    settings.NEWSROOM_CHECKPOINT_MAIL = ["archive@example.org"]
    checkpoints.take()
    settings.NEWSROOM_CHECKPOINT_MAIL = []
    assert (mail.send_due(), outbox.outbox) == (0, [])


def test_a_long_ledger_is_counted_from_its_newest_checkpoint(history, story, moderator):
    assert checkpoints.length() == 12
    checkpoints.take()
    make_decided(story, "approved", by=moderator, body="Later.")
    assert checkpoints.length() == Decision.objects.count() == 13
    assert checkpoints.take().decisions == 13
    assert ledger.verify(checkpoints.known()).broken is None


def test_one_checkpoint_a_day_and_more_on_demand(history, settings):
    now = datetime.datetime(2026, 5, 1, 23, 59, tzinfo=datetime.UTC)
    assert checkpoints.take(only_once_a_day=True, now=now) is not None
    assert checkpoints.take(only_once_a_day=True, now=now) is None
    assert checkpoints.take(only_once_a_day=True, now=now + datetime.timedelta(minutes=2)) is not None
    assert checkpoints.take(now=now + datetime.timedelta(minutes=3)) is not None
    assert Checkpoint.objects.count() == len(list(settings.NEWSROOM_CHECKPOINT_DIR.iterdir())) == 3


def test_a_file_that_could_not_be_written_is_written_the_next_time(history, settings):
    checkpoints.take_daily()
    (file,) = settings.NEWSROOM_CHECKPOINT_DIR.iterdir()
    file.unlink()
    assert checkpoints.take_daily() is None
    assert file.exists()


def test_a_checkpoint_that_does_not_fit_is_noticed_and_none_is_taken(history, capsys):
    checkpoints.take()
    with unfrozen(connection):
        last = history[-1]
        last.delete()
    with pytest.raises(CommandError, match="No checkpoint taken"):
        call_command("checkpoint")
    assert Checkpoint.objects.count() == 1
    code, words = verify(capsys)
    assert code == 1 and "a checkpoint counted more decisions" in words[0]


def test_a_checkpoint_kept_outside_shows_what_the_database_no_longer_says(history, tmp_path, capsys):
    """Whoever rewrites the history rewrites the table of checkpoints too: the copy elsewhere tells."""
    kept = tmp_path / "kept.txt"
    kept.write_text(f"{checkpoints.line_of(checkpoints.take())}\n")
    with unfrozen(connection):
        Checkpoint.objects.all().delete()
        Decision.objects.filter(pk=history[-1].pk).delete()
    Comment.objects.filter(pk=history[-1].comment_id)
    assert verify(capsys, "--chain-only")[0] == 0
    code, words = verify(capsys, "--chain-only", "--checkpoint", str(kept))
    assert code == 1 and "a checkpoint counted more decisions" in words[0]


def test_checkpoints_that_cannot_be_read_are_said_to_be(history, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_ledger", "--checkpoint", str(tmp_path / "nothing"))


def test_the_anchor_is_the_newest_that_fits(history, capsys):
    checkpoints.take(now=timezone.now() - datetime.timedelta(days=2))
    make_decided(history[0].comment.article, "approved", by=history[0].moderator, body="Later.")
    code, words = verify(capsys)
    assert code == 0
    assert words[1].startswith("anchored up to decision 12 by the checkpoint of ")
    assert words[2].startswith("not anchored: decisions 13 to 13.")
