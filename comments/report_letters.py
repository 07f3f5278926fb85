"""Mail to whoever reported a comment, if they left an address: one asking to confirm it, and nothing else before."""

import hmac

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comments import receipts
from comments.models import Report, ReportContact
from newsroom import mail
from newsroom.addresses import reverse_in
from newsroom.keys import keyed_hash
from newsroom.mail import Letter
from newsroom.models import MailJob

PREFIX = "r"  # of tokens, so that a report's is never a comment's


def about(report_id: int) -> str:
    """How a mail job names the report it concerns."""
    return f"report:{report_id}"


def acknowledge(report: Report) -> None:
    """Tell the address left with ``report``, if any, that something arrived, and ask for its consent to more."""
    if report.contact.email:
        _queue("confirm_report_address", report)


@transaction.atomic
def confirm(contact: ReportContact) -> None:
    """The address's owner agreed: the way to the receipt is mailed, and later the answer. Twice changes nothing."""
    unconfirmed = ReportContact.objects.filter(pk=contact.pk, email=contact.email, email_confirmed_at__isnull=True)
    if unconfirmed.update(email_confirmed_at=timezone.now()):
        _queue("report_received", contact.report)


def tell_reporter(report: Report) -> None:
    """Have whoever sent ``report`` told that it was answered, if they left an address. Call it in the transaction."""
    if ReportContact.objects.filter(pk=report.pk).exclude(email="").exists():
        _queue("report_answered", report)


def _queue(template: str, report: Report) -> None:
    mail.queue(template, about=about(report.pk), language=report.comment.article.language)


def confirm_token(contact: ReportContact) -> str:
    """Proves that its bearer reads the mail of this address. Derived: nothing of it is stored."""
    return _token(contact.report, "mail-confirm-report", contact.email)


def unsubscribe_token(report: Report) -> str:
    return _token(report, "mail-unsubscribe-report")


def contact_to_confirm(token: str) -> ReportContact | None:
    """The contact whose address ``token`` confirms; None when it is wrong or the address is gone."""
    report = _report_named(token)
    contact = report and ReportContact.objects.filter(pk=report.pk).exclude(email="").first()
    if contact is None:
        return None
    contact.report = report
    return contact if hmac.compare_digest(confirm_token(contact), token) else None


def report_to_unsubscribe(token: str) -> Report | None:
    report = _report_named(token)
    return report if report and hmac.compare_digest(unsubscribe_token(report), token) else None


def _token(report: Report, purpose: str, *parts: str) -> str:
    """The prefix, the report's id and 128 bits as 32 hexadecimal digits."""
    return f"{PREFIX}{report.pk}-{keyed_hash(purpose, report.nonce, *parts)[:16].hex()}"


def _report_named(token: str) -> Report | None:
    pk, _dash, digits = token.removeprefix(PREFIX).partition("-")
    if not (token.startswith(PREFIX) and token.isascii() and pk.isdigit() and len(pk) <= 18 and len(digits) == 32):
        return None
    return Report.objects.select_related("comment__article").filter(pk=pk).first()


def confirmed_contact(job: MailJob) -> ReportContact | None:
    """The contact a job's mail goes to, if its owner agreed and neither unsubscribed nor was forgotten since."""
    there = ReportContact.objects.exclude(email="").filter(email_confirmed_at__isnull=False)
    return there.select_related("report__comment__article").filter(pk=_report_id(job)).first()


def to_reporter(contact: ReportContact, **context) -> Letter:
    """A letter to a confirmed address with the way to its receipt and the way out."""
    report = contact.report
    receipt = reverse_in(report.comment.article.language, "receipt", receipts.token_of(report.nonce))
    unsubscribe_path = reverse("mail-unsubscribe", args=[unsubscribe_token(report)])
    return Letter(contact.email, {"receipt": mail.absolute(receipt), **context}, unsubscribe_path)


@mail.letter("confirm_report_address")
def _confirm_report_address(job: MailJob) -> Letter | None:
    """Holds nothing the sender of the report wrote: the address may be a stranger's."""
    unconfirmed = ReportContact.objects.exclude(email="").filter(email_confirmed_at__isnull=True)
    contact = unconfirmed.select_related("report").filter(pk=_report_id(job)).first()
    if contact is None:
        return None
    confirm_path = reverse("mail-confirm", args=[confirm_token(contact)])
    unsubscribe_path = reverse("mail-unsubscribe", args=[unsubscribe_token(contact.report)])
    return Letter(contact.email, {"confirm": mail.absolute(confirm_path)}, unsubscribe_path)


@mail.letter("report_received")
def _report_received(job: MailJob) -> Letter | None:
    contact = confirmed_contact(job)
    return contact and to_reporter(contact)


def _report_id(job: MailJob) -> int:
    return int(job.about.removeprefix("report:"))
