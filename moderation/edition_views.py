"""What a published edition of the guidelines changed, for readers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from comments.models import GuidelineEdition
from moderation.edition_changes import changes_between
from moderation.editions import words_of
from newsroom.pages import depends_on


@require_safe
def changes(request: HttpRequest, number: int, before: int | None = None) -> HttpResponse:
    """Edition ``number`` beside edition ``before``, by default the one it followed."""
    published = GuidelineEdition.objects.published()
    edition = get_object_or_404(published, number=number)
    if before is None:
        earlier = published.filter(number__lt=number).order_by("-number").first()
    else:
        earlier = get_object_or_404(published, number=before)
    if earlier is None:  # the first edition changed nothing
        raise Http404
    shown = {
        "edition": edition,
        "before": earlier,
        "changes": changes_between(words_of(earlier), words_of(edition), get_language()),
        "editions": published.order_by("-number"),
    }
    return depends_on(render(request, "comments/guideline_changes.html", shown), "guidelines")
