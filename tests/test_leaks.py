"""What is not public shows nowhere: a canary in everything hidden, and a walk over every public surface.

Each canary is a word that stands in nothing else. First the walk proves that it would see them: once the stories and
comments are public, every canary sings.
"""

import datetime
import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from articles import front, most_read, publishing, revisions
from articles.models import Article, BreakingBanner, FrontSlot, MostRead
from moderation.models import Verdict
from newsroom import languages
from tests import factories

pytestmark = pytest.mark.django_db

# Story by state; each is in a section, tag and byline of its own, whose names are canaries too.
STATES = ("draft", "submitted", "returned", "approved", "scheduled", "embargoed", "withdrawn", "spiked")
COMMENTS = ("pending", "rejected", "removed")
LANGUAGES = ("en", "tr")


@dataclass
class Newsroom:
    """What the walk needs to know: the hidden things, and what may be said about none of them."""

    canaries: set[str] = field(default_factory=set)
    stories: dict[str, Article] = field(default_factory=dict)
    public: Article | None = None

    def word(self, *parts: str) -> str:
        """A new canary: letters alone, so that it is the same in a slug, an address and a text."""
        word = "qz" + "".join(parts) + "zq"
        self.canaries.add(word)
        return word


@pytest.fixture
def newsroom(editor, reporter, moderator, lead) -> Newsroom:
    house = Newsroom()
    house.public = factories.make_story(by=editor, headline="Public story")
    for state in STATES:
        house.stories[state] = _hidden_story(house, state, editor)
    translation = factories.make_draft(
        by=editor, language="tr", translation_of=house.public, **_words(house, "translation", language="tr")
    )
    house.stories["translation"] = translation
    waiting = revisions.record(house.public, factories.content(**_words(house, "waiting")), by=editor)
    assert waiting.state == waiting.State.WAITING
    _curated(house, editor)
    _hidden_comments(house, moderator, lead)
    return house


def _curated(house: Newsroom, editor) -> None:
    """Every hidden story has what editors and readers add to one: slots, a banner, a reading public, a correction."""
    now = timezone.now()
    hidden = [article for state, article in house.stories.items() if state != "translation"]
    for position, article in enumerate([*hidden[:6], house.stories["withdrawn"]], 1):
        dated = {"begins_at": now, "ends_at": now + datetime.timedelta(hours=9), "created_by": editor}
        slot = FrontSlot(article=article, position=position, headline=house.word("slot", "abcdefgh"[position]), **dated)
        front.put_in_slot(slot)
        words = {"language": "en", "text": house.word("banner", "abcdefgh"[position])}
        front.announce(BreakingBanner(article=article, **words, **dated))
    others = [factories.make_story(by=editor, slug=f"other-{number}") for number in range(3)]
    most_read.add({article.pk: 9 for article in [*hidden, *others]})
    most_read.take_snapshot()
    MostRead.objects.filter(language="en").update(story_ids=[article.pk for article in [*hidden, *others]])


def _words(house: Newsroom, state: str, language: str = "en") -> dict:
    """The content of a story with a canary in every place that holds words."""
    author = factories.make_author(house.word(state, "author"), house.word(state, "author"), language)
    tag = house.word(state, "tag")
    return {
        "headline": house.word(state, "headline"),
        "standfirst": house.word(state, "standfirst"),
        "slug": house.word(state, "slug"),
        "body": f"<p>{house.word(state, 'body')}</p>",
        "byline_note": house.word(state, "note"),
        "place_id": factories.make_place(house.word(state, "place"), "", language).pk,
        "tags": ["rivers", tag],
        "bylines": [{"author": author.pk, "role": "reporter"}],
    }


def _hidden_story(house: Newsroom, state: str, editor) -> Article:
    article = factories.make_draft(by=editor, **_words(house, state))
    later, earlier = (timezone.now() + datetime.timedelta(hours=hours) for hours in (1, -1))
    if state == "embargoed":
        publishing.set_embargo(article, by=editor, until=later)
    steps = {
        "submitted": lambda: publishing.submit(article, by=editor),
        "returned": lambda: (publishing.submit(article, by=editor), publishing.return_(article, by=editor, note="No")),
        "approved": lambda: publishing.approve(article, by=editor),
        "scheduled": lambda: publishing.schedule(article, by=editor, publish_at=later),
        "embargoed": lambda: publishing.schedule(article, by=editor, publish_at=timezone.now(), at=earlier),
        "withdrawn": lambda: (
            publishing.publish(article, by=editor),
            publishing.correct(article, line=house.word("correction"), by=editor),
            publishing.withdraw(article, by=editor, reason="It was wrong."),
        ),
        "spiked": lambda: publishing.spike(article, by=editor),
    }
    if state in steps:
        steps[state]()
    assert not article.is_public()
    return article


def _hidden_comments(house: Newsroom, moderator, lead) -> None:
    for state in COMMENTS:
        words = {"name": house.word(state, "name"), "body": house.word(state, "comment")}
        if state == "pending":
            factories.make_comment(house.public, **words)
        if state == "rejected":
            factories.make_decided(house.public, Verdict.REJECTED, by=moderator, guidelines=["profanity"], **words)
        if state == "removed":
            comment = factories.make_decided(house.public, Verdict.APPROVED, by=moderator, **words)
            factories.decide(
                comment, Verdict.REMOVED, moderator=lead, seen_version=1, guidelines=["profanity"], note=""
            )
            comment.refresh_from_db()
            assert comment.status == "removed"


def _starting_points(house: Newsroom) -> list[str]:
    """Every kind of public address, and each that a hidden thing would have."""
    points = ["/", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt", "/healthz", "/readyz", "/absent/"]
    for code in LANGUAGES:
        points += [f"/{code}/", f"/{code}/guidelines/", f"/{code}/search/?q=rivers", f"/{code}/sitemap-pages.xml"]
        points += [f"/{code}/sitemap-{number}.xml" for number in (1, 2)]
        points += [f"/{code}/feed.{syntax}" for syntax in ("rss", "atom", "json")]
        points += [f"/{code}/corrections/", f"/{code}/transparency/", f"/{code}/corrections/feed.rss"]
    for canary in sorted(house.canaries):
        code = "tr" if "translation" in canary else "en"
        points.append(f"/{code}/search/?q={quote(canary)}")
        points += [f"/{code}/search/?q=noon&{kind}={canary}" for kind in ("author", "tag") if kind in canary]
    points.append(f"/en/archive/{timezone.localtime():%Y/%m/%d}/")
    for article in house.stories.values():
        for code in LANGUAGES:
            points += [f"/{code}/stories/{article.pk}/", f"/{code}/stories/{article.pk}/wrong/"]
    return points


def _walk(client: Client, house: Newsroom) -> dict[str, tuple[bytes, str]]:
    """Every answer to a reader's GET, following each link and redirect of ours: body, and headers in one text."""
    waiting, answers = _starting_points(house), {}
    while waiting:
        path = waiting.pop()
        if path in answers or path.startswith(("/static/", "/admin/", "/desk/")):
            continue
        response = client.get(path)
        headers = "\n".join(f"{name}: {text}" for name, text in response.items())
        answers[path] = (b"".join(response) if response.streaming else response.content, headers)
        assert response.status_code < 500, path
        links = re.findall(r'(?:href|src|action)="([^"]+)"|<loc>([^<]+)', response.text)
        links += [(response.get("Location", ""), "")]
        for link in (unescape(first or second) for first, second in links):
            target = urlsplit(urljoin(f"http://testserver{path}", link))
            if target.netloc == "testserver" and "canary" not in link:
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return answers


def _heard(house: Newsroom, answers: dict[str, tuple[bytes, str]]) -> dict[str, set[str]]:
    """Each canary and where it was heard; a question's own words, given back in its form, do not count."""
    heard = {}
    for path, (body, headers) in answers.items():
        asked = unquote(path)
        text = unquote(body.decode() + headers).lower()
        for canary in house.canaries:
            # A search's own form repeats the question once; nowhere else may it stand.
            allowed = 1 if canary in asked and "/search/" in asked else 0
            if text.count(canary) > allowed and (allowed or canary not in asked):
                heard.setdefault(canary, set()).add(path)
    return heard


@pytest.mark.parametrize("who", ["reader", "stranger", "moderator"])
def test_nothing_hidden_shows_on_any_public_surface(newsroom, who, reader, stranger, moderator, as_):
    client = {"reader": reader, "stranger": as_(stranger), "moderator": as_(moderator)}[who]
    answers = _walk(client, newsroom)
    assert len(answers) > 150
    heard = _heard(newsroom, answers)
    print(f"\nleak walk as {who}: {len(answers)} surfaces, {len(newsroom.canaries)} canaries, {len(heard)} heard")
    assert heard == {}


def test_the_walk_would_hear_them(newsroom, reader, editor, moderator):
    """The negative control: public, every canary is heard."""
    publishing.publish(newsroom.stories["withdrawn"], by=editor)
    for state, article in newsroom.stories.items():
        if state == "withdrawn":
            continue
        if state in ("scheduled", "embargoed"):
            publishing.return_(article, by=editor, note="Now")
            publishing.set_embargo(article, by=editor, until=None)
        if state == "spiked":
            publishing.unspike(article, by=editor)
        publishing.publish(article, by=editor)
    revision = revisions.waiting(newsroom.public)
    publishing.release(newsroom.public, revision, by=editor)
    for state in COMMENTS:
        words = {"name": f"qz{state}namezq", "body": f"qz{state}commentzq"}
        factories.make_decided(newsroom.public, Verdict.APPROVED, by=moderator, **words)
    heard = _heard(newsroom, _walk(reader, newsroom))
    # Of several banners the last is shown, so each is asked for as the only one.
    for line in BreakingBanner.objects.order_by("-pk"):
        heard |= _heard(newsroom, {"/en/": (reader.get("/en/").content, "")})
        BreakingBanner.objects.filter(pk=line.pk).update(is_off=True)
    assert newsroom.canaries - set(heard) == set()


def test_not_yet_answers_like_absent(newsroom, reader):
    """The same bytes and headers, whether a story, a tag or an author waits or never was."""

    def answer(path: str) -> tuple[int, bytes, list]:
        response = reader.get(path)
        own = path.encode()
        return response.status_code, response.content.replace(own, b"PATH"), sorted(response.items())

    absent = max(article.pk for article in newsroom.stories.values()) + 1_000
    for state, article in newsroom.stories.items():
        if state == "withdrawn":
            continue
        code = article.language
        for tail in ("", f"{article.slug}/", "wrong/"):
            hidden = answer(f"/{code}/stories/{article.pk}/{tail}")
            assert hidden == answer(f"/{code}/stories/{absent}/{tail}"), state
            assert hidden[0] == 404
        author = f"qz{state}authorzq"
        assert answer(f"/{code}/authors/{author}/") == answer(f"/{code}/authors/absent/")
        for tail in ("", "feed.rss", "feed.atom", "feed.json"):
            assert answer(f"/{code}/tags/qz{state}tagzq/{tail}") == answer(f"/{code}/tags/absent/{tail}")


def test_a_withdrawn_story_answers_410_with_reason_and_date_alone(newsroom, reader):
    article = newsroom.stories["withdrawn"]
    right = reader.get(f"/en/stories/{article.pk}/{article.slug}/")
    wrong = reader.get(f"/en/stories/{article.pk}/wrong/")
    assert right.status_code == wrong.status_code == 410
    assert right.content.replace(article.slug.encode(), b"wrong") == wrong.content
    assert "It was wrong." in wrong.text
    assert not any(canary in wrong.text for canary in newsroom.canaries)


def test_an_unchanged_tag_of_a_feed_says_nothing_of_what_waits(reader, story, editor):
    """ETag and Last-Modified are the same with a draft, a schedule and a waiting revision behind them."""

    def tags() -> list:
        paths = [f"/en/feed.{syntax}" for syntax in ("rss", "atom", "json")]
        return [(response["ETag"], response["Last-Modified"]) for response in map(reader.get, paths)]

    before = tags()
    Article.objects.filter(pk=story.pk).update(modified_at=story.modified_at)
    factories.make_draft(by=editor)
    later = timezone.now() + datetime.timedelta(hours=1)
    publishing.schedule(factories.make_draft(by=editor), by=editor, publish_at=later)
    revisions.record(story, factories.content(headline="Behind"), by=editor)
    assert tags() == before


def test_the_walk_knows_every_language():
    assert set(LANGUAGES) < set(languages.BY_CODE)
