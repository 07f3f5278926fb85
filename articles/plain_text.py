"""The words of a story without its HTML, for search and reading time."""

import re
from html import unescape

_END_OF_BLOCK = re.compile(r"<(?:/(?:p|h[2-4]|li|td|th|tr|caption|figcaption|blockquote|pre)|br|hr)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def plain_text(body: str) -> str:
    """The words of a stored ``body`` (what ``clean_html()`` returned), blocks parted by a space."""
    return " ".join(unescape(_TAG.sub("", _END_OF_BLOCK.sub(" ", body))).split())


def plain_lines(body: str) -> str:
    """The same with a line for each block."""
    lines = unescape(_TAG.sub("", _END_OF_BLOCK.sub("\n", body.replace("\n", " ")))).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
