"""Kendall's tau and Somers' D within strata, against scipy and against pairs counted one by one."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, somersd

from procmine.concordance import Ranking

ROW = st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(0, 3))


def ranked(rows):
    strata, values, groups = (np.array(c) for c in zip(*rows, strict=True))
    numbers = np.unique(strata, return_inverse=True)[1]
    return Ranking.of(pl.Series(numbers), pl.Series(values)), groups, numbers


@given(st.lists(ROW, min_size=1, max_size=25))
def test_pairs_are_those_of_one_stratum_counted_one_by_one(rows):
    ranking, groups, numbers = ranked(rows)
    pairs = ranking.pairs(groups, 4)
    for stratum in range(numbers.max() + 1):
        own = [(v, g) for (_, v, g), n in zip(rows, numbers, strict=True) if n == stratum]
        two = list(combinations(own, 2))
        turned = sum(np.sign(a[0] - b[0]) * np.sign(a[1] - b[1]) for a, b in two)
        assert pairs.turned[stratum] == turned
        assert pairs.grouped[stratum] == sum(a[1] != b[1] for a, b in two)
        assert pairs.valued[stratum] == sum(a[0] != b[0] for a, b in two)


@given(st.lists(ROW, min_size=2, max_size=40))
def test_in_one_stratum_it_is_scipy_s_tau_and_somers_d(rows):
    one = [(0, value, group) for _, value, group in rows]
    ranking, groups, _ = ranked(one)
    values = [v for _, v, _ in one]
    pairs = ranking.pairs(groups, 4)
    assert pairs.tau[0] == pytest.approx(kendalltau(groups, values).statistic, nan_ok=True)
    if len(set(groups)) > 1 and len(set(values)) > 1:  # scipy has no answer then, we say 0
        assert pairs.somers[0] == pytest.approx(somersd(groups, values).statistic, nan_ok=True)


@given(st.lists(ROW, min_size=1, max_size=25))
def test_what_rows_add_is_every_pair_twice(rows):
    ranking, groups, numbers = ranked(rows)
    pairs = ranking.pairs(groups, 4)
    turned, compared = ranking.influence(groups, 4)
    for stratum in range(numbers.max() + 1):
        assert turned[numbers == stratum].sum() == 2 * pairs.turned[stratum]
        assert compared[numbers == stratum].sum() == 2 * pairs.grouped[stratum]
