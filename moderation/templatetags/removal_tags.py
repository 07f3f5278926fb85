"""Why comments were removed, for the tombstones they leave on a story's page."""

from collections.abc import Iterable

from django import template
from django.utils.translation import get_language

from comments.models import GuidelineWording, Status
from comments.threads import Thread
from moderation.models import CitedGuideline, Verdict

register = template.Library()
Reasons = dict[int, list[GuidelineWording]]


@register.simple_tag
def removal_reasons(threads: Iterable[Thread]) -> Reasons:
    """The guidelines, as worded then, that each removed comment of ``threads`` was removed for, by comment.

    Two queries when there is a removed one, else none.
    """
    removed = [thread.comment.pk for thread in threads if thread.comment.status == Status.REMOVED]
    if not removed:
        return {}
    cited = CitedGuideline.objects.filter(decision__comment__in=removed, decision__verdict=Verdict.REMOVED)
    newest_last = cited.select_related("decision", "guideline").prefetch_related("guideline__wordings")
    latest: dict[int, int] = {}
    reasons: Reasons = {}
    for citation in newest_last.order_by("decision_id", "guideline__position"):
        comment, decision = citation.decision.comment_id, citation.decision_id
        if latest.get(comment) != decision:  # removed, restored on appeal and removed again: the last removal counts
            latest[comment], reasons[comment] = decision, []
        reasons[comment].append(citation.guideline.wording_in(get_language()))
    return reasons


@register.filter
def of_comment(reasons: Reasons, pk: int) -> list[GuidelineWording]:
    """``reasons|of_comment:comment.pk``: the wordings for one comment, none where none is known."""
    return reasons.get(pk, []) if reasons else []
