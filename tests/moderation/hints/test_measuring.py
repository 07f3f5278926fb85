from pathlib import Path

from moderation.hints.measuring import hatecheck, labelled, measure

OURS = Path(__file__).parent / "labelled.toml"


def test_our_own_labelled_texts_are_mostly_found(shipped):
    """Written by the authors of the lists, so a floor against breaking things and no measure of the world."""
    scores = measure(labelled(OURS), shipped)
    harmful = [score for score in scores.values() if score.harmful]
    harmless = [score for score in scores.values() if not score.harmful]
    assert sum(s.found for s in harmful) >= 0.9 * sum(s.cases for s in harmful)
    assert sum(s.found for s in harmless) <= 0.15 * sum(s.cases for s in harmless)
    assert {group.split()[0] for group in scores} == {"en", "ar", "ckb", "ku", "tr"}


def test_without_lists_less_is_found(shipped):
    """The control: the lists carry part of what the floor above counts."""
    found = {bool(lists): sum(s.found for s in measure(labelled(OURS), lists).values()) for lists in (shipped, {})}
    assert found[False] < 0.7 * found[True]


def test_hatecheck_stays_above_its_floor(material, shipped):
    scores = measure(hatecheck(material / "comments" / "hatecheck-en.csv"), shipped).values()
    harmful, harmless = ([s for s in scores if s.harmful == wanted] for wanted in (True, False))
    assert sum(s.cases for s in harmful) + sum(s.cases for s in harmless) == 3728
    assert sum(s.found for s in harmful) > 0.35 * sum(s.cases for s in harmful)
    assert sum(s.found for s in harmless) < 0.2 * sum(s.cases for s in harmless)
