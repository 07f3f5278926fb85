"""`manage.py export_personal_data`: everything held about a receipt or an address, as JSON."""

import json

from django.core.management.base import BaseCommand, CommandError

from comments import letters, receipts
from comments.models import Comment, CommentContact, Erasure
from moderation.models import Decision
from newsroom.models import MailJob


class Command(BaseCommand):
    help = "Write everything held about the comment of a receipt, or the comments an address was left with, as JSON."

    def add_arguments(self, parser) -> None:
        asked = parser.add_mutually_exclusive_group(required=True)
        asked.add_argument("--receipt", metavar="TOKEN", help="the 32 digits at the end of a receipt's address")
        asked.add_argument("--email", metavar="ADDRESS", help="an address left with comments")

    def handle(self, *, receipt: str | None, email: str | None, **_options) -> None:
        found = Comment.objects.select_related("article", "contact", "erasure").order_by("pk")
        if receipt:
            found = found.filter(receipt_hash=receipts.token_hash(receipt))
        else:
            found = found.filter(contact__email__iexact=email)
        held = [everything_about(comment) for comment in found]
        if not held:
            raise CommandError("Nothing is held about that.")
        self.stdout.write(json.dumps({"comments": held}, ensure_ascii=False, indent=2, default=str))


def everything_about(comment: Comment) -> dict:
    """All that is held about ``comment``'s author; times in UTC. Who decided is not theirs, and not in it."""
    return {
        "id": comment.pk,
        "story": {"id": comment.article_id, "headline": comment.article.headline},
        "reply_to": comment.parent_id,
        "resubmission_of": comment.resubmission_of_id,
        "name": comment.display_name,
        "text": comment.body,
        "language": comment.language,
        "submitted_at": comment.submitted_at.isoformat(),
        "status": comment.status,
        "moved_at": comment.moved_at and comment.moved_at.isoformat(),
        "contact": _contact(getattr(comment, "contact", None)),
        "decisions": [_decision(row) for row in _history(comment)],
        "erasure": _erasure(getattr(comment, "erasure", None)),
        "mail": list(MailJob.objects.filter(about=letters.about(comment.pk)).values("template", "done_at", "was_sent")),
    }


def _history(comment: Comment):
    return comment.decisions.select_related("note", "edition").prefetch_related("citations__guideline").order_by("pk")


def _contact(contact: CommentContact | None) -> dict | None:
    return contact and {
        "email": contact.email,
        "email_confirmed_at": contact.email_confirmed_at,
        "network_hash": contact.network_hash,
        "sender_hash": contact.sender_hash,
        "deleted_from": contact.expires_at,
    }


def _decision(decision: Decision) -> dict:
    return {
        "verdict": decision.verdict,
        "decided_at": decision.decided_at,
        "edition": decision.edition.number,
        "guidelines": [citation.guideline.code for citation in decision.citations.all()],
        "note": decision.note.text if hasattr(decision, "note") else "",
    }


def _erasure(erasure: Erasure | None) -> dict | None:
    return erasure and {"cause": erasure.cause, "erased_at": erasure.erased_at}
