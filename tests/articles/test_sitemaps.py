"""Sitemaps: every public address, its true change, its live editions, and nothing else."""

import datetime
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from articles import publishing, sitemaps
from articles.models import Article, SectionName
from newsroom import languages
from newsroom.languages import LANGUAGES
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_range_of_ids")]
S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def root_of(response):
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    return ElementTree.fromstring(response.content)


def locations(response) -> list[str]:
    return [element.text for element in root_of(response).iter(f"{S}loc")]


def alternates(entry) -> list[tuple[str, str]]:
    return [(link.get("hreflang"), link.get("href")) for link in entry.iterfind(f"{XHTML}link")]


def address(article: Article) -> str:
    return f"http://testserver{article.get_absolute_url()}"


def test_the_index_names_every_page_of_every_edition_with_its_newest_change(reader, editor):
    first = factories.make_story(by=editor)
    factories.make_story(by=editor, language="tr", translation_of=first, tags=[])
    index = root_of(reader.get("/sitemap.xml"))
    named = [element.text for element in index.iter(f"{S}loc")]
    fronts = [f"http://testserver/{language.code}/sitemap-pages.xml" for language in LANGUAGES]
    assert named == [*fronts, "http://testserver/en/sitemap-1.xml", "http://testserver/tr/sitemap-1.xml"]
    changed = max(first.first_published_at, first.modified_at)
    assert index.findall(f"{S}sitemap")[5].findtext(f"{S}lastmod") == sitemaps._w3c(changed)
    for address_named in named:
        if "/ku/" not in address_named:
            assert reader.get(address_named).status_code == 200


def test_a_range_of_ids_makes_a_page(reader, editor, monkeypatch):
    articles = [factories.make_story(by=editor, headline=f"Number {number}") for number in range(5)]
    base = articles[0].pk
    monkeypatch.setattr(sitemaps, "IDS_PER_PAGE", 2)
    pages = [name for name in locations(reader.get("/sitemap.xml")) if "pages" not in name]
    numbers = sorted({(base + offset - 1) // 2 + 1 for offset in range(5)})
    assert pages == [f"http://testserver/en/sitemap-{number}.xml" for number in numbers]
    listed = [name for page in pages for name in locations(reader.get(page))]
    assert listed == [address(article) for article in articles]


def test_an_entry_has_the_full_time_of_the_change_with_its_offset(reader, editor):
    article = factories.make_story(by=editor)
    entry = root_of(reader.get("/en/sitemap-1.xml")).find(f"{S}url")
    lastmod = datetime.datetime.fromisoformat(entry.findtext(f"{S}lastmod"))
    assert lastmod.utcoffset() == datetime.timedelta(hours=3)
    newest = max(article.first_published_at, article.modified_at)
    assert lastmod == newest.replace(microsecond=0)


def test_live_editions_name_each_other_and_no_other(reader, editor):
    original = factories.make_story(by=editor)
    sorani = factories.make_story(by=editor, language="ckb", translation_of=original, tags=[])
    turkish = factories.make_story(by=editor, language="tr", translation_of=original, tags=[])
    factories.make_draft(by=editor, language="ar", translation_of=original, tags=[])
    expected = [("en", address(original)), ("ku-Arab", address(sorani)), ("tr", address(turkish))]
    for language in ("en", "ckb", "tr"):
        [entry] = root_of(reader.get(f"/{language}/sitemap-1.xml")).findall(f"{S}url")
        assert alternates(entry) == expected

    publishing.withdraw(original, by=editor, reason="It was wrong.")
    assert reader.get("/en/sitemap-1.xml").status_code == 404
    for language in ("ckb", "tr"):
        [entry] = root_of(reader.get(f"/{language}/sitemap-1.xml")).findall(f"{S}url")
        assert alternates(entry) == expected[1:]

    publishing.withdraw(turkish, by=editor, reason="It was wrong.")
    [entry] = root_of(reader.get("/ckb/sitemap-1.xml")).findall(f"{S}url")
    assert alternates(entry) == []


def test_editions_far_apart_in_ids_still_name_each_other(reader, editor, monkeypatch):
    original = factories.make_story(by=editor)
    for number in range(3):
        factories.make_story(by=editor, headline=f"Between {number}")
    turkish = factories.make_story(by=editor, language="tr", translation_of=original, tags=[])
    monkeypatch.setattr(sitemaps, "IDS_PER_PAGE", 1)
    expected = [("en", address(original)), ("tr", address(turkish))]
    for article in (original, turkish):
        [entry] = root_of(reader.get(f"/{article.language}/sitemap-{article.pk}.xml")).findall(f"{S}url")
        assert alternates(entry) == expected


def test_front_pages_have_the_neutral_address_as_default_and_sections_their_editions(reader):
    section = factories.make_section()
    SectionName.objects.create(section=section, language="tr", name="Orta Doğu", slug="orta-doğu")
    front, middle_east = root_of(reader.get("/en/sitemap-pages.xml")).findall(f"{S}url")
    assert alternates(front) == [
        *((language.hreflang, f"http://testserver/{language.code}/") for language in LANGUAGES),
        ("x-default", "http://testserver/"),
    ]
    assert alternates(middle_east) == [
        ("en", "http://testserver/en/sections/middle-east/"),
        ("tr", "http://testserver/tr/sections/orta-do%C4%9Fu/"),
    ]


def test_only_public_stories_are_listed(reader, editor):
    factories.make_draft(by=editor)
    later = timezone.now() + datetime.timedelta(hours=1)
    publishing.schedule(factories.make_draft(by=editor), by=editor, publish_at=later)
    publishing.withdraw(factories.make_story(by=editor), by=editor, reason="It was wrong.")
    assert not [name for name in locations(reader.get("/sitemap.xml")) if "pages" not in name]
    for number in (0, 1, 2, 10**30):
        assert reader.get(f"/en/sitemap-{number}.xml").status_code == 404
    assert all("/stories/" not in name for name in locations(reader.get("/news-sitemap.xml")))


@pytest.mark.parametrize(
    ("language", "code"), [("en", "en"), ("ar", "ar"), ("ckb", "ckb"), ("ku", "kmr"), ("tr", "tr")]
)
def test_news_has_name_language_first_publication_and_title(reader, editor, settings, language, code):
    settings.NEWSROOM_NAME = "Fish & Chips"
    article = factories.make_story(by=editor, language=language, headline="A <b> & c\x0b", tags=[])
    [entry] = root_of(reader.get("/news-sitemap.xml")).findall(f"{S}url")
    news = entry.find(f"{NEWS}news")
    assert [element.text for element in news.find(f"{NEWS}publication")] == ["Fish & Chips", code]
    assert news.findtext(f"{NEWS}title") == "A <b> & c"
    published = datetime.datetime.fromisoformat(news.findtext(f"{NEWS}publication_date"))
    assert published == article.first_published_at.replace(microsecond=0)
    assert languages.language(language).news_code == code


def test_news_is_two_days_old_at_most_and_a_thousand_long_at_most(reader, editor, monkeypatch):
    now = timezone.now()
    hours = {"Old": 48, "Fresh": 47, "Fresher": 2}
    for headline, age in hours.items():
        factories.make_story(by=editor, headline=headline, at=now - datetime.timedelta(hours=age))

    def headlines():
        return [element.text for element in root_of(reader.get("/news-sitemap.xml")).iter(f"{NEWS}title")]

    assert headlines() == ["Fresher", "Fresh"]
    monkeypatch.setattr(sitemaps, "NEWS_LIMIT", 1)
    assert headlines() == ["Fresher"]


def test_a_quiet_newsroom_has_a_news_sitemap_that_is_valid(reader):
    assert locations(reader.get("/news-sitemap.xml")) == [f"http://testserver/{code}/" for code in languages.BY_CODE]


def test_a_page_costs_the_same_with_one_story_and_with_forty(reader, editor, django_assert_num_queries):
    original = factories.make_story(by=editor)
    factories.make_story(by=editor, language="tr", translation_of=original, tags=[])
    with django_assert_num_queries(4):
        reader.get("/en/sitemap-1.xml")
    for number in range(39):
        original = factories.make_story(by=editor, headline=f"Number {number}")
        factories.make_story(by=editor, language="tr", translation_of=original, tags=[])
    with django_assert_num_queries(4):
        reader.get("/en/sitemap-1.xml")
    with django_assert_num_queries(2):
        reader.get("/sitemap.xml")
    with django_assert_num_queries(2):
        reader.get("/news-sitemap.xml")


@pytest.mark.django_db
def test_robots_names_both_sitemaps(reader):
    lines = reader.get("/robots.txt").text.splitlines()
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert "Sitemap: http://testserver/news-sitemap.xml" in lines
