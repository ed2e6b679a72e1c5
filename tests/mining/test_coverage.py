"""The commonest variants that cover a share, against a plain loop."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import InputError, OptionError
from procmine.mining.coverage import covering

cases = st.lists(st.integers(1, 50), min_size=1, max_size=30)


def table(cases: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"activities": [[f"a{i}"] for i in range(len(cases))], "cases": cases})


@given(cases=cases, percent=st.integers(0, 100))
def test_the_fewest_variants_that_reach_the_share_are_taken(cases, percent):
    kept = covering(table(cases), percent / 100)["cases"].to_list()
    assert kept == sorted(cases, reverse=True)[: len(kept)]
    assert 100 * sum(kept) >= percent * sum(cases)
    assert len(kept) == 1 or 100 * sum(kept[:-1]) < percent * sum(cases)


@given(cases=cases)
def test_full_coverage_keeps_all(cases):
    assert covering(table(cases), 1.0).height == len(cases)


def test_equally_common_variants_come_in_the_order_of_their_activities():
    variants = pl.DataFrame({"activities": [["b"], ["a", "c"], ["a"]], "cases": [1, 1, 1]})
    assert covering(variants, 0.5)["activities"].to_list() == [["a"], ["a", "c"]]


@pytest.mark.parametrize("coverage", [-0.01, 1.01, float("nan")])
def test_a_coverage_that_is_no_share_is_refused(coverage):
    with pytest.raises(OptionError, match="coverage"):
        covering(table([1]), coverage)


def test_no_variants_is_an_empty_log():
    with pytest.raises(InputError, match="no cases"):
        covering(table([1]).clear(), 0.95)
