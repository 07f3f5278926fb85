from django.db import models
from django.utils import timezone


class Arrival(models.Model):
    """That a sender sent a comment, for the limits' window and no longer. It names no comment.

    Apart from the contact, since that goes with an erasure or with its period: whoever takes comments back, or a house
    that keeps contacts for no day at all, would lift the limit otherwise. The hashes are those of ``CommentContact``.
    """

    network_hash = models.CharField(max_length=64, blank=True)
    sender_hash = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["network_hash", "received_at"], name="arrival_by_network"),
            models.Index(fields=["sender_hash", "received_at"], name="arrival_by_sender"),
        ]

    def __str__(self) -> str:
        return f"arrival at {self.received_at:%H:%M:%S}"
