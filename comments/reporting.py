"""The only way a reader's report of a comment comes in: ``report_comment()``. It never changes the comment."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import limits, receipts, report_letters, retention, stamps, text
from comments.checks import refusals, refuse
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


def report_comment(
    comment: Comment,
    *,
    ground: str,
    explanation: str,
    stamp: str,
    sender: Sender,
    name: str = "",
    email: str = "",
    good_faith: bool = False,
    protects_children: bool = False,
) -> Reported:
    """Take a report of ``comment``: ``ground`` is a guideline's code in the edition in force, or ``unlawful``.

    On the ground ``unlawful`` it is a notice of illegal content and needs what ``check_notice`` says; otherwise no
    name is kept. Raises ValidationError (no such ground, text, a notice's needs), StampForged, StampExpired,
    CommentNotShown or TooMany; nothing is stored then. Sending the same form twice gives the first report again.
    """
    explanation = text.unix_lines(explanation)
    check_explanation(ground, explanation)
    is_notice = ground == Guideline.UNLAWFUL
    name = name.strip() if is_notice else ""
    check_notice(ground, name=name, email=email, good_faith=good_faith, protects_children=protects_children)
    text.check_email(email)
    stamps.check_stamp(stamp, comment.article_id)
    guideline = GuidelineEdition.objects.in_force().guidelines.filter(code=ground).first()
    if guideline is None:
        raise ValidationError(_("Please choose one of the grounds."), code="no_ground")
    nonce = _nonce((stamp, str(comment.pk), ground, explanation), sender)
    try:
        written = Report(comment=comment, guideline=guideline, explanation=explanation, nonce=nonce)
        written.good_faith = is_notice and good_faith
        report = _store(written, name=name, email=email, sender=sender)
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


def check_notice(ground: str, *, name: str, email: str, good_faith: bool, protects_children: bool) -> None:
    """Raise ValidationError, by field, when a notice of illegal content lacks what article 16 (2) asks for.

    Whoever reports the sexual abuse of children (directive 2011/93/EU, articles 3 to 7) need not say who they are.
    """
    if ground != Guideline.UNLAWFUL:
        return
    missing = {}
    if not protects_children:
        missing |= {} if email else {"email": _("Please leave an address: a notice of illegal content is answered.")}
        missing |= {} if name.strip() else {"name": _("Please say who you are: a notice of illegal content needs it.")}
    if not good_faith:
        missing["good_faith"] = _("Please confirm this: a notice of illegal content needs it.")
    if name.strip():
        try:
            text.check_name(name.strip())
        except ValidationError as invalid:
            missing["name"] = invalid
    if missing:
        raise ValidationError(missing)


def _nonce(form: tuple[str, ...], sender: Sender) -> str:
    """64 hexadecimal digits, the same for a second click though the first one's answer gave the browser its cookie."""
    known_by = (sender.network, sender.user_agent)
    first_click = keyed_hash("report", *form, *known_by, "").hex()
    if sender.cookie in ("", new_cookie(first_click)):
        return first_click
    return keyed_hash("report", *form, *known_by, sender.cookie).hex()


def _store(report: Report, *, name: str, email: str, sender: Sender) -> Report:
    comment = report.comment
    with transaction.atomic():
        limits.one_at_a_time(sender)
        if Report.objects.filter(nonce=report.nonce).exists():
            raise IntegrityError("reported before")
        if not Comment.objects.public().filter(pk=comment.pk, article=comment.article_id).exists():
            raise CommentNotShown
        refuse(refusals(limits.of_reports(sender)))
        report.receipt_hash = receipts.token_hash(receipts.token_of(report.nonce))
        report.save(force_insert=True)
        now = timezone.now()
        usual_end = now + datetime.timedelta(days=settings.NEWSROOM_CONTACT_DAYS)
        ReportContact.objects.create(
            report=report,
            name=name,
            email=email,
            network_hash=sender.network_hash(),
            sender_hash=cookie_hash(sender.cookie or new_cookie(report.nonce)),
            expires_at=max(usual_end, retention.while_waiting(now)) if email or name else usual_end,
        )
        report_letters.acknowledge(report)
        return report


def _reported(report: Report, sender: Sender, *, created: bool) -> Reported:
    return Reported(report, receipts.token_of(report.nonce), sender.cookie or new_cookie(report.nonce), created)
