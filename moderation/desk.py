"""The desk's pages: the queue, one comment, the ones just taken, and the ones that say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.paging import BadKey, Page, page_by_key
from comments import policy
from comments.models import Comment, CommentQuerySet
from comments.policy import Policy
from moderation import clusters, leases, pauses, senders, shown
from moderation.access import moderator_required
from moderation.clusters import Cluster
from moderation.decisions import UNDO_WITHIN
from moderation.filters import QueueFilter
from moderation.forms import DecisionForm, FilterNameForm
from moderation.hints import Hint, hints_for_all
from moderation.mixing import mixed_page, next_mixed
from moderation.models import Decision, Lease, SavedFilter, Verdict
from moderation.senders import History
from newsroom.diffs import word_diff


@dataclass(frozen=True)
class Card:
    """A comment with all a moderator reads around it."""

    comment: Comment
    form: DecisionForm | None  # a refused one, with what was typed
    boxes: str
    hints: list[Hint]
    shown: str  # the hints' codes, signed, for the decision to bring back
    sender: History
    lease: Lease | None
    cluster: Cluster | None
    changes: list[tuple[str, str]]
    after: str  # the address to go on at after a decision


@moderator_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The comments that wait and fit the filter, oldest first."""
    chosen = QueueFilter(request.GET)
    waiting = chosen.waiting()
    page = _page(request, chosen)
    here = _address("moderation:queue", chosen.query, request.GET.get("after"))
    newest = waiting.reverse().values_list("pk", flat=True).first()
    around = {
        "filter": chosen,
        "filter_name_form": FilterNameForm(initial={"query": chosen.query}),
        "saved_filters": request.user.saved_filters.all(),
        "next_key": page.next_key,
        "waiting": count_to_1000(waiting),
        "oldest": _oldest(request, chosen, waiting, page),
        "newest": newest or 0,
        "not_prepared": chosen.asks_prepared and _is_unprepared_left(),
        "more": page.next_key and _address("moderation:cards", chosen.query, page.next_key),
        "arrivals": _address("moderation:arrivals", chosen.query),
        **_around(request, page.items, here=here),
    }
    return render(request, "moderation/queue.html", around, status=200 if chosen.is_valid() else 400)


@moderator_required
@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """The queue's next cards as ``{"html", "more"}``, for a page that is already open."""
    chosen = QueueFilter(request.GET)
    page = _page(request, chosen)
    here = _address("moderation:queue", chosen.query, request.GET.get("after"))
    more = page.next_key and _address("moderation:cards", chosen.query, page.next_key)
    return _cards_as_json(request, page.items, here=here, more=more)


@moderator_required
@require_safe
def arrivals(request: HttpRequest) -> HttpResponse:
    """How many came after the comment ``since``, as ``{"count", "words"}``; "" when none."""
    since = get_object_or_404(Comment, pk=_number(request.GET.get("since")))
    newer = QueueFilter(request.GET).waiting().filter(submitted_at__gte=since.submitted_at)
    newer = newer.filter(Q(submitted_at__gt=since.submitted_at) | Q(pk__gt=since.pk))
    count = newer.order_by()[:1001].count()
    words = ngettext("%(count)s new comment has come in.", "%(count)s new comments have come in.", count)
    return JsonResponse({"count": count, "words": words % {"count": _to_1000(count)} if count else ""})


@moderator_required
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One comment with its story and what was decided about it so far."""
    return show_card(request, comment_or_404(pk))


@moderator_required
@require_safe
def alike(request: HttpRequest, pk: int) -> HttpResponse:
    """The waiting comments with the text of comment ``pk``, to be decided together."""
    comment = comment_or_404(pk)
    same = list(_for_cards(clusters.alike(comment)).select_related("contact"))
    browsers = len({one.contact.sender_hash for one in same if hasattr(one, "contact")})
    in_force = policy.in_force(get_language())
    hints = hints_for_all([comment])[comment.pk]  # one text, one reading
    around = {
        "comment": comment,
        "hints": hints,
        "same": [(one, shown.token(one, hints)) for one in same],
        "senders": browsers,
        "policy": in_force,
        "looked_at": clusters.LOOKED_AT,
        "boxes": _boxes(in_force),
        "here": reverse("moderation:queue"),
    }
    return render(request, "moderation/alike.html", around)


@moderator_required
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the oldest free comment that fits the address's filter; to a script, its card as ``{"html", "more"}``."""
    chosen = QueueFilter(request.GET)
    comment = take_one(request.user, chosen)
    if not wants_json(request):
        if comment is None:
            messages.info(request, _("Nothing is free just now: others are reading what is left."))
        return redirect(_address("moderation:working", chosen.query))
    found = _for_cards(Comment.objects.filter(pk=comment.pk)) if comment else []
    here = _address("moderation:working", chosen.query)
    more = comment and _address("moderation:next", chosen.query)
    return _cards_as_json(request, found, here=here, more=more, then="next")


@moderator_required
@require_safe
def working(request: HttpRequest) -> HttpResponse:
    """What this moderator holds, one after the other, with nobody else reading it."""
    chosen = QueueFilter(request.GET)
    held = list(_for_cards(leases.held_by(request.user))[: settings.NEWSROOM_DESK_CARDS])
    here = _address("moderation:working", chosen.query)
    around = {
        "filter": chosen,
        "take": _address("moderation:next", chosen.query),
        "queue_address": _address("moderation:queue", chosen.query),
        "minutes": settings.NEWSROOM_LEASE_MINUTES,
        **_around(request, held, here=here, then="next"),
    }
    return render(request, "moderation/working.html", around)


@moderator_required
@require_POST
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a comment aside until the lease ends, and take the next."""
    leases.set_aside(comment_or_404(pk), moderator=request.user)
    if wants_json(request):
        return JsonResponse({})
    return take_next(request)


@moderator_required
@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filter ``query`` under a name of the moderator's own; the same name again means the new filter."""
    form = FilterNameForm(request.POST)
    if form.is_valid():
        query = form.cleaned_data["query"]
        SavedFilter.objects.update_or_create(
            owner=request.user, name=form.cleaned_data["name"], defaults={"query": query}
        )
        return redirect(_address("moderation:queue", query))
    for errors in form.errors.values():
        messages.error(request, " ".join(errors))
    return redirect("moderation:queue")


@moderator_required
@require_POST
def forget_filter(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.user.saved_filters, pk=pk).delete()
    return redirect("moderation:queue")


def comment_or_404(pk: int) -> Comment:
    return get_object_or_404(_for_cards(Comment.objects.all()), pk=pk)


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks, and not the browser itself."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def show_card(request: HttpRequest, comment: Comment, form: DecisionForm | None = None, *, status: int = 200):
    """One comment's page; ``form`` is a refused one with what was typed."""
    history = comment.decisions.select_related("moderator", "note").prefetch_related("citations__guideline")
    around = _around(request, [comment], here=reverse("moderation:queue"), form=form)
    around |= {"comment": comment, "card": around["cards"][0], "history": history}
    return render(request, "moderation/card.html", around, status=status)


def take_one(moderator, chosen: QueueFilter) -> Comment | None:
    """The next free comment that fits the filter, held by ``moderator``; in turns of easy and hard if that is asked."""
    if not chosen.is_mixed:
        return leases.next_for(moderator, chosen.waiting())
    return next_mixed(moderator, *chosen.easy_and_hard())


def count_to_1000(rows) -> str:
    """The exact number up to 1,000, "1,000+" above: a list must not count a whole table."""
    return _to_1000(rows.order_by()[:1001].count())  # in no order: a slice would have to sort first


def _to_1000(count: int) -> str:
    return f"{count:,}" if count <= 1000 else "1,000+"


def _for_cards(rows: CommentQuerySet) -> CommentQuerySet:
    """With all that a card shows, and without the stories' long texts."""
    return rows.with_story().defer("article__body")


def _page(request: HttpRequest, chosen: QueueFilter) -> Page:
    after, size = request.GET.get("after"), settings.NEWSROOM_DESK_CARDS
    try:
        if chosen.is_mixed:
            easy, hard = chosen.easy_and_hard()
            return mixed_page(_for_cards(easy), _for_cards(hard), chosen.ordered_by, after=after, size=size)
        return page_by_key(_for_cards(chosen.waiting()), chosen.ordered_by, after=after, size=size)
    except BadKey as error:
        raise Http404 from error


def _oldest(request: HttpRequest, chosen: QueueFilter, waiting: CommentQuerySet, page: Page):
    """When the oldest of those that wait came in; None when none does. No query where the page begins with it."""
    if chosen.is_mixed or request.GET.get("after"):
        return waiting.values_list("submitted_at", flat=True).first()
    return page.items[0].submitted_at if page.items else None


def _is_unprepared_left() -> bool:
    """Whether the newest comment is one the worker has not come to."""
    newest = Comment.objects.pending().order_by("-submitted_at", "-pk").select_related("prepared_hints").first()
    return newest is not None and not hasattr(newest, "prepared_hints")


def _cards_as_json(request: HttpRequest, found: Sequence[Comment], *, here: str, more: str | None, then: str = ""):
    """The cards of ``found`` for a page that is already open."""
    around = _around(request, found, here=here, then=then)
    html = render_to_string("moderation/_cards.html", around, request)
    return JsonResponse({"html": html, "more": more})


def _around(request: HttpRequest, found: Sequence[Comment], *, here: str, form=None, then: str = "") -> dict:
    """What the cards of ``found`` need, in a fixed number of queries; ``here`` is where to go on after a decision."""
    found = list(found)
    in_force = policy.in_force(get_language())
    boxes = _boxes(in_force, (form and form["guidelines"].value()) or ())
    same, held = clusters.clusters(found), leases.holders(found)
    found = _one_of_each(found, same)
    hints, known = hints_for_all(found), senders.histories(found)
    cards_of_page = [
        Card(
            comment=comment,
            form=form,
            boxes=boxes,
            hints=hints[comment.pk],
            shown=shown.token(comment, hints[comment.pk]),
            sender=known[comment.pk],
            lease=held.get(comment.pk),
            cluster=same.get(comment.pk),
            changes=_changes(comment),
            after=f"{here}#comment-{following.pk}" if following else here,
        )
        for comment, following in zip_longest(found, found[1:])
    ]
    return {
        "cards": cards_of_page,
        "policy": in_force,
        "boxes": boxes,
        "here": here,
        "then": then,
        "undoable": _undoable(request.user),
        "pause": pauses.due(request),
    }


def _one_of_each(found: list[Comment], same: dict[int, Cluster]) -> list[Comment]:
    """``found`` with only the first comment of each cluster, which stands for it."""
    firsts: dict[str, Comment] = {}
    for comment in found:
        firsts.setdefault(same[comment.pk].key if comment.pk in same else f"alone-{comment.pk}", comment)
    return list(firsts.values())


def _boxes(in_force: Policy, picked: Sequence[str] = ()) -> str:
    """The guidelines to choose from: drawn once and shown on every card."""
    return render_to_string("moderation/_boxes.html", {"policy": in_force, "picked": picked})


def _changes(comment: Comment) -> list[tuple[str, str]]:
    before = comment.resubmission_of
    return word_diff(before.body, comment.body) if before and not before.is_erased else []


def _undoable(moderator) -> Decision | None:
    """The moderator's newest decision while it can still be undone."""
    recent = moderator.decisions.filter(decided_at__gte=timezone.now() - UNDO_WITHIN)
    newest = recent.order_by("-decided_at", "-pk").first()
    return newest if newest and newest.verdict in (Verdict.APPROVED, Verdict.REJECTED) else None


def _address(name: str, query: str, after: str | None = None) -> str:
    key = f"after={after}" if after else ""
    parts = "&".join(part for part in (query, key) if part)
    return f"{reverse(name)}?{parts}" if parts else reverse(name)


def _number(text: str | None) -> int:
    if not text or not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)
