"""What still stands between a story and its readers: shown by the change form, enforced by the publish verb."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import bodies, datelines
from articles.models import Article, Author, Photo, Status
from newsroom import languages

LONGEST_HEADLINE = 110  # characters: search engines cut what is longer


@dataclass(frozen=True)
class Problem:
    """Something to mend before publishing, in words for the editor; ``link`` leads to where it is mended."""

    code: str
    message: str
    link: str = ""


def blockers(
    content: Mapping[str, Any], *, article: Article | None = None, at: datetime.datetime | None = None
) -> list[Problem]:
    """The problems that stop ``content`` (as a revision keeps it) from being published; empty when it may go.

    With ``article`` also what stands in the way of publishing that story at ``at`` (aware, default now): an embargo.
    """
    missing = [problem for problem in _BLOCKERS if not content[problem.code]]
    return [*missing, *_lead_photo_blockers(content), *_embargo(article, at or timezone.now())]


def warnings(content: Mapping[str, Any], *, article: Article | None = None) -> list[Problem]:
    """What an editor should know of ``content`` before publishing it all the same.

    With ``article``, also what the story's language and its other editions say. A fixed number of queries.
    """
    return [
        *_about_words(content),
        *_about_dateline(content, article),
        *_about_lead_photo(content),
        *_about_photos(content),
        *_about_links(content),
        *_about_editions(article),
    ]


# What stops ----------------------------------------------------------------------------------------------------------
# Each code is the name of the piece of content that is missing.
_BLOCKERS = (
    Problem("headline", gettext_lazy("The story has no headline."), "#id_headline"),
    Problem("section_id", gettext_lazy("The story has no section."), "#id_section"),
    Problem("bylines", gettext_lazy("The story has no byline."), "#bylines-group"),
    Problem("body", gettext_lazy("The story has no text."), "#id_body"),
)


def _lead_photo_blockers(content: Mapping[str, Any]) -> list[Problem]:
    photo = _lead_photo(content)
    if photo is None:
        return []
    missing = []
    if not content.get("lead_alt", "").strip():
        missing.append(Problem("lead_alt", _("The lead photo has no alternative text."), "#id_lead_alt"))
    if not photo.credit.strip():
        words = _("The lead photo has no credit: add it in the photo library.")
        missing.append(Problem("lead_credit", words, _form_of(photo)))
    return missing


def _embargo(article: Article | None, at: datetime.datetime) -> Iterator[Problem]:
    held = article is not None and article.embargo_until is not None and article.embargo_until > at
    if not held or article.status == Status.PUBLISHED:
        return
    until = timezone.localtime(article.embargo_until).strftime("%Y-%m-%d %H:%M")
    words = _("An embargo holds until %(until)s (%(zone)s): schedule the story, or lift the embargo.")
    link = reverse("admin:articles_article_step", args=[article.pk, "set_embargo"])
    yield Problem("embargo", words % {"until": until, "zone": timezone.get_current_timezone_name()}, link)


# What is worth a look ------------------------------------------------------------------------------------------------
def _about_words(content: Mapping[str, Any]) -> Iterator[Problem]:
    length = len(content["headline"])
    if length > LONGEST_HEADLINE:
        words = _("The headline has %(length)s characters; search engines show about %(limit)s.")
        yield Problem("headline_length", words % {"length": length, "limit": LONGEST_HEADLINE}, "#id_headline")
    if not content["tags"]:
        yield Problem("tags", _("The story has no tags."), "#id_tags")


def _about_dateline(content: Mapping[str, Any], article: Article | None) -> Iterator[Problem]:
    if content["place_id"] and content["bylines"] and not _has_a_person(content["bylines"]):
        words = _("The dateline says that somebody of ours was there, and the byline names an agency alone.")
        yield Problem("dateline_wire", words, "#bylines-group")
    typed = article and datelines.typed_dateline(content["body"], article.language)
    if typed:
        words = _("The text begins with the dateline “%(dateline)s”: take it off and set the place.")
        link = reverse("admin:articles_article_dateline", args=[article.pk])
        yield Problem("dateline_typed", words % {"dateline": typed.written}, link)


def _has_a_person(bylines: list[Mapping[str, Any]]) -> bool:
    named = [line["author"] for line in bylines]
    return Author.objects.filter(pk__in=named, kind=Author.Kind.PERSON).exists()


def _about_lead_photo(content: Mapping[str, Any]) -> Iterator[Problem]:
    photo = _lead_photo(content)
    if photo and (words := photo.rights_problem()):
        yield Problem("lead_rights", words, _form_of(photo))


def _about_photos(content: Mapping[str, Any]) -> Iterator[Problem]:
    figures = bodies.figures(content["body"])
    known = {photo.pk: photo for photo in bodies.photos_known(content["body"])}
    for figure in figures:
        photo = known.get(figure.photo)
        if photo is None:
            words = _("Photo %(number)s in the text is not in the library: readers see nothing there.")
            yield Problem("photo_unknown", words % {"number": figure.photo}, "#id_body")
            continue
        if not figure.alt:
            words = _("The photo “%(photo)s” in the text has no alternative text.")
            yield Problem("photo_alt", words % {"photo": photo}, "#id_body")
        if not photo.credit.strip():
            words = _("The photo “%(photo)s” in the text has no credit: add it in the photo library.")
            yield Problem("photo_credit", words % {"photo": photo}, _form_of(photo))
        if words := photo.rights_problem():
            yield Problem("photo_rights", format_lazy("{}: {}", str(photo), words), _form_of(photo))


def _about_links(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Links to stories that readers cannot open. Named by the link's own words: the other story may be confidential."""
    linked = bodies.linked_stories(content["body"])
    if not linked:
        return
    public = set(Article.objects.public().filter(pk__in=linked).values_list("pk", flat=True))
    withdrawn = set(Article.objects.withdrawn().filter(pk__in=linked).values_list("pk", flat=True))
    for number, words in linked.items():
        if number in withdrawn:
            message = _("“%(words)s” links to a withdrawn story: readers see the words without a link.")
            yield Problem("link_withdrawn", message % {"words": words}, "#id_body")
        elif number not in public:
            message = _("“%(words)s” links to a story that is not public: readers see the words without a link.")
            yield Problem("link_not_public", message % {"words": words}, "#id_body")


def _about_editions(article: Article | None) -> Iterator[Problem]:
    if article is None or not article.pk:
        return
    there = set(Article.objects.editions_of(article).exclude(status=Status.SPIKED).values_list("language", flat=True))
    # Each name in a pair of isolates (U+2068, U+2069): names of both directions stand in one sentence.
    missing = [f"\u2068{row.own_name}\u2069" for row in languages.LANGUAGES if row.code not in there]
    if missing:
        words = _("There is no edition yet in: %(languages)s.") % {"languages": ", ".join(missing)}
        yield Problem("translations", words, "#id_translation_of")


def _lead_photo(content: Mapping[str, Any]) -> Photo | None:
    """The lead photo, if there is one. Revisions from before there were photos lack the key."""
    pk = content.get("lead_photo_id")
    return Photo.objects.filter(pk=pk).first() if pk else None


def _form_of(photo: Photo) -> str:
    return reverse("admin:articles_photo_change", args=[photo.pk])
