"""What the start page tells moderators: how many comments wait, and how long the oldest one has."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from comments.models import Comment
from newsroom import start_page
from newsroom.roles import MODERATORS
from newsroom.start_page import MOST_ROWS, Box, Row


@start_page.boxes
def boxes(request: HttpRequest) -> Iterator[Box]:
    """For those who decide comments; nobody else learns even how many wait."""
    if not request.user.is_(*MODERATORS):
        return
    waiting = Comment.objects.pending().oldest_first()
    oldest = list(waiting.select_related("article")[:MOST_ROWS])
    rows = [
        Row(
            comment.article.headline,
            reverse("moderation:card", args=[comment.pk]),
            comment.article.language,
            _("%(name)s, %(age)s ago") % {"name": comment.display_name, "age": timesince(comment.submitted_at)},
        )
        for comment in oldest
    ]
    words = _("The oldest has waited %(age)s.") % {"age": timesince(oldest[0].submitted_at)} if oldest else ""
    yield Box(
        "comments",
        _("Comments waiting"),
        rows,
        counted=waiting,
        link=reverse("moderation:queue"),
        words=words,
        empty=_("None."),
    )
