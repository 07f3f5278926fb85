"""What the checks must know beyond one text, read for many comments in a fixed number of queries."""

import datetime
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from comments.models import Comment, CommentContact
from comments.names import StaffNames, staff_names
from moderation.hint_models import Term, TermChange
from moderation.hints import learned
from moderation.hints.reading import Reading
from moderation.hints.repetition import Recent, read, recent
from moderation.hints.terms import Terms

LOOK_BACK = datetime.timedelta(days=7)
LOOK_AT = 500  # newest comments that repetition compares with


def lists_version() -> int:
    """Grows with every change of a list. One query."""
    return TermChange.objects.aggregate(newest=Max("pk"))["newest"] or 0


def hints_version() -> int:
    """Another number whenever a list or the learned hint changed, so that prepared hints know when they are out of
    date. One query."""
    model = learned.in_use()
    return lists_version() * 2**20 + (model.stamp if model else 0)


@lru_cache(maxsize=16)
def _terms(version: int, language: str) -> Terms:
    rows = Term.objects.in_use().filter(list__language__in=(language, ""))
    return Terms(rows.values_list("list__guideline", "text"))


def readings_of(comments: Sequence[Comment]) -> dict[int, Reading]:
    """One Reading per comment, by primary key."""
    version = lists_version()
    staff = StaffNames.of(staff_names())
    others = _recent(comments)
    unproven = _without_proof(comments)
    model = learned.in_use()
    return {
        comment.pk: Reading(
            text=comment.body,
            name=comment.display_name,
            language=comment.language or comment.article.language,
            terms=_terms(version, comment.language or comment.article.language),
            staff=staff,
            is_of_staff=comment.is_of_staff,
            without_proof=comment.pk in unproven,
            learned=model,
            **others.repeats_of(read(comment.pk, comment.body)),
        )
        for comment in comments
    }


def _without_proof(comments: Sequence[Comment]) -> set[int]:
    """Those of ``comments`` that came without the proof of work; no query where the house asks for none."""
    if not settings.NEWSROOM_PROOF_OF_WORK:
        return set()
    contacts = CommentContact.objects.filter(comment__in=comments, without_proof=True)
    return set(contacts.values_list("pk", flat=True))


def _recent(comments: Sequence[Comment]) -> Recent:
    if not comments:
        return recent(())
    since = timezone.now() - LOOK_BACK
    rows = Comment.objects.filter(submitted_at__gt=since).exclude(body="").order_by("-pk").values_list("pk", "body")
    return recent(tuple(read(pk, body) for pk, body in rows[:LOOK_AT]))
