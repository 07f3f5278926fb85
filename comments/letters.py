"""Mail to a comment's author, if they left an address: one asking to confirm it, and nothing else before they did."""

import hmac

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comments import receipts
from comments.models import Comment, CommentContact, Report, ReportContact
from newsroom import mail
from newsroom.addresses import reverse_in
from newsroom.keys import keyed_hash
from newsroom.mail import Letter
from newsroom.models import MailJob


def about(comment_id: int) -> str:
    """How a mail job names the comment it concerns."""
    return f"comment:{comment_id}"


def ask_to_confirm(comment: Comment) -> None:
    """Ask for the consent of the address left with ``comment``, if any. Call it where the contact is stored."""
    if comment.contact.email:
        mail.queue("confirm_address", about=about(comment.pk), language=comment.article.language)


@transaction.atomic
def confirm(contact: CommentContact) -> None:
    """The address's owner agreed: from now on each step is mailed, and this one is. Twice changes nothing."""
    unconfirmed = CommentContact.objects.filter(pk=contact.pk, email=contact.email, email_confirmed_at__isnull=True)
    if unconfirmed.update(email_confirmed_at=timezone.now()):
        mail.queue("comment_received", about=about(contact.pk), language=contact.comment.article.language)


def unsubscribe(left_with: Comment | Report) -> None:
    """Delete the address left with a comment or report, wherever it was left. Twice changes nothing."""
    contacts = CommentContact if isinstance(left_with, Comment) else ReportContact
    contact = contacts.objects.filter(pk=left_with.pk).exclude(email="").first()
    if contact is not None:
        for kept in (CommentContact, ReportContact):
            kept.objects.filter(email__iexact=contact.email).update(email="", email_confirmed_at=None)


def confirm_token(contact: CommentContact) -> str:
    """Proves that its bearer reads the mail of this address. Derived: nothing of it is stored."""
    return _token(contact.comment, "mail-confirm", contact.email)


def unsubscribe_token(comment: Comment) -> str:
    return _token(comment, "mail-unsubscribe")


def contact_to_confirm(token: str) -> CommentContact | None:
    """The contact whose address ``token`` confirms; None when it is wrong or the address is gone."""
    comment = _comment_named(token)
    contact = comment and CommentContact.objects.filter(pk=comment.pk).exclude(email="").first()
    if contact is None:
        return None
    contact.comment = comment
    return contact if hmac.compare_digest(confirm_token(contact), token) else None


def comment_to_unsubscribe(token: str) -> Comment | None:
    comment = _comment_named(token)
    return comment if comment and hmac.compare_digest(unsubscribe_token(comment), token) else None


def _token(comment: Comment, purpose: str, *parts: str) -> str:
    """The comment's id and 128 bits as 32 hexadecimal digits."""
    return f"{comment.pk}-{keyed_hash(purpose, comment.nonce, *parts)[:16].hex()}"


def _comment_named(token: str) -> Comment | None:
    pk, _dash, digits = token.partition("-")
    if not (token.isascii() and pk.isdigit() and len(pk) <= 18 and len(digits) == 32):
        return None
    return Comment.objects.select_related("article").filter(pk=pk).first()


def confirmed_contact(job: MailJob) -> CommentContact | None:
    """The contact a job's mail goes to, if its owner agreed and neither unsubscribed nor was forgotten since."""
    there = CommentContact.objects.exclude(email="").filter(email_confirmed_at__isnull=False)
    return there.select_related("comment__article").filter(pk=_comment_id(job)).first()


def to_author(contact: CommentContact, **context) -> Letter:
    """A letter to a confirmed address with the way to its receipt and the way out."""
    comment = contact.comment
    receipt = reverse_in(comment.article.language, "receipt", receipts.token_of(comment.nonce))
    unsubscribe_path = reverse("mail-unsubscribe", args=[unsubscribe_token(comment)])
    return Letter(contact.email, {"receipt": mail.absolute(receipt), **context}, unsubscribe_path)


@mail.letter("confirm_address")
def _confirm_address(job: MailJob) -> Letter | None:
    """Holds nothing the sender of the comment wrote: the address may be a stranger's."""
    unconfirmed = CommentContact.objects.exclude(email="").filter(email_confirmed_at__isnull=True)
    contact = unconfirmed.select_related("comment").filter(pk=_comment_id(job)).first()
    if contact is None:
        return None
    confirm_path = reverse("mail-confirm", args=[confirm_token(contact)])
    unsubscribe_path = reverse("mail-unsubscribe", args=[unsubscribe_token(contact.comment)])
    return Letter(contact.email, {"confirm": mail.absolute(confirm_path)}, unsubscribe_path)


@mail.letter("comment_received")
def _comment_received(job: MailJob) -> Letter | None:
    contact = confirmed_contact(job)
    return contact and to_author(contact)


def _comment_id(job: MailJob) -> int:
    return int(job.about.removeprefix("comment:"))
