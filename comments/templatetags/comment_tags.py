"""What joins comments to any page: the section under a story, and the policy."""

from django import template
from django.utils.translation import get_language

from comments import opening, policy, threads
from comments.forms import CommentForm
from comments.models import Comment
from newsroom import languages

register = template.Library()


@register.inclusion_tag("comments/_section.html", takes_context=True)
def comment_section(context, article):
    """The public comments on ``article``, the policy and the form (the context's ``comment_form`` if one came back)."""
    request = context["request"]
    closed = opening.why_closed(article)
    sort = request.GET.get("sort", threads.OLDEST)
    return {
        "request": request,
        "article": article,
        "page": threads.threads_page(article, request.GET.get("after"), sort=sort),
        "newest_first": sort == threads.NEWEST,
        "count": threads.count_on(article),
        "counted": threads.COUNTED,
        "closed": closed,
        "may_reply": closed is None,
        "waiting_note": opening.waiting_note(article.language),
        "form": context.get("comment_form") or CommentForm(article),
        "policy": policy.in_force(get_language()),
    }


@register.simple_tag
def comment_policy() -> policy.Policy:
    """The policy in force, in the language of the page. Three queries."""
    return policy.in_force(get_language())


@register.simple_tag
def language_of(comment: Comment) -> languages.Language:
    """The row of the language table for ``comment``: what its text looks to be in (``comments.scripts``)."""
    return languages.BY_CODE.get(comment.language) or languages.BY_CODE["en"]
