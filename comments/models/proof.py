from django.db import models


class SpentProof(models.Model):
    """A proof of work that was used, kept until it would be too old anyway. It names no comment."""

    nonce = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce
