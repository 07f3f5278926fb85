"""The translations desk: one story's editions in all languages, what changed in the original, and who begins the next.

``TranslationsDesk`` gives ``ArticleAdmin`` its pages.
"""

from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import access, editions, publishing, revisions, translating, worddiff
from articles.models import Article
from articles.plain_text import plain_lines
from articles.states import state_of
from newsroom import languages


@dataclass
class Change:
    """One part of the original that says something else than the translation's source."""

    label: str
    pieces: list[worddiff.Piece]


@dataclass
class Edition:
    """What the desk shows of one language. ``article`` is None where there is none, or it is not this person's."""

    language: languages.Language
    article: Article | None = None
    exists: bool = False
    is_original: bool = False
    state: str = ""
    may_edit: bool = False
    changes: list[Change] = field(default_factory=list)
    source_is_known: bool = True


class TranslationsDesk:
    """The pages of the translations desk, for ``ArticleAdmin``."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("<int:pk>/translations/", guarded(self.translations_view), name="articles_article_translations"),
            path("<int:pk>/translate/<str:language>/", guarded(self.translate_view), name="articles_article_translate"),
            path("<int:pk>/taken-over/", guarded(self.taken_over_view), name="articles_article_taken_over"),
            *super().get_urls(),
        ]

    def translations_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every edition of the story that ``pk`` is an edition of."""
        article = self._asked(request, pk)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        original = article.original
        sees_original = access.may_see(request.user, original)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Editions of %(story)s") % {"story": original if sees_original else article},
            "article": article,
            "original": original if sees_original else None,
            "held": editions.revision_of_row(original),
            "editions": _editions(original, request.user),
            "may_translate": sees_original and self.has_add_permission(request),
            "zone": timezone.get_current_timezone_name(),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/articles/article/translations.html", context)

    def translate_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """Begin an edition on POST, and go on in its form; whoever was faster is where the slower one goes."""
        original = self._asked(request, pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            draft, left_out = translating.translate(original, language, by=request.user)
        except translating.TranslatingError as refused:
            self.message_user(request, str(refused), messages.WARNING)
            return _desk_of(original)
        self.log_addition(request, draft, _("Translation of %(number)s.") % {"number": original.pk})
        self.message_user(request, _("The edition is begun. Write over the original's words."), messages.SUCCESS)
        if left_out:
            self.message_user(request, translating.left_out_in_words(left_out), messages.WARNING)
        if not draft.bylines.filter(role="translator").exists():
            self.message_user(request, _("No author stands for your account: add the translator."), messages.WARNING)
        return redirect(reverse("admin:articles_article_change", args=[quote(draft.pk)]))

    def taken_over_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note on POST that a translation holds what its original says now."""
        translation = self._asked(request, pk)
        if not publishing.may_edit(request.user, translation):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        seen = request.POST.get("seen_revision", "")
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
        try:
            translating.take_over(translation, seen_revision=number, by=request.user)
        except translating.TranslatingError as refused:
            self.message_user(request, str(refused), messages.WARNING)
        else:
            taken = _("Took over revision %(number)s of the original.") % {"number": number}
            self.log_change(request, translation, taken)
            self.message_user(request, _("Noted: this edition says what the original says now."), messages.SUCCESS)
        return _desk_of(translation)

    def _asked(self, request: HttpRequest, pk: int) -> Article:
        """The story asked for, if this person may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("translation_of"), pk=pk)


def _desk_of(article: Article) -> HttpResponse:
    return redirect(reverse("admin:articles_article_translations", args=[article.pk]))


def _editions(original: Article, user) -> list[Edition]:
    """One for each language of the house, the original's first: two queries for all of them."""
    rows = Article.objects.editions_of(original).select_related("created_by")
    found = {row.language: row for row in rows}
    stale = [row.translated_revision for row in found.values() if row.original_changed_at]
    held = {revision.number: revision.content for revision in original.revisions.filter(number__in=stale)}
    ordered = sorted(languages.LANGUAGES, key=lambda language: language.code != original.language)
    return [_edition(language, found.get(language.code), original, held, user) for language in ordered]


def _edition(language: languages.Language, row: Article | None, original: Article, held: dict, user) -> Edition:
    if row is None or not access.may_see(user, row):
        return Edition(language, exists=row is not None)
    edition = Edition(language, row, exists=True, is_original=row.pk == original.pk, state=str(state_of(row)))
    edition.may_edit = publishing.may_edit(user, row)
    if row.original_changed_at and access.may_see(user, original):
        source = held.get(row.translated_revision)
        edition.source_is_known = source is not None
        edition.changes = changes(revisions.complete(source), original) if source else []
    return edition


def changes(source: dict, original: Article) -> list[Change]:
    """What the row of ``original`` says otherwise than ``source``, the content of an older revision."""
    found = []
    for name in editions.TRANSLATED:
        texts = source[name], getattr(original, name)
        before, after = map(plain_lines, texts) if name == "body" else texts
        if before != after:
            label = str(Article._meta.get_field(name).verbose_name)
            found.append(Change(label, worddiff.pieces(before, after)))
    return found
