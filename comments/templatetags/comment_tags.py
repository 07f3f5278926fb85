"""What joins comments to any page: the section under a story, and the policy."""

from django import template
from django.utils.translation import get_language

from comments import policy, threads
from comments.forms import CommentForm

register = template.Library()


@register.inclusion_tag("comments/_section.html", takes_context=True)
def comment_section(context, article):
    """The public comments on ``article``, the policy and the form (the context's ``comment_form`` if one came back)."""
    request = context["request"]
    page = threads.threads_page(article, request.GET.get("after"))
    return {
        "request": request,
        "article": article,
        "page": page,
        "count": threads.count_on(article),
        "form": context.get("comment_form") or CommentForm(article),
        "policy": policy.in_force(get_language()),
    }
