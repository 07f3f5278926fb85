import pytest

from moderation.hints.folding import words_of
from moderation.hints.terms import Terms

TERMS = Terms([("profanity", "damn"), ("profanity", "fool*"), ("threats", "watch your back"), ("abuse", "غبي")])


def found(text: str) -> list[tuple[str, str]]:
    return [(match.guideline, text[match.start : match.end]) for match in TERMS.matches(words_of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Damn it", [("profanity", "Damn")]),
        ("the damned dam", []),
        ("damnation", []),
        ("foolish FOOLS", [("profanity", "foolish"), ("profanity", "FOOLS")]),
        ("d4mn d**n dammmmn", [("profanity", "d4mn"), ("profanity", "d**n"), ("profanity", "dammmmn")]),
        ("Watch  your\nback!", [("threats", "Watch  your\nback")]),
        ("watch your step", []),
        ("والغبي", [("abuse", "والغبي")]),
        ("«damn»", [("profanity", "damn")]),
        ("damn!!!", [("profanity", "damn")]),
    ],
)
def test_terms_match_whole_words_stems_and_phrases(text, expected):
    assert found(text) == expected


def test_a_term_that_folds_to_nothing_matches_nothing():
    assert list(Terms([("abuse", "*"), ("abuse", "…")]).matches(words_of("* … anything"))) == []
