"""The only way a reader's report of a comment comes in: ``report_comment()``. It never changes the comment."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import limits, receipts, stamps, text
from comments.models import Comment, Guideline, GuidelineEdition, Report, ReportContact
from comments.refusals import CommentRefused
from comments.senders import Sender, cookie_hash, new_cookie
from newsroom.keys import keyed_hash

MAX_EXPLANATION = 2_000  # code points


class CommentNotShown(CommentRefused):
    """The comment is not public (any more), so there is nothing to report."""


@dataclass(frozen=True)
class Reported:
    """A report that is on disk. ``token`` opens its receipt; ``sender_cookie`` is what the browser should keep."""

    report: Report
    token: str
    sender_cookie: str
    created: bool


def report_comment(comment: Comment, *, ground: str, explanation: str, stamp: str, sender: Sender) -> Reported:
    """Take a report of ``comment``: ``ground`` is a guideline's code in the edition in force, or ``unlawful``.

    Raises ValidationError (no such ground, text), StampForged, StampExpired, CommentNotShown or TooMany; nothing is
    stored then. Sending the same form twice gives the first report again.
    """
    explanation = text.unix_lines(explanation)
    check_explanation(ground, explanation)
    stamps.check_stamp(stamp, comment.article_id)
    guideline = GuidelineEdition.objects.in_force().guidelines.filter(code=ground).first()
    if guideline is None:
        raise ValidationError(_("Please choose one of the grounds."), code="no_ground")
    nonce = _nonce((stamp, str(comment.pk), ground, explanation), sender)
    try:
        report = _store(comment, guideline, explanation, nonce=nonce, sender=sender)
    except IntegrityError:
        report = Report.objects.filter(nonce=nonce).first()
        if report is None:
            raise
        return _reported(report, sender, created=False)
    return _reported(report, sender, created=True)


def check_explanation(ground: str, explanation: str) -> None:
    """Raise ValidationError when a report on ``ground`` cannot rest on ``explanation``."""
    if explanation or ground == Guideline.UNLAWFUL:
        text.check_text(explanation, limit=MAX_EXPLANATION)


def _nonce(form: tuple[str, ...], sender: Sender) -> str:
    """64 hexadecimal digits, the same for a second click though the first one's answer gave the browser its cookie."""
    known_by = (sender.network, sender.user_agent)
    first_click = keyed_hash("report", *form, *known_by, "").hex()
    if sender.cookie in ("", new_cookie(first_click)):
        return first_click
    return keyed_hash("report", *form, *known_by, sender.cookie).hex()


def _store(comment: Comment, guideline: Guideline, explanation: str, *, nonce: str, sender: Sender) -> Report:
    with transaction.atomic():
        limits.one_at_a_time(sender)
        if Report.objects.filter(nonce=nonce).exists():
            raise IntegrityError("reported before")
        if not Comment.objects.public().filter(pk=comment.pk, article=comment.article_id).exists():
            raise CommentNotShown
        limits.check_report(sender)
        report = Report.objects.create(
            comment=comment,
            guideline=guideline,
            explanation=explanation,
            nonce=nonce,
            receipt_hash=receipts.token_hash(receipts.token_of(nonce)),
        )
        ReportContact.objects.create(
            report=report,
            network_hash=sender.network_hash(),
            sender_hash=cookie_hash(sender.cookie or new_cookie(nonce)),
            expires_at=timezone.now() + datetime.timedelta(days=settings.NEWSROOM_CONTACT_DAYS),
        )
        return report


def _reported(report: Report, sender: Sender, *, created: bool) -> Reported:
    return Reported(report, receipts.token_of(report.nonce), sender.cookie or new_cookie(report.nonce), created)
