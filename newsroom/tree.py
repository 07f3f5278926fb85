"""Well-formed HTML as a tree, and back: for the few places that rearrange it. A leaf: imports no app.

Give it only what a real HTML parser (``nh3``, ``clean_html()``) has written: every tag closed, every value quoted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

BLOCKS = frozenset(
    "p h1 h2 h3 h4 h5 h6 blockquote ul ol li hr pre table thead tbody tfoot tr th td caption figure figcaption".split()
)
VOID = frozenset(("br", "hr"))
# Elements deeper than any story has are left out, their content is kept: nothing here recurses without end.
DEEPEST = 100


@dataclass(eq=False)
class Element:
    """One element; the whole text is one with the tag ""."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    @property
    def elements(self) -> Iterator["Element"]:
        return (child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


Node = Element | str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tree = Element("")
        self._open = [self.tree]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._open) > DEEPEST:
            self._too_deep += tag not in VOID
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif tag in (element.tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parse(html: str) -> Element:
    """``html`` as an element with the tag "" around its nodes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.tree


def cut_text(element: Element, length: int) -> int:
    """Take the first ``length`` characters off the text of ``element``, and the inline elements that were theirs alone.

    Returns how many are still to go.
    """
    for child in list(element.children):
        if length == 0:
            break
        if isinstance(child, Element):
            length = cut_text(child, length)
            if not child.text and child.tag not in VOID:
                element.children.remove(child)
        elif len(child) > length:
            element.children[element.children.index(child)] = child[length:]
            length = 0
        else:
            element.children.remove(child)
            length -= len(child)
    return length


def written(element: Element) -> str:
    """The HTML of what is in ``element``; the blocks at the top stand one below the other."""
    parts = (_written(child) for child in element.children)
    return "".join(parts) if element.tag else "\n".join(part for part in _lines(element.children) if part)


def _lines(children: list[Node]) -> Iterator[str]:
    inline = ""
    for child in children:
        if isinstance(child, Element) and child.tag in BLOCKS:
            yield inline.strip()
            yield _written(child)
            inline = ""
        else:
            inline += _written(child)
    yield inline.strip()


def _written(node: Node) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    if node.tag in VOID:
        return f"<{node.tag}{attributes}>"
    return f"<{node.tag}{attributes}>{''.join(map(_written, node.children))}</{node.tag}>"
