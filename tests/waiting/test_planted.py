"""The causes of waiting that are planted in the broadband sample are found again."""

import json
from pathlib import Path

import polars as pl
import pytest

import procmine as pm

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"


@pytest.fixture(scope="module")
def truth():
    return json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["waiting_causes"]


@pytest.fixture(scope="module")
def result(broadband):
    return pm.waiting_causes(broadband, calendar=SAMPLE / "calendars.toml")


def waits(result, activity):
    return result.waits.filter(pl.col("activity") == activity)


@pytest.mark.parametrize("cause", ["contention", "prioritisation", "unavailability", "extraneous"])
def test_what_kept_orders_at_the_desk(result, truth, cause):
    """Within what a few orders make that were joined to another customer's journey."""
    planted = truth["order_desk"]
    desk = waits(result, planted["activity"])
    assert desk.height == pytest.approx(planted["orders"], abs=3)
    assert desk["batching_seconds"].sum() == 0
    assert desk[f"{cause}_seconds"].sum() == pytest.approx(planted[f"{cause}_seconds"], rel=0.02)


def test_parcels_wait_for_the_pick_up_at_the_central_warehouse(result, truth):
    planted = truth["docks"]["Central warehouse"]
    dock = waits(result, truth["docks"]["activity"]).filter(pl.col("resource") == "Dock 01")
    assert dock.height == pytest.approx(planted["parcels"], abs=3)
    for length in ("wait_seconds", "batching_seconds"):
        assert dock[length].sum() == pytest.approx(planted[length], rel=0.03)


def test_batching_is_what_keeps_the_factories_parcels(result, truth):
    """An order's parcels leave factories one after another: the later ones wait for the earlier."""
    docks = waits(result, truth["docks"]["activity"])
    for factory in sorted(truth["docks"].keys() - {"activity", "Central warehouse"}):
        own = docks.filter(pl.col("resource").str.starts_with(factory))
        assert own.height == pytest.approx(truth["docks"][factory]["parcels"], abs=5)
        assert own["batching_seconds"].sum() > 0.5 * own["wait_seconds"].sum()
