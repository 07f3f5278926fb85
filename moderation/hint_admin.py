"""Term lists in the back office: leads edit them, with their history, import a CSV file and try a list first."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comments.admin import ReadOnly
from comments.models import SenderBlock
from moderation import term_lists
from moderation.hint_models import Term, TermChange, TermList
from moderation.hints.folding import words_of
from moderation.trials import try_list


class ImportForm(forms.Form):
    """A CSV file whose first column holds one word or phrase a line."""

    file = forms.FileField(label=_("CSV file"), help_text=_("UTF-8, one word or phrase a line, at most 200 KB."))


class TermForm(forms.ModelForm):
    class Meta:
        model = Term
        fields = ("text", "is_active")

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].strip()
        if not words_of(text.rstrip("*")):
            raise ValidationError(_("This holds no word."))
        return text


class TermInline(admin.TabularInline):
    model = Term
    form = TermForm
    extra = 3
    max_num = term_lists.MOST_TERMS
    can_delete = False


class HistoryInline(ReadOnly, admin.TabularInline):
    model = TermChange
    fields = ("changed_at", "by", "what")


@admin.register(TermList)
class TermListAdmin(admin.ModelAdmin):
    """A list, its terms and who changed what. Nothing is deleted: terms and lists go out of use."""

    list_display = ("name", "language", "guideline", "is_active")
    list_filter = ("language", "guideline", "is_active")
    inlines = [TermInline, HistoryInline]
    change_form_template = "admin/moderation/termlist/change_form.html"

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def get_urls(self):
        here = [
            path("<int:pk>/try/", self.admin_site.admin_view(self.try_view), name="moderation_termlist_try"),
            path("<int:pk>/import/", self.admin_site.admin_view(self.import_view), name="moderation_termlist_import"),
        ]
        return [*here, *super().get_urls()]

    def save_related(self, request, form, formsets, change) -> None:
        super().save_related(request, form, formsets, change)
        for line in _changes(form, formsets[0], change):
            term_lists.note(form.instance, line, by=request.user)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the list would have hinted among the newest 1,000 decided comments."""
        term_list = self._list(request, pk)
        return self._page(request, "try", term_list, {"trial": try_list(term_list)})

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take terms from a CSV file."""
        term_list = self._list(request, pk)
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                uploaded = form.cleaned_data["file"].read(term_lists.LARGEST_FILE + 1)
                count = term_lists.import_terms(term_list, uploaded, by=request.user)
            except term_lists.ImportRefused as refused:
                form.add_error("file", str(refused))
            else:
                messages.success(request, ngettext("%(n)s new term.", "%(n)s new terms.", count) % {"n": count})
                return redirect(reverse("admin:moderation_termlist_change", args=[pk]))
        status = 400 if form.errors else 200
        return self._page(request, "import", term_list, {"form": form}, status=status)

    def _list(self, request: HttpRequest, pk: int) -> TermList:
        term_list = get_object_or_404(TermList, pk=pk)
        if not self.has_change_permission(request, term_list):
            raise PermissionDenied
        return term_list

    def _page(self, request, page: str, term_list: TermList, shown: dict, *, status: int = 200) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "term_list": term_list, **shown}
        context["title"] = str(term_list)
        return TemplateResponse(request, f"admin/moderation/termlist/{page}.html", context, status=status)


def _changes(form, terms, change: bool) -> list[str]:
    """One line of words for each thing a saved form changed."""
    lines = [] if change else ["made"]
    if change:
        lines += [f"{name}: {form.initial.get(name)} → {form.cleaned_data[name]}" for name in form.changed_data]
    lines += [f"added {term}" for term in terms.new_objects]
    for term, fields in terms.changed_objects:
        state = "in use" if term.is_active else "out of use"
        before = next(each.initial["text"] for each in terms.initial_forms if each.instance == term)
        lines.append(f"{before} → {term}, {state}" if "text" in fields else f"{term}: {state}")
    return lines


@admin.register(SenderBlock)
class SenderBlockAdmin(ReadOnly, admin.ModelAdmin):
    """Blocks are written on the desk; here they are read."""

    list_display = ("reason", "by", "created_at", "expires_at", "lifted_at")
    list_select_related = ("by",)
    fields = ("reason", "by", "created_at", "expires_at", "lifted_at", "lifted_by")
