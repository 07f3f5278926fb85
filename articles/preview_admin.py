"""Preview links in the back office: make one, see who made which and when it was opened, revoke."""

from collections.abc import Callable, Iterator

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from articles import previews, publishing
from articles.models import Article, PreviewLink

MOST_SHOWN = 100


def _periods() -> list[tuple[int, str]]:
    """How long a preview may be open, in the language of the request."""
    return [(days, ngettext("%(n)s day", "%(n)s days", days) % {"n": days}) for days in previews.DAYS]


class PreviewForm(forms.Form):
    """For whom a preview is, and how long."""

    purpose = forms.CharField(
        label=_("For whom"),
        max_length=200,
        required=False,
        help_text=_("A reminder for colleagues: a name, a translator, a lawyer."),
        widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}),
    )
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        initial=3,
        choices=_periods,
    )


class PreviewPages:
    """Mixed into the admin of stories, beside ``SavingTogether``."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("<int:pk>/previews/", guarded(self.previews_view), name="articles_article_previews"),
            path(
                "<int:pk>/previews/<int:link>/revoke/",
                guarded(self.revoke_view),
                name="articles_article_revoke_preview",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def previews_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The preview links of a story; POST makes one. Who may write in the story may give it to somebody to read."""
        article = self.story_to_see(request, pk)
        may_make = publishing.may_edit(request.user, article)
        if request.method == "POST" and not may_make:
            raise PermissionDenied
        form = PreviewForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            link = previews.make(article, by=request.user, days=given["days"], purpose=given["purpose"])
            self.log_change(request, article, made(link))
            self.message_user(request, _("The preview link is made. Copy it from the list."), messages.SUCCESS)
            return redirect(reverse("admin:articles_article_previews", args=[article.pk]))
        found = article.preview_links.select_related("created_by", "revoked_by")[:MOST_SHOWN]
        context = {
            **self._page(request, article, gettext("Preview links")),
            "form": form if may_make else None,
            "is_off": article.status in previews.OFF,
            "links": [_shown(request, article, link, may_make=may_make) for link in found],
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "admin/articles/article/previews.html", context, status=status)

    @method_decorator(require_POST)
    def revoke_view(self, request: HttpRequest, pk: int, link: int) -> HttpResponse:
        """End a link: by whoever made it, and by everybody who may write in the story."""
        article = self.story_to_see(request, pk)
        found = get_object_or_404(article.preview_links, pk=link)
        if found.created_by != request.user and not publishing.may_edit(request.user, article):
            raise PermissionDenied
        previews.revoke(found, by=request.user)
        self.log_change(request, article, revoked())
        self.message_user(request, _("The preview link is revoked: it shows nothing any more."), messages.SUCCESS)
        return redirect(reverse("admin:articles_article_previews", args=[article.pk]))


def _shown(request: HttpRequest, article: Article, link: PreviewLink, *, may_make: bool) -> dict[str, object]:
    mine = link.created_by == request.user
    is_open = link.is_open()
    shown = is_open and (may_make or mine)
    return {
        "link": link,
        "is_open": is_open,
        "may_revoke": shown,
        "address": request.build_absolute_uri(previews.address(link)) if shown else "",
    }


def made(link: PreviewLink) -> str:
    """What the log says of a new link."""
    until = timezone.localtime(link.expires_at).strftime("%Y-%m-%d %H:%M")
    return gettext("Preview link made, until %(time)s") % {"time": until}


def revoked() -> str:
    return gettext("Preview link revoked")


def preview_events(article: Article, event: Callable) -> Iterator:
    """The making and revoking of ``article``'s links, each as ``event(at, by, what, note)``. One query."""
    for link in article.preview_links.select_related("created_by", "revoked_by")[:MOST_SHOWN]:
        yield event(link.created_at, link.created_by, made(link), link.purpose)
        if link.revoked_at:
            yield event(link.revoked_at, link.revoked_by, revoked(), link.purpose)
