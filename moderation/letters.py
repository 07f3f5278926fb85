"""Mail about decisions, to authors who confirmed an address."""

import datetime

from comments import letters
from comments.models import CommentContact
from moderation.models import Decision, Verdict
from newsroom import mail
from newsroom.mail import Letter
from newsroom.models import MailJob

# A decision may be undone for this long; the page shows it at once, the mail waits.
UNDO_FOR = datetime.timedelta(seconds=10)


def tell_author(decision: Decision) -> None:
    """Have the author told of ``decision`` if they left an address. Call it in the decision's transaction."""
    left = CommentContact.objects.filter(pk=decision.comment_id).exclude(email="")
    if decision.verdict != Verdict.UNDONE and left.exists():
        mail.queue(
            "comment_decided",
            about=letters.about(decision.comment_id),
            fact=f"decision:{decision.pk}",
            language=decision.comment.article.language,
            not_before=decision.decided_at + UNDO_FOR,
        )


@mail.letter("comment_decided")
def _comment_decided(job: MailJob) -> Letter | None:
    """The verdict, unless it is not the last word any more. The reason stands on the receipt, not in the mail."""
    contact = letters.confirmed_contact(job)
    newest = contact and contact.comment.decisions.first()
    if newest is None or job.fact != f"decision:{newest.pk}":
        return None
    return letters.to_author(contact, verdict=newest.verdict)
