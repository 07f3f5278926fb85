"""Agreement and kappa against values others have published."""

import math

import pytest

from moderation.agreement import Z, cohen_kappa, wilson


def test_kappa_of_a_published_table():
    """Agresti, Categorical Data Analysis (1990), table 10.1: kappa 0.129 with a standard error of 0.0686."""
    table = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
    kappa = cohen_kappa(table)
    assert round(kappa.estimate, 4) == 0.1293
    assert round((kappa.high - kappa.estimate) / Z, 4) == 0.0686


def test_kappa_of_two_answers():
    """20 and 15 alike of 50: observed 0.7, by chance 0.5."""
    kappa = cohen_kappa([[20, 5], [10, 15]])
    assert math.isclose(kappa.estimate, 0.4)
    assert kappa.low < 0.4 < kappa.high


@pytest.mark.parametrize(
    ("table", "estimate"),
    [([[5, 0], [0, 5]], 1.0), ([[0, 5], [5, 0]], -1.0), ([[25, 25], [25, 25]], 0.0)],
)
def test_kappa_at_its_ends(table, estimate):
    found = cohen_kappa(table)
    assert math.isclose(found.estimate, estimate, abs_tol=1e-12)
    assert -1 <= found.low <= found.estimate <= found.high <= 1


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[9, 0], [0, 0]], [[0, 0], [3, 8]], [[3, 0], [8, 0]]])
def test_kappa_says_nothing_where_nothing_can_be_said(table):
    assert cohen_kappa(table) is None


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_prints_it(successes, trials, low, high):
    found = wilson(successes, trials)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_of_nothing():
    assert wilson(0, 0) is None
