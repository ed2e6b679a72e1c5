"""Differences of means over customers, against draws of the customers."""

import random
from statistics import mean, stdev

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from procmine.contrast import contrast


def table(rows):
    return pl.DataFrame(
        rows, schema={"unit": pl.Int64, "within": pl.Boolean, "value": pl.Float64}, orient="row"
    )


ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 10).map(float)), min_size=1
)


@given(ROWS)
def test_the_difference_is_that_of_the_means_and_lies_in_its_interval(rows):
    found = contrast(table(rows), "value", "within", "unit")

    sides = {side: [v for _, s, v in rows if s is side] for side in (True, False)}
    assert (found["cases"], found["other_cases"]) == (len(sides[True]), len(sides[False]))
    assert found["customers"] == len({u for u, s, _ in rows if s})
    if all(sides.values()):
        assert found["difference"] == pytest.approx(mean(sides[True]) - mean(sides[False]))
    if found["p_value"] is not None:
        assert found["low_difference"] <= found["difference"] <= found["high_difference"]
        assert 0 <= found["p_value"] <= 1


def test_journeys_without_a_value_or_a_group_are_left_out():
    rows = [(1, True, 4.0), (2, False, 8.0), (3, None, 1.0), (4, True, None)]

    found = contrast(table(rows), "value", "within", "unit")

    assert (found["cases"], found["other_cases"], found["difference"]) == (1, 1, -4)
    assert found["p_value"] is None


def test_the_interval_is_as_wide_as_draws_of_customers_scatter():
    dice = random.Random(5)
    rows = []
    for unit in range(300):
        mood = dice.gauss(7, 1)
        rows += [(unit, dice.random() < 0.4, mood + dice.gauss(0, 1)) for _ in range(3)]
    found = contrast(table(rows), "value", "within", "unit")

    of = {u: [(s, v) for unit, s, v in rows if unit == u] for u in range(300)}
    drawn = []
    for _ in range(400):
        some = [pair for u in dice.choices(range(300), k=300) for pair in of[u]]
        drawn.append(mean(v for s, v in some if s) - mean(v for s, v in some if not s))
    wide = found["high_difference"] - found["low_difference"]
    assert wide == pytest.approx(2 * 1.96 * stdev(drawn), rel=0.12)


@pytest.mark.parametrize("rare", [0.05, 0.95])
def test_none_of_a_few_is_no_sure_difference(rare):
    dice, rung = random.Random(7), 0
    for _ in range(300):
        rows = [(n, n < 20, float(dice.random() < rare)) for n in range(200)]
        p_value = contrast(table(rows), "value", "within", "unit")["p_value"]
        rung += p_value is not None and p_value <= 0.05
    assert rung <= stats.binom.ppf(0.999, 300, 0.05)


def test_a_difference_of_shares_is_still_found():
    rows = [(n, n < 40, float(n % (2 if n < 40 else 20) == 0)) for n in range(240)]

    found = contrast(table(rows), "value", "within", "unit")

    assert found["difference"] == pytest.approx(0.45)
    assert found["low_difference"] > 0.2
    assert found["p_value"] < 1e-4
