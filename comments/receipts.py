"""The receipt: a private address at which a comment's author, without an account, sees what became of it."""

import hashlib
import hmac

from django.db.models import Q

from comments.models import Comment, Report, Status
from newsroom.keys import keyed_hash


def token_of(nonce: str) -> str:
    """The receipt token of a comment's ``nonce``: 128 bits as 32 hexadecimal digits.

    Derived, so that a double click and a later mail give the same one; only its hash is stored.
    """
    return keyed_hash("receipt", nonce)[:16].hex()


def token_hash(token: str) -> str:
    """What the database keeps of a token: SHA-256 suffices for 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def comment_of(token: str) -> Comment | None:
    """The comment whose receipt ``token`` opens, or None."""
    found = Comment.objects.select_related("article").filter(receipt_hash=token_hash(token)).first()
    return found if found and hmac.compare_digest(found.receipt_hash, token_hash(token)) else None


def may_resubmit(comment: Comment) -> bool:
    """Whether its author may send ``comment`` again: it was rejected, and its text is still there."""
    return comment.status == Status.REJECTED and not comment.is_erased


def place_in_queue(comment: Comment) -> str:
    """How many wait up to and with this pending comment: "1" is next. Exact up to 1,000, "1,000+" above."""
    earlier = Q(submitted_at__lt=comment.submitted_at) | Q(submitted_at=comment.submitted_at, pk__lt=comment.pk)
    before = Comment.objects.pending().filter(earlier).order_by("submitted_at", "pk")[:1000].count()
    return f"{before + 1:,}" if before < 1000 else "1,000+"


def report_of(token: str) -> Report | None:
    """The report whose receipt ``token`` opens, or None, with its comment and the ground's wordings."""
    reports = Report.objects.select_related("comment__article", "guideline__edition")
    found = reports.prefetch_related("guideline__wordings").filter(receipt_hash=token_hash(token)).first()
    return found if found and hmac.compare_digest(found.receipt_hash, token_hash(token)) else None
