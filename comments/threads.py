"""The comments a story's page shows: threads two levels deep, in pages by key, oldest or newest first.

Nothing here costs more on a story with ten thousand comments than on one with ten: every list walks an index and
stops at its page's end.
"""

from dataclasses import dataclass, field

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery

from articles.models import Article
from articles.paging import BadKey, Page, key_of, page_by_key, rows_after
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

    ``more_after`` is the key after which further replies follow, None when all are here; ``parents`` are the public
    replies that others answer, by number.
    """

    comment: Comment
    replies: list[Comment] = field(default_factory=list)
    more_after: str | None = None
    parents: dict[int, Comment] = field(default_factory=dict)

    @property
    def is_tombstone(self) -> bool:
        return self.comment.status != Status.APPROVED

    def answered_by(self, reply: Comment) -> Comment | None:
        """The public reply that ``reply`` answers; None when it answers the first comment, or one nobody sees now."""
        return None if reply.parent_id == self.comment.pk else self.parents.get(reply.parent_id)


def threads_page(article: Article, after: str | None, *, sort: str = OLDEST) -> Page[Thread]:
    """One page of the public threads on ``article``, in three queries at most. ``after``: the previous page's last key.

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
    replies = _replies().select_related("parent").filter(thread=first)
    page = page_by_key(replies, BY_TIME, after=after, size=REPLIES_PER_PAGE)
    if first.status != Status.APPROVED and not page.items:
        return None
    parents = {reply.parent_id: reply.parent for reply in page.items if reply.parent.status == Status.APPROVED}
    return Thread(first, page.items, page.next_key, parents)


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


def count_on(article: Article, page: Page[Thread], *, is_whole: bool) -> int:
    """How many comments readers see on ``article``, counted up to ``COUNTED`` + 1.

    ``is_whole`` says that ``page`` is the first; when it is the only one too, what it shows is counted without a query.
    """
    if is_whole and page.next_key is None and all(thread.more_after is None for thread in page.items):
        return sum((not thread.is_tombstone) + len(thread.replies) for thread in page.items)
    return Comment.objects.public().on(article)[: COUNTED + 1].count()


def _first_level_page(article: Article, after: str | None, *, newest_first: bool) -> Page[Comment]:
    """What is shown of the first level: approved comments, and the tombstones that public replies still hang on.

    Two queries, since each status has its own run in the index; asked for together the database would read them all.
    The first says whether anything is gone here, and if not there is no second. Each comment says where its shown
    replies end: ``last_shown``, if ``one_more`` follows.
    """
    first_level = Comment.objects.on(article).filter(parent__isnull=True)
    gone = first_level.filter(status__in=[Status.REMOVED, Status.WITHDRAWN])
    # Status by status: asked for both at once, SQLite would read all that came in on the story.
    is_any_gone = Exists(first_level.filter(status=Status.REMOVED)) | Exists(
        first_level.filter(status=Status.WITHDRAWN)
    )
    approved = first_level.public().annotate(some_are_gone=ExpressionWrapper(is_any_gone, BooleanField()))

    def run(rows: CommentQuerySet) -> list[Comment]:
        rows = _shown_of(rows).annotate(**_end_of_replies())
        return list(rows_after(rows, BY_TIME, after=after, newest_first=newest_first)[: THREADS_PER_PAGE + 1])

    both = run(approved)
    if not both or both[0].some_are_gone:
        both += run(gone.filter(Exists(Comment.objects.public().filter(thread=OuterRef("pk")))))
        both.sort(key=lambda row: (row.submitted_at, row.pk), reverse=newest_first)
    shown = both[:THREADS_PER_PAGE]
    return Page(shown, key_of(shown[-1], BY_TIME) if len(both) > THREADS_PER_PAGE else None)


def _shown_of(comments: CommentQuerySet) -> CommentQuerySet:
    """``comments`` with the columns that a page shows: two hundred rows are read for one."""
    return comments.only(
        "article", "parent", "thread", "display_name", "body", "language", "submitted_at", "status", "staff"
    )


def _replies() -> CommentQuerySet:
    return Comment.objects.public()


def _end_of_replies() -> dict:
    """For a comment of the first level: the time of its last reply that a story's page shows, and whether more
    follow."""
    replies = Comment.objects.public().filter(thread=OuterRef("pk")).oldest_first().values("submitted_at")
    return {
        "last_shown": Subquery(replies[REPLIES_SHOWN - 1 : REPLIES_SHOWN]),
        "one_more": Exists(replies[REPLIES_SHOWN : REPLIES_SHOWN + 1]),
    }


def _add_replies(threads: list[Thread]) -> None:
    """Give each thread its first ``REPLIES_SHOWN`` replies. One query, which reads nothing beyond what is shown.

    They are put in order here: asked for in order, SQLite walks the index of all approved comments instead.
    """
    if not threads:
        return
    of_each = {thread.comment.pk: thread for thread in threads}
    wanted = Q(thread__in=[pk for pk, thread in of_each.items() if not thread.comment.one_more])
    for pk, thread in of_each.items():
        if thread.comment.one_more:
            wanted |= Q(thread=pk, submitted_at__lte=thread.comment.last_shown)
    replies = _shown_of(_replies()).filter(wanted).order_by()
    for reply in sorted(replies, key=lambda reply: (reply.submitted_at, reply.pk)):
        of_each[reply.thread_id].replies.append(reply)
    for thread in threads:
        if thread.comment.one_more:
            thread.replies = thread.replies[:REPLIES_SHOWN]
            thread.more_after = key_of(thread.replies[-1], BY_TIME)
        thread.parents = {reply.pk: reply for reply in thread.replies}
