"""The catalogues of locale/: complete for readers, whole in their placeholders, and compiled from what people read."""

import datetime
import re

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timesince import timesince

from tests import catalogues
from tests.catalogues import LANGUAGES, ROOT, in_python, in_template, is_translated, messages_of, read

# All that a reader can meet. Desk and back office may lag behind: their words fall back to English.
READERS = [
    "templates/*.html",
    "templates/articles/*.html",
    "templates/comments/*.html",
    "templates/email/*",
    "templates/moderation/*receipt*.html",
    "articles/feeds.py",
    "articles/search_form.py",
    "articles/views.py",
    "articles/templatetags/*.py",
    "comments/drawing.py",
    "comments/forms.py",
    "comments/limits.py",
    "comments/opening.py",
    "comments/receipt_views.py",
    "comments/report_views.py",
    "comments/reporting.py",
    "comments/templatetags/*.py",
    "comments/text.py",
    "comments/views.py",
    "moderation/waits.py",
    "templates/moderation/transparency.html",
    "templates/moderation/_drawing.html",
    "moderation/templatetags/transparency_tags.py",
    "moderation/transparency_views.py",
]
PLURALS = {"ar": 6, "ckb": 2, "ku": 2, "tr": 2}
# Arabic's forms for nought, one and two are a number each, and their words say which.
FORMS_THAT_SAY_THE_NUMBER = {"ar": 3}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def reader_facing() -> dict[catalogues.Key, str]:
    paths = [path for pattern in READERS for path in sorted(ROOT.glob(pattern))]
    return {key: path.relative_to(ROOT).as_posix() for path in paths for key in messages_of(path)}


def missing(code: str, keys: dict[catalogues.Key, str]) -> list[tuple[str, catalogues.Key]]:
    catalogue = read(code)
    return [(name, key) for key, name in keys.items() if not is_translated(catalogue, key)]


def wrong_placeholders(msgid: str | tuple[str, ...], msgstr: str | tuple[str, ...], code: str) -> list[str]:
    """The translations among ``msgstr`` that lack a placeholder or have one of their own."""
    if isinstance(msgid, str):
        wanted = set(PLACEHOLDER.findall(msgid))
        return [msgstr] if msgstr and set(PLACEHOLDER.findall(msgstr)) != wanted else []
    singular, plural = (set(PLACEHOLDER.findall(text)) for text in msgid)
    exact = FORMS_THAT_SAY_THE_NUMBER.get(code, 0)
    bad = []
    for number, text in enumerate(msgstr):
        found = set(PLACEHOLDER.findall(text))
        fits = found <= plural if number < exact else found == (singular if number == 0 else plural)
        bad += [] if fits or not text else [text]
    return bad


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_compiled_catalogue_is_the_one_people_read(code):
    path = catalogues.po_path(code)
    assert path.with_suffix(".mo").read_bytes() == catalogues.compiled(read(code))


@pytest.mark.parametrize("code", LANGUAGES)
def test_readers_find_no_english_among_their_own_language(code):
    assert missing(code, reader_facing()) == []


def test_a_new_string_for_readers_is_missed():
    new = dict.fromkeys(in_template('{% translate "Never seen before" %}'), "templates/new.html")
    assert missing("ku", new) == [("templates/new.html", ("Never seen before", None))]


def test_every_pattern_of_the_readers_files_finds_one():
    assert [pattern for pattern in READERS if not list(ROOT.glob(pattern))] == []


def test_messages_are_found_in_templates_and_code():
    template = (
        '{% translate "One" %}{% translate "j" context "date format" as x %}'
        "{% blocktranslate with n=3 %}{{ n }} %{% endblocktranslate %}"
        "{% blocktranslate count n=3 %}{{ n }} story{% plural %}{{ n }} stories{% endblocktranslate %}"
        '{{ x|default:_("Two") }}'
    )
    assert list(in_template(template)) == [
        ("One", None),
        ("j", "date format"),
        ("%(n)s %%", None),
        (("%(n)s story", "%(n)s stories"), None),
        ("Two", None),
    ]
    code = '_("One")\n_(name)\nngettext("a", "b", n)\npgettext_lazy("here", "May")\n'
    assert list(in_python(code)) == [("One", None), (("a", "b"), None), ("May", "here")]


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_survive_translation(code):
    bad = [(m.id, wrong) for m in read(code) if m.id for wrong in wrong_placeholders(m.id, m.string, code)]
    assert bad == []


def test_a_lost_or_foreign_placeholder_is_noticed():
    assert wrong_placeholders("%(n)s of {limit}", "%(n)s", "ku") == ["%(n)s"]
    assert wrong_placeholders("nothing", "{x}", "tr") == ["{x}"]
    assert wrong_placeholders(("%(n)s day", "%(n)s days"), ("%(n)s roj", "roj"), "ku") == ["roj"]
    assert wrong_placeholders(("%(n)s day", "%(n)s days"), ("لا", "يوم", "يومان", "أيام", "%(n)s", "%(n)s"), "ar") == [
        "أيام"
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_forms_are_the_languages_own_and_no_entry_is_fuzzy(code):
    catalogue = read(code)
    assert catalogue.num_plurals == PLURALS[code]
    plurals = [message for message in catalogue if isinstance(message.id, tuple)]
    assert {len(message.string) for message in plurals} == {PLURALS[code]}
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "لا مواد"), (1, "مادة واحدة"), (2, "مادتان"), (3, "3 مواد"), (11, "11 مادة"), (100, "100 مادة")],
)
def test_arabic_counts_in_six_forms(number, expected):
    with translation.override("ar"):
        assert translation.ngettext("%(n)s story", "%(n)s stories", number) % {"n": number} == expected


# Letters of Arabic's keyboard that Sorani does not use, and the Turkish ones that Kurmanji does not.
FOREIGN = {"ckb": "يكىةأإآؤ", "ku": "ğıöüĞİÖÜ", "tr": "êûÊÛ"}


@pytest.mark.parametrize("code", FOREIGN)
def test_words_are_spelt_with_the_languages_own_letters(code):
    strings = [m.string if isinstance(m.string, str) else " ".join(m.string) for m in read(code) if m.id]
    assert [text for text in strings if set(text) & set(FOREIGN[code])] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ckb", "22ی تشرینی دووەمی 2026"),
        ("ku", "22 Mijdar 2026"),
        ("tr", "22 Kasım 2026"),
        ("ar", "22 تشرين الثاني 2026"),
    ],
)
def test_dates_are_written_in_the_language(code, expected):
    with translation.override(code):
        written = translation.pgettext("date format", "j F Y")
        assert date_format(datetime.date(2026, 11, 22), written) == expected


MONTHS = {
    "ar": "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول",
    "ckb": "کانوونی دووەم,شوبات,ئازار,نیسان,ئایار,حوزەیران,تەممووز,ئاب,ئەیلوول,تشرینی یەکەم,تشرینی دووەم,کانوونی یەکەم",
    "ku": "Çile,Sibat,Adar,Nîsan,Gulan,Hezîran,Tîrmeh,Tebax,Îlon,Cotmeh,Mijdar,Berfanbar",
}


@pytest.mark.parametrize("code", MONTHS)
@pytest.mark.parametrize("kind", ["F", "E"])
def test_every_month_has_the_name_of_the_region(code, kind):
    with translation.override(code):
        written = [date_format(datetime.date(2026, month, 1), kind) for month in range(1, 13)]
    assert written == MONTHS[code].split(",")


def test_kurmanji_says_how_long_ago_in_kurmanji():
    now = timezone.now()
    with translation.override("ku"):
        assert timesince(now - datetime.timedelta(days=1, hours=2), now) == "1\xa0roj, 2\xa0saet"
