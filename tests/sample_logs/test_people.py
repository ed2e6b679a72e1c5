"""What systems know customers by."""

import re

import polars as pl
import pytest

from sample_logs.people import email, phone, phone_digits, share_of


@pytest.fixture(scope="module")
def many():
    return pl.DataFrame({"customer": range(200_000)})


def test_no_two_customers_have_the_same_telephone_or_address(many):
    found = many.select(
        phone_digits(pl.col("customer")).alias("digits"),
        email(pl.col("customer"), pl.lit(0)).alias("email"),
    )
    assert found["digits"].n_unique() == found["email"].n_unique() == len(many)


def test_however_a_telephone_is_spelt_its_digits_are_the_same():
    ways = pl.DataFrame({"way": range(5)}).select(phone(pl.lit(1_234_567), pl.col("way")))
    spelt = ways.to_series().to_list()
    assert len(set(spelt)) == 5
    for text in spelt:
        digits = re.sub(r"\D", "", text.replace("(0)", ""))
        assert re.sub("^(0049|49|0)", "", digits) == "19901234567"


def test_however_an_address_is_typed_it_is_the_same_but_for_case():
    ways = pl.DataFrame({"way": range(3)}).select(email(pl.lit(77), pl.col("way")))
    typed = ways.to_series().to_list()
    assert len(set(typed)) == 3
    assert len({text.lower() for text in typed}) == 1
    assert typed[0].endswith("@example.org")


def test_shares_are_spread_evenly(many):
    shares = many.select(share_of(pl.col("customer"))).to_series()
    assert shares.is_between(0, 1, closed="left").all()
    for part in range(10):
        found = shares.is_between(part / 10, (part + 1) / 10, closed="left").mean()
        assert found == pytest.approx(0.1, abs=0.003)
