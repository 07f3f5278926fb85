"""Mail about decisions, to authors and reporters who confirmed an address."""

import datetime

from comments import letters, report_letters
from comments.models import CommentContact
from moderation.models import AppealOutcome, Decision, ReportAnswer, Verdict
from moderation.reasons import statement_of
from newsroom import mail
from newsroom.mail import Letter
from newsroom.models import MailJob

# A decision may be undone for this long; the page shows it at once, the mail waits.
UNDO_FOR = datetime.timedelta(seconds=10)


def tell_author(decision: Decision) -> None:
    """Have the author told of ``decision`` if they left an address. Call it in the decision's transaction."""
    if decision.verdict != Verdict.UNDONE and _left_an_address(decision):
        _queue("comment_decided", decision, fact=f"decision:{decision.pk}", not_before=decision.decided_at + UNDO_FOR)


def tell_of_appeal(outcome: AppealOutcome) -> None:
    """Have the author told what became of their appeal. Call it in the outcome's transaction."""
    decision = outcome.appeal.decision
    if _left_an_address(decision):
        _queue("appeal_decided", decision, fact=f"appeal:{outcome.pk}", not_before=outcome.decided_at)


def _left_an_address(decision: Decision) -> bool:
    return CommentContact.objects.filter(pk=decision.comment_id).exclude(email="").exists()


def _queue(template: str, decision: Decision, *, fact: str, not_before: datetime.datetime) -> None:
    about, language = letters.about(decision.comment_id), decision.comment.article.language
    mail.queue(template, about=about, fact=fact, language=language, not_before=not_before)


@mail.letter("comment_decided")
def _comment_decided(job: MailJob) -> Letter | None:
    """The verdict, unless it is not the last word any more, and of a refusal the whole statement of reasons."""
    contact = letters.confirmed_contact(job)
    newest = contact and contact.comment.decisions.first()
    if newest is None or job.fact != f"decision:{newest.pk}":
        return None
    statement = statement_of(newest, job.language)
    appeal = statement and letters.to_author(contact).context["receipt"] + "appeal/"
    guidelines = statement and mail.absolute(statement.guidelines_path)
    told = {"statement": statement, "guidelines": guidelines, "appeal": appeal}
    return letters.to_author(contact, verdict=newest.verdict, **told)


@mail.letter("appeal_decided")
def _appeal_decided(job: MailJob) -> Letter | None:
    contact = letters.confirmed_contact(job)
    outcome = AppealOutcome.objects.filter(pk=int(job.fact.removeprefix("appeal:"))).first()
    if contact is None or outcome is None:
        return None
    return letters.to_author(contact, is_overturned=outcome.is_overturned, note=outcome.note)


@mail.letter("report_answered")
def _report_answered(job: MailJob) -> Letter | None:
    """Article 16 (5) of the EU's Digital Services Act: the decision, and what can be done about it."""
    contact = report_letters.confirmed_contact(job)
    answer = contact and ReportAnswer.objects.filter(pk=contact.pk).first()
    if answer is None:
        return None
    return report_letters.to_reporter(
        contact, is_kept=answer.is_kept, is_removed=answer.is_removed, reason=answer.reason
    )
