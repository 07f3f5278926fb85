from django.utils.html import format_html
from django.utils.safestring import SafeString

from newsroom.moulds import Mould

DRAWN = format_html('<a href="/{}/" title="{}">{}</a>', "mark-of-pk", "{braces} {}", "mark-of-word mark-of-pk")


def test_a_mould_is_what_was_drawn_with_its_places_filled_in():
    made = Mould(DRAWN, {"pk": "mark-of-pk", "word": "mark-of-word"})
    assert made.filled(pk=7, word="seven") == '<a href="/7/" title="{braces} {}">seven 7</a>'
    assert made.filled(pk=8, word="eight") == '<a href="/8/" title="{braces} {}">eight 8</a>'


def test_what_fills_it_in_is_escaped_and_fills_nothing_in_itself():
    made = Mould(DRAWN, {"pk": "mark-of-pk", "word": "mark-of-word"})
    filled = made.filled(pk="mark-of-word", word='"><script>{pk}')
    assert filled == '<a href="/mark-of-word/" title="{braces} {}">&quot;&gt;&lt;script&gt;{pk} mark-of-word</a>'
    assert isinstance(filled, SafeString)


def test_text_that_no_template_drew_is_no_html():
    assert Mould("<b>mark</b>", {"word": "mark"}).filled(word="bold") == "&lt;b&gt;bold&lt;/b&gt;"
