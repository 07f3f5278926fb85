import time

import pytest

from articles import blocks
from articles.comparing import Line, compare, compare_bodies, shortened
from newsroom.html import clean_html
from tests.factories import content, make_author, make_place, make_section

pytestmark = pytest.mark.django_db


def changed(before, after, language="en") -> dict[str, list[Line]]:
    return {change.name: change.lines for change in compare(before, after, language=language)}


def test_only_the_fields_that_differ_are_listed_in_the_order_people_look():
    before = content()
    after = content(tags=["rivers"], headline="The river falls", place_id=make_place().pk)
    assert list(changed(before, after)) == ["headline", "place_id", "tags"]
    assert changed(before, before) == {}


def test_a_headline_is_compared_word_by_word():
    lines = changed(content(), content(headline="The river falls"))["headline"]
    assert lines == [Line("changed", [("same", "The river "), ("gone", "rises"), ("new", "falls")])]


def test_references_are_compared_by_name():
    other = make_section("Culture", "culture")
    before, after = content(), content(section_id=other.pk, place_id=make_place().pk)
    found = changed(before, after)
    assert found["section_id"][0].pieces == [("gone", "Middle East"), ("new", "Culture")]
    assert found["place_id"][0].pieces == [("new", "Erbil, Kurdistan Region")]


def test_bylines_and_tags_are_lists():
    second = make_author("Zana", "zana")
    first = {"author": make_author().pk, "role": "reporter"}
    after = content(bylines=[first, {"author": second.pk, "role": "photographer"}], tags=["Syrian army", "floods"])
    found = changed(content(), after)
    assert found["bylines"] == [
        Line("same", [("same", "Dana Reporter (reporter)")]),
        Line("new", [("new", "Zana (photographer)")]),
    ]
    assert [piece for piece in found["tags"][0].pieces if piece[1] != " · "] == [
        ("same", "Syrian army"),
        ("gone", "rivers"),
        ("new", "floods"),
    ]


def test_a_body_is_compared_as_readable_text_paragraph_by_paragraph():
    before = "<p>One stays.</p><p>Two was <b>bold</b> here.</p><p>Three goes away.</p>"
    after = "<p>One stays.</p><p>Two is <b>bold</b> here.</p><h2>A heading</h2>"
    assert list(compare_bodies(before, after)) == [
        Line("same", [("same", "One stays.")]),
        Line("changed", [("same", "Two "), ("gone", "was"), ("new", "is"), ("same", " bold here.")]),
        Line("gone", [("gone", "Three goes away.")]),
        Line("new", [("new", "A heading")], "heading"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "notes"),
    [
        ("<p>A word</p>", "<p>A <b>word</b></p>", ["formatting added: bold “word”"]),
        ("<p>A <i>word</i></p>", "<p>A word</p>", ["formatting removed: italic “word”"]),
        ("<p>A word</p>", "<h2>A word</h2>", ["was: paragraph, is: heading"]),
        ("<p>A word</p>", "<blockquote><p>A word</p></blockquote>", ["was: paragraph, is: quote"]),
        ("<ul><li>A</li></ul>", "<ol><li>A</li></ol>", ["formatting added: numbered"]),
        (
            '<p><a href="https://a.example/">A</a></p>',
            '<p><a href="https://b.example/">A</a></p>',
            ["formatting removed: link “A” → https://a.example/", "formatting added: link “A” → https://b.example/"],
        ),
    ],
)
def test_a_change_of_formatting_alone_is_told(before, after, notes):
    [line] = compare_bodies(before, after)
    assert ([kind for kind, _text in line.pieces], line.notes) == (["same"], notes)


def test_what_nobody_sees_is_no_change():
    assert list(compare_bodies("<p>One</p>\n<p>Two</p>", "<p>One</p><p>Two</p>")) == []
    assert changed(content(body="<p>One</p>\n<p></p>"), content(body="<p>One</p>")) == {}


def test_long_unchanged_stretches_are_left_out():
    before = "".join(f"<p>Paragraph {number}.</p>" for number in range(20))
    after = before.replace("Paragraph 10.", "Chapter 10.").replace("Paragraph 12.", "Chapter 12.")
    lines = list(shortened(compare_bodies(before, after)))
    assert [line.kind for line in lines] == ["skipped", "same", "changed", "same", "changed", "same", "skipped"]
    assert lines[0].pieces == [("same", "9 paragraphs unchanged")]
    assert lines[-1].pieces == [("same", "6 paragraphs unchanged")]


def test_a_zero_width_non_joiner_is_a_difference_and_kept():
    [line] = compare_bodies("<p>نامە نووسی</p>", "<p>نامە\u200cنووسی</p>")
    assert ("new", "نامە\u200cنووسی") in line.pieces


def test_hostile_bodies_take_no_time():
    start = time.perf_counter()
    list(compare_bodies("<p>a</p>" * 40_000, "<p>b</p><p>a</p>" * 20_000))
    list(compare_bodies("<p>" + "a b " * 50_000 + "</p>", "<p>" + "b a " * 50_000 + "</p>"))
    list(compare_bodies("<p>a b c d e f g h</p>" * 1_900, "<p>a b x d e f g h</p>" * 1_900))
    list(compare_bodies("<b>" * 20_000, "<i>" * 20_000))
    assert time.perf_counter() - start < 8


def test_the_sources_of_a_body_show_the_same_when_joined():
    body = clean_html(
        "<p>One\n<b>two</b></p><ul><li>a</li></ul>loose <i>x</i><hr><figure><figcaption>c</figcaption></figure>"
    )
    assert blocks.read("\n".join(blocks.sources(body))) == blocks.read(body)
    assert len(blocks.sources(body)) == 4  # loose words stay with what stands before them
