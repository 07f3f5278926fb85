"""Corrections in the back office: to be looked at. They are filed on the story, and nobody changes one."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin_base import NothingIsDeleted
from articles.models import Correction


@admin.register(Correction)
class CorrectionAdmin(NothingIsDeleted):
    list_display = ("text_begins", "kind", "article", "at", "by")
    list_filter = ("kind", "article__language")
    list_select_related = ("article", "by")
    date_hierarchy = "at"
    search_fields = ("text", "article__headline")
    search_help_text = _("Words of the line or of the story's headline")
    ordering = ("-at", "-pk")

    @admin.display(description=_("line for readers"))
    def text_begins(self, correction: Correction) -> str:
        return correction.text[:120]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def get_view_on_site_url(self, obj=None) -> str | None:
        return obj.get_absolute_url() if obj is not None and obj.pk and obj.article.is_public() else None
