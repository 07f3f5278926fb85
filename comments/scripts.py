"""Which language a comment looks to be in, by its letters: for the ``lang`` and ``dir`` of its box and nothing else.

A guess among the house's five. It chooses fonts, hyphens and voices; no rule hangs on it.
"""

import unicodedata

# Letters that only one of the house's languages writes; "ى" is missing, with which Sorani is often typed.
# Source: the alphabets as in Unicode CLDR (exemplar characters).
_SORANI = frozenset("ەێۆڵڕڤڎ")
_ARABIC = frozenset("ةثذصضطظؤإأ")
_KURMANJI = frozenset("êîû")
_TURKISH = frozenset("ğıöü")
_SHARED_LATIN = frozenset("çş")  # Kurmanji and Turkish alike


def guess_language(text: str, default: str) -> str:
    """The code (``en ar ckb ku tr``) of the language ``text`` looks to be in; ``default``, the story's, when unsure."""
    # Kurmanji and Turkish write capitals; NFC puts a letter and its mark together. "I" is no evidence of a dotless one.
    letters = [letter for letter in unicodedata.normalize("NFC", text) if letter.isalpha()]
    arabic = sum("\u0600" <= letter <= "\u06ff" or "\ufb50" <= letter <= "\ufeff" for letter in letters)
    latin = sum(letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" for letter in letters)
    if not arabic and not latin:
        return default
    if arabic > latin:
        return _most(letters, {"ckb": _SORANI, "ar": _ARABIC}) or (default if default in ("ar", "ckb") else "ar")
    lower = [letter.lower() for letter in letters if letter != "İ"] + ["ı"] * text.count("İ")
    found = _most(lower, {"ku": _KURMANJI, "tr": _TURKISH})
    if found:
        return found
    if any(letter in _SHARED_LATIN for letter in lower):
        return default if default in ("ku", "tr") else "tr"
    return default if default in ("en", "ku", "tr") else "en"


def _most(letters: list[str], alphabets: dict[str, frozenset[str]]) -> str | None:
    """The code whose own letters occur most; None when none does."""
    counts = {code: sum(letter in alphabet for letter in letters) for code, alphabet in alphabets.items()}
    code = max(counts, key=counts.__getitem__)
    return code if counts[code] else None
