"""What joins comments to any page: the section under a story, and the policy."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from comments import opening, policy, threads
from comments.drawing import Pen
from comments.empty_form import empty_form
from comments.models import Comment
from newsroom import pages

register = template.Library()


@register.inclusion_tag("comments/_section.html", takes_context=True)
def comment_section(context, article):
    """The public comments on ``article``, the policy and the form (the context's ``comment_form`` if one came back)."""
    request = context["request"]
    closed = opening.why_closed(article)
    pages.holds_until(request, opening.next_change(article))
    after, sort = request.GET.get("after"), request.GET.get("sort", threads.OLDEST)
    page = threads.threads_page(article, after, sort=sort)
    return {
        "request": request,
        "article": article,
        "page": page,
        "newest_first": sort == threads.NEWEST,
        "count": threads.count_on(article, page, is_whole=not after),
        "counted": threads.COUNTED,
        "closed": closed,
        "may_reply": closed is None,
        "form_hint": form_hint(article),
        "form": context.get("comment_form"),
        "empty_form": "" if closed or context.get("comment_form") else empty_form(article),
        "policy": policy.in_force(get_language()),
    }


@register.simple_tag
def form_hint(article) -> str:
    """What to know before writing a comment on ``article``: what is required, and when it will be read."""
    required = gettext("Name and comment are required. You need no account.")
    return " ".join(filter(None, (required, opening.waiting_note(article.language))))


@register.simple_tag
def comment_policy() -> policy.Policy:
    """The policy in force, in the language of the page. Three queries."""
    return policy.in_force(get_language())


@register.simple_tag
def draw_threads(article, threads, *, may_reply, reasons) -> SafeString:
    """The list of ``threads`` on the page of ``article``; ``reasons`` of removals as ``removal_reasons`` gives them."""
    return Pen(article.pk, may_reply=may_reply, reasons=reasons).threads(threads)


@register.simple_tag
def draw_thread(article, thread, *, may_reply, reasons) -> SafeString:
    """One thread on a page of its own."""
    return Pen(article.pk, may_reply=may_reply, reasons=reasons, level=2).thread(thread)


@register.simple_tag
def draw_comment(comment: Comment) -> SafeString:
    """A public comment above a form about it."""
    return Pen(comment.article_id, alone=True, level=2).comment(comment)
