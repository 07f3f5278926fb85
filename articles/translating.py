"""What a translator does: begin an edition in another language, and note that a change of the original is in it."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles import access, editions, publishing, revisions
from articles.models import Article, Byline, Tag
from newsroom import languages


class TranslatingError(Exception):
    """Why a verb was refused; its text is for the person who asked."""


class NotPermitted(TranslatingError):
    """This person may not do this."""


class AlreadyThere(TranslatingError):
    """Somebody has begun that edition."""


class ChangedAgain(TranslatingError):
    """The original moved on after the person looked at it."""


def translate(original: Article, language: str, *, by) -> tuple[Article, list[str]]:
    """Begin the edition of ``original`` in ``language`` as a draft of ``by``, with its words as the text to start from.

    Section, photo, place and bylines come along, and whoever begins it is named as translator where an author stands
    for their account. Returns the draft and the names of the tags that have no known translation and were left out.
    """
    if not (by.has_perm("articles.add_article") and access.may_see(by, original)):
        raise NotPermitted(_("You may not translate this story."))
    if original.translation_of_id or language == original.language or language not in languages.BY_CODE:
        raise TranslatingError(_("This story cannot be translated into that language."))
    try:
        with transaction.atomic():
            return _begin(original, language, by)
    except IntegrityError as error:  # the constraint on (original, language)
        raise AlreadyThere(_("Somebody has begun that edition already.")) from error


def _begin(original: Article, language: str, by) -> tuple[Article, list[str]]:
    source = Article.objects.select_for_update().get(pk=original.pk)
    draft = Article.objects.create(
        language=language,
        translation_of=source,
        created_by=by,
        translated_revision=editions.revision_of_row(source),
        comments_open=source.comments_open,
    )
    tags, left_out = _tags_in(language, source)
    content = _content(source, tags, by)
    note = _("Translation from %(language)s begun.") % {"language": languages.language(source.language).name}
    if left_out:
        note = f"{note} {left_out_in_words(left_out)}"
    revisions.record(draft, content, by=by, note=note[:300])
    # The address is made from the translated headline, once there is one.
    Article.objects.filter(pk=draft.pk).update(slug="")
    draft.refresh_from_db()
    return draft, left_out


def left_out_in_words(names: list[str]) -> str:
    """What to tell of the tags that were left out."""
    return _("Tags without a known translation were left out: %(tags)s.") % {"tags": ", ".join(names)}


def _content(source: Article, tags: list[str], by) -> dict[str, Any]:
    content = revisions.snapshot(source)
    author = getattr(by, "author", None)
    translator = {"author": author.pk, "role": Byline.Role.TRANSLATOR.value} if author else None
    named = translator and translator not in content["bylines"]
    return {
        **content,
        "slug": "",
        "section_id": source.section_id if access.works_in(by, source.section_id) else None,
        "tags": tags,
        "bylines": [*content["bylines"], *([translator] if named else [])],
    }


def _tags_in(language: str, source: Article) -> tuple[list[str], list[str]]:
    """The names in ``language`` of the tags of ``source``, and those that have none known.

    Known is what an editor linked as the same subject, or what is spelled the same there, as many names are.
    """
    tags = list(source.tags.all())
    originals = {tag.translation_of_id or tag.pk for tag in tags}
    there = Tag.objects.filter(language=language)
    linked = {tag.translation_of_id or tag.pk: tag.name for tag in there.filter(translation_of__in=originals)}
    linked |= {tag.pk: tag.name for tag in there.filter(pk__in=originals)}
    spelled = dict(there.filter(key__in=[tag.key for tag in tags]).values_list("key", "name"))
    known = {tag: linked.get(tag.translation_of_id or tag.pk) or spelled.get(tag.key) for tag in tags}
    return [name for name in known.values() if name], [tag.name for tag, name in known.items() if not name]


@transaction.atomic
def take_over(translation: Article, *, seen_revision: int, by) -> None:
    """Note that ``translation`` holds the original's revision ``seen_revision``, the one the person looked at.

    Raises ChangedAgain when the original has moved on: what came since would be lost from sight.
    """
    if not publishing.may_edit(by, translation):
        raise NotPermitted(_("You may not change this story."))
    original = Article.objects.select_for_update().filter(pk=translation.translation_of_id).first()
    if original is None:
        raise TranslatingError(_("This story is no translation."))
    if editions.revision_of_row(original) != seen_revision:
        raise ChangedAgain(_("The original changed again while you read. Look at what is new first."))
    Article.objects.filter(pk=translation.pk).update(translated_revision=seen_revision, original_changed_at=None)
