"""clean_html() lets through what a story needs and nothing a browser acts on. html.parser is the judge: a third parser,
unlike the two that clean."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import html
from newsroom.html import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_PROTOCOLS,
    ALLOWED_TAGS,
    MAX_LENGTH,
    HtmlTooLong,
    clean_html,
    html_from_editor,
    paragraphs,
)


class Judge(HTMLParser):
    """Lists whatever is not allowed in a piece of HTML."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.objections: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            self.objections.append(f"<{tag}>")
        allowed = {*ALLOWED_ATTRIBUTES["*"], *ALLOWED_ATTRIBUTES.get(tag, [])}
        for name, value in attrs:
            if name not in allowed:
                self.objections.append(f"{name}= in <{tag}>")
            if name in ("href", "cite") and not leads_somewhere_allowed(value or ""):
                self.objections.append(f"{name}={value}")

    def handle_comment(self, data: str) -> None:
        self.objections.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.objections.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.objections.append(f"<?{data}>")


def leads_somewhere_allowed(address: str) -> bool:
    """Whether ``address`` is relative or of an allowed scheme, read as a browser reads it: without controls."""
    kept = "".join(character for character in address if character > " ").lower()
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", kept)
    return scheme is None or scheme[1] in ALLOWED_PROTOCOLS


def objections(cleaned: str) -> list[str]:
    judge = Judge()
    judge.feed(cleaned)
    judge.close()
    return judge.objections


@pytest.mark.parametrize(
    ("harmful", "objection"),
    [
        ("<script>x()</script>", "<script>"),
        ("<p onclick=x()>", "onclick= in <p>"),
        ('<a href="javascript:x()">', "href=javascript:x()"),
        ('<a href="java\tscript:x()">', "href=java\tscript:x()"),
        ('<a href="&#106;avascript:x()">', "href=javascript:x()"),
        ("<!-- hidden -->", "<!-- hidden -->"),
    ],
)
def test_the_judge_objects_to_what_is_harmful(harmful, objection):
    """The negative control: without cleaning, the checks below would see these."""
    assert objections(harmful) == [objection]
    assert objections(clean_html(harmful)) == []


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>Fine</p>", "<p>Fine</p>"),
        ("<p onclick='x()' style='color:red' class='big' id='a'>Fine</p>", "<p>Fine</p>"),
        ("<script>alert(1)</script>Text", "Text"),
        ("<style>p{}</style><title>T</title>Text", "Text"),
        ("<!-- a --><b>B</b><!--[if IE]><p>x</p><![endif]-->", "<b>B</b>"),
        ('<a href="https://example.org/a?b=1&amp;c=2" title="T">x</a>',) * 2,
        ('<a href="/en/">in the house</a>', '<a href="/en/">in the house</a>'),
        ('<a href="mailto:desk@example.org">x</a>', '<a href="mailto:desk@example.org">x</a>'),
        ('<a href="tel:+964750">x</a>', '<a href="tel:+964750">x</a>'),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="JaVa&#10;ScRiPt:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="data:text/html,x">x</a>', "<a>x</a>"),
        ('<blockquote cite="vbscript:x">q</blockquote>', "<blockquote>q</blockquote>"),
        ("<img src=x onerror=x()>", ""),
        ("<iframe src='//evil.example'></iframe>", ""),
        ("<svg><a xlink:href='javascript:x()'>x</a></svg>", ""),
        ("<form action='//evil.example'><input name=a></form>", ""),
        ("<h1>Big</h1>", "Big"),
        ('<p lang="ckb" dir="rtl">سڵاو</p>', '<p lang="ckb" dir="rtl">سڵاو</p>'),
        ("<table><tr><td colspan='2' style='x'>a</td></tr></table>",
         '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>'),
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("<p>unclosed <b>bold", "<p>unclosed <b>bold</b></p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_clean_html_keeps_what_is_allowed_and_nothing_else(dirty, clean):
    assert clean_html(dirty) == clean


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ('<figure data-photo="7" data-alt="A"></figure>',) * 2,
        ('<figure data-photo="007"></figure>', "<figure></figure>"),
        ('<figure data-photo="7 onload=x()"></figure>', "<figure></figure>"),
        ('<figure data-photo="٧"></figure>', "<figure></figure>"),
        ('<p data-photo="7" data-x="y">a</p>', "<p>a</p>"),
        ('<p dir="sideways">a</p>', "<p>a</p>"),
        ('<ol start="x"><li>a</li></ol>', "<ol><li>a</li></ol>"),
    ],
)
def test_attributes_hold_only_what_they_may(dirty, clean):
    assert clean_html(dirty) == clean


def hostile_lines(folder) -> list[str]:
    names = ["xss-rsnake.txt", "xss-jhaddix.txt", "xss-polyglots.txt"]
    return [line for name in names for line in (folder / "hostile" / name).read_text().splitlines() if line.strip()]


def test_known_attacks_are_inert_after_cleaning(material):
    attacks = hostile_lines(material)
    cleaned = [clean_html(attack) for attack in attacks]
    assert [found for text in cleaned for found in objections(text)] == []
    assert [text for text in cleaned if clean_html(text) != text] == []
    assert len([attack for attack in attacks if objections(attack)]) > 100  # the control: they do attack


def test_known_attacks_inside_a_story_are_inert(material):
    attacks = hostile_lines(material)
    for frame in ("<p>{}</p>", '<a href="{}">x</a>', "<td title='{}'>x</td>", "<b {}>x</b>", "<style>{}", "<!--{}"):
        cleaned = [clean_html(frame.format(attack)) for attack in attacks]
        assert [found for text in cleaned for found in objections(text)] == []
        assert [text for text in cleaned if clean_html(text) != text] == []


PIECES = st.sampled_from(
    "<p> </p> <b> </b> <a <script> </script> <style> </style> <svg> <math> <mtext> <table> <td> </table> <!-- --> "
    "<![CDATA[ ]]> <template> <noscript> <textarea> <title> <select> <plaintext> <xmp> href= onclick= style= "
    "javascript: &#106; &lt; &amp;lt; &colon; \" ' ` = > < / \\ \x00 \x0b \u2028 text سڵاو".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join))
def test_whatever_comes_in_only_what_is_allowed_comes_out_and_stays(dirty):
    cleaned = clean_html(dirty)
    assert objections(cleaned) == []
    assert clean_html(cleaned) == cleaned


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_plain_text_survives_as_it_reads(text):
    judge = Reader()
    judge.feed(paragraphs(text))
    judge.close()
    assert objections(paragraphs(text)) == []
    assert "".join(judge.words.split()) == "".join(text.split())


class Reader(HTMLParser):
    """What somebody reads of a piece of HTML."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words = ""

    def handle_data(self, data: str) -> None:
        self.words += data


def test_paragraphs_end_at_blank_lines_and_keep_line_breaks():
    assert (
        paragraphs("One\r\ntwo\r\n\r\n\r\n\r\nThree & <four>\n") == "<p>One<br>two</p>\n<p>Three &amp; &lt;four&gt;</p>"
    )
    assert paragraphs("\n\n  \n\n") == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("<p>One.</p><p>Two.</p>", "<p>One.</p><p>Two.</p>"),
        ("<ul><li>a</li></ul>", "<ul><li>a</li></ul>"),
        ("a < b, and <b>not bold</b>", "<p>a &lt; b, and &lt;b&gt;not bold&lt;/b&gt;</p>"),
        ("<script>x()</script><p>Fine</p>", "<p>Fine</p>"),
        ("• One\n• Two\n\nThree", "<ul><li>One</li><li>Two</li></ul>\n<p>Three</p>"),
        ("<p>One.</p>\n\nTwo <b>bold</b>\nlines.\n\nThree.",
         "<p>One.</p>\n<p>Two <b>bold</b><br>lines.</p>\n<p>Three.</p>"),
        ("Before.\n<figure data-photo='7' data-alt='A &quot;bridge&quot;'><figcaption>C</figcaption></figure>\nAfter.",
         '<p>Before.</p>\n<figure data-photo="7" data-alt="A &quot;bridge&quot;"><figcaption>C</figcaption></figure>\n'
         "<p>After.</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_an_editor_types_text_or_html(typed, kept):
    assert html_from_editor(typed) == kept
    assert html_from_editor(kept) == kept


def test_html_that_is_too_long_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(html, "_nh3_clean", lambda dirty: pytest.fail("parsed"))
    with pytest.raises(HtmlTooLong):
        clean_html("x" * (MAX_LENGTH + 1))
    monkeypatch.undo()
    assert clean_html("x" * MAX_LENGTH) == "x" * MAX_LENGTH


def test_threads_do_not_mix_their_outputs():
    threads, each = 8, 60
    start = threading.Barrier(threads)

    def worker(number: int) -> list[bool]:
        start.wait()
        texts = [f"<p>{number}-{turn} <b>bold {number}</b> {'word ' * 50}</p>" for turn in range(each)]
        return [clean_html(text + "<script>x()</script>") == text for text in texts]

    with ThreadPoolExecutor(threads) as pool:
        own = [right for rights in pool.map(worker, range(threads)) for right in rights]
    assert (len(own), own.count(False)) == (threads * each, 0)


def test_every_thread_has_a_cleaner_of_its_own():
    """Why the test above passes: a shared one mixed 160 of 480 outputs."""
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(html._bleach_cleaner).result()
    assert elsewhere is not html._bleach_cleaner()
    assert html._bleach_cleaner() is html._bleach_cleaner()


def test_addresses_are_judged_as_browsers_read_them():
    assert [leads_somewhere_allowed(a) for a in ("/en/?a=b:c", "#x:y", "HTTPS://a", "\x01javascript:x", "data:,")] == [
        True,
        True,
        True,
        False,
        False,
    ]
