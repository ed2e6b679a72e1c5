"""The loss that the warehouse's closure is to all, in a log large enough to be sure of it.

It is some 7 euros an order. On the kept log of 10,000 events it is seen as 4.8 with p 0.052: what
an order costs the warehouse and customer care scatters so much that its 600 orders leave the change
unsure by 2.3 (a standard error). Three times the orders leave 1.4, and the loss lies five standard
errors from nothing: the size is chosen for that, and not for what this log happens to show.

The truth counts what orders had cost when the year ended, also those that were placed shortly
before and have most of their calls still to come, which is too little. So the size is taken from
the true journeys, each followed as long as the analysis says it does; and, so that this log's own
chance isn't part of it, from those of a log ten times as large of the same company.
"""

import json

import polars as pl
import pytest

import procmine as pm
from procmine.sample import write_sample

CONCERNED = ("Warehouse", "Customer care")
ENOUGH, MANY = 30_000, 300_000


class Company:
    """A generated log, and what orders truly cost the two departments."""

    def __init__(self, folder, events):
        write_sample("broadband", events=events, output=folder)
        self.truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.closed = self.truth["warehouse_closure"]["date"]
        self.log = pm.read_sources(folder / "mapping.toml")
        true = pl.read_parquet(folder / "truth_journeys.parquet")
        columns = ("event_id", "timestamp", "department", "cost")
        events = self.log.events.select(columns).collect().join(true, on="event_id")
        self.end = events["timestamp"].max()
        self.orders = events.filter(pl.col("journey").str.starts_with("order ")).with_columns(
            pl.col("timestamp").min().over("journey").alias("placed"),
            pl.col("department").cast(pl.String),
        )

    def change(self, seconds=None):
        """What the two cost per order placed since the closure, less before; of those followed."""
        some = self.orders
        if seconds is not None:
            long = pl.duration(seconds=seconds)
            some = some.filter(
                pl.col("placed") + long <= self.end, pl.col("timestamp") <= pl.col("placed") + long
            )
        day = pl.col("placed").dt.convert_time_zone(self.truth["time_zone"]).dt.date()
        from_it_on = day >= pl.lit(self.closed).str.to_date()
        before, after = (
            side.filter(pl.col("department").is_in(CONCERNED))["cost"].sum()
            / side["journey"].n_unique()
            for side in (some.filter(~from_it_on), some.filter(from_it_on))
        )
        return after - before


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return Company(tmp_path_factory.mktemp("enough"), ENOUGH)


@pytest.mark.slow
def test_with_three_times_the_kept_logs_orders_the_global_loss_is_sure_and_its_size_is_found(
    company, tmp_path
):
    found = pm.cost_shift(company.log, date=company.closed, changed="Warehouse")

    assert found.summary["verdict"].item() == "local saving, global loss"
    loss = found.shift.filter(who="it and those who pay more").row(0, named=True)
    assert "Customer care" in found.headline
    assert loss["p_value"] <= 0.05
    seconds = int(found.summary["followed_seconds"].item())
    for planted in (company.change(seconds), Company(tmp_path, MANY).change(seconds)):
        assert 0 < loss["low_change"] <= planted <= loss["high_change"]


@pytest.mark.slow
def test_followed_to_the_years_end_the_true_journeys_cost_what_the_truth_counts(company):
    before, after = (
        company.truth["counted"][f"orders_placed_{side}_closure"] for side in ("before", "from")
    )
    counted = sum(
        after["cost"][name] / after["orders"] - before["cost"][name] / before["orders"]
        for name in CONCERNED
    )

    assert company.change() == pytest.approx(counted, abs=0.15)
