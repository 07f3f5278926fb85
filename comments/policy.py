"""The community guidelines as readers see them: an edition's introduction and grounds in one language."""

from dataclasses import dataclass
from functools import lru_cache

from comments.models import Guideline, GuidelineEdition, GuidelineWording
from newsroom import pages


@dataclass(frozen=True)
class Policy:
    """An edition in words. ``grounds`` are the numbered guidelines in order; the reserved ground stands apart."""

    edition: GuidelineEdition
    introduction: GuidelineWording | None
    grounds: list[tuple[Guideline, GuidelineWording]]
    reserved: tuple[Guideline, GuidelineWording] | None


def in_force(language: str) -> Policy:
    """The policy comments are decided by now, in ``language``. One query or a fact, once a process knows it."""
    return _published(pages.fact("edition in force", GuidelineEdition.objects.in_force, "guidelines"), language)


@lru_cache(maxsize=64)
def _published(edition: GuidelineEdition, language: str) -> Policy:
    """A published edition's words never change (the database sees to it), so a process reads them once."""
    return policy(edition, language)


def policy(edition: GuidelineEdition, language: str) -> Policy:
    guidelines = edition.guidelines.prefetch_related("wordings").order_by("position")
    worded = [(guideline, guideline.wording_in(language)) for guideline in guidelines]
    introductions = {row.language: row for row in edition.wordings.filter(guideline__isnull=True)}
    return Policy(
        edition=edition,
        introduction=introductions.get(language) or introductions.get("en"),
        grounds=[pair for pair in worded if pair[0].position > 0],
        reserved=next((pair for pair in worded if pair[0].code == Guideline.UNLAWFUL), None),
    )
