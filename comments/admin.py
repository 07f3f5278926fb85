"""Comments in the back office: to be read. Nobody, superuser included, finds one to edit."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, Guideline, GuidelineEdition, GuidelineWording


class ReadOnly:
    """Rows that are looked at and never written here."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Comment)
class CommentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("excerpt", "display_name", "article", "status", "submitted_at")
    list_filter = ("status", "language")
    list_select_related = ("article",)
    search_fields = ("display_name", "body")
    search_help_text = _("Words of the comment or the name")
    fields = ("story", "parent", "display_name", "body", "language", "submitted_at", "status", "moved_at")
    readonly_fields = ("story",)

    @admin.display(description=_("story"))
    def story(self, comment: Comment) -> str:
        """The headline without Django's link into the stories' back office, which moderators may not enter."""
        return str(comment.article)

    @admin.display(description=_("comment"))
    def excerpt(self, comment: Comment) -> str:
        return comment.body[:80] or str(_("(erased)"))


class PartOfEdition(ReadOnly, admin.TabularInline):
    """Whoever may read an edition may read what it is made of."""

    def has_view_permission(self, request, obj=None) -> bool:
        return True


class WordingInline(PartOfEdition):
    model = GuidelineWording
    fields = ("guideline", "language", "title", "text")


class GuidelineInline(PartOfEdition):
    model = Guideline
    fields = ("position", "code")


@admin.register(GuidelineEdition)
class GuidelineEditionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("__str__", "published_at")
    inlines = [GuidelineInline, WordingInline]
