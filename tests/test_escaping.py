"""What reaches a page unescaped: no template switches escaping off, and one module declares HTML safe.

Each check is a function from source to what is wrong with it, and has a test that plants a violation and sees it
caught."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType

from tests.sources import imported, python_files, template_files, wrong


# Templates ------------------------------------------------------------------------------------------------------------
def unescaped(_path: str, source: str) -> Iterator[str]:
    """Where a template switches escaping off: ``|safe`` in any tag, ``{% autoescape off %}``, ``{% filter safe %}``."""
    for token in Lexer(source).tokenize():
        if token.token_type in (TokenType.VAR, TokenType.BLOCK) and _switches_escaping_off(token):
            yield f"line {token.lineno}: {token.contents}"


def _switches_escaping_off(token: Token) -> bool:
    words = token.contents.split()
    if token.token_type == TokenType.BLOCK and words[:2] == ["autoescape", "off"]:
        return True
    filters = token.contents
    if words[0] == "filter" and token.token_type == TokenType.BLOCK:
        filters = "|" + words[1]
    return bool(re.search(r"\|\s*(safe|safeseq)\b", filters))


def test_no_template_switches_escaping_off():
    assert wrong(unescaped, template_files()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{{ article.body|safe }}", True),
        ("{{ article.body | upper |safe }}", True),
        ("{% include 'x.html' with body=article.body|safe %}", True),
        ("{{ names|safeseq|join:', ' }}", True),
        ("{% autoescape off %}{{ body }}{% endautoescape %}", True),
        ("{% filter upper|safe %}{{ body }}{% endfilter %}", True),
        ("{# never |safe #}{{ article.body|linebreaks }}", False),
        ("{% autoescape on %}{{ body|safely }}{% endautoescape %}", False),
    ],
)
def test_escaping_switched_off_is_caught(source, found):
    assert bool(wrong(unescaped, {"templates/x.html": source})) is found


class _Inline(HTMLParser):
    """Notes what the content security policy would block: inline scripts, styles and handlers."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"inline <{tag}>")
        self.found += [f"{name}= in <{tag}>" for name in names if name == "style" or name.startswith("on")]
        self.found += [
            f"{name}={value}" for name, value in attrs if (value or "").strip().lower().startswith("javascript:")
        ]


def inline(_path: str, source: str) -> list[str]:
    """Inline scripts and styles in a template's HTML. What tags and variables print is left out."""
    shown = {TokenType.TEXT: None, TokenType.VAR: "x", TokenType.BLOCK: "", TokenType.COMMENT: ""}
    html = "".join(
        token.contents if shown[token.token_type] is None else shown[token.token_type]
        for token in Lexer(source).tokenize()
    )
    parser = _Inline()
    parser.feed(html)
    parser.close()
    return parser.found


def test_templates_hold_no_inline_script_or_style():
    assert wrong(inline, template_files()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<script>go()</script>", True),
        ("<SCRIPT type='module'>go()</SCRIPT>", True),
        ("<p style='color: {{ colour }}'>", True),
        ("<p {% if x %}onclick='go()'{% endif %}>", True),
        ("<style>p { color: red }</style>", True),
        ("<a href='JavaScript:go()'>", True),
        ("<script src=\"{% static 'newsroom/site.js' %}\"></script>", False),
        ("<link rel='stylesheet' href='/site.css'><p class='style'>on line</p>", False),
    ],
)
def test_an_inline_script_or_style_is_caught(source, found):
    assert bool(wrong(inline, {"templates/x.html": source})) is found


def test_every_fragment_names_its_inputs():
    fragments = {path: source for path, source in template_files().items() if Path(path).name.startswith("_")}
    assert [path for path, source in fragments.items() if not source.startswith("{# Inputs: ")] == []
    assert len(fragments) > 5


# One module each ------------------------------------------------------------------------------------------------------
DECLARES_HTML_SAFE = "articles/templatetags/article_tags.py"
# These only put escaped pieces between tags of their own, by format_html.
FORMATS_HTML = {
    "articles/extracts.py",
    "comments/drawing.py",
    "comments/forms.py",
    "comments/templatetags/comment_tags.py",
    "newsroom/moulds.py",
}
_FORMATTERS = {"format_html", "format_html_join", "SafeString"}
_SAFE_NAMES = {
    "mark_safe",
    "SafeString",
    "SafeText",
    "SafeData",
    "format_html",
    "format_html_join",
    "html_safe",
    "__html__",
}


def declared_safe(path: str, source: str) -> Iterator[str]:
    if path == DECLARES_HTML_SAFE:
        return
    for node in ast.walk(ast.parse(source)):
        names = {
            getattr(node, "id", None),
            getattr(node, "attr", None),
            getattr(node, "name", None),
            *(alias.name for alias in getattr(node, "names", []) if isinstance(alias, ast.alias)),
        }
        allowed = _FORMATTERS if path in FORMATS_HTML and not _called(node, "SafeString") else set()
        yield from (f"line {getattr(node, 'lineno', 0)}: {name}" for name in (names & _SAFE_NAMES) - allowed)


def _called(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", None) == name


def test_one_module_declares_html_safe():
    assert wrong(declared_safe, python_files()) == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.safestring import mark_safe as fine",
        "from django.utils import safestring\nsafestring.mark_safe(body)",
        "from django.utils.html import format_html",
        "class Body(str):\n    def __html__(self):\n        return self",
    ],
)
def test_html_declared_safe_elsewhere_is_caught(source):
    assert wrong(declared_safe, {"comments/views.py": source})
    assert wrong(declared_safe, {DECLARES_HTML_SAFE: source}) == []


def sanitisers(path: str, source: str) -> Iterator[str]:
    if path != "newsroom/html.py":
        yield from (name for name in imported(path, source) if name.split(".")[0] in ("bleach", "nh3"))


def test_one_module_imports_the_sanitisers():
    assert wrong(sanitisers, python_files(tests=True)) == []
    assert wrong(sanitisers, {"newsroom/html.py": "import bleach"}) == []


@pytest.mark.parametrize(
    "source", ["import bleach", "def f():\n    from bleach.sanitizer import Cleaner", "import nh3"]
)
def test_a_second_import_of_a_sanitiser_is_caught(source):
    assert wrong(sanitisers, {"articles/forms.py": source})
