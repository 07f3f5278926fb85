"""What editors do to tags: rename one, merge one into another; and how old names and addresses find what they became.

Stories keep their tags through both, and so do versions that wait, which name tags by their words. Readers' pages of
the stories expire with the tag, and the search takes the new words up: at once for a few stories, else by
``finish_reindexing``, which the worker calls.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.utils.translation import gettext as _

from articles import access, search
from articles.models import Article, FormerTag, Tag, TaggedArticle
from articles.pagekeys import tag_key
from articles.tags import split_tags
from newsroom import pages
from newsroom.folding import fold

# So many stories are indexed anew in the transaction of the change itself.
AT_ONCE = 200
SUGGESTIONS = 10


class TaggingError(Exception):
    """Why a verb was refused; its text is for the person who asked."""


def problem_with_name(tag: Tag, name: str) -> str:
    """Why ``tag`` cannot be called ``name``, as a sentence; "" when it can."""
    if split_tags(name) != [name] or len(name) > 100:
        return _("A tag is one name of at most 100 characters, without commas, semicolons or line ends.")
    other = Tag.objects.filter(language=tag.language, key=fold(name) or name).exclude(pk=tag.pk).first()
    if other is None:
        return ""
    return _("There is a tag “%(name)s” already. Merge this one into it instead.") % {"name": other.name}


@transaction.atomic
def rename(tag: Tag, name: str) -> None:
    """Call ``tag`` by ``name``; its old address leads to the new one. Raises TaggingError for a name it cannot have."""
    name = " ".join(name.split())
    was = Tag.objects.select_for_update().get(pk=tag.pk)
    problem = problem_with_name(was, name)
    if problem:
        raise TaggingError(problem)
    if name == was.name:
        return
    tag.name, tag.slug = name, Tag.objects.free_slug(was.language, name, besides=was)
    tag.save()
    tag.former.filter(slug=tag.slug).delete()
    if tag.slug != was.slug or tag.key != was.key:
        _remember(was, now=tag)
    pages.changed(tag_key(tag.pk))


@transaction.atomic
def merge(tag: Tag, into: Tag) -> int:
    """Give every story of ``tag`` the tag ``into`` instead, and have the old name and address lead there.

    Returns how many stories carried ``tag``. Raises TaggingError when the two cannot be one, or one is gone.
    """
    locked = {row.pk: row for row in Tag.objects.select_for_update().filter(pk__in=[tag.pk, into.pk]).order_by("pk")}
    if len(locked) < 2:
        raise TaggingError(_("Choose two tags. One of these is gone, or they are the same."))
    tag, into = locked[tag.pk], locked[into.pk]
    if tag.language != into.language:
        raise TaggingError(_("Only tags of one language can be merged."))
    of_both = TaggedArticle.objects.filter(tag=into).values("content_object")
    twice = TaggedArticle.objects.filter(tag=tag, content_object__in=of_both).delete()[0]
    moved = TaggedArticle.objects.filter(tag=tag).update(tag=into)
    FormerTag.objects.filter(tag=tag).update(tag=into)
    _hand_over_translations(tag, into)
    pages.changed(tag_key(tag.pk), tag_key(into.pk))
    Tag.objects.filter(pk=tag.pk).delete()
    _remember(tag, now=into)
    return twice + moved


def _hand_over_translations(tag: Tag, into: Tag) -> None:
    """The same subject's tags in other languages follow, where ``into`` has none of its own there."""
    there = set(into.translations.values_list("language", flat=True))
    tag.translations.exclude(language__in=there).exclude(pk=into.pk).update(translation_of=into)
    tag.translations.update(translation_of=None)
    original, tag.translation_of = tag.translation_of, None
    tag.save()
    if original and not into.translation_of_id and not into.translations.exists():
        into.translation_of = original
        into.save()


def _remember(was: Tag, *, now: Tag) -> None:
    """Have the name and address of ``was`` lead to ``now``, and the search learn the words of its stories."""
    former, _created = FormerTag.objects.update_or_create(
        language=was.language,
        slug=was.slug,
        defaults={"name": was.name, "key": was.key, "tag": now, "reindexed_to": 0},
    )
    _reindex(former)


def _reindex(former: FormerTag) -> None:
    """Take up the words of the next ``AT_ONCE`` stories of the tag."""
    stories = Article.objects.filter(tagged__tag=former.tag_id, pk__gt=former.reindexed_to).order_by("pk")
    batch = list(stories.prefetch_related("tags")[:AT_ONCE])
    search.index_many(batch)
    former.reindexed_to = batch[-1].pk if len(batch) == AT_ONCE else None
    former.save(update_fields=["reindexed_to"])


def finish_reindexing() -> int:
    """Bring the search up to every renamed or merged tag; how many steps that took. May be stopped and run again."""
    steps = 0
    while True:
        with transaction.atomic():
            waiting = FormerTag.objects.select_for_update().filter(reindexed_to__isnull=False)
            former = waiting.order_by("pk").first()
            if former is None:
                return steps
            _reindex(former)
        steps += 1


def tag_at(language: str, slug: str) -> Tag | None:
    """The tag whose address is, or once was, ``slug`` in ``language``; None when there is none."""
    if "\x00" in slug:  # PostgreSQL takes none, so nothing is called one
        return None
    found = Tag.objects.filter(language=language, slug=slug).first()
    if found is None:
        former = FormerTag.objects.filter(language=language, slug=slug).select_related("tag").first()
        found = former.tag if former else None
    return found


def lead_on(address: str) -> HttpResponse:
    """301 to what a former tag became. Browsers keep it for an hour only: a name may come back one day."""
    response = HttpResponsePermanentRedirect(address)
    response["Cache-Control"] = "max-age=3600"
    return response


def tags_seen_by(user, tags: QuerySet[Tag] | None = None) -> QuerySet[Tag]:
    """The ``tags`` (default: all) ``user`` may know of: a tag of hidden stories alone would tell of them."""
    tags = Tag.objects.all() if tags is None else tags
    if not access.is_limited(user):
        return tags
    tagged = TaggedArticle.objects.filter(tag=OuterRef("pk"))
    public = tagged.filter(content_object__in=Article.objects.public().values("pk"))
    return tags.filter(Exists(public) | Exists(tagged.filter(access.rule(user, "content_object__"))))


def suggest(term: str, *, language: str, user) -> list[str]:
    """Names of at most ``SUGGESTIONS`` tags of ``language`` for what was typed: beginnings first, then later words."""
    key = fold(term)
    if not key:
        return []
    tags = tags_seen_by(user).filter(language=language).order_by("key")
    begin = list(tags.filter(key__startswith=key).values_list("name", flat=True)[:SUGGESTIONS])
    if len(begin) == SUGGESTIONS:
        return begin
    later = tags.filter(key__contains=f" {key}").exclude(key__startswith=key)
    return begin + list(later.values_list("name", flat=True)[: SUGGESTIONS - len(begin)])
