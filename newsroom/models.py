"""The newsroom's people, the news of what changed on its pages, and the mail it has still to send."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property

from newsroom import languages
from newsroom.roles import Role


class User(AbstractUser):
    """Somebody who signs in: a journalist, a moderator, an administrator. Readers have no accounts.

    Nothing they did is ever deleted, so they are deactivated instead; what they may do follows from their groups
    (``newsroom/roles.py``).
    """

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles this person holds; a superuser holds only those given like anybody else's."""
        if not self.is_active or self.pk is None:
            return frozenset()
        names = set(self.groups.values_list("name", flat=True))
        return frozenset(role for role in Role if role.value in names)

    def is_(self, *roles: Role) -> bool:
        """Whether this person holds any of ``roles``."""
        return bool(self.roles.intersection(roles))

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class PageChange(models.Model):
    """That what ``key`` stands for changed on the public pages: written by ``pages.changed`` in the same transaction.

    The number orders the changes; every process removes the pages of those it has not seen.
    """

    key = models.CharField(max_length=120, db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    only_adds = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.pk}: {self.key}"


class MailJob(models.Model):
    """A mail to be sent, written in the transaction of the fact it tells.

    Holds neither address nor text nor token: ``newsroom.mail`` asks for them when it sends, so what was forgotten or
    unsubscribed meanwhile reaches nobody. ``about`` names whom it concerns ("comment:12"), ``fact`` what it tells
    ("decision:34" or ""). Times are UTC.
    """

    template = models.CharField(max_length=40)
    about = models.CharField(max_length=40, db_index=True)
    fact = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    was_sent = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "about", "fact"], name="one_mail_per_fact")]
        indexes = [models.Index(fields=["done_at", "not_before"], name="mail_that_waits")]

    def __str__(self) -> str:
        return f"{self.template} about {self.about}"
