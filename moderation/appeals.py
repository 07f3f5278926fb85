"""Appeals: an author asks once that somebody else decides about a rejection or removal.

``appeal()`` takes one, ``settle()`` decides it.
"""

import datetime
from collections import Counter
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import retention, text
from comments.models import Comment
from moderation import decisions, ledger, letters
from moderation.appeal_models import AppealQuerySet
from moderation.decisions import MAX_NOTE, DecisionRefused, NotAModerator
from moderation.models import Appeal, AppealOutcome, Decision, Outcome
from newsroom.roles import MODERATORS, Role

MAX_TEXT = 2_000  # code points


class AppealRefused(Exception):
    """Why an appeal was not taken, in words for the author; nothing was written."""


class NothingToAppeal(AppealRefused):
    """The comment's newest decision is no rejection or removal, or its text is erased."""


class TooLate(AppealRefused):
    """The appeal period is over."""


class AlreadyAppealed(AppealRefused):
    """There is one appeal against each decision."""


class OwnRefusal(DecisionRefused):
    """Whoever rejected or removed the comment does not judge the appeal."""


class LeadsOnly(DecisionRefused):
    """A moderator decides appeals against leads' decisions only."""


class AlreadySettled(DecisionRefused):
    """Somebody was faster, or the author withdrew. ``outcome`` is what became of the appeal."""

    def __init__(self, outcome: AppealOutcome | None):
        self.outcome = outcome
        super().__init__(_what_became(outcome))


# By the author --------------------------------------------------------------------------------------------------------
def check_may_appeal(decision: Decision | None, now: datetime.datetime | None = None) -> None:
    """Raise an AppealRefused unless ``decision``, its comment's newest, may be appealed at ``now``."""
    if decision is None or not decision.is_refusal or decision.comment.is_erased:
        raise NothingToAppeal(_("There is no rejection or removal to appeal against."))
    if Appeal.objects.filter(decision=decision).exists():
        raise AlreadyAppealed(_("You have appealed against this decision already."))
    if (now or timezone.now()) > retention.appeal_until(decision.decided_at):
        raise TooLate(_("The time for an appeal is over."))


def may_appeal(decision: Decision | None) -> bool:
    """Whether the receipt offers an appeal against ``decision``."""
    try:
        check_may_appeal(decision)
    except AppealRefused:
        return False
    return True


def appeal(comment: Comment, *, written: str, at: datetime.datetime | None = None) -> Appeal:
    """Take the author's appeal against the newest decision about ``comment``; ``written`` is kept as it is.

    Whoever calls has seen that the author holds the receipt. ``at`` (aware) is the present unless a demo says
    otherwise. Raises ValidationError (text) or an AppealRefused; nothing is stored then.
    """
    written = text.unix_lines(written)
    text.check_text(written, limit=MAX_TEXT)
    try:
        with transaction.atomic():
            fresh = Comment.objects.select_for_update().get(pk=comment.pk)  # an erasure or undo comes before or after
            decision = fresh.decisions.select_related("comment").first()
            check_may_appeal(decision, at)
            return Appeal.objects.create(decision=decision, text=written, appealed_at=at or timezone.now())
    except IntegrityError as error:
        if Appeal.objects.filter(decision__comment=comment).exists():
            raise AlreadyAppealed(_("You have appealed against this decision already.")) from error
        raise


# By the newsroom ------------------------------------------------------------------------------------------------------
def settle(appeal: Appeal, outcome: Outcome, *, by, note: str = "") -> AppealOutcome:
    """Uphold or overturn ``appeal`` as ``by``; overturning approves the comment by a new decision.

    Outcome, decision and move are written in one transaction. Raises a DecisionRefused: NotAModerator, OwnRefusal,
    OwnReply, LeadsOnly, or AlreadySettled for all but the first of those who race.
    """
    check_may_settle(appeal, by)
    if len(note.strip()) > MAX_NOTE:
        raise DecisionRefused(_("The note is too long: at most 1,000 characters."))
    try:
        with transaction.atomic():
            ledger.lock_chain()
            Comment.objects.select_for_update().get(pk=appeal.decision.comment_id)
            if AppealOutcome.objects.filter(appeal=appeal).exists():
                raise AlreadySettled(AppealOutcome.objects.select_related("by").get(appeal=appeal))
            settled = AppealOutcome.objects.create(appeal=appeal, outcome=outcome, by=by, note=note.strip())
            if outcome == Outcome.OVERTURNED:
                decisions.reinstate(appeal.decision, moderator=by)
            letters.tell_of_appeal(settled)
            return settled
    except IntegrityError as error:
        settled = AppealOutcome.objects.select_related("by").filter(appeal=appeal).first()
        if settled is None:
            raise
        raise AlreadySettled(settled) from error


def check_may_settle(appeal: Appeal, person) -> None:
    """Raise a DecisionRefused unless ``person`` may decide about ``appeal``.

    Leads decide appeals of others' decisions. Where the decision is itself a lead's, any other moderator may too, so
    that a newsroom with one lead can answer. The database stands behind the first rule.
    """
    if not person.is_(*MODERATORS):
        raise NotAModerator(_("Only moderators decide appeals."))
    if _refused_by(person).filter(comment=appeal.decision.comment_id).exists():
        raise OwnRefusal(_("You rejected or removed this comment: somebody else decides about the appeal."))
    decisions.check_not_own(appeal.decision.comment, person)
    if not person.is_(Role.MODERATION_LEAD) and not appeal.decision.moderator.is_(Role.MODERATION_LEAD):
        raise LeadsOnly(_("A moderation lead decides about this appeal."))


def open_to(person) -> AppealQuerySet:
    """The open appeals ``person`` may decide about: what ``check_may_settle`` lets through, in SQL."""
    if not person.is_(*MODERATORS):
        return Appeal.objects.none()
    others = Appeal.objects.open().exclude(decision__comment__in=_refused_by(person).values("comment"))
    others = others.exclude(decision__comment__staff=person)
    if person.is_(Role.MODERATION_LEAD):
        return others
    by_leads = {"groups__name": Role.MODERATION_LEAD.value, "is_active": True}
    return others.filter(**{f"decision__moderator__{name}": value for name, value in by_leads.items()})


def _refused_by(person):
    return Decision.objects.filter(moderator=person, verdict__in=["rejected", "removed"])


def _what_became(outcome: AppealOutcome | None) -> str:
    if outcome is None or outcome.by is None:
        return _("The author has withdrawn the comment and the appeal with it.")
    at = timezone.localtime(outcome.decided_at)
    return _("%(person)s was faster: %(outcome)s at %(time)s.") % {
        "person": outcome.by,
        "outcome": outcome.get_outcome_display(),
        "time": at.strftime("%H:%M:%S"),
    }


# Counted --------------------------------------------------------------------------------------------------------------
def counted_in(month: datetime.date) -> Mapping[str, int]:
    """Of the UTC month beginning on ``month``: appeals ``received``, and those ``upheld`` and ``overturned`` in it."""
    begins = datetime.datetime(month.year, month.month, 1, tzinfo=datetime.UTC)
    ends = (begins + datetime.timedelta(days=32)).replace(day=1)
    received = Appeal.objects.filter(appealed_at__gte=begins, appealed_at__lt=ends).count()
    outcomes = AppealOutcome.objects.filter(decided_at__gte=begins, decided_at__lt=ends)
    counted = Counter(outcomes.values_list("outcome", flat=True))
    return {
        "received": received,
        "upheld": counted[Outcome.UPHELD],
        "overturned": counted[Outcome.OVERTURNED],
    }


def overturned_share(since: datetime.datetime) -> tuple[int, int]:
    """How many appeals were overturned since then, of how many decided."""
    decided = Appeal.objects.decided().filter(outcome__decided_at__gte=since)
    return decided.filter(outcome__outcome=Outcome.OVERTURNED).count(), decided.count()
