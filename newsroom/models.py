"""The newsroom's people, and the news of what changed on its pages."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property

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

    def __str__(self) -> str:
        return f"{self.pk}: {self.key}"
