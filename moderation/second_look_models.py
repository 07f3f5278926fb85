"""Second looks: decided comments that another moderator judges without knowing the decision."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.models import Decision
from newsroom import frozen


class SecondLookQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Drawn, not answered, and still to be judged: the decision stands and the text was not erased."""
        standing = self.filter(opinion__isnull=True, decision__comment_version=F("decision__comment__version"))
        return standing.filter(decision__comment__erasure__isnull=True)

    def open_to(self, moderator) -> Self:
        """Those of comments this person never decided."""
        theirs = Decision.objects.filter(comment=OuterRef("decision__comment"), moderator=moderator)
        return self.open().exclude(Exists(theirs))


@frozen.table()
class SecondLook(models.Model):
    """That a decision was drawn for a second look. Who draws, and how: ``moderation.second_looks``."""

    decision = models.OneToOneField(Decision, models.PROTECT, primary_key=True, related_name="second_look")
    drawn_at = models.DateTimeField(default=timezone.now)

    objects = SecondLookQuerySet.as_manager()

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")

    def __str__(self) -> str:
        return f"second look at {self.decision_id}"


class Opinion(models.TextChoices):
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")


# Whoever decided the comment in any way has no second opinion on it: the database itself asks.
_SOMEBODY_ELSE = (
    "NOT EXISTS (SELECT 1 FROM moderation_decision d JOIN moderation_decision o ON o.comment_id = d.comment_id "
    "WHERE d.id = {row}.look_id AND o.moderator_id = {row}.moderator_id)"
)


@frozen.table(insert_requires=_SOMEBODY_ELSE, probe_values={"opinion": "approve"})
class SecondOpinion(models.Model):
    """What another moderator, who did not know the decision, would have decided. It changes nothing by itself.

    ``guidelines`` are codes of the decision's edition in the order of the alphabet, separated by commas; "" to approve.
    """

    look = models.OneToOneField(SecondLook, models.PROTECT, primary_key=True, related_name="opinion")
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("moderator")
    )
    opinion = models.CharField(_("opinion"), max_length=10, choices=Opinion.choices)
    guidelines = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField(_("given"), default=timezone.now)

    class Meta:
        verbose_name = _("second opinion")
        verbose_name_plural = _("second opinions")
        indexes = [models.Index(fields=["given_at"], name="opinion_by_time")]

    @property
    def codes(self) -> list[str]:
        """The guidelines the comment would have been rejected by; none to approve."""
        return self.guidelines.split(",") if self.guidelines else []

    def __str__(self) -> str:
        return f"{self.get_opinion_display()} ({self.look_id})"
