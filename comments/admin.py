"""Comments in the back office: to be read. Nobody, superuser included, finds one to edit."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, CommentPolicy, Guideline, GuidelineEdition, GuidelineWording


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


@admin.register(CommentPolicy)
class CommentPolicyAdmin(admin.ModelAdmin):
    """One row: added once, changed ever after."""

    list_display = ("__str__", "reason")

    def has_add_permission(self, request) -> bool:
        return super().has_add_permission(request) and not CommentPolicy.objects.exists()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class WordingInline(ReadOnly, admin.TabularInline):
    model = GuidelineWording
    fields = ("guideline", "language", "title", "text")


class GuidelineInline(ReadOnly, admin.TabularInline):
    model = Guideline
    fields = ("position", "code")


@admin.register(GuidelineEdition)
class GuidelineEditionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("__str__", "published_at")
    inlines = [GuidelineInline, WordingInline]
