"""What still stands between a story and its readers: shown by the change form, enforced by the publish verb."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Problem:
    """Something to mend before publishing, in words for the editor."""

    code: str
    message: str


def blockers(content: Mapping[str, Any]) -> list[Problem]:
    """The problems that stop ``content`` (as a revision keeps it) from being published; empty when it may go."""
    return [problem for problem in _BLOCKERS if not content[problem.code]]


# Each code is the name of the piece of content that is missing.
_BLOCKERS = (
    Problem("headline", _("The story has no headline.")),
    Problem("section_id", _("The story has no section.")),
    Problem("bylines", _("The story has no byline.")),
    Problem("body", _("The story has no text.")),
)
