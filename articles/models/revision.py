from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article, Status
from newsroom import frozen


class Revision(models.Model):
    """What one save of a story held, whole. ``articles.revisions`` writes and reads them.

    ``content`` is JSON: the editable fields by name, ``tags`` as names, ``bylines`` as a list of author and role.
    Read it through ``revisions.complete``: older ones lack what came later.
    """

    class State(models.TextChoices):
        SAVED = "saved", _("saved")
        WAITING = "waiting", _("waiting behind the live story")
        SUBMITTED = "submitted", _("waiting, submitted for review")
        RETURNED = "returned", _("waiting, returned")
        APPROVED = "approved", _("waiting, approved")
        RELEASED = "released", _("released")
        DROPPED = "dropped", _("dropped")

    # Where a version behind a live story may stand until it is released or dropped.
    BEHIND = (State.WAITING, State.SUBMITTED, State.RETURNED, State.APPROVED)

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SAVED)
    content = models.JSONField()
    note = models.CharField(_("note"), max_length=300, blank=True)
    restored_from = models.PositiveIntegerField(_("restored from revision"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="revision_numbered_once")]
        indexes = [models.Index(fields=["article"], condition=models.Q(state="waiting"), name="revision_waiting")]

    @property
    def is_behind(self) -> bool:
        """Whether this version may still be released."""
        return self.state in self.BEHIND

    def __str__(self) -> str:
        return f"{self.article_id}/{self.number}"


@frozen.table(probe_values={"verb": "probe"})
class StatusChange(models.Model):
    """One step of a story through the workflow: who did what, when and why. Written once, never changed."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="status_changes")
    verb = models.CharField(max_length=20)
    from_status = models.CharField(max_length=10, choices=Status.choices)
    to_status = models.CharField(max_length=10, choices=Status.choices)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")

    def __str__(self) -> str:
        return f"{self.verb}: {self.from_status} → {self.to_status}"
