"""Which stories a journalist works with: the one rule for lists, pages, counts and verbs of the back office.

An Admin may limit somebody to sections; without a choice they work in all. Limited, they see the stories of their
sections and those they began themselves, wherever an editor has filed them since. What a role allows stands in
``newsroom/roles.py``; both must agree.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from articles.models import Article, Section, SectionLimit


def sections_of(user) -> frozenset[int] | None:
    """The ids of the sections ``user`` is limited to, None for all. One query for each signed-in request."""
    if user.is_superuser or user.pk is None:
        return None
    if not hasattr(user, "_sections_of_work"):
        user._sections_of_work = frozenset(user.section_limits.values_list("section_id", flat=True))
    return user._sections_of_work or None


def is_limited(user) -> bool:
    """Whether ``user`` works in some sections only: what belongs to the whole house is then not theirs to change."""
    return sections_of(user) is not None


def works_in(user, section_id: int | None) -> bool:
    """Whether ``user`` works in that section; a story that has none yet is in nobody's but the unlimited's."""
    sections = sections_of(user)
    return sections is None or section_id in sections


def rule(user, prefix: str = "") -> Q:
    """The stories ``user`` may see, as a condition; ``prefix`` leads to the story ("led_stories__").

    Its twin in Python is ``may_see``.
    """
    sections = sections_of(user)
    if sections is None:
        return Q()
    return Q(**{f"{prefix}section__in": sorted(sections)}) | Q(**{f"{prefix}created_by": user})


def visible_to(user, articles: QuerySet[Article] | None = None) -> QuerySet[Article]:
    """Those of ``articles`` (default: all) that ``user`` may see in the back office."""
    return (Article.objects.all() if articles is None else articles).filter(rule(user))


def halves(user, articles: QuerySet[Article]) -> list[QuerySet[Article]]:
    """``visible_to`` in pieces that share no story, to be counted: their sections', and own stories in other ones.

    No index answers both halves of the rule's "or" at once.
    """
    sections = sections_of(user)
    if sections is None:
        return [articles]
    return [articles.filter(section__in=sorted(sections)), _own_elsewhere(user, articles, sections)]


def branches(user, articles: QuerySet[Article]) -> list[QuerySet[Article]]:
    """The same in pieces of one section each, which an index gives in order."""
    sections = sections_of(user)
    if sections is None:
        return [articles]
    of_sections = [articles.filter(section=section) for section in sorted(sections)]
    return [*of_sections, _own_elsewhere(user, articles, sections)]


def _own_elsewhere(user, articles: QuerySet[Article], sections: frozenset[int]) -> QuerySet[Article]:
    return articles.filter(created_by=user).exclude(section__in=sorted(sections))


def may_see(user, article: Article) -> bool:
    """Whether ``user`` may see this story in the back office; the twin of ``rule``."""
    return works_in(user, article.section_id) or article.created_by_id == user.pk


def choosable_sections(user, *, besides: int | None = None) -> QuerySet[Section]:
    """The sections ``user`` may file a story under, and ``besides``: the one it stands in already."""
    sections = sections_of(user)
    named = Section.objects.prefetch_related("names")
    return named if sections is None else named.filter(pk__in={*sections, besides} - {None})


@transaction.atomic
def limit(user, sections: Iterable[Section]) -> None:
    """Have ``user`` work in ``sections`` only; in all when there is none."""
    user.section_limits.all().delete()
    SectionLimit.objects.bulk_create(SectionLimit(user=user, section=section) for section in sections)
    user.__dict__.pop("_sections_of_work", None)
