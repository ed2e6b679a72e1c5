"""Customers without a common identifier, found by misspelt names: with splink itself."""

import random
import string

import polars as pl
import pytest

import procmine as pm
from procmine.errors import ColumnError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # splink's and DuckDB's own
]

MAPPING = """
[identity.fuzzy]
columns = ["name", "street", "town"]
threshold = 0.9

[[sources]]
name = "shop"
path = "shop.csv"
[sources.identifiers]
customer = "customer"
[[sources]]
name = "calls"
path = "calls.csv"
[sources.identifiers]
caller = "caller"
[[journeys]]
type = "order"
triggers = ["order"]
"""
SYLLABLES = [a + b for a in "bdfgklmnprstvw" for b in "aeiou"]


def word(draw, syllables):
    return "".join(draw.choice(SYLLABLES) for _ in range(syllables)).title()


def misspelt(draw, text):
    """Change, drop or double one letter."""
    place = draw.randrange(1, len(text) - 1)
    other = draw.choice(("", text[place] * 2, draw.choice(string.ascii_lowercase)))
    return text[:place] + other + text[place + 1 :]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four hundred people who order; a hundred of them call, their names misspelt."""
    folder, draw = tmp_path_factory.mktemp("fuzzy"), random.Random(4)
    towns = [word(draw, 3) for _ in range(25)]
    people = [
        (f"{word(draw, 2)} {word(draw, 3)}", f"{word(draw, 3)} {draw.randrange(1, 90)}")
        for _ in range(400)
    ]
    told = [(n, *p, draw.choice(towns)) for n, p in enumerate(people)]
    time = "2026-01-05 09:00"
    shop = [(f"c{n}", "order", time, name, street, town) for n, name, street, town in told]
    calls = [
        (f"t{n}", "call", time, misspelt(draw, name), misspelt(draw, street), town)
        for n, name, street, town in told[:100]
    ]
    columns = ["activity", "time", "name", "street", "town"]
    pl.DataFrame(shop, ["customer", *columns], orient="row").write_csv(folder / "shop.csv")
    pl.DataFrame(calls, ["caller", *columns], orient="row").write_csv(folder / "calls.csv")
    (folder / "m.toml").write_text(MAPPING)
    return folder


def test_customers_with_misspelt_names_are_joined_and_the_confidence_is_said(folder):
    log = pm.read_sources(folder / "m.toml")

    events = log.events.select("customer", "caller", "customer_id").collect()
    shop = events.drop_nulls("customer").with_columns(person=pl.col("customer").str.slice(1))
    calls = events.drop_nulls("caller").with_columns(person=pl.col("caller").str.slice(1))
    joined = calls.join(shop, on="customer_id")
    right = joined.filter(pl.col("person") == pl.col("person_right")).height
    assert right >= 85
    assert joined.height - right <= 2
    fuzzy = log.meta.identity["fuzzy"]
    assert fuzzy["joined"] == 500 - log.meta.identity["customers"]
    caveat = next(c for c in pm.overview(log).caveats if "by likeness" in c)
    assert "name and street and town" in caveat
    assert "90 %" in caveat


def test_a_column_that_no_source_has_is_refused(folder, tmp_path):
    for name in ("shop.csv", "calls.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "m.toml").write_text(MAPPING.replace('"street", "town"', '"stret"'))

    with pytest.raises(
        ColumnError, match=r"identity.fuzzy.columns.*'stret'.*Did you mean 'street'"
    ):
        pm.read_sources(tmp_path / "m.toml")
