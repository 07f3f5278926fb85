"""The editorial back office: the Django admin under the house's name."""

from functools import update_wrapper

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.csrf import csrf_failure as refused_by_django

from newsroom import start_page


class BackOffice(admin.AdminSite):
    site_header = settings.NEWSROOM_NAME
    site_title = settings.NEWSROOM_NAME
    index_title = _("Back office")

    def index(self, request, extra_context=None):
        """The start page: what waits for this person, then the tables."""
        boxes = {"boxes": start_page.collect(request)}
        return super().index(request, {**boxes, **(extra_context or {})})

    def get_urls(self) -> list:
        """Without Django's shortcut to a thing's public address: it would tell any staff member a draft's headline."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def admin_view(self, view, cacheable=False):
        """Django's guard, but a form sent after the session ended comes back instead of being dropped at the log-in."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated and may_come_back(request):
                return sent_back(request, status=401)
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)


def may_come_back(request: HttpRequest) -> bool:
    """Whether what was sent may stand in a page: it came from a page of ours and holds no password."""
    return is_own_form(request) and not any("password" in name for name in request.POST)


def is_own_form(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form, as the browser says; what says nothing does not count."""
    if "Sec-Fetch-Site" in request.headers:
        return request.headers["Sec-Fetch-Site"] == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def sent_back(request: HttpRequest, *, status: int) -> HttpResponse:
    """The form that was sent, every word in it, to be sent again once its writer has signed in again."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        **admin.site.each_context(request),
        "title": gettext("You were signed out. Nothing is lost."),
        "fields": [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"],
        "texts": [value for name, value in fields if len(value) > 80 and name != "csrfmiddlewaretoken"],
        "had_files": bool(request.FILES),
    }
    return TemplateResponse(request, "admin/signed_out.html", context, status=status).render()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of the back office that was open while its writer signed in again comes back; any other is refused."""
    if request.path.startswith("/admin/") and request.user.is_staff and may_come_back(request):
        return sent_back(request, status=403)
    return refused_by_django(request, reason)
