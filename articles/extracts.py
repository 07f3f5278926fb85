"""What a search result shows of a story: its own words, with those the reader asked for marked."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article
from articles.plain_text import plain_text
from articles.search import Question, words_of

# Characters shown before and after the first word found.
BEFORE, AFTER = 80, 180


def marked(text: str, question: Question) -> SafeString:
    """``text`` escaped, with each word that ``question`` matches in ``<mark>``: matched folded, shown as written."""
    return format_html_join("", "{}", ((piece,) for piece in _pieces(text, question)))


def extract(article: Article, question: Question) -> SafeString:
    """The passage of the body around the first word found, marked; without one there, its opening."""
    text = plain_text(article.body)
    found = next((begin for begin, _end, word in _words(text) if _is_match(word, question)), 0)
    begin = max(0, found - BEFORE)
    if begin:
        begin = text.find(" ", begin, found) + 1 or found
    end = found + AFTER
    if end < len(text):
        end = max(text.rfind(" ", found, end), found + 1)
        while end < len(text) and not text[end].isspace() and end - found < AFTER:
            end += 1
    before, after = "… " if begin else "", " …" if end < len(text) else ""
    return format_html("{}{}{}", before, marked(text[begin:end], question), after)


def _pieces(text: str, question: Question) -> Iterator[str | SafeString]:
    shown = 0
    for begin, end, word in _words(text):
        if _is_match(word, question):
            yield text[shown:begin]
            yield format_html("<mark>{}</mark>", word)
            shown = end
    yield text[shown:]


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Begin, end and letters of each word as written, with its diacritics and joiners."""
    begin = None
    for position, character in enumerate(text):
        if _belongs_to_a_word(character):
            begin = position if begin is None else begin
        elif begin is not None:
            yield begin, position, text[begin:position]
            begin = None
    if begin is not None:
        yield begin, len(text), text[begin:]


@lru_cache(maxsize=4_096)
def _belongs_to_a_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Cf")


def _is_match(word: str, question: Question) -> bool:
    return any(question.matches(folded) for folded in _folded(word))


@lru_cache(maxsize=20_000)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(words_of(word))
