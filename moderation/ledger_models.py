"""Checkpoints of the ledger, and what is counted from it for the public."""

import datetime

from django.db import models
from django.utils import timezone

from newsroom import frozen


@frozen.table(probe_values={"last_hash": "probe"})
class Checkpoint(models.Model):
    """How many decisions the ledger held at a moment, and the hash of the last. Frozen; published, mailed and filed.

    ``taken_at`` is UTC. ``verify_ledger.Checkpoint`` is the same as a line of text.
    """

    decisions = models.PositiveBigIntegerField()
    last_hash = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.decisions} decisions at {self.taken_at.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC"


class MonthlyCount(models.Model):
    """How often ``what`` happened in the month that begins on ``month`` (UTC). ``moderation.public_numbers`` counts.

    Exact; only rounded figures are published. Made anew from the ledger at any time.
    """

    month = models.DateField()
    what = models.CharField(max_length=60)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "what"], name="counted_once_a_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.what}: {self.count}"


class Snapshot(models.Model):
    """The one row that says how far the counting came and what the hour's public numbers are. Disposable.

    ``decision`` is the number of the last decision counted; ``usual_wait`` is in hours, None when nothing can be said.
    """

    decision = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    waiting = models.PositiveBigIntegerField(default=0)
    usual_wait = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"numbers of {self.taken_at}"
