"""An author's appeal against a rejection or removal, and what became of it. Written by ``moderation.appeals`` only."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import erasure
from comments.models import Comment, Guideline
from moderation.models import Decision
from newsroom import frozen


class AppealQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Waiting for somebody to decide about them."""
        return self.filter(outcome__isnull=True)

    def decided(self) -> Self:
        """Upheld or overturned; those withdrawn by their authors nobody decided."""
        return self.filter(outcome__outcome__in=[Outcome.UPHELD, Outcome.OVERTURNED])

    def with_all_shown(self) -> Self:
        """With what the desk shows of one, in a fixed number of queries."""
        people = self.select_related("decision__moderator", "decision__edition", "decision__note", "outcome__by")
        stories = people.select_related("decision__comment__article").defer("decision__comment__article__body")
        return stories.prefetch_related("decision__citations__guideline__wordings")


# Only a refusal is appealed, and one that stands: the text of an appeal about nothing could be about anything.
_AGAINST_A_REFUSAL = (
    "NOT EXISTS (SELECT 1 FROM moderation_decision d WHERE d.id = {row}.decision_id "
    "AND d.verdict NOT IN ('rejected', 'removed'))"
)
_COMMENT_IS_ERASED = (
    "EXISTS (SELECT 1 FROM comments_erasure e JOIN moderation_decision d ON d.comment_id = e.comment_id "
    "WHERE d.id = {row}.decision_id)"
)


@frozen.table(insert_requires=_AGAINST_A_REFUSAL, may_empty=("text",), may_empty_when=_COMMENT_IS_ERASED)
class Appeal(models.Model):
    """What the author of a rejected or removed comment says against the decision. One for each such decision.

    ``text`` is exactly as written; erasing the comment empties it. ``appealed_at`` is UTC.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="appeal", verbose_name=_("decision"))
    text = models.TextField(_("appeal"), max_length=2_000)
    appealed_at = models.DateTimeField(_("appealed"), default=timezone.now)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        indexes = [models.Index(fields=["appealed_at"], name="appeal_by_time")]

    @property
    def comment(self) -> Comment:
        return self.decision.comment

    @property
    def is_open(self) -> bool:
        return not hasattr(self, "outcome")

    def __str__(self) -> str:
        return f"appeal against {self.decision}"


class Outcome(models.TextChoices):
    UPHELD = "upheld", _("upheld: the decision stands")
    OVERTURNED = "overturned", _("overturned: the comment is shown")
    WITHDRAWN = "withdrawn", _("withdrawn by its author")


# Whoever ever rejected or removed a comment does not judge the appeal: the database itself asks.
_BY_SOMEBODY_ELSE = (
    "NOT EXISTS (SELECT 1 FROM moderation_appeal a JOIN moderation_decision d ON d.id = a.decision_id "
    "JOIN moderation_decision refusal ON refusal.comment_id = d.comment_id "
    "WHERE a.id = {row}.appeal_id AND refusal.moderator_id = {row}.by_id "
    "AND refusal.verdict IN ('rejected', 'removed'))"
)
# And nothing refused comes back in any other way.
frozen.guard(
    "comments_comment",
    "reversal",
    on="UPDATE",
    requires=(
        "NOT ({old}.status IN ('rejected', 'removed') AND {row}.status = 'approved') OR EXISTS "
        "(SELECT 1 FROM moderation_appealoutcome o JOIN moderation_appeal a ON a.id = o.appeal_id "
        "JOIN moderation_decision d ON d.id = a.decision_id WHERE d.comment_id = {row}.id "
        "AND d.comment_version = {old}.version AND o.outcome = 'overturned')"
    ),
)


@frozen.table(
    insert_requires=_BY_SOMEBODY_ELSE,
    may_empty=("note",),
    may_empty_when=_COMMENT_IS_ERASED.replace(
        "WHERE d.id = {row}.decision_id",
        "JOIN moderation_appeal a ON a.decision_id = d.id WHERE a.id = {row}.appeal_id",
    ),
    probe_values={"outcome": "withdrawn"},
)
class AppealOutcome(models.Model):
    """What became of an appeal, once: decided ``by`` somebody who never refused the comment, or withdrawn with it.

    ``note`` is for the author; erasing the comment empties it. ``decided_at`` is UTC.
    """

    appeal = models.OneToOneField(Appeal, models.PROTECT, primary_key=True, related_name="outcome")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    note = models.TextField(_("note to the author"), max_length=1_000, blank=True)
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)

    class Meta:
        verbose_name = _("outcome of an appeal")
        verbose_name_plural = _("outcomes of appeals")
        constraints = [
            models.CheckConstraint(
                name="appeal_is_decided_by_somebody",
                condition=Q(outcome=Outcome.WITHDRAWN, by__isnull=True)
                | Q(outcome__in=[Outcome.UPHELD, Outcome.OVERTURNED], by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="appeal_outcome_by_time")]

    @property
    def is_upheld(self) -> bool:
        return self.outcome == Outcome.UPHELD

    @property
    def is_overturned(self) -> bool:
        return self.outcome == Outcome.OVERTURNED

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.outcome}"


@erasure.also
def close_appeals(comment: Comment) -> None:
    """An erased comment leaves nothing to judge: an open appeal is withdrawn, and the words of all are emptied."""
    for appeal in Appeal.objects.open().filter(decision__comment=comment):
        AppealOutcome.objects.create(appeal=appeal, outcome=Outcome.WITHDRAWN)
    Appeal.objects.filter(decision__comment=comment).update(text="")
    AppealOutcome.objects.filter(appeal__decision__comment=comment).update(note="")


@erasure.hold
def under_appeal(now: datetime.datetime):
    """The ids of comments that no retention period ends: appealed, or decided on appeal a short while ago."""
    answered_after = now - datetime.timedelta(days=settings.NEWSROOM_REJECTED_DAYS)
    live = Q(outcome__isnull=True) | Q(outcome__decided_at__gt=answered_after)
    return Appeal.objects.filter(live).values("decision__comment")


class RehearsalMark(models.Model):
    """What a lead thinks a decided comment would meet under a draft: a guideline's ``code``, or "" for approval.

    It changes nothing but the rehearsal's own table.
    """

    edition = models.ForeignKey("comments.GuidelineEdition", models.PROTECT, related_name="rehearsal_marks")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    code = models.SlugField(max_length=Guideline._meta.get_field("code").max_length, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "decision"], name="rehearsed_once")]

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.decision_id}: {self.code or '–'}"
