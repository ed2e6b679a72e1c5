"""Random numbers: the same for ever, and distributed as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_logs.days import year_in_batches
from sample_logs.draws import Draws


def test_a_stream_is_the_same_for_ever():
    assert Draws(1, 2).below(6, 1000).tolist() == [448, 430, 419, 277, 821, 49]
    assert Draws(1, 2).below(6, 1000).tolist() != Draws(1, 3).below(6, 1000).tolist()


def test_skewed_numbers_have_the_median_and_spread_asked_for():
    logarithms = np.log(Draws(4).skewed(20.0, 0.7, 100_000) / 20.0)
    assert logarithms.mean() == pytest.approx(0, abs=0.01)
    assert logarithms.std() == pytest.approx(0.7, abs=0.01)


def test_chance_comes_out_as_often_as_its_share():
    assert Draws(4).chance(0.13, 100_000).mean() == pytest.approx(0.13, abs=0.005)


@given(st.integers(1, 50_000), st.integers(0, 9_000), st.integers(0, 99), st.integers(1, 20_000))
def test_batches_hold_every_request_of_the_year_once(count, others, seed, most):
    batches = list(year_in_batches([count, others], seed, most))
    first = [0, 0]
    for batch in batches:
        assert len({days.first_day for days in batch}) == 1
        assert sum(batch[0].counts) <= most or len(batch[0].counts) == 1
        for kind, days in enumerate(batch):
            assert days.first == first[kind]
            assert len(days.counts) == len(batch[0].counts)
            first[kind] += sum(days.counts)
    assert first == [count, others]
    assert sum(len(batch[0].counts) for batch in batches) == 365
