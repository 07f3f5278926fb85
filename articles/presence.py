"""Who has a story's form open now. A form tells so every half minute; three minutes of silence and it is forgotten."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from articles.models import Article, Presence

GONE_AFTER = datetime.timedelta(minutes=3)


def beat(article: Article, user, *, typed: bool, now: datetime.datetime | None = None) -> None:
    """Note that ``user`` has the form of ``article`` open, and whether they typed since the last time."""
    now = now or timezone.now()
    seen = {"here_at": now, **({"typed_at": now} if typed else {})}
    alive = Presence.objects.filter(article=article, user=user, here_at__gte=now - GONE_AFTER)
    if not alive.update(**seen):
        Presence.objects.update_or_create(
            article=article, user=user, defaults={"opened_at": now, "typed_at": None, **seen}
        )


def leave(article: Article, user) -> None:
    """Note that ``user`` closed the form of ``article``."""
    Presence.objects.filter(article=article, user=user).delete()


def others(article: Article, user, *, now: datetime.datetime | None = None) -> list[str]:
    """A sentence about each person but ``user`` who has the form of ``article`` open. One query."""
    now = now or timezone.now()
    there = Presence.objects.filter(article=article, here_at__gte=now - GONE_AFTER).exclude(user=user)
    return [_sentence(presence, now) for presence in there.select_related("user")]


def _sentence(presence: Presence, now: datetime.datetime) -> str:
    who = str(presence.user)
    if presence.typed_at is None:
        since = timezone.localtime(presence.opened_at).strftime("%H:%M")
        return gettext("%(who)s has had this story open since %(time)s.") % {"who": who, "time": since}
    minutes = int((now - presence.typed_at).total_seconds() // 60)
    if minutes < 1:
        return gettext("%(who)s is editing now.") % {"who": who}
    words = ngettext("%(who)s is editing, %(n)s minute ago.", "%(who)s is editing, %(n)s minutes ago.", minutes)
    return words % {"who": who, "n": minutes}


def forget() -> int:
    """Delete the presence of people who left long ago; how many."""
    return Presence.objects.filter(here_at__lt=timezone.now() - datetime.timedelta(days=1)).delete()[0]
