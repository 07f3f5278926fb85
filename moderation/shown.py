"""Which hints a moderator had before them: signed into the page that shows them, read back with the decision."""

from collections.abc import Iterable, Mapping

from django.core import signing

from comments.models import Comment
from moderation.hints import Hint, codes, hints_for_all


def token(comment: Comment, hints: Iterable[Hint]) -> str:
    """The codes of ``hints`` as the form of ``comment`` carries them; nobody can write another."""
    return _signer(comment.pk).sign(codes(hints))


def codes_shown(tokens: Mapping[int, str], comments: Iterable[Comment]) -> dict[int, str]:
    """The codes the page of each of ``comments`` showed, by its id.

    For a form without a token that is good, what the hints say now: the moderator may have seen them elsewhere.
    """
    comments = list(comments)
    found = {comment.pk: _read(comment.pk, tokens.get(comment.pk, "")) for comment in comments}
    unknown = [comment for comment in comments if found[comment.pk] is None]
    now = hints_for_all(unknown) if unknown else {}
    return {pk: codes(now[pk]) if shown is None else shown for pk, shown in found.items()}


def _signer(pk: int) -> signing.Signer:
    return signing.Signer(salt=f"moderation.hints-shown:{pk}")


def _read(pk: int, text: str) -> str | None:
    try:
        return _signer(pk).unsign(text)
    except signing.BadSignature:
        return None
