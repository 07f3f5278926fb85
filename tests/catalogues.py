"""The catalogues of locale/, made with Babel: no GNU gettext needed. `make messages` runs this file."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ar", "ckb", "ku", "tr")
FOLDERS = ("templates", "articles", "comments", "moderation", "newsroom")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# What Django's templatize() writes for {% translate %}, {% blocktranslate %} and _("...") in tags.
LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(_|gettext|pgettext|ngettext|npgettext)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)")

HEADERS = (
    "Project-Id-Version",
    "Language",
    "Plural-Forms",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)

# A message as Babel's catalogue names it: text, or text with plural; and its context or None.
Key = tuple[str | tuple[str, str], str | None]


def in_template(text: str) -> Iterator[Key]:
    """What a Django template of source ``text`` asks to be translated."""
    for function, arguments in CALL.findall(templatize(text)):
        words = list(ast.literal_eval(f"[{arguments}]"))
        context = words.pop(0) if function in ("pgettext", "npgettext") else None
        yield (words[0], words[1]) if len(words) > 1 else words[0], context


def in_python(text: str) -> Iterator[Key]:
    """What Python code of source ``text`` asks to be translated; names as in KEYWORDS."""
    for _line, function, words, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, (), {}):
        found = [words] if isinstance(words, str) else [word for word in words or () if isinstance(word, str)]
        if not found:
            continue  # _(variable): the text stands elsewhere
        context = found.pop(0) if "pgettext" in function else None
        yield (found[0], found[1]) if function.startswith(("n", "np")) else found[0], context


def messages_of(path: Path) -> list[Key]:
    """What one file asks to be translated, in its order."""
    return list((in_python if path.suffix == ".py" else in_template)(path.read_text("utf-8")))


def sources() -> list[Path]:
    """Every file with messages for people, in a fixed order; migrations and texts that are no template have none."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    found += [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt")]
    return sorted(found)


def po_path(code: str) -> Path:
    """The catalogue of language ``code``, for people; its compiled form stands beside it."""
    return ROOT / "locale" / code / "LC_MESSAGES" / "django.po"


def read(code: str) -> Catalog:
    """The catalogue of language ``code``; ``ku`` is Kurmanji, which Babel has no data for, and needs none."""
    with po_path(code).open("rb") as file:
        return read_po(file, domain="django")


def is_translated(catalogue: Catalog, key: Key) -> bool:
    """Whether ``catalogue`` has words for a message, in every plural form."""
    text, context = key
    message = catalogue.get(text if isinstance(text, str) else text[0], context)
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


class Dateless(Catalog):
    """A catalogue whose header tells no dates and no tool, so that the same words make the same bytes."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self._get_mime_headers() if name in HEADERS]


def dateless(catalogue: Catalog) -> Dateless:
    """``catalogue`` with nothing in its header that changes by itself."""
    plain = Dateless()
    vars(plain).update(vars(catalogue))
    return plain


def compiled(catalogue: Catalog) -> bytes:
    """The .mo of a catalogue: sorted, so the same bytes every time."""
    out = io.BytesIO()
    write_mo(out, dateless(catalogue))
    return out.getvalue()


def written(catalogue: Catalog) -> bytes:
    """The .po of a catalogue, without line numbers and dates, so that a difference is one of words."""
    out = io.BytesIO()
    write_po(out, dateless(catalogue), width=120, include_lineno=False)
    return out.getvalue()


def update(code: str, wanted: dict[Key, list[str]]) -> None:
    """Bring the catalogue of ``code`` up to ``wanted`` (message and its files) and compile it.

    Translations are kept; a message that stands in no file any more goes, unless it never did: those came by hand.
    """
    catalogue = read(code)
    names = {(text if isinstance(text, str) else text[0], context) for text, context in wanted}
    for message in [message for message in catalogue if message.id and message.locations]:
        name = message.id if isinstance(message.id, str) else message.id[0]
        if (name, message.context) not in names:
            catalogue.delete(name, message.context)
    for (text, context), files in wanted.items():
        message = catalogue.get(text if isinstance(text, str) else text[0], context)
        if message is None:
            message = catalogue.add(text, context=context)
        message.locations = [(name, None) for name in files]
    po_path(code).write_bytes(written(catalogue))
    # Compiled from what stands in the file, as the test does it.
    po_path(code).with_suffix(".mo").write_bytes(compiled(read(code)))


def everything() -> dict[Key, list[str]]:
    """Every message of the code and the files it stands in, relative to the project."""
    wanted: dict[Key, list[str]] = {}
    for path in sources():
        for key in messages_of(path):
            files = wanted.setdefault(key, [])
            name = path.relative_to(ROOT).as_posix()
            if name not in files:
                files.append(name)
    return wanted


if __name__ == "__main__":
    messages = everything()
    for code in LANGUAGES:
        update(code, messages)
        catalogue = read(code)
        done = sum(is_translated(catalogue, key) for key in messages)
        print(f"{code}: {done} of {len(messages)} messages are translated")
