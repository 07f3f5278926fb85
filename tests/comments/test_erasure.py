"""Forgetting: what erase() empties, where twenty canaries are searched for, and that the ledger still verifies."""

import datetime
import io
import json
import logging
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from comments import erasure, receipts, retention, stamps
from comments.drawing import Pen
from comments.erasure import ErasureRefused, erase
from comments.models import Comment, CommentContact, CommentKey, Erasure, Status
from comments.reporting import report_comment
from comments.threads import threads_page
from moderation import ledger, prepared
from moderation.decisions import decide
from newsroom import mail
from newsroom.models import MailJob
from newsroom.pages import configured_store
from newsroom.sqlite import journal
from tests.comments.test_reporting import report
from tests.factories import SENDER, make_comment, make_decided
from tests.newsroom.test_pages import Site

DAY = datetime.timedelta(days=1)


def run(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def canary(number: int) -> str:
    return f"Canary{number:02}qzv"


@pytest.fixture
def canaries(story, moderator):
    """Five comments of every fate; in each a canary as text, name, address and the moderator's note."""
    numbers = iter(range(20))
    comments = []
    for fate in ("pending", "approved", "rejected", "removed", "approved"):
        text, name, address, note = (canary(next(numbers)) for _ in range(4))
        comment = make_comment(story, f"I say {text}.", name=name)
        CommentContact.objects.filter(comment=comment).update(email=f"{address}@example.org")
        mail.queue("confirm_address", about=f"comment:{comment.pk}", language="en")
        if fate == "rejected":
            decide(comment, fate, moderator=moderator, seen_version=0, guidelines=["abuse"], note=note)
        elif fate != "pending":
            decide(comment, "approved", moderator=moderator, seen_version=0, note=note)
        if fate == "removed":
            decide(comment, "removed", moderator=moderator, seen_version=1, guidelines=["abuse"], note=note)
        comment.refresh_from_db()
        comments.append(comment)
    return comments


def dump() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return "\n".join(rows)


def pages(as_, reader, story, lead, comments) -> dict[str, str]:
    desk = as_(lead)
    shown = {
        "story": reader.get(story.get_absolute_url()),
        "desk": desk.get("/desk/"),
        "admin list": desk.get("/admin/comments/comment/"),
        "admin decisions": desk.get("/admin/moderation/decision/"),
    }
    for comment in comments:
        token = receipts.token_of(comment.nonce)
        shown[f"receipt {comment.pk}"] = reader.get(f"/en/receipts/{token}/")
        shown[f"withdraw {comment.pk}"] = reader.get(f"/en/receipts/{token}/withdraw/", follow=True)
        shown[f"resubmit {comment.pk}"] = reader.get(f"/en/receipts/{token}/resubmit/", follow=True)
        shown[f"card {comment.pk}"] = desk.get(f"/desk/comments/{comment.pk}/")
        shown[f"admin {comment.pk}"] = desk.get(f"/admin/comments/comment/{comment.pk}/change/")
    assert {response.status_code for response in shown.values()} == {200}
    return {name: response.text for name, response in shown.items()}


def found(texts: dict[str, str]) -> set[str]:
    return {canary(n) for n in range(20) for text in texts.values() if canary(n).lower() in text.lower()}


def test_twenty_canaries_are_everywhere_before_and_nowhere_after(canaries, as_, reader, story, lead):
    before = found({"dump": dump()})
    assert len(before) == 19  # the pending comment has no note yet
    assert len(found(pages(as_, reader, story, lead, canaries))) >= 14
    for comment in canaries:
        erase(comment, cause=Erasure.Cause.REQUEST, by=lead)
    searched = {"dump": dump(), **pages(as_, reader, story, lead, canaries)}
    print(f"\n{connection.vendor}: {len(before)} canaries searched for in {len(searched) - 1} pages and the whole dump")
    assert found(searched) == set()
    assert ledger.first_break() is None
    search = as_(lead).get("/admin/comments/comment/", {"q": canary(0)})
    assert "0 comments" in search.text


def files_below(folder: Path) -> str:
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file())


def export_of(comment: Comment) -> str:
    return run("export_personal_data", "--receipt", receipts.token_of(comment.nonce))


@pytest.mark.django_db(transaction=True)
def test_canaries_are_in_no_file_feed_log_or_export_after(
    canaries, as_, reader, story, moderator, lead, settings, tmp_path, caplog, mailoutbox
):
    """Beyond the database and the pages: stored pages, feeds, exports, the log, mail, a sender's history, hints."""
    caplog.set_level(logging.DEBUG)
    settings.NEWSROOM_PAGES_DIR = tmp_path / "pages"
    site = Site(configured_store())
    asked = canaries[1]
    reported = report(reader, asked, explanation=f"It says {canary(4)}.")
    assert reported.status_code == 303
    permalink = f"/en/stories/{story.pk}/comments/{asked.pk}/"
    feeds = ("feed.rss", "feed.atom", "feed.json")

    def everywhere() -> dict[str, str]:
        site.get(story.get_absolute_url())
        desk = as_(lead)
        call_command("prepare_hints", stdout=io.StringIO())
        exported = [export_of(comment) for comment in canaries if comment.body]
        return {
            "stored pages": files_below(tmp_path / "pages"),
            "dump": dump(),
            "exports": "".join(exported),
            "erasures": run("list_erasures"),
            "report's receipt": reader.get(reported["Location"]).text,
            "sender's history": desk.get(f"/desk/comments/{asked.pk}/").text,
            "search of the desk": desk.get("/desk/", {"q": "I say"}).text,
            "statistics": desk.get("/desk/statistics/").text,
            "search": reader.get("/en/search/", {"q": "I say"}).text,
            "thread": reader.get(permalink, {"after": "0-0"}).text,
            "feeds": "".join(reader.get(f"/en/{name}").text for name in feeds),
            "drawn comments": Pen(story.pk).threads(threads_page(story, None).items),
        }

    before = everywhere()
    holding = {name for name, text in before.items() if found({name: text})}
    assert {"stored pages", "dump", "exports", "thread", "drawn comments", "sender's history"} <= holding
    for comment in canaries:
        erase(comment, cause=Erasure.Cause.REQUEST, by=lead)
        comment.refresh_from_db()
    mail.send_due(timezone.now() + DAY)
    after = everywhere()
    prepared.tidy()  # the hourly job: until then SQLite's index of the desk's search keeps the rest of deleted words
    after["dump"] = dump()
    told = "".join(f"{message.to} {message.subject} {message.body}" for message in mailoutbox)
    after |= {"log": caplog.text, "mail": told, "cookies": str(reader.cookies)}
    assert {name: sorted(found({name: text})) for name, text in after.items() if found({name: text})} == {}
    assert mailoutbox == []
    print(f"\n{connection.vendor}: 20 canaries searched for in {', '.join(after)}: none")


def test_an_erasure_leaves_row_and_decisions_and_nothing_personal(canaries, lead):
    approved = canaries[1]
    erased = erase(approved, cause=Erasure.Cause.REQUEST, by=lead)
    approved.refresh_from_db()
    assert (approved.status, approved.display_name, approved.body) == (Status.WITHDRAWN, "", "")
    assert (erased.cause, erased.by) == (Erasure.Cause.REQUEST, lead)
    assert not CommentKey.objects.filter(comment=approved).exists()
    assert not CommentContact.objects.filter(comment=approved).exists()
    assert not MailJob.objects.filter(about=f"comment:{approved.pk}").exists()
    assert [decision.note.text for decision in approved.decisions.all()] == [""]
    assert erase(approved, cause=Erasure.Cause.AUTHOR) == erased


def test_an_erasure_is_whole_or_not_at_all(canaries, monkeypatch):
    def fail(_comment):
        raise DatabaseError("no")

    monkeypatch.setattr(erasure, "_also", [*erasure._also, fail])
    before = dump()
    with pytest.raises(DatabaseError), transaction.atomic():
        erase(canaries[2], cause=Erasure.Cause.REQUEST)
    assert dump() == before


def test_without_what_moderation_registered_the_notes_would_stay(canaries, monkeypatch):
    monkeypatch.setattr(erasure, "_also", [])
    for comment in canaries:
        erase(comment, cause=Erasure.Cause.REQUEST)
    assert found({"dump": dump()}) == {canary(n) for n in (7, 11, 15, 19)}


@pytest.mark.parametrize("person", ["lead", "admin_person"])
def test_erasing_on_request_asks_first(person, request, canaries, as_):
    who = request.getfixturevalue(person)
    client, chosen = as_(who), [canaries[0].pk, canaries[2].pk]
    form = {"action": "erase_on_request", "_selected_action": chosen}
    asked = client.post("/admin/comments/comment/", form)
    assert "Erase for good" in asked.text
    assert Erasure.objects.count() == 0
    assert client.post("/admin/comments/comment/", {**form, "confirmed": "yes"}).status_code == 302
    assert set(Erasure.objects.values_list("comment_id", "by_id")) == {(pk, who.pk) for pk in chosen}


@pytest.mark.parametrize("person", ["moderator", "editor", "reporter", "superuser", "stranger"])
def test_nobody_else_erases_on_request(person, request, canaries, as_):
    client = as_(request.getfixturevalue(person))
    form = {"action": "erase_on_request", "_selected_action": [canaries[0].pk], "confirmed": "yes"}
    client.post("/admin/comments/comment/", form)
    assert Erasure.objects.count() == int(person == "superuser")  # who opens the whole admin


def test_a_contacts_days_count_from_the_decision(story, moderator, settings):
    comment = make_comment(story)
    waiting = CommentContact.objects.get(comment=comment).expires_at - timezone.now()
    assert round(waiting / DAY) == settings.NEWSROOM_CONTACT_WAITING_DAYS
    decide(comment, "approved", moderator=moderator, seen_version=0)
    after = CommentContact.objects.get(comment=comment).expires_at
    assert after == comment.decisions.get().decided_at + 30 * DAY


@pytest.mark.parametrize(("days", "kept"), [(0, False), (30, True)])
def test_the_purge_deletes_what_is_due(story, moderator, settings, days, kept):
    settings.NEWSROOM_CONTACT_DAYS = days
    waiting, decided = make_comment(story), make_decided(story, "approved", by=moderator)
    assert run("purge_personal_data") == f"Deleted {int(not kept)} contacts, erased 0 refused texts.\n"
    assert set(CommentContact.objects.values_list("pk", flat=True)) == {waiting.pk, *([decided.pk] if kept else [])}
    assert run("purge_personal_data") == "Deleted 0 contacts, erased 0 refused texts.\n"


def test_a_refused_text_is_erased_after_the_appeal_period_and_its_own(canaries, monkeypatch, settings):
    settings.NEWSROOM_APPEAL_DAYS = 30
    monkeypatch.setattr(retention, "BATCH", 1)
    heard = []
    assert retention.purge(timezone.now() + 59 * DAY)[1] == 0
    contacts, texts = retention.purge(timezone.now() + 61 * DAY, told=lambda *what: heard.append(what))
    assert (contacts, texts) == (0, 2)  # the contacts went before
    assert heard[-1] == ("refused texts", 2)
    assert set(Erasure.objects.values_list("comment__status", "cause")) == {
        ("rejected", "retention"),
        ("removed", "retention"),
    }
    assert Comment.objects.get(pk=canaries[1].pk).body != ""


def test_the_retention_period_never_takes_a_comment_off_the_page(canaries):
    for comment in canaries[:2]:
        with pytest.raises(ErasureRefused):
            erase(comment, cause=Erasure.Cause.RETENTION)


def test_everything_held_is_exported_by_receipt_and_by_address(canaries):
    rejected = canaries[2]
    by_receipt = json.loads(run("export_personal_data", "--receipt", receipts.token_of(rejected.nonce)))
    by_address = json.loads(run("export_personal_data", "--email", f"{canary(10).upper()}@example.org"))
    assert by_receipt == by_address
    (held,) = by_receipt["comments"]
    assert (held["name"], held["text"]) == (canary(9), f"I say {canary(8)}.")
    assert held["contact"]["email"] == f"{canary(10)}@example.org"
    assert held["decisions"][0]["note"] == canary(11)
    assert held["decisions"][0]["guidelines"] == ["abuse"]
    assert [job["template"] for job in held["mail"]] == ["confirm_address", "comment_decided"]
    with pytest.raises(CommandError, match="Nothing is held"):
        run("export_personal_data", "--receipt", "0" * 32)


def test_a_report_is_exported_by_its_receipt_and_address_without_the_comment(canaries):
    comment = canaries[1]
    sent = report_comment(
        comment,
        ground="unlawful",
        explanation="It names my child.",
        stamp=stamps.stamp(comment.article_id),
        sender=SENDER,
        name="Shilan Reader",
        email="shilan@example.org",
        good_faith=True,
    )
    by_receipt = json.loads(run("export_personal_data", "--receipt", sent.token))
    assert by_receipt == json.loads(run("export_personal_data", "--email", "Shilan@example.org"))
    assert by_receipt["comments"] == []
    (held,) = by_receipt["reports"]
    assert (held["ground"], held["explanation"], held["answer"]) == ("unlawful", "It names my child.", None)
    assert (held["contact"]["name"], held["contact"]["email"]) == ("Shilan Reader", "shilan@example.org")
    assert [job["template"] for job in held["mail"]]
    assert comment.body not in json.dumps(held)


def test_erasures_are_replayed_on_a_restored_backup(canaries, tmp_path):
    listed = tmp_path / "erasures"
    point = transaction.savepoint()
    for comment, cause in zip(canaries, ("author", "request", "retention", "author", "author"), strict=True):
        erase(comment, cause=Erasure.Cause(cause))
    told = run("list_erasures")
    listed.write_text(told)
    assert found({"list": told}) == set()
    after = sorted(Erasure.objects.values_list("comment_id", "cause", "erased_at"))

    transaction.savepoint_rollback(point)  # the backup, older than the erasures
    assert len(found({"dump": dump()})) == 19
    assert run("replay_erasures", str(listed)) == "5 erased, 0 were erased, 0 are not in this database.\n"
    assert found({"dump": dump()}) == set()
    assert sorted(Erasure.objects.values_list("comment_id", "cause", "erased_at")) == after
    assert run("replay_erasures", str(listed)) == "0 erased, 5 were erased, 0 are not in this database.\n"


def test_a_replay_touches_no_comment_that_only_has_the_same_number(canaries, tmp_path):
    listed = tmp_path / "erasures"
    line = {"comment": canaries[0].pk, "receipt": "0" * 64, "cause": "author", "at": "2026-01-01T00:00:00+00:00"}
    listed.write_text(json.dumps(line) + "\n")
    assert run("replay_erasures", str(listed)) == "0 erased, 0 were erased, 1 are not in this database.\n"
    listed.write_text(json.dumps(line) + "\nhalf a li")
    with pytest.raises(CommandError, match="Line 2"):
        run("replay_erasures", str(listed))


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_what_was_erased_is_not_left_in_the_free_space_of_the_database_file(canaries):
    """PostgreSQL leaves old row versions to VACUUM, which ``docs/personal-data.md`` says."""
    file = Path(connection.settings_dict["NAME"])
    texts = [canary(n).encode() for n in (0, 1, 2, 4, 5, 6, 7)]

    def on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in (file, file.with_name(f"{file.name}-wal")) if path.exists())

    assert [text for text in texts if text not in on_disk()] == []
    for comment in canaries:
        erase(comment, cause=Erasure.Cause.REQUEST)
    assert journal.put_away()  # as the worker does every hour
    assert [text for text in texts if text in on_disk()] == []
