"""Blocking a sender from the desk, and the list of blocks: leads only."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments.models import Comment, SenderBlock
from moderation import blocks, senders
from moderation.access import moderator_required
from newsroom.roles import Role

SHOWN = 100  # newest blocks on the list; the back office has them all


class BlockForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        min_value=1,
        max_value=blocks.LONGEST,
        initial=7,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control", "dir": "auto"}),
        help_text=gettext_lazy("The reader is told when they next send."),
    )


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask how long and why, then block who sent the comment ``pk``."""
    _check_lead(request)
    comment = get_object_or_404(Comment.objects.with_story(), pk=pk)
    form = BlockForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            blocks.block(comment, by=request.user, **form.cleaned_data)
        except blocks.BlockRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The sender is blocked and will be told."))
            return redirect("moderation:blocks")
    shown = {"comment": comment, "form": form, "history": senders.history(comment)}
    return render(request, "moderation/block.html", shown, status=400 if form.errors else 200)


@moderator_required
@require_safe
def block_list(request: HttpRequest) -> HttpResponse:
    """The newest blocks, those in force with a button that lifts them."""
    _check_lead(request)
    newest = SenderBlock.objects.select_related("by", "lifted_by")[:SHOWN]
    return render(request, "moderation/blocks.html", {"blocks": newest, "now": timezone.now()})


@moderator_required
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End the block ``pk`` before its time."""
    _check_lead(request)
    try:
        blocks.lift(get_object_or_404(SenderBlock, pk=pk), by=request.user)
    except blocks.BlockRefused as refused:
        messages.warning(request, refused)
    else:
        messages.success(request, _("The block is lifted."))
    return redirect("moderation:blocks")


def _check_lead(request: HttpRequest) -> None:
    if not request.user.is_(Role.MODERATION_LEAD):
        raise PermissionDenied
