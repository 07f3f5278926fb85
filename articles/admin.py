"""The back office for stories: the Django admin, with the workflow's steps as buttons."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag as StockTag

from articles import (  # correction_admin and front_admin bring tables of their own
    access,
    checklist,
    correction_admin,  # noqa: F401
    editions,
    front_admin,  # noqa: F401
    publishing,
    revisions,
)
from articles.admin_base import ForgivingChoices, NothingIsDeleted
from articles.article_list import ArticleList
from articles.choices import StoryNumber, keep_to_what_they_see
from articles.forms import PLAIN_CONTENT, ArticleForm, BylineForm, BylineFormSet
from articles.house_forms import NameForm
from articles.models import (
    Article,
    Author,
    AuthorName,
    Byline,
    Photo,
    Place,
    PlaceName,
    Revision,
    Section,
    SectionName,
    Status,
    StatusChange,
    Tag,
)
from articles.pagekeys import story_keys
from articles.photo_admin import PHOTO_MEDIA, take_in_upload, upload_of
from articles.preview_admin import PreviewPages
from articles.revision_admin import RevisionPages, steps_of
from articles.saving_admin import SavingTogether
from articles.step_forms import StepForm, step_form
from articles.tag_admin import TagAdmin
from articles.translations_desk import TranslationsDesk
from articles.writing_admin import WritingAdmin
from newsroom import pages

# django-taggit's own tag is not used here, and its merge lets any staff member merge anything.
admin.site.unregister(StockTag)


class ShownEverywhere(NothingIsDeleted):
    """A thing whose names stand on many pages: a change makes them all new."""

    def save_related(self, request, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        pages.changed("house")


class NameInline(admin.TabularInline):
    """Names per language, given with the thing they name."""

    extra = 1
    can_delete = False
    view_on_site = False

    def has_view_permission(self, request, obj=None) -> bool:
        return True

    def has_add_permission(self, request, obj=None) -> bool:
        verb = "change" if obj else "add"
        return request.user.has_perm(f"articles.{verb}_{self.parent_model._meta.model_name}")

    has_change_permission = has_add_permission


class SectionNameInline(NameInline):
    model = SectionName
    form = NameForm


class AuthorNameInline(NameInline):
    model = AuthorName
    form = NameForm


class PlaceNameInline(NameInline):
    model = PlaceName


@admin.register(Section)
class SectionAdmin(ShownEverywhere):
    inlines = [SectionNameInline]
    list_display = ("__str__", "position", "is_active", "comments_open")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("names")


@admin.register(Author)
class AuthorAdmin(ShownEverywhere):
    inlines = [AuthorNameInline]
    list_display = ("__str__", "kind", "user")
    list_select_related = ("user",)
    search_fields = ("names__name",)
    autocomplete_fields = ()

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("names")


@admin.register(Place)
class PlaceAdmin(ShownEverywhere):
    inlines = [PlaceNameInline]
    list_display = ("__str__", "stands_alone")
    search_fields = ("names__city", "names__region")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("names")


admin.site.register(Tag, TagAdmin)


class BylineInline(ForgivingChoices, admin.TabularInline):
    """The bylines of the newest revision. The story's own rows change when the revision is applied."""

    model = Byline
    form = BylineForm
    formset = BylineFormSet
    fields = ("position", "author", "role")
    autocomplete_fields = ("author",)

    def get_extra(self, request, obj=None, **kwargs) -> int:
        return max(2, len(admin.site.get_model_admin(Article).bylines_shown(request, obj)) + 1)

    def has_view_permission(self, request, obj=None) -> bool:
        return True

    def has_add_permission(self, request, obj=None) -> bool:
        return obj is None or publishing.may_edit(request.user, obj)

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Article)
class ArticleAdmin(
    ArticleList, SavingTogether, RevisionPages, PreviewPages, TranslationsDesk, WritingAdmin, NothingIsDeleted
):
    form = ArticleForm
    inlines = [BylineInline]
    change_form_template = "admin/articles/article/change_form.html"
    autocomplete_fields = ("place",)
    raw_id_fields = ("translation_of", "lead_photo")
    fieldsets = (
        (None, {"fields": ("language", "section", "headline", "standfirst", "place", "body", "tags")}),
        (
            _("Lead photo"),
            {"fields": ("lead_photo_shown", "lead_photo", "lead_upload", "lead_alt", "lead_caption")},
        ),
        (_("More"), {"fields": ("slug", "byline_note", "translation_of", "comments_open")}),
        (_("This version"), {"fields": ("revision_note", "seen_revision")}),
    )

    # Permissions -----------------------------------------------------------------------------------------------------
    def has_view_permission(self, request, obj=None) -> bool:
        return super().has_view_permission(request, obj) and (obj is None or access.may_see(request.user, obj))

    def has_change_permission(self, request, obj=None) -> bool:
        if obj is not None:
            return publishing.may_edit(request.user, obj)
        return request.user.has_perm("articles.change_article") or request.user.has_perm("articles.change_own_article")

    def get_changeform_initial_data(self, request) -> dict:
        """Somebody who works in one section writes for it."""
        sections = access.sections_of(request.user) or ()
        only = {"section": next(iter(sections))} if len(sections) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request, obj=None):
        return ("language", "lead_photo_shown") if obj else ("lead_photo_shown",)

    @admin.display(description=_("photo"))
    def lead_photo_shown(self, article: Article) -> str:
        """The lead photo of the newest content, with its credit."""
        content = revisions.current_content(article) if article.pk else {}
        photo = Photo.objects.filter(pk=content.get("lead_photo_id")).first()
        return render_to_string("admin/articles/photo/_shown.html", {"photo": photo})

    # The form --------------------------------------------------------------------------------------------------------
    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "translation_of":
            kwargs["widget"] = StoryNumber(db_field.remote_field, self.admin_site, user=request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The form class, knowing who saves."""
        form_class = super().get_form(request, obj, change, **kwargs)

        class FormOfThisPerson(form_class):
            def __init__(form, *args, **form_kwargs):
                super().__init__(*args, user=request.user, upload=upload_of(request), **form_kwargs)
                keep_to_what_they_see(form, request.user)

        return FormOfThisPerson

    @property
    def media(self):
        return super().media + PHOTO_MEDIA

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        take_in_upload(request, "lead_upload")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        kwargs["queryset"] = Byline.objects.none()
        if request.method != "POST":
            lines = self.bylines_shown(request, obj)
            kwargs["initial"] = [{**line, "position": number} for number, line in enumerate(lines, 1)]
        return kwargs

    def save_model(self, request, obj: Article, form, change: bool) -> None:
        """The row of a new story, or its switches; its content is the revision's business, in ``save_related``."""
        linked = editions.linked_to(obj, form.cleaned_data["translation_of"])
        if not change:
            obj.created_by = request.user
            for field, value in linked.items():
                setattr(obj, field, value)
            obj.save()
        else:
            Article.objects.filter(pk=obj.pk).update(comments_open=form.cleaned_data["comments_open"], **linked)
            pages.changed(*story_keys(obj), *(f"editions:{pk}" for pk in (form.initial.get("translation_of"),) if pk))

    def save_related(self, request, form, formsets, change: bool) -> None:
        saved = self.keep_version(request, form, self._content(form, formsets[0]), change=change)
        self.tell_of_dateline(request, form.instance, saved)
        if saved.is_behind:
            self.message_user(
                request, _("Readers still see the released version: this one waits for its release."), messages.WARNING
            )

    def construct_change_message(self, request, form, formsets, add=False):
        return super().construct_change_message(request, form, [], add)

    @staticmethod
    def _content(form: ArticleForm, bylines: BylineFormSet) -> dict:
        cleaned = form.cleaned_data
        plain = {name: cleaned[name] for name in (*PLAIN_CONTENT, "tags")}
        return {
            **plain,
            "lead_photo_id": cleaned["lead_photo"] and cleaned["lead_photo"].pk,
            "section_id": cleaned["section"] and cleaned["section"].pk,
            "place_id": cleaned["place"] and cleaned["place"].pk,
            "bylines": bylines.content(),
        }

    # The workflow ----------------------------------------------------------------------------------------------------
    def get_urls(self):
        step = path(
            "<int:pk>/step/<str:verb>/", self.admin_site.admin_view(self.step_view), name="articles_article_step"
        )
        return [step, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.pk:
            context |= {
                "steps": publishing.possible_steps(request.user, obj),
                "waiting_revision": (version := revisions.waiting(obj)),
                "returned": _returned(obj, version),
                "blockers": checklist.blockers(revisions.current_content(obj), article=obj),
                "warnings": checklist.warnings(revisions.current_content(obj), article=obj),
                "steps_taken": steps_of(obj, most=10),
                "zone": timezone.get_current_timezone_name(),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_view_on_site_url(self, obj=None) -> str | None:
        return obj.get_absolute_url() if obj is not None and obj.pk and obj.is_public() else None

    def step_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Ask before a step of the workflow, and take it on POST; a refusal says why and keeps what was typed."""
        article = get_object_or_404(self.get_queryset(request), pk=pk)
        if verb not in publishing.STEPS or not publishing.may(request.user, verb, article):
            raise PermissionDenied
        step = publishing.STEPS[verb]
        form = step_form(verb)(request.POST or None, initial=_step_initial(verb, article), article=article)
        version = revisions.waiting(article) if step.versions else None
        if request.method == "POST" and form.is_valid():
            try:
                _refuse_unseen(request.POST, version)
                take_step(article, verb, form, by=request.user, version=version)
            except publishing.PublishingError as refused:
                form.add_error(None, str(refused))
            else:
                self.log_change(request, article, str(step.label))
                self.message_user(request, _("%(verb)s: done.") % {"verb": step.label}, messages.SUCCESS)
                return redirect(reverse("admin:articles_article_change", args=[article.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step.label}: {article}",
            "article": article,
            **self.checklist_of(article, verb),
            "step": step,
            "form": form,
            "version": version,
            "zone": timezone.get_current_timezone_name(),
            "opts": self.opts,
        }
        status = 400 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/articles/article/step.html", context, status=status)


def _returned(article: Article, version: Revision | None) -> StatusChange | None:
    """The step that gave the story, or the ``version`` behind it, back to its writer, while that is where it is."""
    if article.status == Status.RETURNED:
        verb = "return"
    elif version is not None and version.state == Revision.State.RETURNED:
        verb = "return_version"
    else:
        return None
    return article.status_changes.filter(verb=verb).select_related("by").last()


def _step_initial(verb: str, article: Article) -> dict:
    times = {"schedule": article.publish_at, "set_embargo": article.embargo_until}
    return {"time": times.get(verb)}


def _refuse_unseen(posted, version: Revision | None) -> None:
    """Raise WrongStep when a version newer than the one the page spoke of was saved meanwhile."""
    seen = posted.get("version", "")
    if version is not None and seen and seen != str(version.number):
        raise publishing.WrongStep(
            _("Revision %(number)s was saved meanwhile, and this step is now about that one. Look at it first.")
            % {"number": version.number}
        )


def take_step(article: Article, verb: str, form: StepForm, *, by, version: Revision | None = None) -> None:
    """Call the verb with what its form asked for, and the ``version`` it takes. Raises publishing.PublishingError."""
    step = publishing.STEPS[verb]
    if step.versions and version is None:
        raise publishing.WrongStep(_("No version is waiting behind this story."))
    note, given = form.cleaned_data["note"], form.cleaned_data
    if verb == "return":
        publishing.return_(article, by=by, note=note)
    elif verb == "withdraw":
        publishing.withdraw(article, by=by, reason=note)
    elif verb == "schedule":
        publishing.schedule(article, by=by, note=note, publish_at=given["time"])
    elif verb == "set_embargo":
        publishing.set_embargo(article, by=by, note=note, until=given["time"])
    elif verb == "release":
        publishing.release(article, version, by=by, note=note, **_told(given))
    elif verb == "correct":
        publishing.correct(article, by=by, note=note, **_told(given))
    elif step.versions:
        getattr(publishing, verb)(article, version, by=by, note=note)
    else:
        getattr(publishing, verb)(article, by=by, note=note)


def _told(given: dict) -> dict:
    """What a step's form says to readers, under the verb's own names; nothing where it did not ask."""
    return {name: given[name] for name in ("substantive", "line", "kind", "place") if given.get(name)}
