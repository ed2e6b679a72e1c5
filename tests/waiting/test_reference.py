"""Causes of waiting and start estimates beside what the published tools gave on a real log."""

import json
from datetime import time, timedelta

import polars as pl
import pytest

import procmine as pm
from procmine.waiting.causes import CAUSES
from procmine.waiting.explain import explain
from procmine.waiting.work import estimates, work_of

pytestmark = pytest.mark.slow

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
THEIRS = {"prioritisation": "wt_prioritization"}
"""Where the reference spells a cause otherwise."""


class Weekly:
    """A week of the reference's calendars: UTC, shifts that end a millisecond before midnight."""

    def __init__(self, shifts):
        self.shifts = shifts

    def segments(self, start, end):
        day, found = start.replace(hour=0, minute=0, second=0, microsecond=0), []
        while day <= end:
            today = [s for s in self.shifts if s["from"] == DAYS[day.weekday()]]
            found += [(day + length(s["beginTime"]), day + length(s["endTime"])) for s in today]
            day += timedelta(days=1)
        bounds = [(max(a, start), min(b, end)) for a, b in found]
        return pl.DataFrame(
            sorted(b for b in bounds if b[0] < b[1]),
            schema=dict.fromkeys(("start", "end"), pl.Datetime("us", "UTC")),
            orient="row",
        )


def length(clock):
    at = time.fromisoformat(clock)
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


@pytest.fixture(scope="module")
def log(real_logs):
    return pm.read(real_logs / "purchasing.csv")


def test_every_wait_and_each_of_its_causes(log, real_logs):
    own = json.loads((real_logs / "purchasing_calendars.json").read_text())
    calendars = {name: Weekly(shifts) for name, shifts in own.items()}
    work = work_of(log, ("event_number",))
    rows = explain(work, lambda resource, _: calendars[resource])
    found = (
        pl.concat(
            [
                work.events.select("case_id", "activity", "resource", "timestamp")[rows["event"]],
                pl.DataFrame({"start": work.start})[rows["event"]],
                rows,
            ],
            how="horizontal",
        )
        .with_row_index("row")
        # The reference has the events of a case by their end, then by their start.
        .sort(pl.col("case_id").cast(pl.Int64), "timestamp", "start", "row")
        .filter(pl.col("enabler").is_not_null())
    )
    theirs = pl.read_parquet(real_logs / "purchasing_waiting.parquet").sort(
        "case_id", maintain_order=True
    )
    assert found.height == theirs.height == 8511
    for ours, column in (
        ("activity", "destination_activity"),
        ("resource", "destination_resource"),
    ):
        assert (found[ours].cast(pl.String) == theirs[column]).all()
    for cause in (*CAUSES, "total"):
        seconds = found["wait_us" if cause == "total" else f"{cause}_us"] / 1e6
        assert (seconds - theirs[THEIRS.get(cause, f"wt_{cause}")]).abs().max() <= 0.01, cause


def test_every_batch_and_enabled_time(log, real_logs):
    theirs = pl.read_parquet(real_logs / "purchasing_waiting_input.parquet")
    waits = pm.waiting_causes(log).waits
    batched = theirs.filter(pl.col("batch_instance_id").is_not_null()).select(
        (pl.col("batch_instance_enabled") - pl.col("enabled_timestamp")).dt.total_seconds().sum()
    )
    assert waits["batching_seconds"].sum() == batched.item()
    keys = ("case_id", "activity", "start_timestamp", "enabled")
    ours = waits.select(keys).sort(keys)
    columns = ("case:concept:name", "concept:name", "start_timestamp", "enabled_timestamp")
    others = theirs.select(*(pl.col(c).alias(k) for c, k in zip(columns, keys, strict=True)))
    assert (
        others.with_columns(pl.col("case_id").cast(pl.String))
        .join(ours, on=keys, how="inner")
        .height
        == ours.height
    )


def test_every_start_estimate(log, real_logs):
    names = {
        "case_id": "case:concept:name",
        "activity": "concept:name",
        "resource": "org:resource",
        "timestamp": "time:timestamp",
        "enabled": "enabled",
        "available": "available",
        "estimate": "estimated_start",
    }
    text = pl.col("activity", "resource").cast(pl.String)
    ours = estimates(log).with_columns(text).select(*names).sort(*names)
    theirs = pl.read_parquet(real_logs / "purchasing_start_estimates.parquet")
    theirs = theirs.select(pl.col(c).alias(n) for n, c in names.items())
    theirs = theirs.with_columns(pl.col("case_id").cast(pl.String)).sort(*names)
    assert ours.height == 9119
    assert ours.equals(theirs)


def test_the_error_that_caveats_name(log):
    error = estimates(log).select(
        (pl.col("start_timestamp") - pl.col("estimate")).dt.total_seconds().abs() / 3600
    )
    assert error.to_series().median() == pytest.approx(47 / 60)
    assert error.to_series().mean() == pytest.approx(5.3, abs=0.05)
