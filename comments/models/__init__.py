"""Comments, what is known of their writers, and the guidelines they are read by; one concept a file."""

from comments.models.arrival import Arrival
from comments.models.block import SenderBlock
from comments.models.comment import (
    TRANSITIONS,
    Comment,
    CommentContact,
    CommentFingerprint,
    CommentKey,
    CommentQuerySet,
    Erasure,
    Status,
    TransitionRefused,
)
from comments.models.guideline import Guideline, GuidelineEdition, GuidelineWording
from comments.models.policy import CommentPolicy
from comments.models.proof import SpentProof
from comments.models.report import Report, ReportContact, ReportQuerySet

__all__ = [
    "TRANSITIONS",
    "Arrival",
    "Comment",
    "CommentContact",
    "CommentFingerprint",
    "CommentKey",
    "CommentPolicy",
    "CommentQuerySet",
    "Erasure",
    "Guideline",
    "GuidelineEdition",
    "GuidelineWording",
    "Report",
    "ReportContact",
    "ReportQuerySet",
    "SenderBlock",
    "SpentProof",
    "Status",
    "TransitionRefused",
]
