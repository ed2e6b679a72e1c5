"""Quantiles: exact where groups are small, binned within 1 % beyond, sums of any size."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from procmine.quantiles import bin_of, by_group, seconds, sum_of, summarise

YEAR = 365 * 86_400 * 1_000_000
WAITS = st.lists(st.integers(0, 30 * YEAR), min_size=1, max_size=60)


def answer(values, *, exact, keys=None):
    table = pl.LazyFrame(
        {"key": keys or ["k"] * len(values), "us": values},
        schema={"key": pl.String, "us": pl.Int64},
    )
    grouped = by_group(
        nw.from_native(table), ["key"], "us", {"ones": nw.col("us") * 0 + 1}, exact=exact
    )
    return summarise(grouped.collect().to_native(), ["key"], ["ones"]).sort("key")


@given(values=WAITS)
def test_exact_quantiles_are_numpys_linear_ones(values):
    row = answer(values, exact=True).row(0, named=True)
    assert row["median_seconds"] == pytest.approx(np.quantile(values, 0.5) / 1e6)
    assert row["p90_seconds"] == pytest.approx(np.quantile(values, 0.9) / 1e6)


@given(values=WAITS)
def test_binned_quantiles_are_within_one_per_cent_of_numpys(values):
    row = answer(values, exact=False).row(0, named=True)
    assert row["median_seconds"] == pytest.approx(np.quantile(values, 0.5) / 1e6, rel=0.0101)
    assert row["p90_seconds"] == pytest.approx(np.quantile(values, 0.9) / 1e6, rel=0.0101)


@given(values=WAITS)
def test_counts_sums_and_means_are_exact_either_way(values):
    for exact in (True, False):
        row = answer(values, exact=exact).row(0, named=True)
        assert row["count"] == row["ones"] == len(values)
        assert row["total_seconds"] == pytest.approx(sum(values) / 1e6, rel=1e-15)
        assert row["mean_seconds"] == pytest.approx(sum(values) / len(values) / 1e6, rel=1e-15)


@given(values=WAITS)
def test_bins_made_before_give_the_same_quantiles(values):
    table = nw.from_native(pl.LazyFrame({"key": ["k"] * len(values), "us": values}))
    made = table.with_columns(bin_of(nw.col("us")).alias("bin"))
    one, other = (
        summarise(
            by_group(t, ["key"], "us", {}, exact=False, bins=b).collect().to_native(), ["key"], []
        )
        for t, b in ((table, None), (made, "bin"))
    )
    assert_frame_equal(one, other)


@pytest.mark.parametrize("exact", [True, False])
def test_groups_stay_apart(exact):
    table = answer([1_000_000, 3_000_000, 10**12], exact=exact, keys=["a", "a", "b"])
    assert table["key"].to_list() == ["a", "b"]
    assert table["count"].to_list() == [2, 1]
    assert table["median_seconds"].to_list() == pytest.approx([2.0, 1e6], rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_thousand_waits_of_a_real_shape_are_within_one_per_cent(seed):
    values = np.random.default_rng(seed).lognormal(22, 4, 100_000).astype(np.int64)
    row = answer(values.tolist(), exact=False).row(0, named=True)
    for column, share in (("median_seconds", 0.5), ("p90_seconds", 0.9)):
        assert row[column] == pytest.approx(np.quantile(values, share) / 1e6, rel=0.0101)


def test_sums_beyond_64_bits_do_not_overflow():
    years, rows = 30, 20_000
    table = pl.LazyFrame({"us": [years * YEAR] * rows})
    many = pl.concat([table] * 10)  # 30 years, 200,000 times: 1.9e20 microseconds
    found = nw.from_native(many).select(*sum_of(nw.col("us"), "all")).collect().to_native()
    expected = years * YEAR * rows * 10 / 1e6
    assert expected * 1e6 > 2**64
    assert found.select(seconds("all")).item() == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("exact", [True, False])
def test_totals_beyond_64_bits_do_not_overflow_in_groups(exact):
    values = [300 * YEAR] * 2000
    assert sum(values) > 2**64
    row = answer(values, exact=exact).row(0, named=True)
    assert row["total_seconds"] == pytest.approx(sum(values) / 1e6)
    assert row["mean_seconds"] == pytest.approx(300 * YEAR / 1e6)


@pytest.mark.parametrize("value", [0, 1, 2, 49, 51, 1_000_000, 300 * YEAR])
def test_a_single_wait_is_its_own_quantile(value):
    row = answer([value], exact=False).row(0, named=True)
    assert row["median_seconds"] == pytest.approx(value / 1e6, rel=0.0101, abs=0)
