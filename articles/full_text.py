"""A story's text outside its page: in feeds every address is absolute, since the reader has no page to start from."""

import re
from html import escape, unescape
from urllib.parse import urljoin

from articles import bodies
from articles.datelines import dateline
from articles.models import Article
from articles.templatetags.article_tags import with_dateline

# clean_html() writes attribute values in double quotes; a quoted value may hold ">".
_TAG_WITH_ADDRESS = re.compile(r"""<(?:a|blockquote|q|img)\s(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ADDRESS = re.compile(r'(\s(?:href|cite|src)=)"([^"]*)"')


def full_text(article: Article, address: str) -> str:
    """The body as safe HTML, dateline first; relative links start from ``address``, the story's absolute URL.

    Photos are plain ``<img>`` in one size. No query after ``bodies.fetch``.
    """

    def absolute(found: re.Match) -> str:
        return f'{found[1]}"{escape(urljoin(address, unescape(found[2])))}"'

    body = with_dateline(bodies.shown(article, in_sizes=False), dateline(article.place, article.language))
    return _TAG_WITH_ADDRESS.sub(lambda tag: _ADDRESS.sub(absolute, tag[0]), str(body))
