"""What comes from a word processor is kept as plain semantic HTML: one golden file for each sample."""

from pathlib import Path

import pytest

from newsroom.html import clean_html, html_from_editor
from newsroom.pasted import is_from_elsewhere, tidy
from tests.newsroom.test_html import objections

SAMPLES = Path(__file__).parent.parent / "pastes"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.kept"))


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.pasted").read_text(encoding="utf-8")


def expected(name: str) -> str:
    return (SAMPLES / f"{name}.kept").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("name", NAMES)
def test_a_paste_comes_out_as_clean_html(name):
    kept = html_from_editor(sample(name))
    assert kept == expected(name)
    assert objections(kept) == []
    assert html_from_editor(kept) == kept


def test_there_is_a_sample_of_each_word_processor():
    assert {name.split("-")[0] for name in NAMES} >= {"word", "google", "libreoffice"}


def test_the_zero_width_non_joiner_is_kept():
    assert sample("word-sorani-synthetic").count("\u200c") == expected("word-sorani-synthetic").count("\u200c") == 2


@pytest.mark.parametrize("name", NAMES)
def test_without_tidying_the_samples_would_come_out_otherwise(name):
    """The control: the allow-list alone is not enough."""
    assert clean_html(sample(name)) != expected(name)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4>", "<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>\n<h4>D</h4>"),
        ("<div>One</div><div>Two</div>", "<p>One</p>\n<p>Two</p>"),
        ("<div><p>One</p></div>", "<p>One</p>"),
        ('<b style="font-weight:normal"><p>One</p></b>', "<p>One</p>"),
        ('<p><span style="font-weight:700;font-style:italic">x</span></p>', "<p><strong><em>x</em></strong></p>"),
        ("<p><font color=red>x</font></p>", "<p>x</p>"),
        ('<p style="margin:0">· One</p><p>• Two</p><p>Three</p>', "<ul><li>One</li><li>Two</li></ul>\n<p>Three</p>"),
        ('<p class="MsoNormal">·x is not an item</p>', "<p>·x is not an item</p>"),
        ('<p class="MsoListParagraph">a) One</p>', "<ol><li>One</li></ol>"),
        ('<p style="">a</p><p>&nbsp;</p><p><br></p><p>b</p>', "<p>a</p>\n<p>b</p>"),
        ('<ul style=""><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>',
         "<ul><li>a</li><li><p>b</p><p>c</p></li></ul>"),
        ('<p style="">نامه\u200cنووسی</p>', "<p>نامه\u200cنووسی</p>"),
        ('<p style="">نامه&zwnj;نووسی</p>', "<p>نامه\u200cنووسی</p>"),
        ('<p style="" dir="ltr" lang="en">x</p>', "<p>x</p>"),
        ('<pre style="">a\n  b</pre>', "<pre>a\n  b</pre>"),
        ('<figure style="" data-photo="7" data-alt="A"><figcaption>C</figcaption></figure>',
         '<figure data-photo="7" data-alt="A"><figcaption>C</figcaption></figure>'),
    ],
)  # fmt: skip
def test_what_is_made_of_each_habit(pasted, kept):
    assert html_from_editor(pasted) == kept


def test_a_stored_body_is_never_taken_for_a_paste():
    """Also for speed: a save of a story costs no second parse."""
    stored = [expected(name) for name in NAMES] + ['<p lang="ckb" dir="rtl">x</p>', '<figure data-photo="1"></figure>']
    assert [body for body in stored if is_from_elsewhere(body)] == []


def test_hostile_pastes_are_inert(material):
    attacks = [
        line
        for name in ("xss-rsnake.txt", "xss-jhaddix.txt", "xss-polyglots.txt")
        for line in (material / "hostile" / name).read_text().splitlines()
        if line.strip()
    ]
    kept = [html_from_editor(f'<p class="MsoNormal">{attack}</p>') for attack in attacks]
    assert [found for text in kept for found in objections(text)] == []


def test_tidying_alone_makes_nothing_safe():
    """Why clean_html() comes after it."""
    assert "data:" not in html_from_editor('<p class="Mso"><a href="data:text/html,x">x</a></p>')
    assert tidy("<p>x</p>") == "<p>x</p>"


def test_deep_nesting_does_not_end_in_an_error():
    deep = '<div style="">' * 3000 + "x" + "</div>" * 3000
    assert html_from_editor(deep) == "<p>x</p>"
