"""What word processors put on the clipboard, as plain semantic HTML. A leaf: imports no app.

``tidy`` knows what Word, Google Docs and LibreOffice write for a heading, a list and bold words, and turns it into
``<h2>``, ``<ul>`` and ``<strong>``. It makes nothing safe: ``newsroom.html.clean_html()`` comes after it. The editor's
own ``pasted.js`` does the same in the browser; one set of samples in ``tests/pastes/`` holds both to one result.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from newsroom.tree import BLOCKS, Element, Node, cut_text, parse, written

# What gives a word processor away: its classes and properties, its wrapper, or elements no story has.
_FROM_ELSEWHERE = re.compile(
    r"""class=["']?Mso|mso-|docs-internal-guid|<o:p|<font\b|<(?:div|span|h1|h5|h6|center)\b|\sstyle=|<meta\b""",
    re.IGNORECASE,
)
# What ``tidy`` reads: a real parser keeps these tags and attributes and closes every element before it.
TAGS = set(
    "p br h1 h2 h3 h4 h5 h6 strong b em i u s strike del sub sup blockquote q cite ul ol li a hr code pre abbr table "
    "thead tbody tfoot tr th td caption figure figcaption div span font center section article".split()
)
_KEPT_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "figure": {"data-photo", "data-alt"},
}
ATTRIBUTES = {
    "*": {"style", "class", "id"},
    **{tag: names | {"style", "class", "id"} for tag, names in _KEPT_ATTRIBUTES.items()},
}
_CONTAINERS = frozenset("div center section article span font".split())
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CELLS = frozenset(("li", "td", "th"))
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BULLET = re.compile(r"^[\s\u00a0]*[·•▪◦§\uf0b7\uf0a7][\s\u00a0]+")
_LEVEL = re.compile(r"level([1-9])")
_COUNTED = re.compile(r"^[\s\u00a0]*[0-9a-z\u0660-\u0669\u06f0-\u06f9]{1,4}[.)\-]")


def is_from_elsewhere(html: str) -> bool:
    """Whether ``html`` looks like the clipboard of a word processor. A stored body never does."""
    return bool(_FROM_ELSEWHERE.search(html))


def tidy(html: str) -> str:
    """Well-formed ``html`` as headings, paragraphs, lists, tables, quotes, links, bold and italic words.

    ``newsroom.html.html_from_editor`` sees to the well-formedness.
    Neither direction nor language is kept: they are the story's. Zero-width non-joiners are.
    """
    tree = parse(html)
    _mark_formatting(tree)
    _lower_headings(tree)
    _mend_links(tree)
    _make_lists(tree)
    _unwrap_containers(tree)
    _tidy_blocks(tree)
    return written(tree)


def list_items(lines: list[str]) -> list[str] | None:
    """The items of ``lines`` of plain text that all begin with a bullet, else None."""
    if not all(_BULLET.match(line) for line in lines):
        return None
    return [_BULLET.sub("", line) for line in lines]


# Formatting -----------------------------------------------------------------------------------------------------------
def _style(element: Element) -> dict[str, str]:
    pairs = (part.partition(":") for part in element.attributes.get("style", "").split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _colon, value in pairs if value}


def _is_bold(weight: str) -> bool | None:
    """What a ``font-weight`` says; None where it says nothing."""
    if weight.isdigit():
        return int(weight) >= 600
    return {"bold": True, "bolder": True, "normal": False, "lighter": False}.get(weight)


def _mark_formatting(tree: Element) -> None:
    """Bold and italic given as a style become elements, and elements whose style takes it back go."""
    for element in list(_all(tree)):
        style = _style(element)
        bold, italic = _is_bold(style.get("font-weight", "")), style.get("font-style")
        if element.tag in ("b", "strong") and bold is False or element.tag in ("i", "em") and italic == "normal":
            element.tag = "span"
        elif element.tag in ("span", "font"):
            _wrap_words(element, style, bold=bool(bold), italic=italic == "italic")
        element.tag = {"b": "strong", "i": "em", "strike": "s", "del": "s"}.get(element.tag, element.tag)


def _wrap_words(element: Element, style: dict[str, str], *, bold: bool, italic: bool) -> None:
    raised = {"super": "sup", "sub": "sub"}.get(style.get("vertical-align", ""))
    for tag in filter(None, (raised, italic and "em", bold and "strong")):
        element.children = [Element(tag, children=element.children)]


def _lower_headings(tree: Element) -> None:
    """The story's headline is the page's first heading: a text's own begin at ``<h2>`` and end at ``<h4>``."""
    headings = [element for element in _all(tree) if element.tag in _HEADINGS]
    for element in _all(tree):
        if element.tag == "p" and element.attributes.get("class") == "MsoTitle":
            element.tag = "h1"
            headings.append(element)
    step = any(element.tag == "h1" for element in headings)
    for element in headings:
        element.tag = f"h{min(4, max(2, int(element.tag[1]) + step))}"
        for bold in [inner for inner in _all(element) if inner.tag == "strong"]:
            bold.tag = "span"


def _mend_links(tree: Element) -> None:
    """Without Google's detour, and without links into the document that was left behind."""
    for element in [found for found in _all(tree) if found.tag == "a"]:
        address = element.attributes.get("href", "")
        parts = urlsplit(address) if "//www.google.com/url?" in address else None
        address = parse_qs(parts.query).get("q", [address])[0] if parts else address
        element.attributes["href"] = address
        if not address or address.startswith("#"):
            element.tag = "span"


# Lists ----------------------------------------------------------------------------------------------------------------
def _make_lists(tree: Element) -> None:
    """Paragraphs that only look like a list become one, nested as deep as they say."""
    for parent in [element for element in (tree, *_all(tree)) if element.tag not in _CELLS]:
        parent.children = list(_with_lists(parent.children))


def _with_lists(children: list[Node]) -> Iterator[Node]:
    open_lists: list[Element] = []
    for child in children:
        if isinstance(child, str) and not child.strip() and open_lists:
            continue
        item = _list_item(child)
        if item is None:
            open_lists = []
            yield child
            continue
        tag, level, content = item
        del open_lists[level:]
        if len(open_lists) == level and open_lists[-1].tag != tag:
            open_lists.pop()
        if len(open_lists) < level:
            new = Element(tag)
            if open_lists:
                open_lists[-1].children[-1].children.append(new)
            else:
                yield new
            open_lists.append(new)
        open_lists[-1].children.append(Element("li", children=content))


def _nest_lists(parent: Element) -> None:
    """A list that stands between the items of another belongs into the item before it."""
    children: list[Node] = []
    for child in parent.children:
        inner = isinstance(child, Element) and child.tag in ("ul", "ol")
        if inner and children and isinstance(children[-1], Element) and children[-1].tag == "li":
            children[-1].children.append(child)
        elif not _is_white(child):
            children.append(child)
    parent.children = children


def _list_item(node: Node) -> tuple[str, int, list[Node]] | None:
    """The list's tag, the level (from 1) and the content of a paragraph that stands for an item, else None."""
    if isinstance(node, str) or node.tag != "p":
        return None
    is_words = "MsoListParagraph" in node.attributes.get("class", "") or "mso-list" in node.attributes.get("style", "")
    if not is_words and not _BULLET.match(node.text):
        return None
    marker = next((inner for inner in _all(node) if "ignore" in _style(inner).get("mso-list", "")), None)
    written_marker = marker.text if marker else ""
    if marker:
        marker.children = []
    elif is_words and not _BULLET.match(node.text) and not _COUNTED.match(node.text):
        return None  # indented text under an item, not an item
    else:
        found = _BULLET.match(node.text) or _COUNTED.match(node.text)
        written_marker = found[0]
        cut_text(node, len(written_marker))
    level = _LEVEL.search(node.attributes.get("style", ""))
    return "ol" if _COUNTED.match(written_marker) else "ul", int(level[1]) if level else 1, node.children


# Blocks ---------------------------------------------------------------------------------------------------------------
def _unwrap_containers(parent: Element) -> None:
    """Elements without a meaning give way to their content; words between them become paragraphs."""
    children: list[Node] = []
    for child in parent.children:
        if isinstance(child, str):
            children.append(child if parent.tag == "pre" else _SPACES.sub(" ", child))
            continue
        _unwrap_containers(child)
        child.attributes = dict(_kept_attributes(child))
        if child.tag not in _CONTAINERS:
            children.append(child)
        elif child.tag in ("span", "font") or any(_is_block(inner) for inner in child.children):
            children += child.children
        else:
            children.append(Element("p", children=child.children))
    parent.children = children


def _kept_attributes(element: Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attributes.items():
        says_nothing = name in ("colspan", "rowspan") and value == "1"
        if name in _KEPT_ATTRIBUTES.get(element.tag, ()) and not says_nothing:
            yield name, value


def _tidy_blocks(parent: Element) -> None:
    """No empty paragraphs, no space at the edge of a block, no paragraph alone in a cell or an item."""
    if parent.tag in ("ul", "ol"):
        _nest_lists(parent)
    for child in list(parent.elements):
        _tidy_blocks(child)
        if child.tag not in BLOCKS and child.tag != "br" and not child.text and not list(child.elements):
            parent.children.remove(child)
    if parent.tag in BLOCKS - {"pre"} or parent.tag == "":
        _trim(parent)
    if parent.tag in _CELLS and _blocks_but_lists(parent) == ["p"]:
        parent.children = [inner for child in parent.children for inner in _opened(child)]
    empty = [child for child in parent.elements if child.tag in ("p", *_HEADINGS, "ul", "ol") and not child.children]
    for child in empty:
        parent.children.remove(child)


def _blocks_but_lists(parent: Element) -> list[str]:
    return [child.tag for child in parent.elements if _is_block(child) and child.tag not in ("ul", "ol")]


def _opened(node: Node) -> list[Node]:
    return node.children if isinstance(node, Element) and node.tag == "p" else [node]


def _trim(block: Element) -> None:
    """Take white space and line breaks off both ends of ``block`` and from beside the blocks in it."""
    holds_blocks = any(_is_block(child) for child in block.children)
    children = [child for child in block.children if not (holds_blocks and _is_white(child))]
    while children and _is_white(children[0]):
        del children[0]
    while children and _is_white(children[-1]):
        del children[-1]
    if children and isinstance(children[0], str):
        children[0] = children[0].lstrip()
    if children and isinstance(children[-1], str):
        children[-1] = children[-1].rstrip()
    block.children = children


def _is_white(node: Node) -> bool:
    return not node.strip() if isinstance(node, str) else node.tag == "br"


def _is_block(node: Node) -> bool:
    return isinstance(node, Element) and node.tag in BLOCKS


def _all(element: Element) -> Iterator[Element]:
    for child in list(element.elements):
        yield child
        yield from _all(child)
