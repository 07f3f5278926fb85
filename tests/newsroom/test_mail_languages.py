"""Every mail in every language: subject, plain text and HTML, from the right where the language reads so."""

import contextlib
import re
from pathlib import Path

import pytest
from django.conf import settings

from newsroom import languages, mail

TEMPLATES = sorted(
    path.stem
    for path in (Path(settings.BASE_DIR) / "templates/email").glob("*.txt")
    if path.stem != "checkpoint"  # for the house's own keepers, about no comment
)
# What chooses between the words of a mail; templates without such a choice are sent once for each all the same.
VERDICTS = ("approved", "rejected", "removed")
OTHER = [language for language in languages.LANGUAGES if language.code != "en"]
ADDRESS = re.compile(r"https?://\S+")
TAG = re.compile(r"<[^>]+>")


def sent(template: str, language: str, verdict: str, mailoutbox):
    there = {"verdict": verdict, "receipt": mail.absolute("/r/1/"), "confirm": mail.absolute("/c/1/")}
    mail.send(template, "reader@example.org", there, language=language, unsubscribe="/mail/unsubscribe/1-0/")
    return mailoutbox.pop()


def lines(text: str) -> set[str]:
    """The lines of ``text`` that have words of a language in them: no address, no tag, not the house's name."""
    plain = TAG.sub("\n", ADDRESS.sub("", text)).replace(settings.NEWSROOM_NAME, "")
    return {line.strip() for line in plain.splitlines() if any(letter.isalpha() for letter in line)}


def test_there_is_an_html_half_for_every_mail():
    assert {"confirm_address", "comment_received", "comment_decided"} <= set(TEMPLATES)
    folder = Path(settings.BASE_DIR) / "templates/email"
    assert sorted(path.stem for path in folder.glob("*.html")) == sorted([*TEMPLATES, "base", "checkpoint"])


@pytest.mark.parametrize("language", OTHER, ids=lambda language: language.code)
@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_english_is_left_in_a_mail_of_another_language(template, verdict, language, mailoutbox):
    english = sent(template, "en", verdict, mailoutbox)
    message = sent(template, language.code, verdict, mailoutbox)
    html = message.alternatives[0][0]
    assert lines(english.body) & lines(message.body) == set()
    assert lines(english.alternatives[0][0]) & lines(html) == set()
    assert message.subject not in ("", english.subject)
    assert f'<html lang="{language.html_lang}" dir="{language.direction}">' in html
    assert message.extra_headers["Content-Language"] == language.html_lang
    assert "\n" not in message.subject


@pytest.mark.parametrize("language", languages.LANGUAGES, ids=lambda language: language.code)
@pytest.mark.parametrize("template", TEMPLATES)
def test_both_halves_of_a_mail_lead_to_the_same_places_and_out(template, language, mailoutbox):
    message = sent(template, language.code, "rejected", mailoutbox)
    html = message.alternatives[0][0]
    plain_addresses = set(ADDRESS.findall(message.body))
    assert plain_addresses == set(re.findall(r'href="([^"]+)"', html))
    assert mail.absolute("/mail/unsubscribe/1-0/") in plain_addresses
    assert message.extra_headers["List-Unsubscribe"] == f"<{mail.absolute('/mail/unsubscribe/1-0/')}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.to == ["reader@example.org"]
    assert (message.cc, message.bcc) == ([], [])


def test_english_left_in_a_mail_is_noticed(mailoutbox, monkeypatch):
    """The first test can fail: a mail whose language has no catalogue is found line by line."""
    monkeypatch.setattr(mail, "override", lambda _language: contextlib.nullcontext())
    english, kept = (sent("comment_decided", code, "approved", mailoutbox) for code in ("en", "ku"))
    assert len(lines(english.body) & lines(kept.body)) == 3
