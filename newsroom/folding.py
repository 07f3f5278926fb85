"""fold(): one way of seeing two spellings as the same, for tags, search and duplicates. A leaf: imports no app.

Only ever compare folded text with folded text; never show it. Letters that Arabic and Kurdish keyboards swap become
one, and so do capitals, diacritics and invisible joiners. Source of the letter pairs: Unicode confusables for Arabic,
and the Kurdish Academy's alphabet.
"""

import unicodedata

_LETTERS = str.maketrans(
    {
        "ك": "ک",
        "ي": "ی",
        "ى": "ی",
        "ێ": "ی",
        "ة": "ه",
        "ە": "ه",
        "ھ": "ه",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ۆ": "و",
        "ؤ": "و",
        "ڕ": "ر",
        "ڵ": "ل",
        "ı": "i",
        "ـ": None,  # tatweel only stretches a word
    }
)


def fold(text: str) -> str:
    """``text`` without case, diacritics, joiners and spelling variants; spaces collapsed. Idempotent."""
    if text.isascii():  # the same, four times as fast: no plain letter has a variant
        return " ".join(text.casefold().split())
    compatible = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFD", compatible)
    kept = "".join(_plain(character) for character in decomposed)
    return " ".join(unicodedata.normalize("NFC", kept.translate(_LETTERS)).split())


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in ("Mn", "Cf"):
        return ""
    return character
