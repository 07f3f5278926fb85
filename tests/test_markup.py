"""Every kind of page readers meet, in every language, is well-formed HTML that holds together.

The Nu HTML checker is the judge of HTML and needs Java, so it is run by hand. This holds what it found and what a
browser forgives in silence: elements closed in order, identifiers that are unique and exist where they are named,
headings that skip no level, boxes that hold what their type allows.
"""

import datetime
import re
from html.parser import HTMLParser

import pytest

from newsroom import languages
from tests import readers_pages

pytestmark = pytest.mark.django_db
VOID = set("area base br col embed hr img input link meta source track wbr".split())
NAMES_OTHERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


class Page(HTMLParser):
    """What is wrong with a page's markup, as sentences in ``mistakes``."""

    def __init__(self, text: str):
        super().__init__()
        self.mistakes: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self.level = 0
        self.feed(text)
        self.close()
        self.mistakes += [f"never closed: {self.open}"] if self.open else []
        self.mistakes += [f"twice: #{name}" for name in set(self.ids) if self.ids.count(name) > 1]
        self.mistakes += [f"nowhere: #{name}" for name in self.named if name not in self.ids]

    def handle_starttag(self, tag, attributes) -> None:
        given = dict(attributes)
        if len(given) != len(attributes):
            self.mistakes.append(f"an attribute twice: {tag}")
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.named += [name for key in NAMES_OTHERS for name in (given.get(key) or "").split()]
        self.named += [given["href"][1:]] if given.get("href", "").startswith("#") else []
        if re.fullmatch("h[1-6]", tag):
            self._heading(int(tag[1]))
        if tag == "input" and given.get("type") == "date" and given.get("value"):
            self._date(given["value"])

    def handle_startendtag(self, tag, attributes) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"closed out of order: {tag}")

    def _heading(self, level: int) -> None:
        if level > self.level + 1:
            self.mistakes.append(f"h{level} follows h{self.level}")
        self.level = level

    def _date(self, value: str) -> None:
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            self.mistakes.append(f"no date: {value}")


@pytest.mark.parametrize("language", languages.BY_CODE)
def test_every_page_is_well_formed(language, editor, moderator, reader, settings):
    settings.NEWSROOM_PAGE_SIZE = 9
    for kind, address in readers_pages.edition(language, editor=editor, moderator=moderator).items():
        page = reader.get(address)
        assert page.status_code in {"not found": [404], "withdrawn": [410], "search refused": [400]}.get(kind, [200]), (
            kind
        )
        assert Page(page.text).mistakes == [], kind
        assert page.text.count("<h1") == 1, kind


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("<p><b>a</p></b>", ["closed out of order: p", "closed out of order: b"]),
        ("<div>", ["never closed: ['div']"]),
        ('<p id="a"></p><p id="a"></p>', ["twice: #a"]),
        ('<label for="b"></label>', ["nowhere: #b"]),
        ("<h1></h1><h3></h3>", ["h3 follows h1"]),
        ('<input type="date" value="yesterday">', ["no date: yesterday"]),
        ('<h1 id="a"></h1><a href="#a"><img alt=""></a><h2></h2>', []),
    ],
)
def test_the_eye_for_mistakes_is_sharp(text, mistakes):
    assert Page(text).mistakes == mistakes
