"""Easy and hard comments in turn, for who would rather not read what is hard in a row. Hard is what has hints."""

from itertools import chain, zip_longest

from articles.paging import BadKey, Page, key_of, page_by_key
from comments.models import Comment, CommentQuerySet
from moderation import leases

_NONE_YET = "0"


def mixed_page(
    easy: CommentQuerySet, hard: CommentQuerySet, fields: tuple[str, str], *, after: str | None, size: int
) -> Page:
    """The next ``size`` comments, one of ``easy`` and one of ``hard`` in turn; the rest of one when the other ends.

    ``after`` is the key of the page before (None: the first), a key of each kind. Raises BadKey for one that is none.
    """
    keys = _keys(after)
    pages = [page_by_key(rows, fields, after=key, size=size) for rows, key in zip((easy, hard), keys, strict=True)]
    in_turn = chain.from_iterable(zip_longest(*(page.items for page in pages)))
    items = [comment for comment in in_turn if comment is not None][:size]
    shown = {comment.pk for comment in items}
    has_more = sum(len(page.items) for page in pages) > size or any(page.next_key for page in pages)
    moved = [_last_key(page, shown, fields) or key or _NONE_YET for page, key in zip(pages, keys, strict=True)]
    return Page(items, ".".join(moved) if has_more else None)


def next_mixed(moderator, easy: CommentQuerySet, hard: CommentQuerySet) -> Comment | None:
    """The next free comment for ``moderator``: not of the kind they were given last, while there is another."""
    first, second = (easy, hard) if _last_was_hard(moderator) else (hard, easy)
    return leases.next_for(moderator, first) or leases.next_for(moderator, second)


def _last_was_hard(moderator) -> bool:
    """Of what they hold the newest, else of what they decided; who starts is given something easy."""
    held = Comment.objects.pending().filter(lease__moderator=moderator).order_by("-lease__expires_at")
    newest = held.values_list("prepared_hints__is_hinted", flat=True).first()
    if newest is not None:
        return newest
    shown = moderator.decisions.order_by("-decided_at").values_list("hints_shown", flat=True).first()
    return shown != ""


def _keys(after: str | None) -> list[str | None]:
    if not after:
        return [None, None]
    keys = after.split(".")
    if len(keys) != 2:
        raise BadKey(after)
    return [None if key == _NONE_YET else key for key in keys]


def _last_key(page: Page, shown: set[int], fields: tuple[str, str]) -> str | None:
    """The key of the last comment of ``page`` that is shown."""
    last = [comment for comment in page.items if comment.pk in shown]
    return key_of(last[-1], fields) if last else None
