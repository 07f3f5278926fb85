"""What a writer asks the back office for beside the form: photos, stories to link to, a dateline taken off the text."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import bodies, checklist, datelines, publishing, revisions
from articles.dateline_form import DatelineForm, opening_words
from articles.models import Article, Photo, Revision
from articles.templatetags.photo_tags import fallback, thumbnail
from newsroom import languages

MOST_PHOTOS, MOST_STORIES = 24, 12
_FORWARD = ("submit", "approve", "publish", "schedule", "release", "submit_version", "approve_version")


class WritingAdmin(admin.ModelAdmin):
    """The editor's searches, which show what the person may see, and the page that takes a dateline off the text."""

    def get_urls(self) -> list:
        searches = [
            path(f"editor/{name}/", self.admin_site.admin_view(never_cache(require_safe(view))), name=url_name)
            for name, view, url_name in (
                ("photos", self.photos_view, "articles_article_editor_photos"),
                ("stories", self.stories_view, "articles_article_editor_stories"),
            )
        ]
        dateline = path(
            "<int:pk>/dateline/", self.admin_site.admin_view(self.dateline_view), name="articles_article_dateline"
        )
        return [*searches, dateline, *super().get_urls()]

    def tell_of_dateline(self, request: HttpRequest, article: Article, saved: Revision) -> None:
        """After a save: say that the text begins with a dateline, and where to take it off."""
        typed = datelines.typed_dateline(saved.content["body"], article.language)
        if typed:
            words = _("The text begins with the dateline “%(dateline)s”. The story's form offers to take it off.")
            self.message_user(request, words % {"dateline": typed.written}, messages.WARNING)

    def checklist_of(self, article: Article, verb: str) -> dict[str, object]:
        """What the page of the step ``verb`` shows of the checklist; nothing on the way back."""
        if verb not in _FORWARD:
            return {}
        content = revisions.current_content(article)
        return {
            "blockers": checklist.blockers(content, article=article if verb == "publish" else None),
            "warnings": checklist.warnings(content, article=article),
            "story_form": reverse("admin:articles_article_change", args=[article.pk]),
        }

    def dateline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Offer to take the dateline that stands in the text off it and to set the story's place; do so on POST."""
        article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not publishing.may_edit(request.user, article):
            raise PermissionDenied
        content = revisions.current_content(article)
        typed = datelines.typed_dateline(content["body"], article.language)
        if typed is None:
            self.message_user(request, _("The text begins with no dateline now."), messages.INFO)
            return redirect(reverse("admin:articles_article_change", args=[pk]))
        latest = revisions.newest(article)
        form = DatelineForm(
            request.POST or None,
            typed=typed,
            language=article.language,
            may_add=request.user.has_perm("articles.add_place"),
            initial={"seen_revision": latest.number if latest else 0},
        )
        if request.method == "POST" and form.is_valid():
            return self._take_dateline_off(request, article, content, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take the dateline off the text"),
            "article": article,
            "typed": typed,
            "before": opening_words(content["body"]),
            "after": opening_words(datelines.without_typed(content["body"])),
            "form": form,
            "opts": self.opts,
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "admin/articles/article/dateline.html", context, status=status)

    def _take_dateline_off(self, request: HttpRequest, article: Article, content: dict, form) -> HttpResponse:
        with transaction.atomic():
            place = form.chosen_place()
            changed = {"place_id": place.pk, "body": datelines.without_typed(content["body"])}
            try:
                revisions.record(
                    article,
                    {**content, **changed},
                    by=request.user,
                    note=_("Dateline taken off the text."),
                    seen_revision=form.cleaned_data["seen_revision"],
                )
            except revisions.Stale:
                transaction.set_rollback(True)
                self.message_user(request, _("The story was saved meanwhile. Look again."), messages.ERROR)
                return redirect(reverse("admin:articles_article_dateline", args=[article.pk]))
        self.log_change(request, article, _("Dateline taken off the text."))
        shown = datelines.dateline(place, article.language)
        words = _("The place is set. The dateline is made from it: %(dateline)s") % {"dateline": shown}
        self.message_user(request, words, messages.SUCCESS)
        return redirect(reverse("admin:articles_article_change", args=[article.pk]))

    def photos_view(self, request: HttpRequest) -> JsonResponse:
        """Photos by their words (``q``), newest first, or those with the numbers ``id``."""
        library = self.admin_site.get_model_admin(Photo)
        if not library.has_view_permission(request):
            raise PermissionDenied
        photos = library.get_queryset(request)
        if "id" in request.GET:
            photos = photos.filter(pk__in=_numbers(request.GET.getlist("id")))
        else:
            photos, _repeats = library.get_search_results(request, photos, _words(request))
        return JsonResponse({"results": [_photo(photo) for photo in photos.order_by("-pk")[:MOST_PHOTOS]]})

    def stories_view(self, request: HttpRequest) -> JsonResponse:
        """Stories by their words, number or address (``q``), those in ``language`` first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stories, asked = self.get_queryset(request), _words(request)
        number = bodies.story_number(asked)
        if number:
            stories = stories.filter(pk=number)
        else:
            stories, _repeats = self.get_search_results(request, stories, asked)
        language = request.GET.get("language", "")
        own = Case(When(language=language, then=Value(0)), default=Value(1), output_field=IntegerField())
        found = stories.order_by(own, "-modified_at")[:MOST_STORIES]
        return JsonResponse({"results": [_story(story) for story in found]})


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]


def _numbers(given: list[str]) -> list[int]:
    return [int(number) for number in given[:100] if number.isascii() and number.isdigit() and len(number) <= 18]


def _photo(photo: Photo) -> dict[str, object]:
    shown, small = fallback(photo), thumbnail(photo)
    return {
        "id": photo.pk,
        "name": str(photo),
        "file": shown.get_absolute_url() if shown else "",
        "thumb": small.get_absolute_url() if small else "",
        "width": shown.width if shown else photo.width,
        "height": shown.height if shown else photo.height,
        "alt": photo.source_alt,
        "caption": photo.source_caption,
        "credit": photo.credit,
        "problem": str(photo.rights_problem()),
    }


def _story(story: Article) -> dict[str, object]:
    language = languages.language(story.language)
    when = timezone.localtime(story.first_published_at or story.modified_at).date().isoformat()
    return {
        "id": story.pk,
        "href": f"/{story.language}/stories/{story.pk}/",
        "headline": str(story),
        "lang": language.html_lang,
        "facts": f"{language.own_name} · {story.get_status_display()} · {when}",
    }
