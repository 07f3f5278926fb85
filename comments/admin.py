"""Comments in the back office: to be read. Nobody, superuser included, finds one to edit."""

from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from comments import staff_views
from comments.erasure import erase
from comments.models import Comment, CommentPolicy, Erasure, Guideline, GuidelineEdition, GuidelineWording

MOST_AT_ONCE = 200


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
    fields = ("story", "parent", "display_name", "staff", "body", "language", "submitted_at", "status", "moved_at")
    readonly_fields = ("story",)

    @admin.display(description=_("story"))
    def story(self, comment: Comment) -> str:
        """The headline without Django's link into the stories' back office, which moderators may not enter."""
        return str(comment.article)

    actions = ["erase_on_request"]

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("to-answer/", wrap(staff_views.to_answer), name="comments_to_answer"),
            path("<int:pk>/answer/", wrap(staff_views.answer), name="comments_answer"),
            *super().get_urls(),
        ]

    def has_erase_permission(self, request) -> bool:
        return request.user.has_perm("comments.erase_comment")

    @admin.action(description=_("Erase on request…"), permissions=["erase"])
    def erase_on_request(self, request, queryset) -> TemplateResponse | None:
        """Ask, then empty the chosen comments."""
        chosen = list(queryset.filter(erasure__isnull=True)[:MOST_AT_ONCE])
        if request.POST.get("confirmed") != "yes":
            shown = {**self.admin_site.each_context(request), "title": _("Erase on request"), "chosen": chosen}
            return TemplateResponse(request, "admin/comments/comment/erase.html", shown)
        for comment in chosen:
            erase(comment, cause=Erasure.Cause.REQUEST, by=request.user)
        self.message_user(request, _("Erased: %(count)s.") % {"count": len(chosen)}, messages.SUCCESS)
        return None

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
