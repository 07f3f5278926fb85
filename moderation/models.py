"""What moderators decided. Every row here is written once, by ``moderation.decisions``."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comments import erasure
from comments.models import Comment, Guideline, GuidelineEdition
from newsroom import frozen


class Verdict(models.TextChoices):
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    REMOVED = "removed", _("removed")
    UNDONE = "undone", _("undone")


# No comment becomes public but by a decision of the same move: the database itself asks for the row.
frozen.guard(
    "comments_comment",
    "approval",
    on="UPDATE",
    requires=(
        "{row}.status <> 'approved' OR {old}.status = 'approved' OR EXISTS (SELECT 1 FROM moderation_decision d "
        "WHERE d.comment_id = {row}.id AND d.verdict = 'approved' AND d.comment_version = {row}.version)"
    ),
)


@frozen.table(probe_values={"verdict": "approved", "previous_hash": "probe", "hash": "probe"})
class Decision(models.Model):
    """One verdict on one comment: bound to its exact text, to the guideline edition and to the decision before it.

    All decisions form one chain: ``hash`` covers this row (``moderation.ledger`` says how) and ``previous_hash`` is
    the hash of the row before. Times are UTC. ``sequence`` counts a comment's decisions from 1; ``comment_version``
    is the comment's version after the move. ``passage_start`` and ``passage_end`` mark, in code points, the passage
    the verdict rests on. ``hints_shown`` are the codes of the automated hints the moderator had before them.
    ``moderator_salt`` hides the person in public exports: only the salted digest is hashed into the chain.
    """

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="decisions", verbose_name=_("comment"))
    sequence = models.PositiveSmallIntegerField()
    comment_version = models.PositiveIntegerField()
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    edition = models.ForeignKey(GuidelineEdition, models.PROTECT, related_name="+", verbose_name=_("edition"))
    guidelines = models.ManyToManyField(Guideline, through="CitedGuideline", related_name="+")
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", verbose_name=_("moderator")
    )
    moderator_salt = models.CharField(max_length=32)
    decided_at = models.DateTimeField(_("decided"))
    passage_start = models.PositiveIntegerField(null=True, blank=True)
    passage_end = models.PositiveIntegerField(null=True, blank=True)
    hints_shown = models.CharField(max_length=300, blank=True)
    text_commitment = models.CharField(max_length=64)
    note_commitment = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        permissions = [
            ("decide_comment", "Can approve and reject comments"),
            ("decide_unlawful", "Can cite the reserved ground 'unlawful'"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["comment", "sequence"], name="decision_in_sequence"),
            models.CheckConstraint(
                name="decision_passage_is_a_range",
                condition=Q(passage_start__isnull=True, passage_end__isnull=True)
                | Q(passage_start__isnull=False, passage_end__gt=F("passage_start")),
            ),
        ]
        indexes = [
            models.Index(fields=["decided_at"], name="decision_by_time"),
            models.Index(fields=["moderator", "decided_at"], name="decision_by_moderator"),
        ]

    @property
    def is_refusal(self) -> bool:
        """Whether it rejects or removes."""
        return self.verdict in (Verdict.REJECTED, Verdict.REMOVED)

    @property
    def was_made_on_appeal(self) -> bool:
        """Whether it approves a comment because an appeal against its refusal was overturned. One query."""
        overturned = AppealOutcome.objects.filter(outcome=Outcome.OVERTURNED)
        refusal = {"comment": self.comment_id, "comment_version": self.comment_version - 1}
        return overturned.filter(**{f"appeal__decision__{name}": value for name, value in refusal.items()}).exists()

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} ({self.comment_id}/{self.sequence})"


@frozen.table()
class CitedGuideline(models.Model):
    """A guideline a decision rests on, as worded in the decision's edition."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="citations")
    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["guideline__position"]
        constraints = [models.UniqueConstraint(fields=["decision", "guideline"], name="guideline_cited_once")]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.guideline}"


@frozen.table(
    may_empty=("text",),
    may_empty_when=(
        "EXISTS (SELECT 1 FROM comments_erasure e JOIN moderation_decision d ON d.comment_id = e.comment_id "
        "WHERE d.id = {row}.decision_id)"
    ),
)
class DecisionNote(models.Model):
    """The moderator's note to the comment's author. Erasing the comment empties it."""

    decision = models.OneToOneField(Decision, models.PROTECT, primary_key=True, related_name="note")
    text = models.TextField(_("note to the author"), max_length=1000)

    def __str__(self) -> str:
        return self.text[:60]


@erasure.also
def empty_notes(comment: Comment) -> None:
    """A note may quote the text it is about. Its decision still verifies: the chain holds a commitment."""
    DecisionNote.objects.filter(decision__comment=comment).update(text="")


from moderation.answer_models import Answer, ReportAnswer  # noqa: E402, F401
from moderation.appeal_models import Appeal, AppealOutcome, Outcome, RehearsalMark  # noqa: E402, F401
from moderation.desk_models import Lease, SavedFilter  # noqa: E402, F401  (Django looks for models here)
from moderation.hint_models import CommentHints, Term, TermChange, TermList  # noqa: E402, F401
from moderation.ledger_models import Checkpoint, MonthlyCount, Snapshot  # noqa: E402, F401
from moderation.second_look_models import SecondLook, SecondOpinion  # noqa: E402, F401
