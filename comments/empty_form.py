"""The comment form as it stands under every story, empty: drawn once per language, and filled in for each story.

Drawing a form field by field costs more than fifty comments. What stands under one story differs from another's only in
the story's number and the stamp, so a process draws one form and keeps it as a mould.
"""

from functools import lru_cache

from crispy_forms.utils import render_crispy_form
from django.conf import settings
from django.utils.translation import get_language

from articles.models import Article
from comments import retention, stamps
from comments.forms import CommentForm
from newsroom.moulds import Mould

_NUMBER = 918_273_645_546_372_819  # a story that does not exist: its number stands where a story's goes


def empty_form(article: Article) -> str:
    """The form to comment on ``article`` as HTML, in the active language, with a fresh stamp."""
    mould = _mould(get_language(), retention.longest(), settings.NEWSROOM_PROOF_OF_WORK)
    return mould.filled(pk=article.pk, stamp=stamps.stamp(article.pk))


@lru_cache(maxsize=64)
def _mould(*_what_it_depends_on: object) -> Mould:
    form = CommentForm(Article(pk=_NUMBER))
    return Mould(render_crispy_form(form), {"stamp": form.fresh_stamp, "pk": str(_NUMBER)})
