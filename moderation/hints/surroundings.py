"""What the checks must know beyond one text, read for many comments in a fixed number of queries."""

import datetime
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from comments.models import Comment
from moderation.hint_models import Term, TermChange
from moderation.hints.manner import LINK, link_key
from moderation.hints.reading import Reading
from moderation.hints.terms import Terms
from newsroom.folding import fold
from newsroom.models import User

LOOK_BACK = datetime.timedelta(days=7)
LOOK_AT = 500  # newest comments that repetition compares with
LONG_ENOUGH = 20  # folded characters: "thank you" is no repetition


def lists_version() -> int:
    """Grows with every change of a list, so that prepared hints know when they are out of date. One query."""
    return TermChange.objects.aggregate(newest=Max("pk"))["newest"] or 0


@lru_cache(maxsize=16)
def _terms(version: int, language: str) -> Terms:
    rows = Term.objects.in_use().filter(list__language__in=(language, ""))
    return Terms(rows.values_list("list__guideline", "text"))


def readings_of(comments: Sequence[Comment]) -> dict[int, Reading]:
    """One Reading per comment, by primary key."""
    version = lists_version()
    staff = _staff_names()
    recent = _recent(comments)
    return {
        comment.pk: Reading(
            text=comment.body,
            name=comment.display_name,
            language=comment.language or comment.article.language,
            terms=_terms(version, comment.language or comment.article.language),
            staff=staff,
            **_repeats(comment, recent),
        )
        for comment in comments
    }


def _staff_names() -> frozenset[str]:
    people = User.objects.filter(is_active=True, is_staff=True).values_list("first_name", "last_name")[:500]
    names = {fold(f"{first} {last}") for first, last in people if first and last}
    return frozenset(names | {fold(settings.NEWSROOM_NAME)})


class _Text:
    """One recent comment, ready to be compared."""

    def __init__(self, pk: int, body: str) -> None:
        self.pk = pk
        self.folded = fold(body)
        self.shingles = frozenset(_shingles(self.folded))
        self.links = frozenset(link_key(found.group()) for found in LINK.finditer(body))


def _recent(comments: Sequence[Comment]) -> list[_Text]:
    if not comments:
        return []
    since = timezone.now() - LOOK_BACK
    rows = Comment.objects.filter(submitted_at__gt=since).exclude(body="").order_by("-pk").values_list("pk", "body")
    return [_text(pk, body) for pk, body in rows[:LOOK_AT]]


@lru_cache(maxsize=2 * LOOK_AT)
def _text(pk: int, body: str) -> _Text:
    return _Text(pk, body)


def _repeats(comment: Comment, recent: list[_Text]) -> dict:
    mine = _text(comment.pk, comment.body)
    others = [other for other in recent if other.pk != comment.pk]
    if len(mine.folded) >= LONG_ENOUGH:
        same = sum(other.folded == mine.folded for other in others)
        near = sum(_is_near(mine, other) for other in others)
    else:
        same = near = 0
    links = {link: sum(link in other.links for other in others) for link in mine.links}
    return {"repeats": same, "near_repeats": near, "link_repeats": links}


def _shingles(folded: str) -> list[str]:
    """Every run of three words of the first two hundred."""
    words = folded.split()[:200]
    return [" ".join(words[at : at + 3]) for at in range(len(words) - 2)]


def _is_near(mine: _Text, other: _Text) -> bool:
    """Whether most runs of three words are shared (Jaccard over 0.7)."""
    if not mine.shingles or not other.shingles:
        return False
    smaller, larger = sorted((len(mine.shingles), len(other.shingles)))
    if smaller < 0.7 * larger:
        return False
    shared = len(mine.shingles & other.shingles)
    return shared > 0.7 * (smaller + larger - shared)
