"""clean_html(): the one answer to "is this HTML safe?", and the only import of bleach.

Two unlike parsers must agree. ``nh3`` runs first because bleach, told to strip, keeps the *text* of ``<script>`` and
``<style>``; ``bleach`` runs last and is the policy's authority. Upstream ended bleach at 6.4.0, so it never stands
alone: a strict content security policy stands behind both. Call it on save, as the last step; nothing touches the
result afterwards. It takes about 2 ms per KB, so never call it per request. A leaf: imports no app.

The two tables below are the whole policy: the editor in the admin gets its schema from them (``editor_schema``).
"""

import re
import threading
from html import escape

import bleach
import nh3

from newsroom import pasted
from newsroom.tree import BLOCKS, Element, Node, parse, written

ALLOWED_TAGS = frozenset(
    "p br h2 h3 h4 strong b em i u s sub sup blockquote q cite ul ol li a hr code pre abbr "
    "table thead tbody tr th td caption figure figcaption".split()
)
ALLOWED_ATTRIBUTES = {
    "a": ["href", "title"],
    "abbr": ["title"],
    "blockquote": ["cite"],
    "ol": ["start"],
    "th": ["scope", "colspan", "rowspan"],
    "td": ["colspan", "rowspan"],
    # A photo of the library by its number: the page shows it with its sizes (articles/bodies.py).
    "figure": ["data-photo", "data-alt"],
    "*": ["lang", "dir"],
}
# Attributes that hold only this; any other value takes the attribute with it.
ATTRIBUTE_VALUES = {
    "data-photo": re.compile(r"[1-9][0-9]{0,17}"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "colspan": re.compile(r"[1-9][0-9]{0,2}"),
    "rowspan": re.compile(r"[1-9][0-9]{0,2}"),
    "start": re.compile(r"-?[0-9]{1,6}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
}
ALLOWED_PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})
# Cleaning is linear but not free: refuse before parsing what no story is.
MAX_LENGTH = 400_000

_cleaners = threading.local()


class HtmlTooLong(ValueError):
    """The HTML is longer than ``MAX_LENGTH`` characters."""


def clean_html(dirty: str) -> str:
    """``dirty`` with nothing in it but the allowed tags and attributes; cleaning the result again changes nothing.

    Raises HtmlTooLong above ``MAX_LENGTH`` characters.
    """
    if len(dirty) > MAX_LENGTH:
        raise HtmlTooLong(f"{len(dirty):,} characters; {MAX_LENGTH:,} are allowed")
    return _bleach_cleaner().clean(_nh3_clean(dirty))


def paragraphs(text: str) -> str:
    """Plain ``text`` as HTML: a blank line ends a paragraph, a single line break stays one. Everything is escaped."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return "\n".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def html_from_editor(text: str) -> str:
    """What a person typed or pasted, in the editor or in a plain box, as safe HTML in blocks.

    Without a block tag it is text, and becomes paragraphs. The clipboard of a word processor becomes plain HTML
    (``pasted.tidy``). Words that stand beside blocks become paragraphs as plain text does.
    """
    if len(text) > MAX_LENGTH:
        raise HtmlTooLong(f"{len(text):,} characters; {MAX_LENGTH:,} are allowed")
    if not _BLOCK_TAG.search(text):
        return clean_html(_from_plain(text))
    if pasted.is_from_elsewhere(text):
        text = pasted.tidy(_well_formed(text))
    return _without_loose_words(clean_html(text))


def editor_schema() -> dict[str, object]:
    """The policy as the editor in the browser reads it: nothing else can be written there."""
    return {
        "tags": sorted(ALLOWED_TAGS),
        "attributes": ALLOWED_ATTRIBUTES,
        "values": {name: pattern.pattern for name, pattern in ATTRIBUTE_VALUES.items()},
        "protocols": sorted(ALLOWED_PROTOCOLS),
    }


_BLOCK_TAG = re.compile(r"<(?:p|h[1-6]|ul|ol|blockquote|table|figure|pre|hr|div)[\s/>]", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


def _from_plain(text: str) -> str:
    """Plain ``text`` as HTML; lines that all begin with a bullet are a list."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return "\n".join(_list(block) or paragraphs(block) for block in blocks if block)


def _list(block: str) -> str:
    items = pasted.list_items(block.split("\n"))
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>" if items else ""


def _well_formed(html: str) -> str:
    """``html`` with every tag closed and every value quoted, without comments and elements of Word's own."""
    return nh3.clean(
        html,
        tags=pasted.TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=pasted.ATTRIBUTES,
        url_schemes=set(ALLOWED_PROTOCOLS),
        link_rel=None,
    )


def _without_loose_words(html: str) -> str:
    """Clean ``html`` with a paragraph around words that stand beside blocks; unchanged where there are none."""
    tree = parse(html)
    if all(child.tag in BLOCKS if isinstance(child, Element) else not child.strip() for child in tree.children):
        return html
    children: list[Node] = []
    for child in tree.children:
        if isinstance(child, Element) and child.tag in BLOCKS:
            children.append(child)
        else:
            _add_loose(children, child)
    tree.children = children
    return clean_html(written(tree))


def _add_loose(children: list[Node], node: Node) -> None:
    """Put ``node`` into the paragraph of loose words that ``children`` end with, or begin one."""
    if isinstance(node, Element):
        _loose_paragraph(children).children.append(node)
        return
    for number, part in enumerate(_BLANK_LINE.split(node)):
        if number:
            children.append("")  # what follows is another paragraph
        for line_number, line in enumerate(part.split("\n")):
            if line.strip():
                paragraph = _loose_paragraph(children)
                paragraph.children += [Element("br")] * bool(line_number and paragraph.children) + [line]


def _loose_paragraph(children: list[Node]) -> Element:
    if not (children and isinstance(children[-1], Element) and children[-1].attributes.get("loose")):
        children.append(Element("p", {"loose": "1"}))
    return children[-1]


def _nh3_clean(dirty: str) -> str:
    attributes = {tag: set(names) for tag, names in ALLOWED_ATTRIBUTES.items()}
    return nh3.clean(
        dirty,
        tags=set(ALLOWED_TAGS),
        clean_content_tags={"script", "style", "title"},
        attributes=attributes,
        url_schemes=set(ALLOWED_PROTOCOLS),
        link_rel=None,
    )


def _may_keep(tag: str, name: str, value: str) -> bool:
    """Whether bleach keeps the attribute ``name`` of ``tag`` with this ``value``."""
    if name not in ALLOWED_ATTRIBUTES.get(tag, ()) and name not in ALLOWED_ATTRIBUTES["*"]:
        return False
    pattern = ATTRIBUTE_VALUES.get(name)
    return pattern is None or bool(pattern.fullmatch(value))


def _bleach_cleaner() -> bleach.Cleaner:
    """This thread's cleaner: one shared between threads mixes their outputs (160 of 480 in an experiment)."""
    if not hasattr(_cleaners, "cleaner"):
        _cleaners.cleaner = bleach.Cleaner(
            tags=ALLOWED_TAGS,
            attributes=_may_keep,
            protocols=ALLOWED_PROTOCOLS,
            strip=True,
            strip_comments=True,
        )
    return _cleaners.cleaner
