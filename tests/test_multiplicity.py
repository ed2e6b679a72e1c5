"""P-values adjusted for their number, against the definitions in plain Python."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.multiplicity import benjamini_hochberg, holm

P_VALUES = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=12)


def adjusted(by, values):
    table = pl.DataFrame({"p": values}, schema={"p": pl.Float64})
    return table.select(by(pl.col("p")))["p"].to_list()


def test_holm_rejects_what_the_step_down_procedure_rejects():
    assert adjusted(holm, [0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(values=P_VALUES)
def test_holm_is_the_largest_product_among_those_no_larger(values):
    known = sorted(p for p in values if p is not None)
    for p, found in zip(values, adjusted(holm, values), strict=True):
        products = [q * (len(known) - i) for i, q in enumerate(known) if p is not None and q <= p]
        assert found == (pytest.approx(min(1.0, max(products))) if products else None)


@given(values=P_VALUES)
def test_benjamini_hochberg_is_the_least_rate_among_those_no_smaller(values):
    known = sorted(p for p in values if p is not None)
    for p, found in zip(values, adjusted(benjamini_hochberg, values), strict=True):
        rates = [q * len(known) / (i + 1) for i, q in enumerate(known) if p is not None and q >= p]
        assert found == (pytest.approx(min(1.0, *rates)) if rates else None)


@given(values=P_VALUES)
def test_no_adjustment_makes_a_value_smaller_and_holm_is_the_stricter(values):
    for p, strict, mild in zip(
        values, adjusted(holm, values), adjusted(benjamini_hochberg, values), strict=True
    ):
        assert p is None or p <= mild + 1e-12 <= strict + 1e-9
