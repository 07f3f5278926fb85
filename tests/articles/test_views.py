"""The public pages: what they show, what they never show, and that they cost the same with many stories."""

import datetime
import json
import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from articles import publishing, revisions
from articles.models import Article, AuthorName, SectionName
from newsroom.languages import LANGUAGES
from tests.factories import content, make_author, make_draft, make_place, make_section, make_story

HOUR = datetime.timedelta(hours=1)
LISTS = ("/en/", "/en/sections/middle-east/", "/en/tags/syrian-army/", "/en/authors/dana-reporter/")


def text_of(reader: Client, address: str) -> str:
    return reader.get(address).text


def all_pages(reader: Client, address: str) -> list[str]:
    """The texts of a list's pages, following "Older stories" to the last."""
    pages, path = [], address.split("?")[0]
    while address:
        pages.append(text_of(reader, address))
        older = re.search(r'class="to-next"[^>]* href="(\?after=[^"]+)"', pages[-1])
        address = older and path + older[1]
    return pages


def without_sections(page: str) -> str:
    """The front page without the newest of each section, which come again on the pages that follow."""
    return re.sub(r'(?s)<section class="of-section".*?</section>', "", page)


# Published stories, and no others -------------------------------------------------------------------------------------
def draft(by):
    return make_draft(by=by, **canaries("draft"))


def submitted(by):
    article = make_draft(by=by, **canaries("submitted"))
    publishing.submit(article, by=by)
    return article


def approved(by):
    article = make_draft(by=by, **canaries("approved"))
    publishing.approve(article, by=by)
    return article


def returned(by):
    article = submitted(by)
    publishing.return_(article, by=by, note="canary-note")
    return article


def scheduled(by):
    article = make_draft(by=by, **canaries("scheduled"))
    publishing.schedule(article, by=by, publish_at=timezone.now() + HOUR)
    return article


def embargoed(by):
    article = make_draft(by=by, **canaries("embargoed"))
    publishing.set_embargo(article, by=by, until=timezone.now() + HOUR)
    publishing.schedule(article, by=by, publish_at=timezone.now(), at=timezone.now() - HOUR)
    return article


def withdrawn(by):
    article = make_story(by=by, **canaries("withdrawn"))
    publishing.withdraw(article, by=by, reason="The source was mistaken.")
    return article


def spiked(by):
    article = make_draft(by=by, **canaries("spiked"))
    publishing.spike(article, by=by)
    return article


HIDDEN = [draft, submitted, approved, returned, scheduled, embargoed, withdrawn, spiked]


def canaries(state: str) -> dict:
    """A story's content with a word that must show nowhere, in everything a reader could see of it."""
    return {
        "headline": f"canary-headline {state}",
        "standfirst": f"canary-standfirst {state}",
        "body": f"<p>canary-body {state}</p>",
        "slug": f"canary-slug-{state}",
        "byline_note": "canary-byline-note",
        "tags": ["Syrian army", f"canary-tag {state}"],
    }


def walk(reader: Client, hidden: Article) -> dict[str, str]:
    """Every public page on which ``hidden`` could show, by address."""
    other_slugs = [f"/en/stories/{hidden.pk}/", f"/en/stories/{hidden.pk}/x/", f"/tr/stories/{hidden.pk}/x/"]
    tags = [tag.get_absolute_url() for tag in hidden.tags.all()]
    addresses = [*LISTS, *tags, *other_slugs, hidden.get_absolute_url()]
    addresses += [f"/en/stories/{hidden.pk}/comments/", "/robots.txt", "/en/guidelines/"]
    found = {}
    for address in addresses:
        response = reader.get(address)
        found[address] = response.text + response.get("Location", "")
    return found


@pytest.mark.parametrize("hide", HIDDEN, ids=[state.__name__ for state in HIDDEN])
def test_a_story_that_is_not_public_shows_on_no_page(hide, reader, story, editor):
    hidden = hide(editor)
    assert [address for address, text in walk(reader, hidden).items() if "canary" in text] == []
    assert reader.get(hidden.get_absolute_url()).status_code == (410 if hide is withdrawn else 404)


def test_the_same_walk_finds_a_public_story(reader, story, editor):
    """The control: the canaries do show once the story is public."""
    public = make_story(by=editor, **canaries("public"))
    seen = [address for address, text in walk(reader, public).items() if "canary" in text]
    assert {*LISTS, "/en/tags/canary-tag-public/", public.get_absolute_url()} <= set(seen)


def test_a_version_that_waits_behind_a_live_story_shows_nowhere(reader, story, editor):
    revisions.record(story, content(**canaries("waiting")), by=editor)
    assert [address for address, text in walk(reader, story).items() if "canary" in text] == []
    publishing.release(story, revisions.waiting(story), by=editor)
    assert "canary-headline waiting" in text_of(reader, "/en/")


def test_a_translation_that_is_not_public_is_linked_from_nowhere(reader, story, editor):
    edition = make_draft(by=editor, language="tr", translation_of=story, **canaries("edition"))
    assert "canary" not in text_of(reader, story.get_absolute_url())
    publishing.publish(edition, by=editor)
    assert "canary-headline edition" in text_of(reader, story.get_absolute_url())


def test_a_scheduled_story_appears_when_its_time_comes(reader, editor, monkeypatch):
    later = scheduled(editor)
    now = timezone.now()
    assert "canary" not in text_of(reader, "/en/")
    monkeypatch.setattr(timezone, "now", lambda: now + 2 * HOUR)
    assert "canary-headline scheduled" in text_of(reader, "/en/")
    assert reader.get(later.get_absolute_url()).status_code == 200


# A story's address ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "wrong", ["/en/stories/{pk}/", "/en/stories/{pk}/old-slug/", "/tr/stories/{pk}/the-river-rises/"]
)
def test_another_slug_or_language_leads_to_the_storys_own_address(wrong, reader, story):
    response = reader.get(wrong.format(pk=story.pk))
    assert (response.status_code, response["Location"]) == (301, f"/en/stories/{story.pk}/the-river-rises/")


def test_a_slug_in_another_script_is_its_own_address(reader, editor):
    story = make_story(by=editor, language="ar", slug="النهر-يرتفع", section_id=make_section("سياسة", "سياسة", "ar").pk)
    assert reader.get(story.get_absolute_url()).status_code == 200
    assert reader.get(f"/ar/stories/{story.pk}/النهر/").status_code == 301


def test_a_story_without_a_slug_has_an_address_all_the_same(reader, editor):
    story = make_story(by=editor, headline="!!!", slug="")
    assert story.get_absolute_url() == f"/en/stories/{story.pk}/story/"
    assert reader.get(story.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("hide", [draft, submitted, scheduled, embargoed, spiked], ids=lambda state: state.__name__)
def test_a_story_that_is_not_public_yet_answers_like_one_that_never_was(hide, reader, story, editor):
    hidden = hide(editor)
    for address in ("/en/stories/{}/", "/en/stories/{}/canary-slug/", "/tr/stories/{}/x/"):
        there, nowhere = reader.get(address.format(hidden.pk)), reader.get(address.format(hidden.pk + 1000))
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert there.text == nowhere.text.replace(str(hidden.pk + 1000), str(hidden.pk))
        assert there.headers == nowhere.headers


@pytest.mark.parametrize(
    "address", ["/en/stories/{pk}/canary-slug-withdrawn/", "/en/stories/{pk}/x/", "/en/stories/{pk}/"]
)
def test_a_withdrawn_story_answers_410_with_reason_and_date_and_never_its_headline(address, reader, editor):
    gone = withdrawn(editor)
    response = reader.get(address.format(pk=gone.pk))
    assert response.status_code == 410
    assert "The source was mistaken." in response.text
    assert gone.withdrawn_at.astimezone(timezone.get_default_timezone()).strftime("%d-%m-%Y") in response.text
    assert "canary" not in response.text
    right = reader.get(gone.get_absolute_url())
    assert response.text == right.text


def test_an_id_that_no_database_could_hold_is_a_404(reader, db):
    assert reader.get(f"/en/stories/{2**63 - 1}/x/").status_code == 404
    assert reader.get(f"/en/stories/{10**30}/x/").status_code == 404


# Lists ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", LISTS)
def test_a_list_shows_every_story_once_newest_first_on_pages_by_key(address, reader, editor, settings):
    settings.NEWSROOM_PAGE_SIZE = 3
    now = timezone.now()
    # Two of them share a moment: the key settles equal times by id.
    for number in range(8):
        make_story(by=editor, headline=f"Story number {number}", slug=f"n{number}", at=now - (number // 2) * HOUR)
    pages = [re.findall(r"Story number (\d)</a>", without_sections(page)) for page in all_pages(reader, address)]
    assert pages == [["1", "0", "3"], ["2", "5", "4"], ["7", "6"]]


def test_a_story_published_between_two_pages_moves_no_other_one(reader, editor, settings):
    settings.NEWSROOM_PAGE_SIZE = 2
    now = timezone.now()
    for number in range(4):
        make_story(by=editor, headline=f"Story number {number}", slug=f"n{number}", at=now - number * HOUR)
    first = text_of(reader, "/en/")
    older = re.search(r'href="(\?after=[^"]+)"', first)[1]
    make_story(by=editor, headline="Breaking", slug="breaking")
    assert re.findall(r"Story number (\d)</a>", text_of(reader, f"/en/{older}")) == ["2", "3"]


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "key", ["x", "1", "-", "1-", "-1", "1-x", "١-١", "1--1", "1e5-1", "9" * 18 + "-1", "1-" + "9" * 19, "\x00", "1-1'"]
)
def test_a_bad_key_is_a_404(address, key, reader, story):
    assert reader.get(address, {"after": key}).status_code == 404


@pytest.mark.parametrize("key", ["0-0", "9" * 17 + "-" + "9" * 18, "1-1"])
def test_a_key_beyond_either_end_is_an_ordinary_page(key, reader, story):
    assert reader.get("/en/", {"after": key}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/en/sections/nowhere/", "/en/tags/nothing/", "/en/authors/nobody/", "/tr/sections/middle-east/"]
)
def test_an_unknown_section_tag_or_author_is_a_404(address, reader, story):
    assert reader.get(address).status_code == 404


def test_a_tag_that_only_a_draft_carries_answers_like_none(reader, story, editor):
    make_draft(by=editor, tags=["secret operation"])
    there, nowhere = reader.get("/en/tags/secret-operation/"), reader.get("/en/tags/never-heard-of/")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.text.replace("secret-operation", "never-heard-of") == nowhere.text


def test_an_author_without_a_public_story_answers_like_none(reader, story, editor):
    author = make_author("Canary Writer", "canary-writer")
    make_draft(by=editor, bylines=[{"author": author.pk, "role": "reporter"}])
    response = reader.get("/en/authors/canary-writer/")
    assert (response.status_code, "Canary" in response.text) == (404, False)


def test_an_author_with_two_credits_on_one_story_lists_it_once(reader, editor):
    author = make_author().pk
    make_story(by=editor, bylines=[{"author": author, "role": "reporter"}, {"author": author, "role": "photographer"}])
    assert len(re.findall(r">The river rises</a>", text_of(reader, "/en/authors/dana-reporter/"))) == 1


@pytest.mark.parametrize("language", [row.code for row in LANGUAGES])
def test_every_edition_has_a_front_page_with_its_own_stories_only(language, reader, story, editor):
    make_story(
        by=editor,
        language=language,
        headline="canary",
        slug="canary",
        section_id=make_section("Nûçe", "nuce", language).pk,
        bylines=[{"author": make_author("Zana", "zana", language).pk, "role": "reporter"}],
    )
    pages = {row.code: reader.get(f"/{row.code}/") for row in LANGUAGES}
    assert {code: page.status_code for code, page in pages.items()} == {row.code: 200 for row in LANGUAGES}
    assert [code for code, page in pages.items() if "canary" in page.text] == [language]
    for address in (f"/{language}/sections/nuce/", f"/{language}/tags/rivers/", f"/{language}/authors/zana/"):
        assert "canary" in text_of(reader, address)


@pytest.mark.parametrize("row", LANGUAGES, ids=[row.code for row in LANGUAGES])
def test_a_page_says_its_language_and_direction(row, reader, db):
    assert f'<html lang="{row.html_lang}" dir="{row.direction}">' in text_of(reader, f"/{row.code}/")


# What a story's page shows --------------------------------------------------------------------------------------------
def test_a_story_page_shows_headline_date_byline_tags_dateline_and_body(reader, editor):
    organisation, person = make_author("Maidan Agency", "maidan-agency"), make_author()
    lines = [{"author": organisation.pk, "role": "reporter"}, {"author": person.pk, "role": "reporter"}]
    at = datetime.datetime(2026, 3, 4, 22, 30, tzinfo=datetime.UTC)  # already the 5th in Baghdad
    story = make_story(by=editor, at=at, place_id=make_place().pk, bylines=lines, byline_note="in Erbil")
    page = text_of(reader, story.get_absolute_url())
    assert "05-03-2026" in page
    assert '<h1 class="headline">The river rises</h1>' in page
    assert '<p class="standfirst">Two villages moved uphill.</p>' in page
    assert page.index("Maidan Agency") < page.index("Dana Reporter") < page.index("in Erbil")
    assert re.findall(r'rel="tag" href="([^"]+)"><bdi>([^<]+)', page) == [
        ("/en/tags/syrian-army/", "Syrian army"),
        ("/en/tags/rivers/", "rivers"),
    ]
    assert '<p><span class="dateline">ERBIL, Kurdistan Region – </span>Water reached the bridge at noon.</p>' in page
    assert 'name="text-size"' in page


def test_the_dateline_appears_once(reader, editor):
    body = "<p>First paragraph.</p><p>Second paragraph.</p>"
    story = make_story(by=editor, place_id=make_place().pk, body=body)
    page = re.sub(r'<script type="application/ld.json">.*?</script>', "", text_of(reader, story.get_absolute_url()))
    assert (page.count("ERBIL, Kurdistan Region"), page.count('class="dateline"')) == (1, 1)
    assert "ERBIL" not in text_of(reader, "/en/")


@pytest.mark.parametrize(
    "body",
    ["<ul><li>a list first</li></ul>", "<h2>A heading</h2><p>x</p>", '<p lang="ckb" dir="rtl">سڵاو</p>', "plain words"],
)
def test_the_dateline_opens_any_body(body, reader, editor):
    story = make_story(by=editor, place_id=make_place().pk, body=body)
    shown = text_of(reader, story.get_absolute_url()).split('<div class="story-body">')[1]
    assert re.match(r'<p[^>]*><span class="dateline">ERBIL, Kurdistan Region – </span>', shown)


def test_a_story_without_a_place_has_no_dateline(reader, story):
    assert 'class="dateline"' not in text_of(reader, story.get_absolute_url())


def test_a_dateline_is_escaped(reader, editor):
    story = make_story(by=editor, place_id=make_place("<b>Erbil", "<script>x()</script>").pk)
    page = text_of(reader, story.get_absolute_url())
    assert "&lt;B&gt;ERBIL, &lt;script&gt;x()&lt;/script&gt; – " in page
    assert "<script>x()" not in page


# Hostile input --------------------------------------------------------------------------------------------------------
def nasty_strings(folder) -> list[str]:
    """The list of naughty strings, as far as a form would take them: at most 250 characters and no NUL."""
    strings = json.loads((folder / "hostile" / "blns.json").read_text())
    kept = [text for text in strings if text.strip() and len(text) <= 250 and "\x00" not in text]
    return [text for text in kept if text.encode("utf-8", "ignore").decode() == text]


def test_nasty_headlines_are_shown_as_text_and_break_nothing(reader, editor, material, settings):
    settings.NEWSROOM_PAGE_SIZE = 1000
    strings = nasty_strings(material)[::4]
    assert len(strings) > 100
    Article.objects.bulk_create(
        Article(
            language="en",
            headline=text,
            standfirst=text,
            slug=f"nasty-{number}",
            body="<p>x</p>",
            created_by=editor,
            status="published",
            publish_at=timezone.now(),
            first_published_at=timezone.now(),
        )
        for number, text in enumerate(strings)
    )
    front = reader.get("/en/")
    assert front.status_code == 200
    assert [text for text in strings if escape(text) not in front.text] == []
    for article in Article.objects.all()[::5]:
        page = reader.get(article.get_absolute_url())
        assert page.status_code == 200
        assert f'<h1 class="headline">{escape(article.headline)}</h1>' in page.text
    assert inline_parts(front.text) == []


@pytest.mark.parametrize("text", ["%00", "%ff%fe", "..%2f..%2f", "%F0%9F%8C%8A", "a" * 3000, "'%22;--", "{{7*7}}"])
def test_a_nasty_address_is_a_plain_refusal(text, reader, story):
    for kind in ("sections", "tags", "authors", f"stories/{story.pk}"):
        assert reader.get(f"/en/{kind}/{text}/").status_code in (301, 400, 404)


def test_nasty_names_of_sections_tags_and_authors_are_escaped(reader, editor, story):
    SectionName.objects.update(name="<script>s()</script>")
    AuthorName.objects.update(name="<script>a()</script>")
    story.tags.all().update(name="<script>t()</script>")
    for address in (*LISTS, story.get_absolute_url()):
        page = text_of(reader, address)
        assert inline_parts(page) == []
        assert "&lt;script&gt;s()" in page


# What every page carries ----------------------------------------------------------------------------------------------
class Inline(HTMLParser):
    """Notes what the content security policy would block, and what comes from another host."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        named = dict(attrs)
        is_data = named.get("type") == "application/ld+json"  # a data block: no browser runs it
        if tag == "style" or (tag == "script" and "src" not in named and not is_data):
            self.found.append(f"<{tag}>")
        self.found += [name for name in named if name == "style" or name.startswith("on")]
        loaded = named.get("src") or (tag == "link" and named.get("rel") == "stylesheet" and named.get("href")) or ""
        if "//" in loaded:
            self.found.append(loaded)


def inline_parts(page: str) -> list[str]:
    parser = Inline()
    parser.feed(page)
    parser.close()
    return parser.found


def test_inline_parts_are_found_where_they_are():
    page = "<style></style><p onclick=x style=y><script>z</script><script src=//cdn.example/x.js></script>"
    assert inline_parts(page) == ["<style>", "onclick", "style", "<script>", "//cdn.example/x.js"]


def page_types(story: Article, gone: Article) -> list[str]:
    return [*LISTS, story.get_absolute_url(), gone.get_absolute_url(), "/en/guidelines/", "/en/nothing-here/"]


def test_every_page_type_carries_the_security_headers_and_nothing_inline(reader, story, editor):
    for address in page_types(story, withdrawn(editor)):
        response = reader.get(address)
        policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert {policy[name] for name in ("script-src", "style-src", "img-src", "form-action")} == {"'self'"}
        assert (policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"
        assert inline_parts(response.text) == []


def test_no_public_page_sets_a_cookie_or_depends_on_one(reader, story, editor):
    for address in [*page_types(story, withdrawn(editor)), f"/en/stories/{story.pk}/", "/"]:
        response = reader.get(address)
        assert (address, dict(response.cookies), response.get("Set-Cookie")) == (address, {}, None)
        assert "cookie" not in response.get("Vary", "").lower()


def test_a_page_is_the_same_for_somebody_signed_in_and_for_other_cookies(reader, as_, story, editor):
    for address in page_types(story, withdrawn(editor)):
        public = STAMP.sub("", text_of(reader, address))
        assert STAMP.sub("", text_of(as_(editor), address)) == public
        other = Client()
        other.cookies.load({"django_language": "tr", "theme": "dark", "sender": "x"})
        assert STAMP.sub("", text_of(other, address)) == public


STAMP = re.compile(r'name="stamp" value="[^"]+"')  # it says when the page was made


# What a page costs ----------------------------------------------------------------------------------------------------
QUERIES = {
    "/en/": 13,
    "/en/sections/middle-east/": 10,
    "/en/tags/syrian-army/": 10,
    "/en/authors/dana-reporter/": 10,
}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_the_same_queries_with_one_story_and_with_forty(
    address, reader, editor, settings, django_assert_num_queries
):
    settings.NEWSROOM_PAGE_SIZE = 40
    for count in (1, 39):
        for number in range(count):
            author = make_author(f"Author {count}-{number}", f"author-{count}-{number}")
            lines = [{"author": make_author().pk, "role": "reporter"}, {"author": author.pk, "role": "photographer"}]
            make_story(by=editor, slug=f"s{count}-{number}", bylines=lines, place_id=make_place().pk)
        with django_assert_num_queries(QUERIES[address]):
            page = text_of(reader, address)
    assert len(re.findall(r'<h[23] class="card-headline">', page)) == 40


def test_a_story_costs_the_same_queries_with_many_tags_bylines_and_editions(reader, editor, django_assert_num_queries):
    plain = make_story(by=editor, tags=["one"])
    rich = make_story(
        by=editor,
        slug="rich",
        tags=[f"tag {number}" for number in range(30)],
        bylines=[{"author": make_author(f"A {n}", f"a-{n}").pk, "role": "reporter"} for n in range(10)],
        place_id=make_place().pk,
    )
    for language in ("ar", "tr", "ckb"):
        make_story(by=editor, language=language, translation_of=rich, slug=f"rich-{language}")
    reader.get(plain.get_absolute_url())  # a process reads the guidelines' words once
    for story, extra in ((plain, 0), (rich, 2)):  # a place has names, and one query more asks for the editions
        with django_assert_num_queries(STORY_QUERIES + extra):
            assert reader.get(story.get_absolute_url()).status_code == 200


STORY_QUERIES = 15


@pytest.mark.parametrize(("language", "comma"), [("en", ","), ("tr", ","), ("ar", "،"), ("ckb", "،")])
def test_a_date_in_figures_is_isolated_and_the_hour_follows_the_languages_comma(reader, editor, language, comma):
    """Behind Arabic letters a browser would show 04-06-2017 as 2017-06-04."""
    story = make_story(by=editor, language=language, at=datetime.datetime(2017, 6, 4, 9, tzinfo=datetime.UTC))
    page = reader.get(story.get_absolute_url()).text
    assert '<bdi class="house-date">04-06-2017</bdi>' in page
    assert f' 2017</span>{comma} <bdi class="hour">12:00 ' in page
