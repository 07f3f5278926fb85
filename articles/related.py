"""Stories that go with one another, and how long one takes to read."""

import math

from django.db.models import Count

from articles.models import Article, ArticleQuerySet
from articles.plain_text import plain_text

MOST = 4
# Words a minute by language. Sources: Brysbaert (2019) for English; Trauzettel-Klosinski & Dietz (2012), IReST, for
# Arabic and Turkish. The Kurdish values are estimates, taken from the language of the same script.
WORDS_A_MINUTE = {"en": 238, "ar": 138, "ckb": 138, "ku": 166, "tr": 166}


def related(article: Article) -> ArticleQuerySet:
    """At most four public stories of the same language that share tags: most in common first, then the newest.

    Lazy, and one query when shown.
    """
    tags = [tag.pk for tag in article.tags.all()]
    sharing = Article.objects.public().in_language(article.language).filter(tagged__tag__in=tags).exclude(pk=article.pk)
    return sharing.annotate(in_common=Count("tagged")).order_by("-in_common", "-first_published_at", "-pk")[:MOST]


def reading_minutes(article: Article) -> int:
    """Whole minutes the body takes at an ordinary pace, at least one."""
    return max(1, math.ceil(len(plain_text(article.body).split()) / WORDS_A_MINUTE[article.language]))
