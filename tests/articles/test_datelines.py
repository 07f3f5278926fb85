import pytest

from articles.datelines import dateline
from tests.factories import make_place


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "city", "region", "stands_alone", "expected"),
    [
        ("en", "Erbil", "Kurdistan Region", False, "ERBIL, Kurdistan Region – "),
        ("en", "Brussels", "Belgium", True, "BRUSSELS – "),
        ("en", "Baghdad", "", False, "BAGHDAD – "),
        ("tr", "Diyarbakır", "", False, "DİYARBAKIR – "),
        ("ku", "Silêmanî", "Herêma Kurdistanê", False, "SILÊMANÎ, Herêma Kurdistanê – "),
        ("ckb", "هەولێر", "هەرێمی کوردستان", False, "هەولێر، هەرێمی کوردستان – "),
        ("ar", "أربيل", "إقليم كردستان", False, "أربيل، إقليم كردستان – "),
    ],
)
def test_a_dateline_follows_the_rules_of_its_language(language, city, region, stands_alone, expected):
    place = make_place(city, region, language, stands_alone=stands_alone)
    assert dateline(place, language) == expected


@pytest.mark.django_db
def test_a_place_without_a_name_in_the_language_keeps_the_capitals_of_the_one_it_has():
    assert dateline(make_place("Diyarbakır", "", "tr"), "ku") == "DİYARBAKIR – "


def test_a_story_without_a_place_has_no_dateline():
    assert dateline(None, "en") == ""


@pytest.mark.django_db
def test_the_separator_is_the_houses(settings):
    settings.NEWSROOM_DATELINE_SEPARATOR = " — "
    assert dateline(make_place("Paris", ""), "en") == "PARIS — "
