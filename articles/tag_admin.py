"""Tags in the back office: suggestions while typing, renaming, merging. Only editors of the whole house change them."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from articles import access, tagging
from articles.admin_base import NothingIsDeleted
from articles.models import Tag, TaggedArticle
from articles.tag_names import TagNames
from newsroom import counting, languages
from newsroom.folding import fold


class TagForm(forms.ModelForm):
    """A tag's name, and the subject's tag in another language."""

    class Meta:
        model = Tag
        fields = ("name", "translation_of")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        problem = tagging.problem_with_name(self.instance, name)
        if problem:
            raise forms.ValidationError(problem)
        return name

    def clean_translation_of(self) -> Tag | None:
        """The subject's first tag; every other language's points there."""
        chosen = self.cleaned_data["translation_of"]
        original = chosen and (chosen.translation_of or chosen)
        if original is None:
            return None
        if self.instance.translations.exists():
            raise forms.ValidationError(_("Other tags are translations of this one: link those instead."))
        taken = original.translations.filter(language=self.instance.language).exclude(pk=self.instance.pk).exists()
        if original.language == self.instance.language or taken:
            raise forms.ValidationError(_("That subject has a tag in this language already."))
        return original


class MergeForm(forms.Form):
    """Into which tag: typed by name, found by its fold."""

    into = forms.CharField(label=_("Merge into"), max_length=100)

    def __init__(self, *args, tag: Tag, **kwargs):
        super().__init__(*args, **kwargs)
        self.tag = tag
        self.fields["into"].widget = TagNames(
            attrs={"data-language": tag.language, "data-single": "", "class": "vTextField", "lang": tag.language}
        )

    def clean_into(self) -> Tag:
        name = self.cleaned_data["into"]
        found = Tag.objects.filter(language=self.tag.language, key=fold(name) or name).first()
        if found is None:
            raise forms.ValidationError(_("No tag of this language has that name."))
        if found == self.tag:
            raise forms.ValidationError(_("That is this tag itself. Choose another one."))
        return found


class TagChangeList(ChangeList):
    """With the number of stories of each tag on the page: one query."""

    def get_results(self, request) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        seen = access.rule(request.user, "content_object__")
        tagged = [TaggedArticle.objects.filter(seen, tag=tag) for tag in self.result_list]
        for tag, count in zip(self.result_list, counting.counts(tagged), strict=True):
            tag.story_count = counting.in_words(count)


class TagAdmin(NothingIsDeleted):
    form = TagForm
    list_display = ("name", "language", "stories", "slug")
    list_filter = ("language",)
    search_fields = ("name",)
    ordering = ("language", "key")
    autocomplete_fields = ("translation_of",)
    change_form_template = "admin/articles/tag/change_form.html"
    fields = ("name", "language", "translation_of", "slug", "former_names")
    readonly_fields = ("language", "slug", "former_names")

    def get_queryset(self, request):
        return tagging.tags_seen_by(request.user, super().get_queryset(request))

    def get_changelist(self, request, **kwargs):
        return TagChangeList

    def get_search_results(self, request, queryset, search_term: str):
        """By the fold, as tags are matched everywhere."""
        key = fold(search_term)
        return (queryset.filter(key__contains=key) if key else queryset), False

    def has_add_permission(self, request) -> bool:
        """Tags come from stories, in the story's language."""
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        """A tag belongs to the whole house: not to somebody who works in some sections."""
        return super().has_change_permission(request, obj) and not access.is_limited(request.user)

    @admin.display(description=_("stories"))
    def stories(self, tag: Tag) -> str:
        return tag.story_count

    @admin.display(description=_("former names"))
    def former_names(self, tag: Tag) -> str:
        return languages.language(tag.language).comma.join(former.name for former in tag.former.order_by("pk")) or "–"

    def save_model(self, request, obj: Tag, form, change: bool) -> None:
        if "translation_of" in form.changed_data:
            Tag.objects.filter(pk=obj.pk).update(translation_of=obj.translation_of)
        tagging.rename(obj, form.cleaned_data["name"])

    # Pages of its own ------------------------------------------------------------------------------------------------
    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("suggest/", guarded(self.suggest_view), name="articles_tag_suggest"),
            path("<int:pk>/merge/", guarded(self.merge_view), name="articles_tag_merge"),
            *super().get_urls(),
        ]

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        """Names for what was typed, as ``{"tags": [...]}``."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        language, term = request.GET.get("language", ""), request.GET.get("term", "")[:100].replace("\x00", "")
        names = tagging.suggest(term, language=language, user=request.user) if language in languages.BY_CODE else []
        return JsonResponse({"tags": names})

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose the tag to merge into, see what that means, and do it on POST."""
        tag = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, tag):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        form = MergeForm(asked if "into" in asked else None, tag=tag)
        into = form.cleaned_data["into"] if form.is_valid() else None
        if request.method == "POST" and into is not None:
            return self._merge(request, tag, into)
        status = 400 if form.errors or request.method == "POST" else 200
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge the tag “%(name)s”") % {"name": tag.name},
            "tag": tag,
            "into": into,
            "form": form,
            "counts": _counts(tag, into) if into else None,
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/articles/tag/merge.html", context, status=status)

    def _merge(self, request: HttpRequest, tag: Tag, into: Tag) -> HttpResponse:
        try:
            said = self._merge_and_log(request, tag, into)
        except tagging.TaggingError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(reverse("admin:articles_tag_changelist"))
        self.message_user(request, said, messages.SUCCESS)
        return redirect(reverse("admin:articles_tag_change", args=[into.pk]))

    @transaction.atomic
    def _merge_and_log(self, request: HttpRequest, tag: Tag, into: Tag) -> str:
        count = f"{tagging.merge(tag, into):,}"
        said = _("Merged “%(old)s” into “%(new)s”; stories: %(count)s.")
        said = str(said % {"old": tag.name, "new": into.name, "count": count})
        self.log_deletions(request, [tag])
        self.log_change(request, into, said)
        return said


def _counts(tag: Tag, into: Tag) -> dict[str, str]:
    """How many stories carry the one, the other and both."""
    of_tag, of_into = TaggedArticle.objects.filter(tag=tag), TaggedArticle.objects.filter(tag=into)
    both = of_tag.filter(content_object__in=of_into.values("content_object"))
    numbers = counting.counts([of_tag, of_into, both])
    return dict(zip(("tag", "into", "both"), map(counting.in_words, numbers), strict=True))
