"""How often hints find what people labelled, and how often they point at what is harmless."""

import csv
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from moderation.hints import hints_about
from moderation.hints.reading import Reading
from moderation.hints.terms import Terms

ABUSE = "abuse"


@dataclass(frozen=True)
class Case:
    """One labelled text: ``guideline`` is the ground it breaks, "" for none; ``group`` is what it is counted under.

    ``about`` is the ground the group is about: what a harmless text of it must not be hinted with.
    """

    text: str
    guideline: str
    group: str
    language: str = "en"
    about: str = ABUSE


@dataclass
class Score:
    """Of ``cases``, how many got a hint naming the ground (``found``) and how many any hint with a ground."""

    harmful: bool
    cases: int = 0
    found: int = 0
    hinted: int = 0


def hatecheck(path: Path) -> Iterator[Case]:
    """HateCheck's cases (English, abuse only), grouped by its functionalities."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            guideline = ABUSE if row["label_gold"] == "hateful" else ""
            yield Case(row["test_case"], guideline, row["functionality"])


def labelled(path: Path) -> Iterator[Case]:
    """Our own labelled texts: a TOML file with ``[[case]]`` tables."""
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
        about = case.get("about") or case["guideline"]
        group = f"{case['language']} {about}{'' if case['guideline'] else ' (harmless)'}"
        yield Case(case["text"], case["guideline"], group, case["language"], about)


def measure(cases: Iterable[Case], terms: dict[str, Terms]) -> dict[str, Score]:
    """Scores by group, in the order of the cases; ``terms`` are the lists by language code."""
    scores: dict[str, Score] = {}
    for case in cases:
        score = scores.setdefault(case.group, Score(harmful=bool(case.guideline)))
        reading = Reading(text=case.text, language=case.language, terms=terms.get(case.language, Terms()))
        grounds = {hint.guideline for hint in hints_about(reading) if hint.guideline}
        score.cases += 1
        score.found += case.about in grounds
        score.hinted += bool(grounds)
    return scores
