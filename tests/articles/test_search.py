"""Search: spelling variants find each other, the best comes first, and nothing a reader types breaks it."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import extracts, publishing, revisions, search
from articles.search import Question
from tests import factories

pytestmark = pytest.mark.django_db


def found(client, query: str, language: str = "en", **filters) -> list[str]:
    """The headlines of a search's results, in order."""
    response = client.get(f"/{language}/search/", {"q": query, **filters})
    assert response.status_code == 200, response.status_code
    return [article.headline for article, _headline, _extract in response.context["results"]]


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("ckb", "کوردستان", "كوردستان"),
        ("ckb", "یاری", "ياري"),
        ("ckb", "نامه‌نووسی", "نامەنووسی"),
        ("ar", "الحُكُومَةُ", "الحكومه"),
        ("ar", "محـــمد", "محمد"),
        ("ar", "أربيل", "اربيل"),
        ("tr", "Işık", "isik"),
        ("tr", "İstanbul", "ıstanbul"),
        ("tr", "ŞIRNAK", "şırnak"),
        ("en", "Hikûmet", "hikumet"),
        ("en", "café ٣٤", "CAFE 34"),
    ],
)
def test_spellings_of_one_word_find_each_other_both_ways(reader, editor, language, written, asked):
    for number, spelling in enumerate((written, asked)):
        factories.make_story(by=editor, language=language, headline=f"{spelling} {number}", tags=[])
    assert set(found(reader, asked, language)) == {f"{written} 0", f"{asked} 1"}
    assert set(found(reader, written, language)) == {f"{written} 0", f"{asked} 1"}


def test_headline_weighs_more_than_tag_and_tag_more_than_body_and_newest_breaks_a_tie(reader, editor):
    hour = timezone.now() - datetime.timedelta(hours=9)
    plain = {"tags": [], "standfirst": "Nothing here to see.", "body": "<p>Nothing here to see either, reader.</p>"}
    factories.make_story(
        by=editor, at=hour, **{**plain, "headline": "Body", "body": "<p>A bridge stood here, reader.</p>"}
    )
    factories.make_story(by=editor, at=hour, **{**plain, "headline": "Tagged", "tags": ["bridge"]})
    factories.make_story(by=editor, at=hour, **{**plain, "headline": "Bridge"})
    newer = hour + datetime.timedelta(hours=1)
    factories.make_story(
        by=editor, at=newer, **{**plain, "headline": "The bridge", "body": "<p>Nothing here to see.</p>"}
    )
    factories.make_story(by=editor, at=newer, **{**plain, "headline": "Bridge"})
    results = found(reader, "bridge")
    assert results[-2:] == ["Tagged", "Body"]
    assert set(results[:3]) == {"Bridge", "The bridge"}
    times = [
        a.first_published_at
        for a, *_ in reader.get("/en/search/?q=bridge").context["results"]
        if a.headline == "Bridge"
    ]
    assert times == [newer, hour]


def test_every_word_must_be_there_and_the_last_may_be_a_beginning(reader, story):
    assert found(reader, "river noon") == ["The river rises"]
    assert found(reader, "river moon") == []
    assert found(reader, "noon riv") == ["The river rises"]
    assert found(reader, "riv noon") == []
    assert found(reader, "noon ri") == []


def test_search_keeps_to_the_edition(reader, editor):
    factories.make_story(by=editor, headline="Radio")
    factories.make_story(by=editor, language="tr", headline="Radio tr", tags=[])
    assert found(reader, "radio") == ["Radio"]
    assert found(reader, "radio", "tr") == ["Radio tr"]
    assert found(reader, "_tr_ radio") == []


def test_filters_narrow_by_section_tag_author_and_days_of_the_house(reader, editor):
    # 22:30 UTC on the 1st is 01:30 on the 2nd in Baghdad.
    late = datetime.datetime(2026, 3, 1, 22, 30, tzinfo=datetime.UTC)
    factories.make_story(by=editor, headline="Near", at=late, tags=["Syrian army"])
    sport = factories.make_section("Sport", "sport")
    ali = [{"author": factories.make_author("Alî", "ali").pk, "role": "reporter"}]
    factories.make_story(by=editor, headline="Far", section_id=sport.pk, tags=[], bylines=ali)
    assert set(found(reader, "bridge")) == {"Near", "Far"}
    assert found(reader, "bridge", section="sport") == ["Far"]
    assert found(reader, "bridge", tag="SYRIAN  army") == ["Near"]
    assert found(reader, "bridge", author="ali") == ["Far"]
    assert found(reader, "bridge", **{"from": "2026-03-02", "to": "2026-03-02"}) == ["Near"]
    assert found(reader, "bridge", to="2026-03-01") == []
    assert found(reader, "bridge", tag="absent") == []
    assert found(reader, "bridge", author="absent") == []
    assert found(reader, "bridge", section="sport", tag="Syrian army") == []


@pytest.mark.parametrize(
    "wrong", [{"from": "yesterday"}, {"to": "2026-13-01"}, {"section": "absent"}, {"q": "a" * 10_240}]
)
def test_what_cannot_be_searched_is_400_with_a_message_and_the_text_kept(reader, story, wrong):
    response = reader.get("/en/search/", {"q": "river", **wrong})
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert wrong.get("q", "river") in response.text


def test_days_at_the_ends_of_time_are_searched(reader, story):
    assert found(reader, "river", **{"from": "0001-01-02", "to": "9999-12-31"}) == ["The river rises"]


@pytest.mark.parametrize(
    "q",
    [
        '"',
        "'",
        "river OR",
        "NEAR(river noon)",
        "river*",
        "-river",
        "(",
        ") AND (",
        "headline:river",
        "^river",
        "river + noon",
        "{body}:x",
        "%",
        "\\",
        ":*",
        "a:b & !c | d <-> e",
        "';DROP TABLE articles_search;--",
        "!!!",
        "",
    ],
)
def test_operators_are_only_words(reader, story, q):
    assert reader.get("/en/search/", {"q": q}).status_code == 200


def test_nul_is_refused_in_words(reader, story):
    response = reader.get("/en/search/?q=river%00")
    assert (response.status_code, "Null characters" in response.text) == (400, True)


def test_hostile_questions_never_break_it(reader, story, material):
    for text in json.loads((material / "hostile/blns.json").read_text()):
        search.find(Question.read(text), language="en")
        search.find(Question.read(text * 50), language="en")
    for text in json.loads((material / "hostile/blns.json").read_text())[::25]:
        assert reader.get("/en/search/", {"q": text}).status_code in (200, 400)


def test_hostile_stories_are_indexed_and_found(editor, material):
    strings = [text.replace("\0", "") for text in json.loads((material / "hostile/blns.json").read_text())]
    article = factories.make_story(
        by=editor, headline="'A' \\ \"B\" :* C", standfirst=" ".join(strings)[:900], body=" ".join(strings)
    )
    assert search.find(Question.read("b c"), language="en") == [article.pk]


def test_the_marks_are_on_the_words_as_written(reader, editor):
    question = Question.read("كوردستان")
    assert extracts.marked("لە کوردســتان <b>", question) == "لە <mark>کوردســتان</mark> &lt;b&gt;"
    assert extracts.marked("K<script>", Question.read("script")) == "K&lt;<mark>script</mark>&gt;"
    article = factories.make_story(by=editor, body=f"<p>{'before ' * 60}K<b>urd</b>istan &amp; {'after ' * 60}</p>")
    passage = extracts.extract(article, Question.read("kurdistan"))
    assert passage.startswith("… before") and passage.endswith("after …")
    assert "<mark>Kurdistan</mark> &amp; after" in passage
    assert len(passage) < 320


def test_the_index_follows_the_verbs(reader, editor):
    draft = factories.make_draft(by=editor, headline="Zebra")
    assert found(reader, "zebra") == []
    publishing.publish(draft, by=editor)
    assert found(reader, "zebra") == ["Zebra"]
    revision = revisions.record(draft, factories.content(headline="Giraffe"), by=editor)
    assert (found(reader, "zebra"), found(reader, "giraffe")) == (["Zebra"], [])
    publishing.release(draft, revision, by=editor)
    assert (found(reader, "zebra"), found(reader, "giraffe")) == ([], ["Giraffe"])
    publishing.withdraw(draft, by=editor, reason="It was wrong.")
    assert found(reader, "giraffe") == []
    assert _rows() == 0


def test_a_verb_that_fails_leaves_the_index_alone(reader, story, editor):
    with pytest.raises(RuntimeError), transaction.atomic():
        publishing.withdraw(story, by=editor, reason="It was wrong.")
        raise RuntimeError
    assert found(reader, "river") == ["The river rises"]


def test_a_story_that_waits_is_indexed_but_not_found(reader, editor):
    later = timezone.now() + datetime.timedelta(hours=1)
    draft = factories.make_draft(by=editor, headline="Zebra")
    publishing.schedule(draft, by=editor, publish_at=later)
    assert (found(reader, "zebra"), _rows()) == ([], 1)


def test_reindex_builds_it_anew(reader, story, editor, capsys):
    factories.make_draft(by=editor)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_search")
    assert found(reader, "river") == []
    call_command("reindex")
    assert (found(reader, "river"), _rows()) == (["The river rises"], 1)
    assert "2 stories" in capsys.readouterr().out


def test_results_come_in_pages_and_end(reader, editor, monkeypatch, settings, django_assert_num_queries):
    for number in range(6):
        factories.make_story(by=editor, headline=f"Number {number}", tags=[])
    settings.NEWSROOM_PAGE_SIZE = 1
    asked = 10 if connection.vendor == "postgresql" else 9  # which asks the newest stories first, then all
    with django_assert_num_queries(asked):
        reader.get("/en/search/?q=bridge")
    settings.NEWSROOM_PAGE_SIZE = 4
    with django_assert_num_queries(asked):
        first = reader.get("/en/search/?q=bridge")
    assert 'href="?q=bridge&amp;after=4"' in first.text
    assert len(found(reader, "bridge")) == 4
    assert len(found(reader, "bridge", after=4)) == 2
    assert found(reader, "bridge", after=9999) == []
    assert reader.get("/en/search/?q=bridge&after=-1").status_code == 404
    monkeypatch.setattr(search, "MOST", 5)
    assert "The best 5 stories are shown" in reader.get("/en/search/?q=bridge").text


def test_a_day_that_is_none_comes_back_as_it_was_typed(reader, story):
    page = reader.get("/en/search/?q=river&from=last+week&to=2026-03-01")
    assert page.status_code == 400
    assert '<input type="text" name="from" value="last week"' in page.text  # HTML lets a day's box hold days only
    assert '<input type="date" name="to" value="2026-03-01"' in page.text


@pytest.mark.parametrize("language", ["en", "ar", "ckb", "ku", "tr"])
def test_search_is_one_step_from_every_page(reader, story, language):
    assert f'href="/{language}/search/"' in reader.get(f"/{language}/").text
    assert f'href="/{language}/search/"' in reader.get(f"/{language}/guidelines/").text
    assert f'href="/{language}/search/"' in reader.get(f"/{language}/absent/").text


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(("newest", "statements"), [(2, 2), (3, 1)])
def test_a_common_word_is_asked_of_the_newest_stories_first(reader, editor, monkeypatch, newest, statements):
    monkeypatch.setattr(search, "RANKED", 2)
    monkeypatch.setattr(search, "NEWEST", newest)
    for headline in ("Bridge one", "Bridge two", "Bridge three", "Nothing"):
        factories.make_story(by=editor, headline=headline, body="<p>Dry.</p>")
    factories.make_story(by=editor, headline="Bridge in Turkish", language="tr")
    with CaptureQueriesContext(connection) as queries:
        assert found(reader, "bridge") == ["Bridge three", "Bridge two"]
    assert sum("ts_rank" in query["sql"] for query in queries.captured_queries) == statements


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("few", [0, 100])
def test_filters_leave_the_same_whether_listed_or_looked_up(reader, editor, monkeypatch, few):
    """SQLite lists the stories of a narrow filter and looks each match up in a wide one."""
    monkeypatch.setattr(search, "FEW_OF_READERS", few)
    at = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)
    factories.make_story(by=editor, headline="Old", tags=["bridges"], at=at)
    factories.make_story(by=editor, headline="New", tags=["bridges", "rivers"], at=at + datetime.timedelta(days=9))
    factories.make_story(by=editor, headline="Other", tags=["rivers"], at=at)
    assert found(reader, "noon", tag="bridges") == ["New", "Old"]
    assert found(reader, "noon", author="dana reporter", to="2026-03-01") == ["Other", "Old"]
    assert found(reader, "noon", section="middle-east", tag="rivers", **{"from": "2026-03-02"}) == ["New"]
    assert found(reader, "noon", tag="absent") == []


def test_an_empty_question_shows_the_form(reader, story):
    page = reader.get("/en/search/")
    assert (page.status_code, page.context["results"]) == (200, [])
    assert 'content="noindex"' in page.text


def _rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM articles_search")
        return cursor.fetchone()[0]
