"""The language table: every language code the house writes anywhere, and what follows from it.

One row per language edition. Codes differ by reader: browsers want BCP 47 in ``html lang``, search engines accept a
narrower set in ``hreflang``, and Google's news sitemap wants ISO 639 of two or three letters. A leaf: imports no app.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Language:
    """One language edition.

    ``code`` is the address prefix and what the database stores; ``name`` is said in the language of whoever reads it;
    ``html_lang`` and ``hreflang`` are BCP 47 tags (RFC 5646); ``news_code`` is ISO 639 as Google News asks for it;
    ``direction`` is ``ltr`` or ``rtl``.
    """

    code: str
    name: str
    own_name: str
    direction: str
    html_lang: str
    hreflang: str
    news_code: str
    comma: str = ","
    dotted_i: bool = False


LANGUAGES: tuple[Language, ...] = (
    Language("en", _("English"), "English", "ltr", "en", "en", "en"),
    Language("ar", _("Arabic"), "العربية", "rtl", "ar", "ar", "ar", comma="،"),
    Language("ckb", _("Sorani Kurdish"), "کوردیی ناوەندی", "rtl", "ckb", "ku-Arab", "ckb", comma="،"),
    Language("ku", _("Kurmanji Kurdish"), "Kurmancî", "ltr", "kmr", "ku-Latn", "kmr"),
    Language("tr", _("Turkish"), "Türkçe", "ltr", "tr", "tr", "tr", dotted_i=True),
)
BY_CODE: dict[str, Language] = {language.code: language for language in LANGUAGES}
CHOICES: list[tuple[str, str]] = [(language.code, language.name) for language in LANGUAGES]

# Django has no Kurmanji: without this entry get_language_info("ku") raises KeyError.
KURMANJI_INFO = {"ku": {"bidi": False, "code": "ku", "name": "Kurmanji Kurdish", "name_local": "Kurmancî"}}


def language(code: str) -> Language:
    """The row of ``code`` (one of ``en ar ckb ku tr``). Raises KeyError for any other."""
    return BY_CODE[code]


def comma_of(code: str | None) -> str:
    """The comma that language ``code`` writes; English's for a language that is not the house's."""
    return BY_CODE[code].comma if code in BY_CODE else ","


def capitals(text: str, code: str) -> str:
    """``text`` in capitals by the rules of language ``code``.

    Turkish keeps the dot: "Diyarbakır" is "DİYARBAKIR". Arabic script has no capitals and comes back as it was.
    Source: Unicode SpecialCasing.txt, conditional mappings for ``tr``.
    """
    if BY_CODE[code].dotted_i:
        text = text.replace("i", "İ")
    return text.upper()


def mixed_case(text: str, code: str) -> str:
    """``text`` in small letters with a capital at the head of each word, by the rules of language ``code``.

    The way back from ``capitals``: "DİYARBAKIR" is "Diyarbakır" in Turkish.
    """
    dotless = "ı" if BY_CODE[code].dotted_i else "i"
    small = text.replace("İ", "i").replace("I", dotless).lower()
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda word: capitals(word[0][:1], code) + word[0][1:], small)
