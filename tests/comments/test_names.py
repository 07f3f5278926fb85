import pytest

from comments.names import imitates_staff, staff_names
from tests.factories import make_author, make_user

STAFF = ["The Maidan", "Dana Reporter", "ڕێبین عەلی", "lead", "Şîlan Öz"]


@pytest.mark.parametrize(
    ("name", "imitated"),
    [
        ("Dana Reporter", "Dana Reporter"),
        ("dana  REPORTER", "Dana Reporter"),
        ("D\u0430n\u0430 R\u0435p\u043ert\u0435r", "Dana Reporter"),  # Cyrillic а, е, о
        ("Ｄａｎａ Ｒｅｐｏｒｔｅｒ", "Dana Reporter"),
        ("𝐃𝐚𝐧𝐚 𝐑𝐞𝐩𝐨𝐫𝐭𝐞𝐫", "Dana Reporter"),
        ("Dana\u200bReporter", "Dana Reporter"),
        ("D.a.n.a Rep0rter", "Dana Reporter"),
        ("Dana Reporter (official)", "Dana Reporter"),
        ("The Maidan", "The Maidan"),
        ("The Ma1dan", "The Maidan"),
        ("THE MAΙDAN", "The Maidan"),  # Greek capital iota
        ("the_maidan", "The Maidan"),
        ("ريبين عهلي", "ڕێبین عەلی"),
        ("Silan Oz", "Şîlan Öz"),
        ("Moderator", "moderator"),
        ("Site Adm\u0456n", "admin"),
        ("المشرف", "المشرف"),
        ("Iead", "lead"),
        ("Shilan ✓", "✓"),
        ("Shilan ✅", "✅"),
        ("Shilan, official", "official"),
        ("Şilan (doğrulanmış)", "doğrulanmış"),
        ("شيلان الرسمي", "الرسمي"),
    ],
)
def test_a_name_that_reads_like_the_house_s_is_recognised(name, imitated):
    assert imitates_staff(name, STAFF) == imitated


@pytest.mark.parametrize(
    "name",
    ["Shilan", "Dana", "Reporter", "Dana Reported", "Leader", "Maidan", "هەولێر", "🌍", "", " ", "\u200b", "Editha"],
)
def test_other_names_are_left_alone(name):
    assert imitates_staff(name, STAFF) is None


def test_staff_names_are_those_of_people_bylines_and_the_house(db, settings):
    settings.NEWSROOM_NAME = "The Square"
    person = make_user("rbn")
    person.first_name, person.last_name = "Rêbîn", "Alî"
    person.save()
    make_author("Dana Reporter")
    make_user("reader-with-account", is_staff=False)
    assert staff_names() == ["The Square", "rbn", "Rêbîn Alî", "Dana Reporter"]
    assert imitates_staff("Rebin Ali") == "Rêbîn Alî"
