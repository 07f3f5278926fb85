"""What still stands between a story and its readers: shown by the change form, enforced by the publish verb."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from articles.models import Photo


@dataclass(frozen=True)
class Problem:
    """Something to mend before publishing, in words for the editor."""

    code: str
    message: str


def blockers(content: Mapping[str, Any]) -> list[Problem]:
    """The problems that stop ``content`` (as a revision keeps it) from being published; empty when it may go."""
    missing = [problem for problem in _BLOCKERS if not content[problem.code]]
    return [*missing, *_lead_photo_blockers(content)]


def warnings(content: Mapping[str, Any]) -> list[Problem]:
    """What an editor should know of ``content`` before publishing it all the same."""
    photo = _lead_photo(content)
    problem = photo and photo.rights_problem()
    return [Problem("lead_rights", problem)] if problem else []


def _lead_photo(content: Mapping[str, Any]) -> Photo | None:
    """The lead photo, if there is one. Revisions from before there were photos lack the key."""
    pk = content.get("lead_photo_id")
    return Photo.objects.filter(pk=pk).first() if pk else None


def _lead_photo_blockers(content: Mapping[str, Any]) -> list[Problem]:
    photo = _lead_photo(content)
    if photo is None:
        return []
    missing = []
    if not content.get("lead_alt", "").strip():
        missing.append(Problem("lead_alt", _("The lead photo has no alternative text.")))
    if not photo.credit.strip():
        missing.append(Problem("lead_credit", _("The lead photo has no credit: add it in the photo library.")))
    return missing


# Each code is the name of the piece of content that is missing.
_BLOCKERS = (
    Problem("headline", _("The story has no headline.")),
    Problem("section_id", _("The story has no section.")),
    Problem("bylines", _("The story has no byline.")),
    Problem("body", _("The story has no text.")),
)
