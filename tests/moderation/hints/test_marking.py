from types import SimpleNamespace

import pytest
from django.template import Context, Template

from moderation.hints.marking import marked
from moderation.hints.reading import Hint

TEXT = "  <b>damn</b> it\n\nall & more 🌍"


def hint(start, end, why="why"):
    return Hint("term", "profanity", why, start, end)


def test_the_pieces_joined_are_the_text():
    pieces = marked(TEXT, [hint(5, 9), hint(7, 12, "other"), hint(28, 99), Hint("x", "", "whole")])
    assert "".join(piece.text for piece in pieces) == TEXT
    assert [(piece.text, piece.why) for piece in pieces if piece.why][0] == ("damn</b", "why other")


def test_a_text_without_hints_is_one_piece():
    assert marked(TEXT, []) == [(TEXT, "")]
    assert marked("", [hint(0, 3)]) == []


@pytest.mark.parametrize("blurred", [True, False])
def test_the_tag_marks_and_escapes(settings, blurred):
    settings.NEWSROOM_BLUR_HINTS = blurred
    template = Template("{% load hint_tags %}{% marked_text comment hints %}{% hint_list hints %}")
    hints = [hint(5, 9, '"<i>"')]
    html = template.render(Context({"comment": SimpleNamespace(body=TEXT), "hints": hints}))
    focus = ' tabindex="0"' if blurred else ""
    mark = f'<mark class="hinted" title="&quot;&lt;i&gt;&quot;"{focus}>damn</mark>'
    assert f"  &lt;b&gt;{mark}&lt;/b&gt; it\n\nall &amp; more" in html
    assert ("blurred" in html) == blurred
    assert "<i>" not in html and "Hints, not verdicts" in html
