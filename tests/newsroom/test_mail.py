"""Mail: who gets which, and that nothing goes out before an address is confirmed."""

import ast
import datetime
import smtplib
from pathlib import Path

import pytest
from django.conf import settings as house
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from comments import letters, receipts
from comments.models import CommentContact
from comments.withdrawal import withdraw
from moderation.decisions import decide
from newsroom import mail
from newsroom.models import MailJob
from tests.factories import make_author, make_comment, make_decided, make_section, make_story

LATER = datetime.timedelta(seconds=11)
ADDRESS = "shilan@example.org"


def with_address(article, address=ADDRESS, **words):
    """A comment whose author left an address, as the form stores it."""
    comment = make_comment(article, **words)
    CommentContact.objects.filter(comment=comment).update(email=address)
    comment.contact.refresh_from_db()
    letters.ask_to_confirm(comment)
    return comment


def path_in(message, word: str) -> str:
    line = next(line for line in message.body.splitlines() if f"/{word}/" in line)
    return line.removeprefix(house.NEWSROOM_ADDRESS)


def confirmed(article, mailoutbox, client, **words):
    comment = with_address(article, **words)
    mail.send_due()
    client.post(path_in(mailoutbox[-1], "mail/confirm"))
    mail.send_due()
    mailoutbox.clear()
    return comment


def sent(mailoutbox) -> list[tuple[list[str], str]]:
    return [(message.to, message.subject) for message in mailoutbox]


def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_only_one_module_imports_djangos_mail():
    """One place to see what we tell people."""
    root = Path(house.BASE_DIR)
    apps = ("newsroom", "articles", "comments", "moderation")
    modules = [path for app in apps for path in (root / app).rglob("*.py")]
    senders = {path for path in modules if any(name.startswith("django.core.mail") for name in imported_by(path))}
    assert senders == {root / "newsroom/mail.py"}


def test_a_comment_without_an_address_causes_no_mail(story, moderator, mailoutbox):
    make_decided(story, "approved", by=moderator)
    assert mail.send_due(timezone.now() + LATER) == 0
    assert MailJob.objects.count() == 0


def test_before_the_address_is_confirmed_one_mail_goes_out_and_holds_nothing_its_sender_wrote(
    story, moderator, mailoutbox
):
    comment = with_address(story, body="Buy my pills.", name="Spammer")
    mail.send_due()
    decide(comment, "approved", moderator=moderator, seen_version=0, note="Thanks.")
    mail.send_due(timezone.now() + LATER)
    assert sent(mailoutbox) == [([ADDRESS], "Mail about your comment at The Maidan?")]
    (message,) = mailoutbox
    whole = message.message().as_string() + message.alternatives[0][0]
    for secret in ("pills", "Spammer", story.headline, receipts.token_of(comment.nonce)):
        assert secret not in whole


def test_opening_the_link_confirms_nothing_and_its_button_does(reader, story, mailoutbox):
    comment = with_address(story)
    mail.send_due()
    path = path_in(mailoutbox[0], "mail/confirm")
    page = reader.get(path)
    assert "Yes, mail me" in page.text
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert CommentContact.objects.get().email_confirmed_at is None

    assert reader.post(path, headers={"origin": "https://evil.example"}).status_code == 403
    assert CommentContact.objects.get().email_confirmed_at is None
    assert reader.post(path).status_code == 303
    assert reader.post(path).status_code == 303
    assert "Your address is confirmed" in reader.get(path).text
    mail.send_due()
    assert sent(mailoutbox)[1:] == [([ADDRESS], "We will mail you about your comment")]
    assert receipts.token_of(comment.nonce) in mailoutbox[1].body


@pytest.mark.parametrize(
    ("verdict", "guidelines", "subject"),
    [
        ("approved", [], "Your comment is published"),
        ("rejected", ["abuse"], "Your comment was not published"),
    ],
)
def test_a_decision_is_mailed_to_its_author_and_nobody_else_ten_seconds_later(
    reader, story, moderator, mailoutbox, verdict, guidelines, subject
):
    comment = confirmed(story, mailoutbox, reader, body="Well reported.")
    with_address(story, "stranger@example.org", body="Never confirmed.")
    mail.send_due()
    mailoutbox.clear()
    decide(comment, verdict, moderator=moderator, seen_version=0, guidelines=guidelines, note="A private word.")
    assert mail.send_due() == 0
    assert mail.send_due(timezone.now() + LATER) == 1
    assert mail.send_due(timezone.now() + LATER) == 0
    assert sent(mailoutbox) == [([ADDRESS], subject)]
    assert f"/en/receipts/{receipts.token_of(comment.nonce)}/" in mailoutbox[0].body
    assert ("A private word." in mailoutbox[0].body) == bool(guidelines)  # a refusal is mailed with all its reasons
    assert "Well reported." not in mailoutbox[0].body


def test_only_the_last_word_is_mailed(reader, story, moderator, mailoutbox):
    comment = confirmed(story, mailoutbox, reader)
    decide(comment, "approved", moderator=moderator, seen_version=0)
    decide(comment, "removed", moderator=moderator, seen_version=1, guidelines=["abuse"])
    mail.send_due(timezone.now() + LATER)
    assert sent(mailoutbox) == [([ADDRESS], "Your comment was removed")]


def test_a_decision_that_was_not_written_is_not_mailed(reader, story, moderator, mailoutbox):
    comment = confirmed(story, mailoutbox, reader)
    with transaction.atomic():
        decide(comment, "approved", moderator=moderator, seen_version=0)
        transaction.set_rollback(True)
    assert mail.send_due(timezone.now() + LATER) == 0


def test_one_post_ends_all_mail_to_the_address(reader, story, moderator, mailoutbox):
    first, second = confirmed(story, mailoutbox, reader), confirmed(story, mailoutbox, reader)
    decide(first, "approved", moderator=moderator, seen_version=0)
    mail.send_due(timezone.now() + LATER)
    (message,) = mailoutbox
    path = path_in(message, "mail/unsubscribe")
    assert message.extra_headers["List-Unsubscribe"] == f"<{house.NEWSROOM_ADDRESS}{path}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "delete my address" in reader.get(path).text
    assert CommentContact.objects.filter(email=ADDRESS).count() == 2  # opening the link ends nothing

    # As RFC 8058 wants it of mail programs: no cookie, no page seen before, a body of one field.
    response = reader.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert CommentContact.objects.filter(email=ADDRESS).count() == 0
    assert reader.post(path).status_code == 200
    decide(second, "approved", moderator=moderator, seen_version=0)
    assert mail.send_due(timezone.now() + LATER) == 0
    assert len(mailoutbox) == 1


def test_a_withdrawn_comment_is_not_written_about(reader, story, moderator, mailoutbox):
    comment = confirmed(story, mailoutbox, reader)
    decide(comment, "approved", moderator=moderator, seen_version=0)
    withdraw(comment)
    assert mail.send_due(timezone.now() + LATER) == 0
    assert MailJob.objects.count() == 0


@pytest.mark.parametrize("token", ["", "x", "1-", "1-" + "0" * 32, "9" * 40 + "-" + "0" * 32, "²-" + "0" * 32])
@pytest.mark.parametrize("verb", ["confirm", "unsubscribe"])
def test_a_wrong_token_is_404(reader, story, token, verb):
    with_address(story)
    assert reader.get(f"/mail/{verb}/{token}/").status_code == 404
    assert reader.post(f"/mail/{verb}/{token}/").status_code == 404


def test_a_confirmation_is_for_the_address_it_was_sent_to(reader, story, mailoutbox):
    comment = with_address(story)
    mail.send_due()
    CommentContact.objects.filter(comment=comment).update(email="other@example.org")
    assert reader.post(path_in(mailoutbox[0], "mail/confirm")).status_code == 404


def test_the_queue_holds_neither_address_nor_token(story, moderator):
    comment = with_address(story)
    decide(comment, "approved", moderator=moderator, seen_version=0, note="A private word.")
    kept = repr(list(MailJob.objects.values()))
    for secret in (ADDRESS, receipts.token_of(comment.nonce), letters.confirm_token(comment.contact), "private word"):
        assert secret not in kept


def test_a_mail_server_that_is_down_is_asked_again_later(story, mailoutbox, monkeypatch):
    def down(_message):
        raise smtplib.SMTPServerDisconnected

    with_address(story)
    working = EmailMultiAlternatives.send
    monkeypatch.setattr(EmailMultiAlternatives, "send", down)
    assert mail.send_due() == 0
    monkeypatch.setattr(EmailMultiAlternatives, "send", working)
    assert mail.send_due() == 0  # not at once
    assert mail.send_due(timezone.now() + datetime.timedelta(minutes=3)) == 1
    assert len(mailoutbox) == 1


def test_of_two_workers_one_sends(story, mailoutbox):
    with_address(story)
    job = MailJob.objects.get()
    assert mail._claim(job, timezone.now())
    assert not mail._claim(job, timezone.now())


def test_the_command_sends_what_is_due(story, mailoutbox, capsys):
    with_address(story)
    call_command("send_mail_queue")
    assert capsys.readouterr().out == "Sent 1 mails.\n"
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("language", "html_lang", "direction"),
    [("en", "en", "ltr"), ("ar", "ar", "rtl"), ("ckb", "ckb", "rtl"), ("ku", "kmr", "ltr"), ("tr", "tr", "ltr")],
)
def test_a_mail_is_in_the_language_of_its_story(reader, editor, mailoutbox, language, html_lang, direction):
    section = make_section(slug=f"section-{language}", language=language).pk
    bylines = [{"author": make_author(slug=f"author-{language}", language=language).pk, "role": "reporter"}]
    story = make_story(by=editor, language=language, section_id=section, bylines=bylines)
    with_address(story)
    mail.send_due()
    page = reader.post(path_in(mailoutbox[0], "mail/confirm"), follow=True)
    assert f'<html lang="{html_lang}" dir="{direction}">' in page.text
    mail.send_due()
    for message in mailoutbox:
        html, content_type = message.alternatives[0]
        assert content_type == "text/html"
        assert f'<html lang="{html_lang}" dir="{direction}">' in html
        assert message.extra_headers["Content-Language"] == html_lang
        assert "{%" not in message.body + html
    assert f"/{language}/receipts/" in mailoutbox[1].body
