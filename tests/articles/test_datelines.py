import pytest

from articles.datelines import dateline, typed_dateline, without_typed
from articles.templatetags.article_tags import with_dateline
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


# A dateline that somebody typed ---------------------------------------------------------------------------------------
TYPED = [
    ("en", "<p>ERBIL, Kurdistan Region – Water rose.</p>", ("Erbil", "Kurdistan Region", ""), "<p>Water rose.</p>"),
    ("en", "<p>ERBIL, Kurdistan Region - Water rose.</p>", ("Erbil", "Kurdistan Region", ""), "<p>Water rose.</p>"),
    ("en", "<p>ERBIL,&nbsp;Kurdistan Region&nbsp;— Water.</p>", ("Erbil", "Kurdistan Region", ""), "<p>Water.</p>"),
    ("en", "<p><strong>ERBIL, Kurdistan Region –</strong> Water <b>rose</b>.</p>\n<p>Two.</p>",
     ("Erbil", "Kurdistan Region", ""), "<p>Water <b>rose</b>.</p>\n<p>Two.</p>"),
    ("en", '<p lang="en"><b>ERBIL</b>, <i>Kurdistan Region</i> – Water.</p>', ("Erbil", "Kurdistan Region", ""),
     '<p lang="en">Water.</p>'),
    ("en", "<p>BAGHDAD (Reuters) -- Two &amp; three.</p>", ("Baghdad", "", "Reuters"), "<p>Two &amp; three.</p>"),
    ("en", "<p>AL-HASAKAH, Syria – Water.</p>", ("Al-Hasakah", "Syria", ""), "<p>Water.</p>"),
    ("en", "<p>NEW YORK—Water.</p>", ("New York", "", ""), "<p>Water.</p>"),
    ("en", "<p>BRUSSELS –</p>\n<p>Water.</p>", ("Brussels", "", ""), "<p>Water.</p>"),
    ("en", "<p>BRUSSELS –<br>Water.</p>", ("Brussels", "", ""), "<p>Water.</p>"),
    ("en", '<figure data-photo="1"></figure>\n<p>PARIS – Water.</p>', ("Paris", "", ""),
     '<figure data-photo="1"></figure>\n<p>Water.</p>'),
    ("tr", "<p>DİYARBAKIR, Türkiye – Su yükseldi.</p>", ("Diyarbakır", "Türkiye", ""), "<p>Su yükseldi.</p>"),
    ("tr", "<p>ANKARA (AA) - Su.</p>", ("Ankara", "", "AA"), "<p>Su.</p>"),
    ("ku", "<p>HEWLÊR, Herêma Kurdistanê – Av.</p>", ("Hewlêr", "Herêma Kurdistanê", ""), "<p>Av.</p>"),
    ("ar", "<p>أربيل، إقليم كردستان – ارتفع الماء.</p>", ("أربيل", "إقليم كردستان", ""), "<p>ارتفع الماء.</p>"),
    ("ar", "<p>\u200fبغداد (رووداو) ـ ارتفع.</p>", ("بغداد", "", "رووداو"), "<p>ارتفع.</p>"),
    ("ckb", "<p><strong>هەولێر، هەرێمی کوردستان –</strong> ئاو.</p>", ("هەولێر", "هەرێمی کوردستان", ""), "<p>ئاو.</p>"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "body", "said", "rest"), TYPED)
def test_a_typed_dateline_is_found_and_comes_off(language, body, said, rest):
    typed = typed_dateline(body, language)
    assert (typed.city, typed.region, typed.agency) == said
    assert without_typed(body) == rest
    assert typed_dateline(rest, language) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("en", ""),
        ("en", "<p></p>"),
        ("en", "<h2>ERBIL – a city</h2>"),
        ("en", "<p>Erbil – the capital – has water.</p>"),
        ("en", "<p>BREAKING – Water rose.</p>"),
        ("en", "<p>COVID-19 – what we know.</p>"),
        ("en", "<p>The minister said: ERBIL – Water.</p>"),
        ("en", "<p>ERBIL, he said on Monday – Water.</p>"),
        ("en", "<p>ONE TWO THREE FOUR FIVE SIX – Water.</p>"),
        ("ar", "<p>الحرب – كما نعرفها – انتهت.</p>"),
        ("ckb", "<p>ئاو – وەک دەزانین – هات.</p>"),
    ],
)
def test_what_only_looks_a_little_like_a_dateline_is_left_alone(language, body):
    assert typed_dateline(body, language) is None


@pytest.mark.django_db
def test_a_city_the_house_knows_is_enough_where_there_are_no_capitals():
    body = "<p>هەولێر – ئاو هات.</p>"
    assert typed_dateline(body, "ckb") is None
    place = make_place("ھەولێر", "", "ckb")  # another keyboard's h
    assert typed_dateline(body, "ckb").place == place


@pytest.mark.django_db
def test_the_place_with_the_region_that_was_typed_is_found():
    make_place("Hasakah", "Iraq")
    syrian = make_place("Hasakah", "Syria")
    assert typed_dateline("<p>HASAKAH, Syria – Water.</p>", "en").place == syrian
    assert typed_dateline("<p>HASAKAH, Turkey – Water.</p>", "en").place is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "times"), [("<p>ERBIL, Kurdistan Region — Water.</p>", 0), ("<p>Erbil, he says – no.</p>", 1)]
)
def test_a_dateline_stands_once(body, times):
    shown = dateline(make_place(), "en")
    assert with_dateline(body, shown).count("ERBIL, Kurdistan Region – ") == times


def test_the_dateline_stands_after_a_photo_at_the_top():
    body = '<figure class="body-photo"><img src="x"></figure>\n<p>Water.</p>'
    assert with_dateline(body, "PARIS – ") == (
        '<figure class="body-photo"><img src="x"></figure>\n<p><span class="dateline">PARIS – </span>Water.</p>'
    )
