import time

from hypothesis import given
from hypothesis import strategies as st

from moderation.diffs import word_diff


def test_a_changed_word_stands_beside_the_old_one():
    assert word_diff("You are fools, all.", "You are wrong, all.") == [
        ("same", "You are "),
        ("gone", "fools,"),
        ("new", "wrong,"),
        ("same", " all."),
    ]


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_both_texts_can_be_read_off_it_exactly(before, after):
    pieces = word_diff(before, after)
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "gone") == after


def test_hostile_texts_take_no_time():
    start = time.perf_counter()
    word_diff("a " * 5_000, "b a " * 2_500)
    word_diff("x " + "a " * 399, "b a " * 200)
    word_diff("x " + "a " * 99, "b a " * 50)
    assert time.perf_counter() - start < 1
