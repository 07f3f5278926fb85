"""Comments, what is known of their writers, and the guidelines they are read by; one concept a file."""

from comments.models.block import SenderBlock
from comments.models.comment import (
    TRANSITIONS,
    Comment,
    CommentContact,
    CommentKey,
    CommentQuerySet,
    Erasure,
    Status,
    TransitionRefused,
)
from comments.models.guideline import Guideline, GuidelineEdition, GuidelineWording

__all__ = [
    "TRANSITIONS",
    "Comment",
    "CommentContact",
    "CommentKey",
    "CommentQuerySet",
    "Erasure",
    "Guideline",
    "GuidelineEdition",
    "GuidelineWording",
    "SenderBlock",
    "Status",
    "TransitionRefused",
]
