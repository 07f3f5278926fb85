"""One edition with all that readers meet, and the address of each kind of page: for tests that look at every page."""

import datetime

from django.utils import timezone

from articles import front, most_read, publishing
from articles.models import Article, BreakingBanner, FrontSlot
from articles.paging import key_of
from comments import posting, stamps, threads
from comments.models import Comment
from moderation.decisions import decide
from newsroom.models import User
from tests import factories

WORDS = {
    "en": "Water reached the old bridge at noon",
    "ar": "بلغت المياه الجسر القديم عند الظهر",
    "ckb": "ئاوەکە نیوەڕۆ گەیشتە پردە کۆنەکە",
    "ku": "Av nîvro gihîşt pira kevn",
    "tr": "Su öğle vakti eski köprüye ulaştı",
}
HOUR = datetime.timedelta(hours=1)
STORIES = 16  # enough for a lead, its seconds and thirds, what is new, a band of a section and a second page


def edition(language: str, *, editor: User, moderator: User) -> dict[str, str]:
    """Build an edition in ``language`` through the real verbs; the kinds of pages and their addresses."""
    stories = _stories(language, editor)
    story = stories[-1]
    _curated(story, editor)
    parent, reply = _talk(story, moderator)
    gone = factories.make_story(by=editor, language=language, headline="Gone", slug="gone")
    publishing.withdraw(gone, by=editor, reason="It was wrong.")
    home, path = f"/{language}/", story.get_absolute_url()
    comment = f"{home}stories/{story.pk}/comments/{parent.pk}/"
    day = timezone.localtime(story.first_published_at)
    waiting, rejected = _receipts(story, moderator)
    return {
        "front page": home,
        "section": f"{home}sections/bridges-{language}/",
        "tag": f"{home}tags/{story.tags.first().slug}/",
        "author": f"{home}authors/writer-{language}/",
        "archive": f"{home}archive/{day:%Y/%m/%d}/",
        "story": path,
        "story without photo": stories[-2].get_absolute_url(),
        "search": f"{home}search/",
        "search with results": f"{home}search/?q={WORDS[language].split()[0]}",
        "search without results": f"{home}search/?q=absentword",
        "search refused": f"{home}search/?q=a&from=yesterday",
        "corrections": f"{home}corrections/",
        "guidelines": f"{home}guidelines/",
        "edition of the guidelines": f"{home}guidelines/1/",
        "transparency": f"{home}transparency/",
        "reply": f"{comment}reply/",
        "report": f"{comment}report/",
        "thread": f"{comment}?after={key_of(reply, threads.BY_TIME)}",
        "receipt": f"{home}receipts/{waiting}/",
        "receipt of a rejection": f"{home}receipts/{rejected}/",
        "appeal": f"{home}receipts/{rejected}/appeal/",
        "withdrawal of a comment": f"{home}receipts/{waiting}/withdraw/",
        "not found": f"{home}stories/999999/",
        "withdrawn": f"{home}stories/{gone.pk}/",
    }


def _stories(language: str, editor: User) -> list[Article]:
    """Oldest first; the newest has a photo, the one before it none."""
    words, begin = WORDS[language], timezone.now() - (STORIES + 1) * HOUR
    fields = {
        "language": language,
        "standfirst": f"{words}. {words}.",
        "section_id": factories.make_section(words.split()[0], f"bridges-{language}", language).pk,
        "bylines": [{"author": factories.make_author("Şîlan", f"writer-{language}", language).pk, "role": "reporter"}],
        "place_id": factories.make_place("Erbil", "", language).pk,
        "body": f"<h2>{words}</h2><p>{words}.</p><blockquote><p>{words}!</p></blockquote><ul><li>{words}</li></ul>",
        "tags": [words.split()[-1]],
    }
    photo = factories.leading_with(factories.make_photo(by=editor))
    return [
        factories.make_story(
            by=editor,
            at=begin + number * HOUR,
            headline=f"{words} {number}",
            slug=f"s{number}",
            **fields,
            **(photo if number == STORIES - 1 else {}),
        )
        for number in range(STORIES)
    ]


def _curated(story: Article, editor: User) -> None:
    """A banner, a slot, a correction and a reading public."""
    now, words = timezone.now(), WORDS[story.language]
    dated = {"begins_at": now - HOUR, "ends_at": now + HOUR, "created_by": editor}
    front.announce(BreakingBanner(language=story.language, article=story, text=words, **dated))
    front.put_in_slot(FrontSlot(article=story, position=1, headline=words, **dated))
    publishing.correct(story, line=words, by=editor)
    most_read.add({article.pk: 3 for article in Article.objects.public().in_language(story.language)[:5]})
    most_read.take_snapshot()


def _talk(story: Article, moderator: User) -> tuple[Comment, Comment]:
    words = WORDS[story.language]
    parent = factories.make_decided(story, "approved", by=moderator, body=words, name="Şîlan")
    replies = [
        factories.make_decided(story, "approved", by=moderator, body=words, name="Lana", parent=parent)
        for _number in range(2)
    ]
    return parent, replies[0]


def _receipts(story: Article, moderator: User) -> tuple[str, str]:
    """The tokens of a comment that waits and of one that was rejected."""
    posted = [
        posting.post_comment(story, name="Lana", body=body, stamp=stamps.stamp(story.pk), sender=factories.SENDER)
        for body in (WORDS[story.language], f"{WORDS[story.language]}!!!")
    ]
    decide(posted[1].comment, "rejected", moderator=moderator, seen_version=0, guidelines=["abuse"])
    return posted[0].token, posted[1].token
