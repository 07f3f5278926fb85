"""A story's history in the back office: revisions, what changed between any two, restoring one, who did what."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from articles import comparing, publishing, revisions, typed
from articles.models import Article, Revision
from articles.preview_admin import preview_events

PAGE = 50
LIVE = "live"
# What one request writes to two logs is told once: its entries are this close in time.
_SAME_ACT = timedelta(seconds=2)


class RevisionPages:
    """Mixed into the admin of stories, beside ``SavingTogether``."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("<int:pk>/revisions/", guarded(self.revisions_view), name="articles_article_revisions"),
            path("<int:pk>/compare/", guarded(self.compare_view), name="articles_article_compare"),
            path("<int:pk>/restore/<int:number>/", guarded(self.restore_view), name="articles_article_restore"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def revisions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The revisions of a story, newest first, a page at a time: ``before`` is a revision's number."""
        article = self.story_to_see(request, pk)
        found = article.revisions.defer("content").select_related("created_by")
        before = typed.number(request.GET.get("before", ""))
        rows = list((found.filter(number__lt=before) if before else found)[: PAGE + 1])
        context = {
            **self._page(request, article, gettext("Revisions")),
            "revisions": rows[:PAGE],
            "next": rows[PAGE - 1].number if len(rows) > PAGE else None,
            "newest": revisions.newest(article),
            "live": revisions.live(article) if article.is_live else None,
            "may_restore": publishing.may_edit(request.user, article),
        }
        return TemplateResponse(request, "admin/articles/article/revisions.html", context)

    @method_decorator(require_safe)
    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two versions of a story: ``old`` and ``new`` are numbers of revisions, or "live" for what the row holds."""
        article = self.story_to_see(request, pk)
        old, new = (self._side(article, request.GET.get(side, LIVE)) for side in ("old", "new"))
        if not old.is_live and not new.is_live and old.number > new.number:
            old, new = new, old
        context = {
            **self._page(request, article, gettext("Compare two versions")),
            "old": old,
            "new": new,
            "changes": comparing.compare(old.content, new.content, language=article.language),
            "language": article.language,
            "may_restore": publishing.may_edit(request.user, article),
        }
        return TemplateResponse(request, "admin/articles/article/compare.html", context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Ask before an old revision becomes the newest; on POST keep its content as a new one."""
        article = self.story_to_see(request, pk)
        if not publishing.may_edit(request.user, article):
            raise PermissionDenied
        old = get_object_or_404(article.revisions.select_related("created_by"), number=number)
        newest = revisions.newest(article)
        if request.method == "POST":
            seen = typed.number(request.POST.get("newest", "")) or 0
            try:
                restored = revisions.restore(article, old, by=request.user, seen_revision=seen)
            except revisions.Stale:
                self.message_user(request, _("A newer version was saved meanwhile. Look again."), messages.WARNING)
                return redirect(request.path)
            self.log_change(request, article, _saved(restored))
            self.message_user(request, _saved(restored), messages.SUCCESS)
            if restored.is_behind:
                waits = _("Readers still see the released version: this one waits for its release.")
                self.message_user(request, waits, messages.WARNING)
            return redirect(reverse("admin:articles_article_change", args=[article.pk]))
        current = revisions.current_content(article)
        context = {
            **self._page(request, article, gettext("Restore revision %(number)s") % {"number": number}),
            "old": old,
            "newest": newest,
            "changes": comparing.compare(current, old.content, language=article.language),
            "language": article.language,
        }
        return TemplateResponse(request, "admin/articles/article/restore.html", context)

    def history_view(self, request, object_id, extra_context=None):
        """What happened to a story, whole: steps, revisions, previews and the back office's own log, newest first."""
        article = self.get_object(request, unquote(object_id))
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        events = events_of(article, before=_moment(request.GET.get("before", "")))
        context = {
            **self._page(request, article, gettext("What happened to this story")),
            "events": events[:PAGE],
            "next": events[PAGE - 1].at.isoformat() if len(events) > PAGE else None,
        }
        return TemplateResponse(request, "admin/articles/article/happened.html", context)

    def _side(self, article: Article, wished: str) -> "Side":
        if wished == LIVE:
            return Side.of_row(article)
        number = typed.number(wished)
        revision = article.revisions.filter(number=number).select_related("created_by").first() if number else None
        if revision is None:
            raise Http404
        return Side(str(number), revisions.complete(revision.content), number, revision.created_at, revision.created_by)


@dataclass(frozen=True)
class Side:
    """One of two versions that are compared. ``wished`` is how the address names it."""

    wished: str
    content: dict[str, Any]
    number: int = 0
    at: datetime | None = None
    by: Any = None

    @classmethod
    def of_row(cls, article: Article) -> "Side":
        held = revisions.live(article)
        number = held.number if held else 0
        return cls(LIVE, revisions.snapshot(article), number, None, held and held.created_by)

    @property
    def is_live(self) -> bool:
        return self.wished == LIVE


@dataclass
class Event:
    """One thing that happened to a story."""

    at: datetime
    by: Any
    what: str
    note: str = ""
    more: list[str] = field(default_factory=list)
    revision: int | None = None


def events_of(article: Article, *, before: datetime | None = None, most: int = PAGE + 1) -> list[Event]:
    """What happened to ``article`` before a moment, newest first, at most ``most``. A fixed number of queries."""
    told = [*steps_of(article, before=before, most=most), *_revisions(article, before, most)]
    told += preview_events(article, Event)
    told = [event for event in told if before is None or event.at < before]
    told.sort(key=lambda event: event.at, reverse=True)
    for entry in _log(article, before, most):
        same = _same_act(told, entry)
        if same is None:
            told.append(Event(entry.action_time, entry.user, entry.get_change_message() or gettext("Saved")))
        elif entry.get_change_message() not in (same.what, *same.more):
            same.more.append(entry.get_change_message())
    return sorted(told, key=lambda event: event.at, reverse=True)[:most]


def _same_act(told: list[Event], entry: LogEntry) -> Event | None:
    """The event by the same person nearest to ``entry`` in time, if one request wrote both."""
    near = [event for event in told if event.by == entry.user and abs(event.at - entry.action_time) < _SAME_ACT]
    return min(near, key=lambda event: abs(event.at - entry.action_time), default=None)


def steps_of(article: Article, *, before: datetime | None = None, most: int) -> list[Event]:
    """The newest ``most`` steps of ``article`` through the workflow, before a moment if one is given. One query."""
    changes = article.status_changes.select_related("by").order_by("-pk")
    rows = (changes.filter(at__lt=before) if before else changes)[:most]
    labels = {verb: step.label for verb, step in publishing.STEPS.items()}
    return [Event(row.at, row.by, str(labels.get(row.verb, row.verb)), row.note) for row in rows]


def _revisions(article: Article, before: datetime | None, most: int) -> list[Event]:
    found = article.revisions.defer("content").select_related("created_by")
    rows = (found.filter(created_at__lt=before) if before else found)[:most]
    return [Event(row.created_at, row.created_by, _saved(row), row.note, revision=row.number) for row in rows]


def _saved(row: Revision) -> str:
    if row.restored_from:
        return gettext("Revision %(old)s restored as revision %(new)s") % {"old": row.restored_from, "new": row.number}
    return gettext("Revision %(number)s saved") % {"number": row.number}


def _log(article: Article, before: datetime | None, most: int) -> list[LogEntry]:
    entries = LogEntry.objects.filter(
        content_type=get_content_type_for_model(article), object_id=str(article.pk)
    ).select_related("user")
    return list((entries.filter(action_time__lt=before) if before else entries).order_by("-action_time")[:most])


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None
