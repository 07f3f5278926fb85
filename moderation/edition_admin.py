"""Guideline editions in the back office: leads write a draft, see it as readers will, rehearse and publish it."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from comments import policy
from comments.admin import GuidelineEditionAdmin
from comments.models import GuidelineEdition
from moderation import editions, rehearsals
from moderation.edition_changes import changes_between
from moderation.editions import EditionRefused, Ground, Words, words_of
from newsroom import languages
from newsroom.roles import Role

NEW_ROWS = 2
admin.site.unregister(GuidelineEdition)


class GroundForm(forms.Form):
    """A guideline's place and code. ``was`` is the code it had when the page was read."""

    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    position = forms.IntegerField(
        label=gettext_lazy("Key"), required=False, min_value=1, max_value=editions.MOST, widget=forms.NumberInput
    )
    code = forms.CharField(label=gettext_lazy("Code"), required=False, max_length=40)

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("position") and not editions.is_code(cleaned.get("code", "")):
            self.add_error("code", _("Small letters, digits and hyphens."))
        return cleaned


class GroundFormSet(forms.BaseFormSet):
    """The guidelines in their order. A row without a key is left out."""

    @property
    def kept(self) -> list[dict]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("position")]
        return sorted(rows, key=lambda row: row["position"])

    def clean(self) -> None:
        if any(self.errors):
            return
        for name, words in (("position", _("Two guidelines have the same key.")), ("code", _("Two have one code."))):
            found = [row[name] for row in self.kept]
            if len(set(found)) < len(found):
                raise forms.ValidationError(words)


class WordsForm(forms.Form):
    """An edition's words in one language: the introduction, and title and text of each guideline."""

    def __init__(self, words: Words, language: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        area = forms.Textarea(attrs={"rows": 4, "cols": 80, "dir": "auto"})
        self.fields["introduction"] = forms.CharField(
            label=_("Introduction and expectations"),
            required=False,
            max_length=5_000,
            widget=area,
            initial=words.introduction.get(language, ""),
        )
        for ground in words.every_ground:
            title, text = ground.wordings.get(language, ("", ""))
            names = {"code": ground.code}
            self.fields[f"title-{ground.code}"] = forms.CharField(
                label=_("%(code)s: title") % names, required=False, max_length=120, initial=title
            )
            self.fields[f"text-{ground.code}"] = forms.CharField(
                label=_("%(code)s: text") % names, required=False, max_length=5_000, widget=area, initial=text
            )
            self.fields[f"title-{ground.code}"].widget.attrs |= {"dir": "auto", "size": 60}

    def into(self, words: Words, language: str) -> Words:
        """``words`` with what was typed in their place for ``language``."""
        words.introduction[language] = self.cleaned_data["introduction"]
        for ground in words.every_ground:
            if f"title-{ground.code}" in self.cleaned_data:
                said = (self.cleaned_data[f"title-{ground.code}"], self.cleaned_data[f"text-{ground.code}"])
                ground.wordings[language] = said
        return words


@admin.register(GuidelineEdition)
class EditionAdmin(GuidelineEditionAdmin):
    """Published editions are read; the one draft is written on pages of its own."""

    list_display = ("__str__", "published_at", "published_by")
    exclude = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_(Role.MODERATION_LEAD)

    def get_urls(self):
        views = {
            "words/<str:language>/": self.words_view,
            "preview/<str:language>/": self.preview_view,
            "changes/<str:language>/": self.changes_view,
            "rehearse/": self.rehearse_view,
            "publish/": self.publish_view,
        }
        here = [
            path(f"<int:pk>/{address}", self.admin_site.admin_view(view), name=f"edition_{address.partition('/')[0]}")
            for address, view in views.items()
        ]
        return [*here, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        """Ask, then begin a draft with the words of the edition in force; or go on with the one there is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            draft = editions.draft(by=request.user)
            return redirect("admin:comments_guidelineedition_change", draft.pk)
        shown = {"in_force": GuidelineEdition.objects.in_force(), "title": _("Begin a draft")}
        return self._page(request, "begin", None, shown)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None):
        """A draft is written here by a lead; every other edition, and everybody else, reads."""
        edition = GuidelineEdition.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if edition is None or not edition.is_draft or not self.has_add_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        return self._draft(request, edition)

    def _draft(self, request: HttpRequest, edition: GuidelineEdition) -> HttpResponse:
        """Order and codes of the guidelines, and the way to everything else."""
        words = words_of(edition)
        initial = [
            {"was": ground.code, "position": place, "code": ground.code}
            for place, ground in enumerate(words.grounds, 1)
        ]
        rows = forms.formset_factory(
            GroundForm, GroundFormSet, extra=min(NEW_ROWS, editions.MOST - len(initial)), max_num=editions.MOST
        )
        formset = rows(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and formset.is_valid():
            before = {ground.code: ground.wordings for ground in words.grounds}
            words.grounds = [Ground(row["code"], before.get(row["was"], {})) for row in formset.kept]
            if self._rewrite(request, edition, words):
                return redirect(request.path)
            words = words_of(edition)
        shown = {
            "formset": formset,
            "seen": words.digest,
            "missing": editions.missing(edition),
            "languages": [(row, len(editions.lacking_in(words, row.code))) for row in languages.LANGUAGES],
        }
        return self._page(request, "draft", edition, shown, status=400 if request.method == "POST" else 200)

    def words_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The draft's words in one language, beside the English ones."""
        edition, row = self._draft_or_refuse(request, pk), _language_or_404(language)
        words = words_of(edition)
        form = WordsForm(words, language, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            if self._rewrite(request, edition, form.into(words, language)):
                return redirect(request.path)
            words = words_of(edition)
        shown = {"form": form, "row": row, "seen": words.digest, "english": words, "rows": _beside(form, words)}
        return self._page(request, "words", edition, shown, status=400 if request.method == "POST" else 200)

    def preview_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The page readers will see, in their language."""
        edition = self._readable(request, pk)
        _language_or_404(language)
        with override(language):
            shown = {"policy": policy.policy(edition, language), "in_force": GuidelineEdition.objects.in_force()}
            response = render(request, "comments/guidelines.html", shown)
        response["Cache-Control"] = "private, no-store"
        return response

    def changes_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """What the edition says otherwise than the one in force."""
        edition, row = self._readable(request, pk), _language_or_404(language)
        in_force = GuidelineEdition.objects.in_force()
        changes = changes_between(words_of(in_force), words_of(edition), language)
        return self._page(request, "changes", edition, {"changes": changes, "in_force": in_force, "row": row})

    def rehearse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mark what the newest decided comments would meet under the draft."""
        edition = self._draft_or_refuse(request, pk)
        newest = _size(request.GET.get("newest", ""))
        if request.method == "POST":
            try:
                count = rehearsals.mark(edition, _marks(request.POST), by=request.user)
            except EditionRefused:
                messages.error(request, _("The draft has changed meanwhile. Please mark again."))
            else:
                messages.success(request, _("Marks kept: %(count)s.") % {"count": count})
            return redirect(request.get_full_path())
        rehearsal = rehearsals.rehearse(edition, get_language(), newest=newest)
        shown = {"rehearsal": rehearsal, "sizes": rehearsals.SIZES, "newest": newest, "approve": rehearsals.APPROVE}
        return self._page(request, "rehearse", edition, shown)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what publishing means and what is missing, then publish."""
        edition = self._draft_or_refuse(request, pk)
        lacking, seen, status = editions.missing(edition), words_of(edition).digest, 200
        if request.method == "POST":
            try:
                editions.publish(edition, by=request.user, seen=request.POST.get("seen", ""))
            except EditionRefused as refused:
                messages.error(request, str(refused))
                status = 409
            else:
                self.log_change(request, edition, "published")
                messages.success(request, _("%(edition)s is in force now.") % {"edition": edition})
                return redirect("admin:comments_guidelineedition_changelist")
        marks = edition.rehearsal_marks.count()
        return self._page(
            request, "publish", edition, {"missing": lacking, "seen": seen, "marks": marks}, status=status
        )

    def _rewrite(self, request: HttpRequest, edition: GuidelineEdition, words: Words) -> bool:
        try:
            editions.rewrite(edition, words, by=request.user, seen=request.POST.get("seen", ""))
        except EditionRefused as refused:
            messages.error(request, str(refused))
            return False
        self.log_change(request, edition, "words")
        messages.success(request, _("The draft is saved."))
        return True

    def _readable(self, request: HttpRequest, pk: int) -> GuidelineEdition:
        edition = get_object_or_404(GuidelineEdition, pk=pk)
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        return edition

    def _draft_or_refuse(self, request: HttpRequest, pk: int) -> GuidelineEdition:
        edition = get_object_or_404(GuidelineEdition, pk=pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST" and not edition.is_draft:  # a verb says so to who was slower, and keeps their words
            raise PermissionDenied(_("This edition is published: it never changes. Begin a new one."))
        return edition

    def _page(self, request, page: str, edition: GuidelineEdition | None, shown: dict, *, status: int = 200):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "edition": edition,
            "title": str(edition),
        }
        template = f"admin/comments/guidelineedition/{page}.html"
        return TemplateResponse(request, template, {**context, **shown}, status=status)


def _beside(form: WordsForm, english: Words) -> list[tuple[forms.BoundField, str]]:
    """Each field with the English words it puts into another language."""
    said = {"introduction": english.introduction.get("en", "")}
    for ground in english.every_ground:
        title, text = ground.wordings.get("en", ("", ""))
        said |= {f"title-{ground.code}": title, f"text-{ground.code}": text}
    return [(field, said.get(field.name, "")) for field in form]


def _language_or_404(code: str) -> languages.Language:
    if code not in languages.BY_CODE:
        raise Http404
    return languages.BY_CODE[code]


def _size(written: str) -> int:
    return int(written) if written in map(str, rehearsals.SIZES) else rehearsals.SIZES[0]


def _marks(posted) -> dict[int, str]:
    """``met-<decision>`` fields by the decision's id."""
    named = {name.removeprefix("met-"): value for name, value in posted.items() if name.startswith("met-")}
    return {int(number): code for number, code in named.items() if number.isdecimal() and len(number) < 18}
