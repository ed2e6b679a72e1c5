"""Ranks as sure as the data makes them."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.bootstrap import MOST_ROWS, mean_change_intervals, rank_intervals, scattered

SUMS = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=12)


def sums_of(table, later=None):
    """Return a matrix of blocks by rows as the sums that `scattered` takes."""
    return pl.DataFrame(
        [
            {"row": row, "block": block, "later": int(later is not None and block in later),
             "count": 1, "seconds": float(value)}
            for block, values in enumerate(table)
            for row, value in enumerate(values)
        ]
    )  # fmt: skip


@given(table=SUMS)
def test_an_interval_lies_among_the_ranks_and_is_one_rank_where_each_block_says_the_same(table):
    low, high = rank_intervals(np.array(table, dtype=float))
    assert ((low >= 1) & (low <= high) & (high <= 3)).all()
    same, again = rank_intervals(np.array([table[0]] * 9, dtype=float))
    ordered = sorted(table[0], reverse=True)
    assert same.tolist() == [1 + ordered.index(v) for v in table[0]]
    assert again.tolist() == [3 - ordered[::-1].index(v) for v in table[0]]


def test_far_apart_is_told_apart_and_alike_is_not():
    random = np.random.default_rng(5)
    waits = random.exponential(1, (800, 4)) * [100, 10, 10, 1]
    waits[:, 2] = np.roll(waits[:, 1], 1)  # other customers wait as long
    low, high = rank_intervals(waits)
    assert (low.tolist(), high.tolist()) == ([1, 2, 2, 4], [1, 3, 3, 4])


@pytest.mark.slow
def test_the_true_rank_lies_in_about_95_of_100_intervals():
    held = []
    for seed in range(100):
        random = np.random.default_rng(seed)
        waits = random.lognormal(0, 1, (300, 5)) * [1.0, 1.05, 1.1, 1.2, 2.0]
        low, high = rank_intervals(waits)
        held.append((low <= [5, 4, 3, 2, 1]) & (high >= [5, 4, 3, 2, 1]))
    assert np.mean(held) > 0.9


@pytest.mark.slow
def test_the_true_change_lies_in_about_95_of_100_intervals():
    held = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        times = 1.0 + random.poisson(1, (2, 200, 1))
        seconds = times * random.exponential(10, (2, 200, 1)) * [[[1.0]], [[1.3]]]
        low, high = mean_change_intervals((seconds[0], times[0]), (seconds[1], times[1]))
        held.append(low[0] <= 3 <= high[0])
    assert 0.89 < np.mean(held) < 0.99


def test_a_change_without_enough_customers_has_no_interval():
    few = scattered(sums_of([[1.0]] * 10 + [[3.0]] * 10, later=range(10, 20)), 1)
    many = scattered(sums_of([[1.0]] * 30 + [[3.0]] * 30, later=range(30, 60)), 1)
    assert few.row(0)[3:] == (2.0, None, None)
    assert many.row(0)[3:] == (2.0, 2.0, 2.0)


def test_a_row_in_one_period_alone_has_no_change():
    found = scattered(sums_of([[1.0], [2.0]] * 10), 1)
    assert found.row(0) == (0, 1, 1, None, None, None)


def test_few_customers_say_nothing_about_ranks():
    assert scattered(sums_of([[1.0]] * 14), 1)["low_rank"].item() is None
    assert scattered(sums_of([[1.0]] * 15), 1)["low_rank"].item() == 1


def test_rows_beyond_the_most_that_are_ranked_have_no_interval():
    sums = sums_of([[float(v) for v in range(MOST_ROWS + 5, 0, -1)]])
    assert scattered(sums, MOST_ROWS + 5).height == MOST_ROWS
