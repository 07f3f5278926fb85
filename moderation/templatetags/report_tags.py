"""What every page of the desk shows of readers' reports."""

from django import template

from moderation import reports

register = template.Library()


@register.simple_tag
def open_notices() -> int:
    """How many notices of illegal content wait. One query."""
    return reports.open_notices()
