"""Unsaved text: what somebody typed into a story's form and has not saved, kept a few seconds after they stop typing.

A draft is nobody's but its writer's. It is never a revision and never touches the story's row.
"""

import datetime
import re
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from articles.models import Article, Draft

KEEP = datetime.timedelta(days=30)
# Longer than a browser keeps its own copy, which may arrive again.
KEEP_CLOSED = datetime.timedelta(days=40)
MOST_OFFERED = 10
_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")
# What a form posts besides the story: never kept.
_NOT_KEPT = {"csrfmiddlewaretoken", "draft_key", "beat", "typed"}


class BadKey(ValueError):
    """No form of ours sends this key."""


class Closed(Exception):
    """The form of this key was saved, or its text discarded, before."""


def new_key() -> str:
    """A key for one opened form."""
    return secrets.token_urlsafe(16)


def keep(user, article: Article | None, key: str, posted: QueryDict) -> Draft:
    """Keep what the form ``key`` of ``user`` holds now, over what was kept before.

    Raises BadKey, or Closed when a save was faster: the text is in a revision then, and the writer needs a new key.
    """
    if not _KEY.fullmatch(key):
        raise BadKey(key)
    said = {"typed": _kept(posted).urlencode(), "saved_at": timezone.now()}
    with transaction.atomic():
        draft, is_new = Draft.objects.select_for_update().get_or_create(
            user=user, key=key, defaults={"article": article, **said}
        )
        if draft.closed_at or draft.article_id != (article and article.pk):
            raise Closed(key)
        if not is_new:
            draft.typed, draft.saved_at = said["typed"], said["saved_at"]
            draft.save(update_fields=["typed", "saved_at"])
    return draft


def _kept(posted: QueryDict) -> QueryDict:
    kept = posted.copy()
    for name in posted:
        if name in _NOT_KEPT or name.startswith("_"):
            del kept[name]
    return kept


def close(user, keys: Iterable[str], article: Article | None = None) -> None:
    """The forms ``keys`` were saved or given up: empty their drafts, and let no late autosave bring them back."""
    now = timezone.now()
    for key in list(keys)[:10]:
        if _KEY.fullmatch(key):
            closed = {"typed": "", "closed_at": now, "saved_at": now}
            Draft.objects.update_or_create(
                user=user, key=key, defaults=closed, create_defaults={**closed, "article": article}
            )


def unsaved(user, article: Article | None) -> list[Draft]:
    """What ``user`` typed into ``article``'s form, or into that of a new story, and did not save; newest first."""
    return list(Draft.objects.filter(user=user, article=article, closed_at=None)[:MOST_OFFERED])


def of_key(user, article: Article | None, key: str) -> Draft | None:
    """The open draft ``key`` of ``user`` for ``article`` (None: a new story)."""
    if not _KEY.fullmatch(key):
        return None
    return Draft.objects.filter(user=user, article=article, key=key, closed_at=None).first()


def forget() -> int:
    """Delete what nobody came back for within ``KEEP``, and the marks of closed forms; how many."""
    now = timezone.now()
    old = Q(closed_at=None, saved_at__lt=now - KEEP) | Q(closed_at__lt=now - KEEP_CLOSED)
    return Draft.objects.filter(old).delete()[0]
