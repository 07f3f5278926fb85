"""Comments that say the same: how many more like one are waiting, and from how many senders.

Of each text the newest ``LOOKED_AT`` comments are looked at, so that the cost stays small however often it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from comments.models import Comment, CommentFingerprint, CommentQuerySet, Status

LOOKED_AT = 100
# CROSS JOIN: SQLite takes the tables in this order and never begins with everything that waits.
_NEWEST = """
  (SELECT n.comment_id FROM comments_commentfingerprint n WHERE n.key = f.key ORDER BY n.comment_id DESC LIMIT {limit})
  newest CROSS JOIN comments_comment c
"""
_COUNTS = f"""
SELECT f.comment_id, f.key,
  (SELECT COUNT(*) FROM {_NEWEST} WHERE c.id = newest.comment_id AND c.status = %s),
  (SELECT COUNT(DISTINCT k.sender_hash) FROM {_NEWEST}
    CROSS JOIN comments_commentcontact k
    WHERE c.id = newest.comment_id AND k.comment_id = c.id AND c.status = %s)
FROM comments_commentfingerprint f WHERE f.comment_id IN ({{comments}})
"""


@dataclass(frozen=True)
class Cluster:
    """``waiting`` comments with one text, from ``senders`` browsers."""

    key: str
    waiting: int
    senders: int


def clusters(comments: Sequence[Comment]) -> dict[int, Cluster]:
    """The cluster of each of ``comments`` that is not the only one of its text, by the comment's id. One query."""
    if not comments:
        return {}
    sql = _COUNTS.format(limit=LOOKED_AT, comments=", ".join(["%s"] * len(comments)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [Status.PENDING, Status.PENDING, *(comment.pk for comment in comments)])
        return {pk: Cluster(key, waiting, senders) for pk, key, waiting, senders in cursor.fetchall() if waiting > 1}


def alike(comment: Comment) -> CommentQuerySet:
    """The waiting comments with the text of ``comment``, itself among them, the oldest first."""
    key = CommentFingerprint.objects.filter(comment=comment).values_list("key", flat=True).first()
    same = CommentFingerprint.objects.filter(key=key).order_by("-comment")[:LOOKED_AT]
    return Comment.objects.pending().filter(pk__in=[row.comment_id for row in same]).oldest_first()
