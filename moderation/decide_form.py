"""The form below each card of the desk: drawn once for a language and an edition, and filled in for each comment.

The forms of a page differ in a handful of values, so a process draws one and keeps it as a mould. Only a form that came
back refused is drawn field by field, with what was typed.
"""

from functools import lru_cache
from types import SimpleNamespace

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

from comments.models import Comment
from newsroom.moulds import Mould

_NUMBER = 918_273_645_546_372_819  # a comment that does not exist: its number stands where a comment's goes
_MARKS = {
    "pk": str(_NUMBER),
    "version": "mark-of-version",
    "shown": "mark-of-shown",
    "next": "mark-of-next",
    "token": "mark-of-csrf",
}


def decide_form(
    request: HttpRequest, comment: Comment, *, boxes: str, shown: str, after: str, then: str, alone: bool
) -> str:
    """The empty form to decide ``comment`` with, and what stands below it, as HTML.

    ``boxes`` are the guidelines as they are drawn, ``shown`` the signed hints, ``after`` where to go on, ``then``
    "next" when working one by one, and ``alone`` says that the comment has the page to itself.
    """
    values = {"pk": comment.pk, "version": comment.version, "shown": shown, "next": after, "token": get_token(request)}
    return _mould(get_language(), boxes, then, alone).filled(**values)


@lru_cache(maxsize=64)
def _mould(_language: str, boxes: str, then: str, alone: bool) -> Mould:
    drawn = render_to_string(
        "moderation/_decide.html",
        {
            "comment": SimpleNamespace(pk=_NUMBER, version=_MARKS["version"]),
            "card": SimpleNamespace(shown=_MARKS["shown"], boxes=boxes),
            "after": _MARKS["next"],
            "csrf_token": _MARKS["token"],
            "then": then,
            "alone": alone,
        },
    )
    return Mould(drawn, _MARKS)
