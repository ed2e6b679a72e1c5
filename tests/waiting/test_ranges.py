"""Sums and minima over many ranges at once, against one range after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from procmine.waiting.ranges import spread_minimum, sums_at_most

NUMBERS = st.integers(-5, 12)


@st.composite
def ranges(draw, places):
    """Ranges within so many places, some of them empty, each with a number."""
    ends = st.tuples(st.integers(0, places), st.integers(0, places)).map(sorted)
    found = draw(st.lists(st.tuples(ends, NUMBERS), max_size=12))
    low, high = ([ends[side] for ends, _ in found] for side in (0, 1))
    return [np.array(column, np.int64) for column in (low, high, [n for _, n in found])]


@given(st.data())
def test_sums_below_a_limit_equal_a_loop(data):
    row = data.draw(st.lists(st.tuples(NUMBERS, st.integers(0, 9)), max_size=20))
    values, weights = (np.array([r[side] for r in row], np.int64) for side in (0, 1))
    low, high, limit = data.draw(ranges(len(row)))
    found = sums_at_most(values, weights, low, high, limit)
    assert found.tolist() == [
        sum(w for v, w in row[a:b] if v <= most)
        for a, b, most in zip(low, high, limit, strict=True)
    ]


@given(st.data())
def test_minima_of_covering_ranges_equal_a_loop(data):
    places = data.draw(st.integers(0, 20))
    low, high, values = data.draw(ranges(places))
    found = spread_minimum(places, low, high, values, 99)
    assert found.tolist() == [
        min((v for a, b, v in zip(low, high, values, strict=True) if a <= at < b), default=99)
        for at in range(places)
    ]
