"""Learned temporal profiles beside pm4py's: means and deviations, and which times are out."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.norms.temporal import LOW, MEAN, STD, figures, learned, pairs, profile
from tests import brute

STEPS = st.tuples(st.sampled_from("abc"), st.integers(0, 90), st.integers(0, 40))
JOURNEYS = st.lists(st.lists(STEPS, min_size=1, max_size=6), min_size=1, max_size=6)
ZETA = st.sampled_from((0.5, 1.0, 2.0))


def rows_of(journeys, *, worked):
    rows = []
    for number, journey in enumerate(journeys):
        end = 0
        for activity, after, work in journey:
            end += after
            rows.append(
                {
                    "case_id": str(number),
                    "activity": activity,
                    "timestamp": brute.at(end),
                    "start_timestamp": brute.at(end - work) if worked else None,
                }
            )
    return rows


def log_of(journeys, *, worked=False):
    table = pl.DataFrame(rows_of(journeys, worked=worked))
    return pm.read(table if worked else table.drop("start_timestamp"))


def in_order(log):
    """The journeys in pm4py's form, in the log's own order, from their first start on."""
    from pm4py.objects.log.obj import Event, EventLog, Trace

    columns = {c: c in log.columns for c in ("start_timestamp",)}
    events = log.events.collect().sort("case_id", "event_number")
    traces = {}
    for row in events.iter_rows(named=True):
        begun = row["start_timestamp"] if columns["start_timestamp"] else None
        traces.setdefault(row["case_id"], Trace()).append(
            Event(
                {
                    "concept:name": str(row["activity"]),
                    "time:timestamp": row["timestamp"],
                    "start": begun or row["timestamp"],
                }
            )
        )
    return EventLog(traces.values()), list(traces)


PARAMETERS = {"pm4py:param:start_timestamp_key": "start"}


def pm4pys(log):
    from pm4py.algo.discovery.temporal_profile.variants import log as algorithm

    return algorithm.apply(in_order(log)[0], PARAMETERS)


def compared(found, theirs):
    own = {(r["activity"], r["other"]): r for r in found.iter_rows(named=True)}
    assert own.keys() == theirs.keys()
    for key, (mean, deviation) in theirs.items():
        assert own[key][MEAN] / 1e6 == pytest.approx(mean, rel=1e-9, abs=1e-6)
        assert own[key][STD] / 1e6 == pytest.approx(deviation, rel=1e-6, abs=1e-5)


@given(JOURNEYS, st.booleans())
@settings(max_examples=50)
def test_means_and_standard_deviations_equal_pm4pys(journeys, worked):
    log = log_of(journeys, worked=worked)
    compared(profile(log), pm4pys(log))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sepsis.xes.gz", "receipt.xes.gz"])
def test_means_and_standard_deviations_of_real_logs_equal_pm4pys(real_logs, name):
    log = pm.read(real_logs / name)
    compared(profile(log), pm4pys(log))


@given(JOURNEYS, JOURNEYS, ZETA, st.booleans())
@settings(max_examples=50)
def test_times_are_out_of_the_ordinary_where_pm4py_says_so(reference, current, zeta, worked):
    from pm4py.algo.conformance.temporal_profile.variants import log as algorithm

    normal, log = (log_of(each, worked=worked) for each in (reference, current))
    bounds = learned(normal, support=0.0, zeta=zeta)
    traces, cases = in_order(log)
    found = algorithm.apply(traces, pm4pys(normal), PARAMETERS | {"zeta": zeta})
    expected = {
        (case, a, b)
        for case, those in zip(cases, found, strict=True)
        for a, b, took, _ in those
        if not on_the_edge(took, bounds, a, b)
    }
    counted, worst = figures(log, bounds)
    names = {r["norm"]: (r["activity"], r["other"]) for r in bounds.iter_rows(named=True)}
    own = {(r["case_id"], *names[r["norm"]]) for r in worst.iter_rows(named=True)}
    assert own == expected
    assert counted.shares["violations"].sum() == worst.height
    assert counted.whole["violations"].item() == len({case for case, *_ in expected})
    assert counted.whole["cases"].item() == len(current)
    names = pl.col("activity", "other").cast(pl.String)
    there = pairs(log).collect("polars").to_native().with_columns(names)
    there = there.join(bounds, on=["activity", "other"])
    asked = there.group_by("norm").agg(pl.col("case_id").n_unique().cast(pl.Int64))
    numbers = dict(asked.rows())
    assert counted.shares["cases"].to_list() == [numbers.get(n, 0) for n in bounds["norm"]]


def on_the_edge(took, bounds, a, b):
    """Within what sums of floats may be off by."""
    row = bounds.filter(activity=a, other=b).row(0, named=True)
    return any(abs(took * 1e6 - row[end]) < 1 for end in (LOW, "high_us"))
