"""Stories that go with one another, and how long one takes to read."""

import math

from django.db.models import Count, OuterRef, Subquery

from articles.models import Article, ArticleQuerySet, TaggedArticle
from articles.plain_text import plain_text

MOST = 4
LOOKED_AT = 300  # of the taggings with the story's tags, the last: a tag may have ten thousand stories
# Words a minute by language. Sources: Brysbaert (2019) for English; Trauzettel-Klosinski & Dietz (2012), IReST, for
# Arabic and Turkish. The Kurdish values are estimates, taken from the language of the same script.
WORDS_A_MINUTE = {"en": 238, "ar": 138, "ckb": 138, "ku": 166, "tr": 166}


def related(article: Article) -> ArticleQuerySet:
    """At most four public stories of the same language that share tags: most in common first, then the newest.

    Looked for among the stories that were tagged last. Lazy, and one query when shown.
    """
    tags = [tag.pk for tag in article.tags.all()]
    shared = TaggedArticle.objects.filter(tag__in=tags)
    lately = shared.order_by("-pk").values("content_object")[:LOOKED_AT]
    common = shared.filter(content_object=OuterRef("pk")).values("content_object").annotate(count=Count("pk"))
    sharing = Article.objects.public().in_language(article.language).filter(pk__in=lately).exclude(pk=article.pk)
    sharing = sharing.only("language", "headline", "slug", "first_published_at")
    return sharing.annotate(in_common=Subquery(common.values("count"))).order_by(
        "-in_common", "-first_published_at", "-pk"
    )[:MOST]


def reading_minutes(article: Article) -> int:
    """Whole minutes the body takes at an ordinary pace, at least one."""
    return max(1, math.ceil(len(plain_text(article.body).split()) / WORDS_A_MINUTE[article.language]))
