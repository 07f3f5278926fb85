"""What templates need to show hints: ``{% marked_text comment hints %}`` and ``{% hint_list hints %}``."""

from django import template
from django.conf import settings

from moderation.hints.marking import marked

register = template.Library()


@register.inclusion_tag("moderation/_marked_text.html")
def marked_text(comment, hints) -> dict[str, object]:
    """The text of ``comment`` exactly as written, hinted passages in ``<mark>``, blurred where the house says so."""
    return {"pieces": marked(comment.body, hints), "blurred": settings.NEWSROOM_BLUR_HINTS}


@register.inclusion_tag("moderation/_hints.html")
def hint_list(hints) -> dict[str, object]:
    """What the hints say, in words."""
    return {"hints": hints}


@register.filter
def first_of_kind(hints) -> list:
    """``hints`` without those that say the same of another passage."""
    return list({(hint.code, hint.guideline, hint.why): hint for hint in hints}.values())
