"""The comments a story's page shows: threads oldest first, two levels deep, in pages by key."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from articles.models import Article
from articles.paging import Page, page_by_key
from comments.models import Comment, Status

THREADS_PER_PAGE = 50


@dataclass
class Thread:
    """A comment of the first level with its public replies. A tombstone when ``comment`` itself is not public."""

    comment: Comment
    replies: list[Comment] = field(default_factory=list)

    @property
    def is_tombstone(self) -> bool:
        return self.comment.status != Status.APPROVED


def threads_page(article: Article, after: str | None) -> Page[Thread]:
    """One page of the public threads on ``article``, in three queries. ``after`` is the previous page's last key."""
    first_level = Comment.objects.on(article).filter(parent__isnull=True)
    has_replies = Exists(Comment.objects.public().filter(thread=OuterRef("pk")))
    shown = first_level.filter(
        Q(status=Status.APPROVED) | Q(has_replies, status__in=[Status.REMOVED, Status.WITHDRAWN])
    )
    page = page_by_key(shown, ("submitted_at", "pk"), after=after, size=THREADS_PER_PAGE)
    threads = {comment.pk: Thread(comment) for comment in page.items}
    for reply in Comment.objects.public().filter(thread__in=threads).select_related("parent").oldest_first():
        threads[reply.thread_id].replies.append(reply)
    return Page(list(threads.values()), page.next_key)


def count_on(article: Article) -> int:
    """How many comments readers see on ``article``."""
    return Comment.objects.public().on(article).count()
