"""The rooms of the desk, for its header. A room that is not there is not shown, so any may be added or left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.models import User
from newsroom.roles import MODERATORS, Role


@dataclass(frozen=True)
class Room:
    """A page of the desk by its URL's name, and the roles that may enter it."""

    url_name: str
    label: str | Promise
    roles: Sequence[Role] = MODERATORS

    @property
    def url(self) -> str:
        """Its address; "" where this newsroom has no such page."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


LEADS = (Role.MODERATION_LEAD,)
ROOMS = (
    Room("moderation:queue", _("Queue")),
    Room("moderation:working", _("One by one")),
    Room("moderation:desk-reports", _("Reports")),
    Room("moderation:desk-notices", _("Notices")),
    Room("moderation:desk-appeals", _("Appeals")),
    Room("moderation:desk-second-look", _("Second look"), LEADS),
    Room("moderation:blocks", _("Blocked senders"), LEADS),
    Room("moderation:statistics", _("Statistics"), LEADS),
    Room("comments:guidelines", _("Guidelines")),
)


def rooms_for(user: User) -> list[Room]:
    """The rooms ``user`` may enter, of those that are there."""
    return [room for room in ROOMS if user.is_(*room.roles) and room.url]


def room_named(url_name: str) -> Room | None:
    """The room of that name if it is there."""
    return next((room for room in ROOMS if room.url_name == url_name and room.url), None)
