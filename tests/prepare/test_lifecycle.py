"""Lifecycles paired: against a plain queue, and against pm4py's own pairing of a real log."""

import json
import subprocess
import sys
from collections import defaultdict
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import ColumnError, OptionError, UnavailableError
from procmine.on_spark import Settings
from procmine.prepare.lifecycle import pair
from tests.brute import at

TIME = pl.Datetime("us", "UTC")
ENDS = {"complete", "ate_abort", "pi_abort", "withdraw", "manualskip", "autoskip"}
BEFORE = {"schedule", "assign", "reassign"}
KNOWN = [*sorted(ENDS | BEFORE), "start", "suspend", "resume"]
# Words that many logs are made of come up more often than those of few.
WORDS = st.sampled_from([*KNOWN, *["start", "complete"] * 4, "suspend", "resume", "queued", None])


@st.composite
def lifecycle_events(draw):
    """Events of few cases and activities at few instants, so that pieces of work overlap."""
    number = draw(st.integers(1, 30))
    return [
        {
            "case_id": draw(st.sampled_from(["1", "2"])),
            "activity": draw(st.sampled_from(["ask", "answer"])),
            "timestamp": at(60 * draw(st.integers(0, 40))),
            "order": order,
            "transition": draw(WORDS),
            "instance": draw(st.sampled_from([None, None, "i"])),
            "resource": draw(st.none() | st.sampled_from(["ann", "bob"])),
        }
        for order in draw(st.permutations(range(number)))
    ]


def frame(rows):
    schema = {"case_id": pl.String, "activity": pl.String, "timestamp": TIME, "order": pl.Int64,
              "transition": pl.String, "instance": pl.String, "resource": pl.String}  # fmt: skip
    names = {"transition": "__transition", "instance": "__instance"}
    return pl.DataFrame(rows, schema=schema).rename(names)


def worked(rows):
    """What pairing must give, event by event with a queue for each key."""
    keys = defaultdict(list)
    for row in sorted(rows, key=lambda r: (r["timestamp"], r["order"])):
        keys[row["case_id"], row["activity"], row["instance"]].append(row)
    return [event for own in keys.values() for event in _pieces(own)]


def _pieces(own):
    queue, waiting, found = [], [], []
    for row in own:
        word = row["transition"] or "complete"
        if word == "start":
            work = {"start": row, "rows": [*waiting, row], "since": None, "paused": 0}
            waiting = []
            queue.append(work)
        elif word in ENDS and queue:
            work = queue.pop(0)
            _resume(work, row)
            found.append(_event("paired", row, [*work["rows"], row], work))
        elif word in ENDS:
            found.append(_event("end alone", row, [*waiting, row]))
            waiting = []
        elif word in {"suspend", "resume"} and queue:
            _resume(queue[0], row)
            queue[0]["rows"].append(row)
            if word == "suspend":
                queue[0]["since"] = row["timestamp"]
        elif word in BEFORE | {"suspend", "resume"}:
            waiting.append(row)
        else:
            found.append(_event("other transition", row, [row]))
    found += [_event("start alone", work["start"], work["rows"]) for work in queue]
    return found + ([_event("never begun", waiting[-1], waiting)] if waiting else [])


def _resume(work, row):
    if work["since"] is not None:
        work["paused"] += (row["timestamp"] - work["since"]) // timedelta(microseconds=1)
    work["since"] = None


def _event(became, row, rows, work=None):
    start = work["start"] if work else row if became == "start alone" else None
    return {
        "case_id": row["case_id"],
        "activity": row["activity"],
        "timestamp": row["timestamp"],
        "order": row["order"],
        "start_timestamp": work["start"]["timestamp"] if work else None,
        "suspended_us": work["paused"] if work else None,
        "resource": row["resource"] or (start and start["resource"]),
        "pairing": became,
        "paired_events": len(rows),
    }


def told(*words):
    """Events of one piece after another's, a minute apart."""
    return [
        {"case_id": "1", "activity": "ask", "timestamp": at(60 * i), "order": i,
         "transition": word, "instance": None, "resource": None}
        for i, word in enumerate(words)
    ]  # fmt: skip


@given(lifecycle_events())
@example(told("start", "start", "suspend", "complete", "resume", "complete"))
@example(told("suspend", "resume", "complete", "schedule", "suspend"))
@example(told("complete", "complete", "start", "complete", "complete", "start"))
def test_pairing_is_what_a_queue_does(rows):
    columns = list(_event("never begun", rows[0], rows))
    found = pair(frame(rows)).select(columns).with_columns(pl.col("pairing").cast(pl.String))
    assert found.sort("order").to_dicts() == sorted(worked(rows), key=lambda e: e["order"])


@given(lifecycle_events())
def test_no_event_is_lost_and_the_order_of_rows_does_not_matter(rows):
    events = frame(rows)
    found = pair(events).sort("order")
    assert found["paired_events"].sum() == events.height
    assert pair(events.reverse()).sort("order").equals(found)


def test_suspended_time_is_left_out_of_service():
    rows = told("schedule", "start", "suspend", "resume", "complete")
    log = pm.read(
        pl.DataFrame(rows).rename({"transition": "lifecycle:transition"}), lifecycle="pair"
    )
    event = log.events.collect().row(0, named=True)
    assert (event["start_timestamp"], event["timestamp"]) == (at(60), at(240))
    assert event["suspended_us"] == 60_000_000
    assert event["service_us"] == 120_000_000
    assert log.meta.notes[-1] == "Work was suspended for 1 minute in all: no service time."
    assert "suspended for 1 minute in all, which counts as work" in " ".join(pm.ledger(log).caveats)
    assert log.filter_events(activity=["ask"]).events.collect()["service_us"].item() == 120_000_000


SOURCE = pl.DataFrame(
    {
        "case": ["1"] * 6 + ["2"] * 3,
        "activity": ["ask", "ask", "answer", "ask", "ask", "pay", "ask", "pay", "pay"],
        "time": [f"2026-01-05T{h:02}:00Z" for h in (9, 10, 11, 12, 13, 14, 9, 10, 11)],
        "lifecycle:transition": [
            *("START", "COMPLETE", None, "Start ", "complete", "schedule"),
            *("start", "start", "complete"),
        ],
        "concept:instance": [*"ab", None, *"cc", None, None, None, None],
    }
)
TOLD = (
    "Lifecycles are paired: 2 events have a start and an end, 2 an end alone, 2 a start alone, "
    "1 neither."
)


def test_a_log_says_what_was_paired_and_what_was_not(tmp_path):
    SOURCE.write_csv(tmp_path / "log.csv")
    log = pm.read(tmp_path / "log.csv", lifecycle="pair")
    assert log.size == (7, 2)
    assert log.meta.notes[-1] == TOLD
    assert log.meta.quality["accepted"] == 9
    assert log.meta.quality["merged"] == 2
    assert log.events.collect()["service_us"].drop_nulls().to_list() == [3_600_000_000] * 2


@pytest.mark.parametrize("parts", [False, True])
def test_whole_cases_are_paired_in_every_bucket(tmp_path, parts, monkeypatch):
    if parts:  # as if an event took a thousand times the memory
        monkeypatch.setattr("procmine.prepare.buckets._FACTOR", 6_500)
    many = pl.concat([SOURCE.with_columns(case=pl.col("case") + f"-{i}") for i in range(12_000)])
    kept = pm.read(many, lifecycle="pair", into=tmp_path / "log.parquet")
    assert (tmp_path / "log.parquet").is_dir() == parts
    assert kept.size == (7 * 12_000, 2 * 12_000)
    assert kept.meta.quality["merged"] == 2 * 12_000
    assert kept.meta.notes[-1] == TOLD.replace("2 ", "24,000 ").replace("1 ", "12,000 ")


def test_a_note_names_the_option_where_it_was_not_taken():
    notes = pm.read(SOURCE).meta.notes
    assert any("lifecycle='pair' (--lifecycle pair)" in note for note in notes)
    assert not any("--lifecycle" in n for n in pm.read(SOURCE, lifecycle="pair").meta.notes)


def test_what_cannot_be_paired_is_said():
    with pytest.raises(ColumnError, match="No column says what starts"):
        pm.read(SOURCE.drop("lifecycle:transition"), lifecycle="pair")
    with pytest.raises(ColumnError, match="No event in 'lifecycle:transition' is a start"):
        pm.read(SOURCE.filter(activity="answer"), lifecycle="pair")
    with pytest.raises(OptionError, match="Did you mean 'pair'"):
        pm.read(SOURCE, lifecycle="pairs")
    with pytest.raises(UnavailableError, match="aren't paired in the sources of a mapping"):
        pm.read("orders.toml", lifecycle="pair")
    with pytest.raises(UnavailableError, match="--engine polars"):
        Settings.of({"lifecycle": "pair"})


def test_a_prepared_log_is_neither_paired_nor_grown_by_halves(tmp_path):
    pm.read(SOURCE, lifecycle="pair", into=tmp_path / "log.parquet")
    with pytest.raises(OptionError, match="lifecycle can't be chosen any more"):
        pm.read(tmp_path / "log.parquet", lifecycle="pair")
    with pytest.raises(OptionError, match="whose lifecycles are paired"):
        pm.append(tmp_path / "log.parquet", SOURCE)
    pm.read(SOURCE, into=tmp_path / "plain.parquet")
    with pytest.raises(OptionError, match="can't be paired while events are added"):
        pm.append(tmp_path / "plain.parquet", SOURCE, lifecycle="pair")


@pytest.mark.slow
def test_the_command_line_pairs(tmp_path):
    SOURCE.write_csv(tmp_path / "log.csv")
    command = [sys.executable, "-m", "procmine", "overview", tmp_path / "log.csv"]
    done = subprocess.run(
        [*command, "--lifecycle", "pair", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["log"]["events"] == 7
    assert TOLD in done.stderr


@pytest.mark.slow
def test_a_real_log_is_paired_as_pm4py_pairs_it(real_logs):
    from pm4py.objects.log.obj import Event, EventLog, Trace
    from pm4py.objects.log.util.interval_lifecycle import to_interval

    path = real_logs / "bpic2012.xes.gz"
    columns = ["case_id", "activity", "timestamp", "lifecycle:transition"]
    names = ["case", "concept:name", "time:timestamp", "lifecycle:transition"]
    table = pm.read(path).events.sort("order").select(columns).collect()
    traces = defaultdict(Trace)
    for row in table.iter_rows():
        traces[row[0]].append(Event(zip(names, row, strict=True)))
    theirs = [
        (e["case"], e["concept:name"], e["start_timestamp"], e["time:timestamp"])
        for trace in to_interval(EventLog(traces.values()))
        for e in trace
    ]

    log = pm.read(path, lifecycle="pair")
    ended = log.events.filter(pl.col("pairing").cast(pl.String).is_in(["paired", "end alone"]))
    start = pl.coalesce("start_timestamp", "timestamp")
    ours = ended.select(pl.col("case_id", "activity"), start, pl.col("timestamp").alias("end"))

    assert sorted(ours.collect().rows()) == sorted(theirs)
    assert len(theirs) == 164_506
    assert log.meta.quality["merged"] + log.size[0] == 262_200
