"""Decisions in the back office: comments get the desk's two verbs, and the log is there to be read."""

from django.contrib import admin
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from comments import policy
from comments.admin import CommentAdmin, ReadOnly
from comments.models import Comment, Status
from moderation.forms import DecisionForm
from moderation.models import Decision
from newsroom.roles import MODERATORS

admin.site.unregister(Comment)


@admin.register(Comment)
class DecidableCommentAdmin(CommentAdmin):
    """A comment, read-only, with approve and reject: the forms post to the desk, where ``decide()`` is called."""

    change_form_template = "admin/comments/comment/change_form.html"

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            history = obj.decisions.select_related("moderator", "note").prefetch_related("citations__guideline")
            may_decide = request.user.is_(*MODERATORS) and obj.status == Status.PENDING
            context |= {"history": history, "decision_form": may_decide and self._form(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @staticmethod
    def _form(comment: Comment) -> DecisionForm:
        return DecisionForm(policy.in_force(get_language()), initial={"seen_version": comment.version})


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("comment", "verdict", "cited", "moderator", "decided_at", "edition")
    list_filter = ("verdict",)
    list_select_related = ("comment", "moderator", "edition")
    fields = (
        "comment",
        "sequence",
        "verdict",
        "edition",
        "cited",
        "moderator",
        "decided_at",
        "text_commitment",
        "previous_hash",
        "hash",
    )
    readonly_fields = ("cited",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("citations__guideline")

    @admin.display(description=_("guidelines"))
    def cited(self, decision: Decision) -> str:
        return ", ".join(citation.guideline.code for citation in decision.citations.all())


from moderation import edition_admin, hint_admin  # noqa: E402, F401
