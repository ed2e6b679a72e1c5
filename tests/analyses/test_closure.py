"""The warehouse closure planted in broadband: what the customer's time says of it, and when."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

import procmine as pm
from procmine.sample import write_sample

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"
ORDERS = {"journey_type": "order to working line"}


def halves(log, closed):
    """The orders placed before a day, and those after it that had two months to be finished."""
    log = log.filter_cases(where=ORDERS)
    return [log.filter_cases(started=period) for period in ((None, closed), (closed, "2025-11-01"))]


def figures(log):
    """What an order waits in the warehouse, by when half are done, how many have to ask."""
    ledger = pm.ledger(log)
    inside = ledger.departments.filter(department="Warehouse")["inside_seconds"].item()
    done = pm.cycle_time(log).summary.row(0, named=True)
    asking = log.filter_cases(passes_through="Where is my order?").size[1] / log.size[1]
    return inside / ledger.summary["cases"].item(), done, asking


def test_after_the_closure_orders_wait_in_the_warehouse_close_later_and_customers_ask(broadband):
    closed = json.loads((KEPT / "truth.json").read_text())["warehouse_closure"]["date"]
    (waited, done, asked), (waits, late, asking) = map(figures, halves(broadband, closed))
    assert waits > 2 * waited
    assert late["low_closing_median_seconds"] > done["high_closing_median_seconds"]
    assert asking > 2 * asked


@pytest.mark.slow
def test_without_the_closure_nothing_of_it_is_seen(tmp_path):
    write_sample("broadband", seed=3, null=True, output=tmp_path)
    log = pm.read_sources(tmp_path / "mapping.toml")
    (waited, done, asked), (waits, late, asking) = map(figures, halves(log, "2025-07-01"))
    assert waits == pytest.approx(waited, rel=0.2)
    assert late["low_closing_median_seconds"] < done["high_closing_median_seconds"]
    assert asking < 1.5 * asked


def test_the_month_of_the_closure_stands_out_in_the_cycle_time_by_month(broadband):
    closed = date.fromisoformat(
        json.loads((KEPT / "truth.json").read_text())["warehouse_closure"]["date"]
    )
    rows = pm.cycle_time(broadband.filter_cases(where=ORDERS), by="month").groups
    before = f"{closed.replace(day=1) - timedelta(days=1):%Y-%m}"
    after = f"{closed.replace(day=1) + timedelta(days=32):%Y-%m}"
    median = dict(rows.select("month", "closing_median_seconds").iter_rows())
    assert median[after] > 1.2 * median[before]
