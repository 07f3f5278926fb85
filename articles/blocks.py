"""A stored body as the paragraphs a person sees, to compare and to merge. Reads what ``clean_html()`` returned."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.translation import gettext_lazy as _

# What begins a paragraph of its own, and what each is called; a plain paragraph needs no name.
BLOCKS = {
    "p": "",
    "h2": _("heading"),
    "h3": _("smaller heading"),
    "h4": _("smallest heading"),
    "li": _("list item"),
    "blockquote": _("quote"),
    "pre": _("fixed text"),
    "th": _("table heading"),
    "td": _("table cell"),
    "caption": _("table caption"),
    "figure": _("figure"),
    "figcaption": _("figure caption"),
    "hr": _("line across"),
    "img": _("picture"),
}
_CONTAINERS = frozenset("ul ol table thead tbody tr".split())
_WITHOUT_WORDS = frozenset("hr img figure".split())
_VOID = frozenset("br hr img col wbr".split())
# What formatting of words is called; any other keeps its tag's name.
FORMATTING = {
    "strong": _("bold"),
    "b": _("bold"),
    "em": _("italic"),
    "i": _("italic"),
    "u": _("underlined"),
    "s": _("struck through"),
    "a": _("link"),
    "q": _("quotation"),
    "sub": _("lowered"),
    "sup": _("raised"),
    "ol": _("numbered"),
}
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class Block:
    """One paragraph: its tag, its words, and its formatting as (tag, attributes, words formatted)."""

    tag: str
    text: str
    formatting: tuple[tuple[str, str, str], ...] = ()

    @property
    def name(self):
        return BLOCKS.get(self.tag, "")


class _Reader(HTMLParser):
    """Collects the blocks of a body, and the source of each element that stands at its top."""

    def __init__(self, body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.sources: list[str] = []
        self._body, self._lines = body, [0]
        for line in body.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._around: list[str] = []  # the open elements, outermost first
        self._begin = 0
        self._start("p", {})
        self.feed(body)
        self.close()
        self._end()
        self._cut(len(body))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        makes_block = tag in BLOCKS or tag in _CONTAINERS
        if makes_block and not self._around:
            self._cut(self._place())
        if makes_block:
            self._end()
            self._start(tag if tag in BLOCKS else "p", dict(attrs))
        elif tag == "br":
            self._text += "\n"
        else:
            self._open.append((tag, _written(dict(attrs)), len(self._text)))
        if tag not in _VOID:
            self._around.append(tag)
        elif makes_block:
            self._end()
            self._start("p", {})

    def handle_endtag(self, tag: str) -> None:
        if tag in self._around:
            del self._around[len(self._around) - 1 - self._around[::-1].index(tag) :]
        if tag in BLOCKS or tag in _CONTAINERS:
            self._end()
            self._start("p", {})
        for number in range(len(self._open) - 1, -1, -1):
            if self._open[number][0] == tag:
                opened, attributes, begin = self._open.pop(number)
                self._formatting.append((opened, attributes, self._text[begin:].strip()))
                break

    def handle_data(self, text: str) -> None:
        self._text += text if "pre" in self._around else _SPACES.sub(" ", text)

    def _start(self, tag: str, attributes: dict) -> None:
        self._tag = "blockquote" if tag == "p" and "blockquote" in self._around else tag
        self._text = ""
        self._open: list[tuple[str, str, int]] = []
        kept = _written(attributes)
        self._formatting: list[tuple[str, str, str]] = [(tag, kept, "")] if kept else []
        lists = [around for around in self._around if around in ("ul", "ol")]
        if tag == "li" and lists[-1:] == ["ol"]:
            self._formatting.append(("ol", "", ""))

    def _end(self) -> None:
        text = "\n".join(line.strip() for line in self._text.split("\n")).strip()
        if text or self._tag in _WITHOUT_WORDS:
            self.blocks.append(Block(self._tag, text, tuple(self._formatting)))

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _cut(self, place: int) -> None:
        source = self._body[self._begin : place].strip()
        self._begin = place
        if source:
            self.sources.append(source)


def _written(attributes: dict) -> str:
    """Attributes as a person reads them: of a link its address, of anything else name and value."""
    if set(attributes) == {"href"}:
        return attributes["href"] or ""
    return " ".join(f"{name}={value}" for name, value in sorted(attributes.items()))


def read(body: str) -> list[Block]:
    """The paragraphs of ``body`` in order; those without words are left out, figures and lines are not."""
    return _Reader(body).blocks


def sources(body: str) -> list[str]:
    """The HTML of ``body`` cut where its elements at the top begin: joined by line ends it shows the same."""
    return _Reader(body).sources
