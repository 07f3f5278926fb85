import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.folding import fold

SAME = [
    ("Arabic and Persian kaf", "كورد", "کورد"),
    ("Arabic and Persian yeh", "كردي", "کردی"),
    ("alef maksura and yeh", "مصطفى", "مصطفي"),
    ("teh marbuta and heh", "مدينة", "مدينه"),
    ("Kurdish e and heh", "هەولێر", "ههولێر"),
    ("heh doachashmee", "ھەولێر", "هەولێر"),
    ("hamza on alef", "أربيل", "اربيل"),
    ("hamza under alef", "إقليم", "اقليم"),
    ("madda on alef", "آمد", "امد"),
    ("alef wasla", "ٱلله", "الله"),
    ("Kurdish o", "کۆیە", "کویە"),
    ("Kurdish heavy r", "ڕانیە", "رانیە"),
    ("Kurdish heavy l", "کەڵار", "کەلار"),
    ("Arabic vowel marks", "مُحَمَّد", "محمد"),
    ("tatweel", "عـــراق", "عراق"),
    ("zero-width non-joiner", "می\u200cخواهم", "میخواهم"),
    ("presentation forms", "ﻋﺮﺍﻕ", "عراق"),
    ("Arabic and European digits", "٢٠٢٦", "2026"),
    ("Persian and European digits", "۲۰۲۶", "2026"),
    ("Turkish dotless i", "Diyarbakır", "Diyarbakir"),
    ("Turkish dotted capital", "İstanbul", "istanbul"),
    ("Turkish capitals", "ŞIRNAK", "şırnak"),
    ("Kurmanji circumflex", "Silêmanî", "silemani"),
    ("decomposed accents", "Amed\u0302", "Amed"),
    ("sharp s", "Straße", "STRASSE"),
    ("full width", "ＰＫＫ", "pkk"),
    ("spaces", "  Syrian \t army\n", "syrian army"),
    ("a mark of direction", "\u200fعراق\u200e", "عراق"),
]
DIFFERENT = [
    ("words of other length", "rivers", "river"),
    ("a space", "Syrian army", "Syrianarmy"),
    ("Arabic letters that only look alike", "بغداد", "نغداد"),
    ("letters of two scripts", "ku", "کو"),
    ("a full stop", "U.S.", "US"),
]


@pytest.mark.parametrize(("what", "one", "other"), SAME, ids=[what for what, *_ in SAME])
def test_two_spellings_of_one_word_fold_to_the_same(what, one, other):
    assert one != other
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("what", "one", "other"), DIFFERENT, ids=[what for what, *_ in DIFFERENT])
def test_different_words_stay_different(what, one, other):
    assert fold(one) != fold(other)


def test_text_without_letters_folds_to_nothing():
    assert [fold(text) for text in ("", "   ", "\u200b", "\u0301")] == ["", "", "", ""]


@given(st.text())
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.sampled_from([chr(point) for point in [*range(0x600, 0x700), *range(0xFB50, 0xFE00)]])))
def test_folding_arabic_script_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folding_sees_no_difference_in_normalisation(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_leads_to_the_same(text):
    assert fold(f"{text} é") == f"{fold(text)} e".strip()
