"""The comments a story's page shows: threads two levels deep, in pages by key, oldest or newest first.

Nothing here costs more on a story with ten thousand comments than on one with ten: every list walks an index and
stops at its page's end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from articles.models import Article
from articles.paging import BadKey, Page, key_of, page_by_key
from comments.models import Comment, CommentQuerySet, Status

THREADS_PER_PAGE = 50
REPLIES_SHOWN = 20  # of each thread on a story's page; the thread's own page has them all
REPLIES_PER_PAGE = 100
COUNTED = 1000  # more are "1,000+"
BY_TIME = ("submitted_at", "pk")
NEWEST, OLDEST = "newest", "oldest"


@dataclass
class Thread:
    """A comment of the first level with its public replies. A tombstone when ``comment`` itself is not public.

    ``more_after`` is the key after which further replies follow, None when all are here.
    """

    comment: Comment
    replies: list[Comment] = field(default_factory=list)
    more_after: str | None = None

    @property
    def is_tombstone(self) -> bool:
        return self.comment.status != Status.APPROVED


def threads_page(article: Article, after: str | None, *, sort: str = OLDEST) -> Page[Thread]:
    """One page of the public threads on ``article``, in three queries. ``after`` is the previous page's last key.

    Raises BadKey for a key, or a ``sort`` other than OLDEST and NEWEST, that none of our links holds.
    """
    if sort not in (OLDEST, NEWEST):
        raise BadKey(sort)
    page = _first_level_page(article, after, newest_first=sort == NEWEST)
    threads = [Thread(comment) for comment in page.items]
    _add_replies(threads)
    return Page(threads, page.next_key)


def thread_of(article: Article, pk: int, after: str) -> Thread | None:
    """The thread that the comment ``pk`` begins with a page of its replies, those that follow the key ``after``.

    None unless readers see that comment, if only as a tombstone. Raises BadKey.
    """
    begins = Comment.objects.on(article).filter(pk=pk, parent__isnull=True)
    first = begins.filter(status__in=[Status.APPROVED, Status.REMOVED, Status.WITHDRAWN]).first()
    if first is None:
        return None
    page = page_by_key(_replies().filter(thread=first), BY_TIME, after=after, size=REPLIES_PER_PAGE)
    if first.status != Status.APPROVED and not page.items:
        return None
    return Thread(first, page.items, page.next_key)


def shown_comment(article: Article, pk: int) -> Comment | None:
    """The public comment ``pk`` on ``article``, with the comment it replies to."""
    shown = Comment.objects.public().on(article).select_related("article", "parent", "thread__article")
    return shown.filter(pk=pk).first()


def parent_named(article: Article, written: str) -> Comment | None:
    """The comment a posted form says it replies to, if readers can see it; ``written`` is the form's word for it."""
    is_number = written.isascii() and written.isdigit() and len(written) <= 18
    return shown_comment(article, int(written)) if is_number else None


def page_key_of(comment: Comment) -> str | None:
    """The ``after`` of a story page, oldest first, that shows the first-level ``comment``; None for the first page."""
    before = _first_level_page(comment.article, key_of(comment, BY_TIME), newest_first=True)
    return key_of(before.items[0], BY_TIME) if len(before.items) == THREADS_PER_PAGE else None


def reply_key_of(reply: Comment) -> str | None:
    """The ``after`` of the thread's own page that shows ``reply``; None when the story's page shows it."""
    earlier = page_by_key(
        _replies().filter(thread=reply.thread_id),
        BY_TIME,
        after=key_of(reply, BY_TIME),
        size=REPLIES_SHOWN,
        newest_first=True,
    ).items
    return key_of(earlier[0], BY_TIME) if len(earlier) == REPLIES_SHOWN else None


def count_on(article: Article) -> int:
    """How many comments readers see on ``article``, counted up to ``COUNTED`` + 1."""
    return Comment.objects.public().on(article)[: COUNTED + 1].count()


def _first_level_page(article: Article, after: str | None, *, newest_first: bool) -> Page[Comment]:
    """What is shown of the first level: approved comments, and the tombstones that public replies still hang on.

    Two queries, since each status has its own run in the index; asked for together the database would sort them all.
    """
    first_level = Comment.objects.on(article).filter(parent__isnull=True)
    has_replies = Exists(Comment.objects.public().filter(thread=OuterRef("pk")))
    approved = first_level.public()
    tombstones = first_level.filter(has_replies, status__in=[Status.REMOVED, Status.WITHDRAWN])
    pages = [
        page_by_key(rows, BY_TIME, after=after, size=THREADS_PER_PAGE, newest_first=newest_first)
        for rows in (approved, tombstones)
    ]
    both = sorted(
        (row for page in pages for row in page.items), key=lambda row: (row.submitted_at, row.pk), reverse=newest_first
    )
    more = len(both) > THREADS_PER_PAGE or any(page.next_key for page in pages)
    shown = both[:THREADS_PER_PAGE]
    return Page(shown, key_of(shown[-1], BY_TIME) if more else None)


def _replies() -> CommentQuerySet:
    return Comment.objects.public().select_related("parent")


def _add_replies(threads: list[Thread]) -> None:
    """Give each thread its first ``REPLIES_SHOWN`` replies. Two queries, and none reads beyond what is shown."""
    if not threads:
        return
    of_each = {thread.comment.pk: thread for thread in threads}
    bounds = _where_replies_are_cut(of_each)
    whole = Q(thread__in=[pk for pk, bound in bounds.items() if bound is None])
    cut = [Q(thread=pk, submitted_at__lte=bound) for pk, bound in bounds.items() if bound is not None]
    wanted = whole
    for condition in cut:
        wanted |= condition
    for reply in _replies().filter(wanted).oldest_first():
        of_each[reply.thread_id].replies.append(reply)
    for pk, bound in bounds.items():
        thread = of_each[pk]
        if bound is not None:
            thread.replies = thread.replies[:REPLIES_SHOWN]
            thread.more_after = key_of(thread.replies[-1], BY_TIME)


def _where_replies_are_cut(threads: Iterable[int]) -> dict:
    """For each thread the time of its last shown reply if more follow it, else None. One query."""
    replies = Comment.objects.public().filter(thread=OuterRef("pk")).oldest_first().values("submitted_at")
    last_shown = Subquery(replies[REPLIES_SHOWN - 1 : REPLIES_SHOWN])
    one_more = Exists(replies[REPLIES_SHOWN : REPLIES_SHOWN + 1])
    rows: QuerySet = Comment.objects.filter(pk__in=list(threads)).annotate(last_shown=last_shown, one_more=one_more)
    return {pk: at if more else None for pk, at, more in rows.values_list("pk", "last_shown", "one_more")}
