import pytest

from moderation.hints.folding import fits_mask, is_masked, spellings, words_of


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("DAMN", "damn"),
        ("ｄａｍｎ", "damn"),
        ("dа\u200bmn", "damn"),  # Cyrillic а and a zero-width space
        ("d.a.m.n", "damn"),
        ("d a m n", "damn"),
        ("dåmn", "damn"),
        ("أحمـــق", "احمق"),
        ("Şerefsiz", "serefsiz"),
    ],
)
def test_a_disguise_folds_to_the_word_and_points_at_the_text_as_written(text, word):
    found = words_of(f"So {text}, yes")
    assert [each.text for each in found] == ["so", word, "yes"]
    assert f"So {text}, yes"[found[1].start : found[1].end] == text


@pytest.mark.parametrize(
    ("word", "reading"), [("1d10t", "idiot"), ("soooo", "so"), ("coooool", "cool"), ("d@mn", "damn"), ("ass", "ass")]
)
def test_a_word_has_the_reading(word, reading):
    assert reading in spellings(word)


def test_doubled_letters_are_a_spelling_and_not_a_disguise():
    assert spellings("ass") == ["ass"]


def test_offsets_count_code_points_also_after_ligatures_and_emoji():
    text = "🌍 ﷺ e\u0301 damn"
    last = words_of(text)[-1]
    assert (text[last.start : last.end], last.start) == ("damn", 7)


@pytest.mark.parametrize(
    ("word", "term", "fits"), [("d**n", "damn", True), ("d**n", "down", True), ("d**n", "door", False)]
)
def test_stars_hide_letters(word, term, fits):
    assert (is_masked(word), fits_mask(word, term)) == (True, fits)


def test_a_digit_alone_is_a_number():
    assert spellings("1945") == ["1945"]
