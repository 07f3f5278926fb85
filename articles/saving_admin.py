"""Saving a story without losing a word: unsaved text, who else is there, and two people saving one story."""

from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from articles import comparing, drafts, merging, presence, revisions, typed
from articles.editor import StoryEditor
from articles.models import Article, Draft, Revision
from newsroom import languages

SAVING_MEDIA = forms.Media(
    css={"all": ["newsroom/revisions.css"]}, js=[forms.Script("newsroom/autosave.js", type="module")]
)
TWO_VERSIONS_MEDIA = forms.Media(js=[forms.Script("newsroom/two-versions.js", type="module")])
# Of a posted form, what the page that asks about two versions does not post again.
_NOT_AGAIN = ("csrfmiddlewaretoken", "draft_key", "theirs", "asked", "lead_upload")


class StaleSave(Exception):
    """A save that a newer version came before: ``newest``, the bound ``form`` and the ``content`` it would keep."""

    def __init__(self, newest: Revision, form: forms.ModelForm, content: dict[str, Any]):
        super().__init__(str(newest))
        self.newest, self.form, self.content = newest, form, content


class SavingTogether:
    """Mixed into the admin of stories."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("autosave/", guarded(self.autosave_view), name="articles_article_autosave_new"),
            path("<int:pk>/autosave/", guarded(self.autosave_view), name="articles_article_autosave"),
            path("drafts/<str:key>/", guarded(self.draft_view), name="articles_article_draft"),
            *super().get_urls(),
        ]

    @property
    def media(self):
        return super().media + SAVING_MEDIA

    def story_to_see(self, request: HttpRequest, pk: int) -> Article:
        """The story ``pk`` if this person may see it; else 404 or 403."""
        article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article

    # The form --------------------------------------------------------------------------------------------------------
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The form; one that is sent and cannot be saved as it stands comes back with every word."""
        asked_for = object_id and (request.method == "POST" or "draft" in request.GET)
        article = self.get_object(request, unquote(object_id)) if asked_for else None
        if request.method != "POST":
            request.restored = self._wished_draft(request, article)
            return super().changeform_view(request, object_id, form_url, extra_context)
        posted = request.POST
        if article is not None and not self.has_change_permission(request, article):
            return self._refuse(request, article)
        if article is not None and merging.is_answer(posted):
            request.POST = merging.resolved(posted, article)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleSave as stale:
            return self._ask(request, article, stale, posted)

    def keep_version(self, request: HttpRequest, form: forms.ModelForm, content: dict, *, change: bool) -> Revision:
        """Keep what the form holds as a revision, and forget its unsaved text. Raises StaleSave."""
        try:
            saved = revisions.record(
                form.instance,
                content,
                by=request.user,
                note=form.cleaned_data["revision_note"],
                seen_revision=(form.cleaned_data["seen_revision"] or 0) if change else None,
            )
        except revisions.Stale as stale:
            raise StaleSave(stale.newest, form, content) from stale
        drafts.close(request.user, request.POST.getlist("draft_key"), form.instance)
        return saved

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change, **kwargs)
        fields = restored_fields(request, obj)
        if fields is None:
            return form_class

        class RestoredForm(form_class):
            def __init__(form, *args, **form_kwargs):
                initial = {**(form_kwargs.get("initial") or {}), **initial_of(form_class, fields)}
                super().__init__(*args, **{**form_kwargs, "initial": initial})

        return RestoredForm

    def bylines_shown(self, request: HttpRequest, article: Article | None) -> list[dict[str, Any]]:
        """The bylines the form opens with: those of the text being restored, else of the newest version."""
        fields = restored_fields(request, article)
        if fields is not None and "bylines-TOTAL_FORMS" in fields:
            return typed.bylines_of(fields)
        return revisions.current_content(article)["bylines"] if article is not None and article.pk else []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        article = obj if obj is not None and obj.pk else None
        restored = getattr(request, "restored", None)
        may_save = self.has_change_permission(request, article) if article else self.has_add_permission(request)
        unsaved = [draft for draft in drafts.unsaved(request.user, article) if draft != restored]
        posted_keys = request.POST.getlist("draft_key")
        if posted_keys:
            unsaved = [draft for draft in unsaved if draft.key not in posted_keys]
        context |= {
            "may_save": may_save,
            "draft_keys": posted_keys or [restored.key if restored else drafts.new_key()],
            "restored": restored,
            "unsaved": unsaved,
            "others": presence.others(article, request.user) if article else [],
            "today": timezone.localdate().strftime("%Y%m%d"),
            "zone": timezone.get_current_timezone_name(),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _wished_draft(self, request: HttpRequest, article: Article | None) -> Draft | None:
        key = request.GET.get("draft", "")
        draft = drafts.of_key(request.user, article, key) if key else None
        if key and draft is None:
            self.message_user(request, _("This unsaved text is not there any more: it was saved or discarded."))
        return draft

    def _refuse(self, request: HttpRequest, article: Article) -> HttpResponse:
        """403 for somebody who may not write in this story (any more), with what they typed and where it is kept."""
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        self._keep_typed(request, article, request.POST)
        content = typed.content_of(request.POST, revisions.EMPTY)
        context = {
            **self._page(request, article, gettext("Not saved: you may not write in this story now")),
            "texts": [
                (comparing.label_of(name), content[name])
                for name in comparing.in_order(content)
                if content[name] and isinstance(content[name], str)
            ],
        }
        return TemplateResponse(request, "admin/articles/article/refused.html", context, status=403)

    def _keep_typed(self, request: HttpRequest, article: Article | None, posted: QueryDict) -> None:
        """Keep what was posted as unsaved text, under the form's own key if that is still open."""
        key = next(iter(posted.getlist("draft_key")), "")
        try:
            drafts.keep(request.user, article, key, posted)
        except drafts.Closed:
            drafts.keep(request.user, article, drafts.new_key(), posted)
        except drafts.BadKey:
            return

    def _ask(self, request: HttpRequest, article: Article, stale: StaleSave, posted: QueryDict) -> HttpResponse:
        """409: yours, theirs, and what to do about each field in which they differ."""
        article.refresh_from_db()
        self._keep_typed(request, article, posted)
        cleaned = stale.form.cleaned_data
        seen = cleaned["seen_revision"] or 0
        base = article.revisions.filter(number=seen).first() if 0 < seen < 2**31 else None
        switches = {
            "translation_of_id": cleaned["translation_of"] and cleaned["translation_of"].pk,
            "comments_open": cleaned["comments_open"],
        }
        again = merging.is_answer(posted) and posted["theirs"] == str(stale.newest.number)
        asked = merging.questions(
            base and revisions.complete(base.content),
            {**stale.content, **switches},
            merging.with_switches(article, stale.newest.content),
            language=article.language,
            answers=posted if again else None,
        )
        context = {
            **self._page(request, article, gettext("Two versions of this story")),
            "newest": stale.newest,
            "is_own": stale.newest.created_by == request.user,
            "questions": asked,
            "unanswered": [question.label for question in asked if not question.chosen] if again else [],
            "fields": list(_fields_again(stale.form.data)),
            "draft_keys": [drafts.new_key(), *posted.getlist("draft_key")[:4]],
            "others": presence.others(article, request.user),
            **_editor_of_merged_body(request, asked, article.language),
        }
        context["media"] += StoryEditor().media + TWO_VERSIONS_MEDIA
        return TemplateResponse(request, "admin/articles/article/two_versions.html", context, status=409)

    def _page(self, request: HttpRequest, article: Article | None, title: str) -> dict[str, Any]:
        """What every page beside the form needs."""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "article": article,
            "opts": self.opts,
            "media": self.media,
            "zone": timezone.get_current_timezone_name(),
        }

    # Unsaved text and presence ---------------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def autosave_view(self, request: HttpRequest, pk: int | None = None) -> JsonResponse:
        """What the form's script posts while somebody writes; on GET a fresh key for its posts, after signing in again.

        Somebody who may not write any more is told so with 403; what they typed is kept all the same.
        """
        article = self.story_to_see(request, pk) if pk else None
        if article is None and not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return JsonResponse({"token": get_token(request)}, headers={"Cache-Control": "no-store"})
        may_write = article is None or self.has_change_permission(request, article)
        answer: dict[str, Any] = {}
        if "draft_key" in request.POST:
            try:
                kept = drafts.keep(request.user, article, request.POST["draft_key"], request.POST)
            except drafts.Closed:
                return JsonResponse({"key": drafts.new_key()}, status=409)
            except drafts.BadKey:
                return JsonResponse({}, status=400)
            answer["time"] = timezone.localtime(kept.saved_at).strftime("%H:%M")
        if not may_write:
            return JsonResponse({**answer, "refused": gettext("You may not write in this story now.")}, status=403)
        return JsonResponse({**answer, **(_around(request, article) if article else {})})

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def draft_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """One's own unsaved text beside what is saved; POST discards it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        draft = Draft.objects.filter(user=request.user, key=key, closed_at=None).select_related("article").first()
        if draft is None:
            raise Http404
        article = self.story_to_see(request, draft.article_id) if draft.article_id else None
        form = (
            reverse("admin:articles_article_change", args=[article.pk])
            if article
            else reverse("admin:articles_article_add")
        )
        if request.method == "POST":
            drafts.close(request.user, [key], article)
            self.message_user(request, _("The unsaved text was discarded."))
            return redirect(form)
        language = article.language if article else draft.fields.get("language", "en")
        saved = revisions.current_content(article) if article else dict(revisions.EMPTY)
        fields = fields_of(draft, article)
        context = {
            **self._page(request, article, gettext("Unsaved text")),
            "draft": draft,
            "form_url": form,
            "changes": comparing.compare(saved, typed.content_of(fields, saved), language=language),
            "language": language,
        }
        return TemplateResponse(request, "admin/articles/article/unsaved.html", context)


def _around(request: HttpRequest, article: Article) -> dict[str, Any]:
    """Note that this person is in ``article``'s form, or has left it; who else is, and whether a newer version came."""
    if "left" in request.POST:
        presence.leave(article, request.user)
        return {}
    presence.beat(article, request.user, typed="typed" in request.POST)
    latest = revisions.newest(article)
    newer = ""
    seen = request.POST.get("theirs") or request.POST.get("seen_revision")
    if latest is not None and seen and seen != str(latest.number):
        when = timezone.localtime(latest.created_at).strftime("%H:%M")
        words = gettext("%(who)s saved a newer version at %(time)s. When you save, you will be asked what to keep.")
        newer = words % {"who": latest.created_by, "time": when}
    return {"others": presence.others(article, request.user), "newer": newer}


def fields_of(draft: Draft, article: Article | None) -> QueryDict:
    """What the form of ``draft`` held; answers about two versions are carried out."""
    fields = draft.fields
    return merging.resolved(fields, article) if article is not None and merging.is_answer(fields) else fields


def restored_fields(request: HttpRequest, article: Article | None) -> QueryDict | None:
    """The unsaved text this request asks to go on with."""
    draft = getattr(request, "restored", None)
    return fields_of(draft, article) if draft is not None else None


def initial_of(form_class: type[forms.BaseForm], fields: QueryDict) -> dict[str, Any]:
    """What ``fields`` say, as a form's starting values."""
    initial: dict[str, Any] = {}
    for name, field in form_class.base_fields.items():
        if isinstance(field, forms.FileField):
            continue
        if isinstance(field, forms.BooleanField):
            initial[name] = name in fields
        elif isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
            initial[name] = fields.getlist(name)
        elif name in fields:
            initial[name] = fields[name]
    return initial


def _editor_of_merged_body(request: HttpRequest, asked: list[merging.Question], language: str) -> dict[str, str]:
    """The editor with the text that both versions of the body make, where they differ in it."""
    merged = next((question.merged for question in asked if question.name == "body"), None)
    if merged is None:
        return {}
    written = languages.language(language)
    widget = StoryEditor(
        attrs={
            "id": "merged-body",
            "class": "vLargeTextField story-body",
            "rows": 20,
            "dir": written.direction,
            "lang": written.html_lang,
            "aria-labelledby": "merged-body-label",
        }
    )
    widget.user = request.user
    return {"body_editor": widget.render("merged-body", merged)}


def _fields_again(data: QueryDict):
    for name, values in data.lists():
        if name not in _NOT_AGAIN and not name.startswith(("_", "choice-", "merged-")):
            yield from ((name, value) for value in values)
