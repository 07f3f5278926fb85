"""`manage.py export_personal_data`: everything held about a receipt or an address, as JSON."""

import json

from django.core.management.base import BaseCommand, CommandError

from comments import letters, receipts, report_letters
from comments.models import Comment, CommentContact, Erasure, Report, ReportContact
from moderation.models import Appeal, Decision, ReportAnswer
from newsroom.models import MailJob


class Command(BaseCommand):
    help = "Write everything held about the comment or report of a receipt, or about an address, as JSON."

    def add_arguments(self, parser) -> None:
        asked = parser.add_mutually_exclusive_group(required=True)
        asked.add_argument("--receipt", metavar="TOKEN", help="the 32 digits at the end of a receipt's address")
        asked.add_argument("--email", metavar="ADDRESS", help="an address left with comments or reports")

    def handle(self, *, receipt: str | None, email: str | None, **_options) -> None:
        comments = Comment.objects.select_related("article", "contact", "erasure").order_by("pk")
        reports = Report.objects.select_related("comment__article", "guideline", "contact", "answer").order_by("pk")
        wanted = {"receipt_hash": receipts.token_hash(receipt)} if receipt else {"contact__email__iexact": email}
        held = {
            "comments": [everything_about(comment) for comment in comments.filter(**wanted)],
            "reports": [everything_about_report(report) for report in reports.filter(**wanted)],
        }
        if not any(held.values()):
            raise CommandError("Nothing is held about that.")
        self.stdout.write(json.dumps(held, ensure_ascii=False, indent=2, default=str))


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
        "mail": _mail(letters.about(comment.pk)),
    }


def everything_about_report(report: Report) -> dict:
    """All that is held about whoever sent ``report``; times in UTC. The comment is another reader's, and not in it."""
    return {
        "id": report.pk,
        "comment": report.comment_id,
        "story": {"id": report.comment.article_id, "headline": report.comment.article.headline},
        "ground": report.guideline.code,
        "explanation": report.explanation,
        "declared_in_good_faith": report.good_faith,
        "reported_at": report.created_at.isoformat(),
        "contact": _report_contact(getattr(report, "contact", None)),
        "answer": _answer(getattr(report, "answer", None)),
        "mail": _mail(report_letters.about(report.pk)),
    }


def _mail(about: str) -> list[dict]:
    return list(MailJob.objects.filter(about=about).values("template", "done_at", "was_sent"))


def _history(comment: Comment):
    return (
        comment.decisions.select_related("note", "edition", "appeal__outcome")
        .prefetch_related("citations__guideline")
        .order_by("pk")
    )


def _report_contact(contact: ReportContact | None) -> dict | None:
    return contact and {"name": contact.name, **_contact(contact)}


def _answer(answer: ReportAnswer | None) -> dict | None:
    return answer and {"answer": answer.answer, "reason": answer.reason, "answered_at": answer.answered_at}


def _contact(contact: CommentContact | ReportContact | None) -> dict | None:
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
        "appeal": _appeal(getattr(decision, "appeal", None)),
    }


def _appeal(appeal: Appeal | None) -> dict | None:
    outcome = getattr(appeal, "outcome", None)
    return appeal and {
        "text": appeal.text,
        "appealed_at": appeal.appealed_at,
        "outcome": outcome and outcome.outcome,
        "decided_at": outcome and outcome.decided_at,
        "note": outcome and outcome.note,
    }


def _erasure(erasure: Erasure | None) -> dict | None:
    return erasure and {"cause": erasure.cause, "erased_at": erasure.erased_at}
