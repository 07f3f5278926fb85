import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info

from newsroom import languages
from newsroom.languages import LANGUAGES, capitals, language


def test_the_table_holds_what_every_reader_of_a_language_code_wants():
    rows = [(row.code, row.direction, row.html_lang, row.hreflang, row.news_code, row.comma) for row in LANGUAGES]
    assert rows == [
        ("en", "ltr", "en", "en", "en", ","),
        ("ar", "rtl", "ar", "ar", "ar", "،"),
        ("ckb", "rtl", "ckb", "ku-Arab", "ckb", "،"),
        ("ku", "ltr", "kmr", "ku-Latn", "kmr", ","),
        ("tr", "ltr", "tr", "tr", "tr", ","),
    ]


def test_every_language_calls_itself_by_its_own_name():
    assert [row.own_name for row in LANGUAGES] == ["English", "العربية", "کوردیی ناوەندی", "Kurmancî", "Türkçe"]


def test_languages_are_named_in_the_language_of_whoever_reads_it():
    assert [str(row.name) for row in LANGUAGES[2:]] == ["Sorani Kurdish", "Kurmanji Kurdish", "Turkish"]
    with translation.override("ku"):
        assert [str(row.name) for row in LANGUAGES[2:]] == ["Kurdiya soranî", "Kurdiya kurmancî", "Tirkî"]


def test_django_knows_the_same_languages():
    assert [code for code, _name in settings.LANGUAGES] == [row.code for row in LANGUAGES]
    # Django has no Kurmanji of its own: without the house's entry this is a KeyError.
    assert [get_language_info(row.code)["bidi"] for row in LANGUAGES] == [row.direction == "rtl" for row in LANGUAGES]


def test_an_unknown_code_is_a_key_error():
    assert language("ku") is languages.BY_CODE["ku"]
    for unknown in ("fr", "EN", "", "en-gb"):
        with pytest.raises(KeyError):
            language(unknown)


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("Diyarbakır", "tr", "DİYARBAKIR"),
        ("İstanbul", "tr", "İSTANBUL"),
        ("ığdır", "tr", "IĞDIR"),
        ("Diyarbakir", "en", "DIYARBAKIR"),
        ("Silêmanî", "ku", "SILÊMANÎ"),
        ("Mîdyad", "ku", "MÎDYAD"),
        ("هەولێر", "ckb", "هەولێر"),
        ("أربيل", "ar", "أربيل"),
        ("", "tr", ""),
    ],
)
def test_capitals_follow_the_language(text, code, expected):
    assert capitals(text, code) == expected


def test_capitals_of_another_language_would_be_wrong():
    assert capitals("Diyarbakır", "en") == "DIYARBAKIR" != capitals("Diyarbakır", "tr")
