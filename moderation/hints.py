"""What the desk points out about a comment. Hints order and explain; they never approve or reject."""

from dataclasses import dataclass

from comments.models import Comment


@dataclass(frozen=True)
class Hint:
    """``why`` (for the moderator) the guideline with the code ``guideline`` may matter; ``start`` and ``end`` mark the
    passage in code points, both None for the comment as a whole."""

    code: str
    guideline: str
    why: str
    start: int | None = None
    end: int | None = None


def hints_for(comment: Comment) -> list[Hint]:
    """The hints about ``comment``, in order."""
    return []
