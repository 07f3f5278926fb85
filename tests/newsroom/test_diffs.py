import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.diffs import merge, word_diff


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


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("a b c", "a b c", "a b c", ("a b c", True)),
        ("a b c", "A b c", "a b C", ("A b C", True)),
        ("a b c", "a b c d", "z a b c", ("z a b c d", True)),
        ("a b c", "a c", "a b c d", ("a c d", True)),
        ("a b c", "a X c", "a X c", ("a X c", True)),
        ("a b c", "a X c", "a Y c", ("a X Y c", False)),
        ("", "X", "Y", ("X Y", False)),
        ("a b c", "", "a b C", ("a b C", False)),
    ],
)
def test_what_two_people_made_of_one_text(base, mine, theirs, merged):
    found, clear = merge(base.split(), mine.split(), theirs.split())
    assert (" ".join(found), clear) == merged


@given(*[st.lists(st.sampled_from("abcd"), max_size=8)] * 3)
def test_no_word_that_only_one_of_the_two_wrote_is_lost(base, mine, theirs):
    merged, _clear = merge(base, mine, theirs)
    written = [word for word in {*mine, *theirs} if word not in base]
    assert [word for word in written if word not in merged] == []
    assert merge(base, mine, base) == (mine, True)
    assert merge(base, base, theirs) == (theirs, True)
