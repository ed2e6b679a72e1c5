"""The event log: its views, and that it survives being written."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from polars.testing import assert_frame_equal

import procmine as pm
import procmine.eventlog
import procmine.holding
from procmine.errors import InputError, OptionError
from procmine.eventlog import EventLog, scan
from procmine.metadata import Metadata
from procmine.prepare.buckets import Plan
from procmine.storage import write_manifest
from tests import brute
from tests.strategies import EXAMPLES, events, frame, log_of, random_events

ANALYSES = ("overview", "process_map", "cycle_time", "handoffs", "variants", "rework")


@pytest.fixture
def log():
    return log_of(random_events(5), name="orders", timezone="Europe/Berlin", outcomes=("answer",))


@given(rows=events())
def test_cases_equal_brute_force(rows):
    found = brute.keyed(log_of(rows).cases.collect().to_dicts(), "case_id")
    expected = brute.cases(rows)
    if "department" not in rows[0]:
        for row in expected.values():
            row["departments"] = row["handoffs"] = None
    brute.assert_same(found, expected)


def test_a_case_whose_departments_are_all_unknown_met_none():
    log = log_of(EXAMPLES["departments never known"])
    assert log.cases.collect()["departments"].unique().to_list() == [0]


def test_cases_are_open_unless_an_outcome_closes_them():
    rows = [step("1", "ask", 0), step("1", "answer", 1), step("2", "ask", 2)]
    cases = log_of(rows, outcomes=("answer",)).cases.collect()
    assert dict(cases.select("case_id", "is_open").iter_rows()) == {"1": False, "2": True}
    assert log_of(rows).cases.collect()["is_open"].to_list() == [None, None]


def test_what_belongs_to_the_journey_is_on_its_case():
    raw = frame([step("1", "ask", 0), step("1", "answer", 1)]).with_columns(
        pl.lit("business").alias("segment"), pl.lit(7).alias("case:value"), other=pl.lit(1)
    )
    log = procmine.eventlog.prepared(raw.lazy(), 2, Metadata())
    row = log.cases.collect().row(0, named=True)
    assert (row["segment"], row["case:value"]) == ("business", 7)
    assert "other" not in row


@given(rows=events())
def test_size_counts_events_and_cases(rows):
    assert log_of(rows).size == (len(rows), len({r["case_id"] for r in rows}))


def test_a_written_log_is_read_back_as_it_was(log, tmp_path):
    path = log.write(tmp_path / "log.parquet")
    again = scan(path)
    assert_frame_equal(again.events.collect(), log.events.collect())
    events, cases = log.size
    assert again.meta == Metadata(
        name="orders", timezone="Europe/Berlin", outcomes=("answer",), events=events, cases=cases
    )


def test_a_written_log_answers_alike_through_read(log, tmp_path):
    again = pm.read(log.write(tmp_path / "log.parquet"))
    for name in ANALYSES:
        one, other = getattr(pm, name)(log), getattr(pm, name)(again)
        assert one.to_dict() == other.to_dict()


def test_a_selection_can_be_written_too(log, tmp_path):
    part = log.filter_cases(duration=(timedelta(seconds=1), None))
    again = scan(part.write(tmp_path / "part.parquet"))
    assert again.meta.selection == part.meta.selection
    assert again.size == part.size


def test_a_log_can_be_written_over_the_file_it_is_scanned_from(log, tmp_path):
    path = log.write(tmp_path / "log.parquet")
    again = scan(path)
    again.write(path)
    assert_frame_equal(scan(path).events.collect(), log.events.collect())


def out_of_core(monkeypatch):
    """Make every log larger than memory."""
    monkeypatch.setattr(procmine.holding, "IN_MEMORY", 9)
    monkeypatch.setattr(procmine.holding, "plan", lambda _, events, __: Plan(events, 6, 0))


def test_an_out_of_core_log_is_written_as_one_file(monkeypatch, tmp_path):
    rows = random_events(6)
    in_memory = log_of(rows).events.collect()
    out_of_core(monkeypatch)
    log = log_of(rows)
    again = scan(log.write(tmp_path / "log.parquet")).events.collect()
    assert log.storage.path.is_dir()
    assert_frame_equal(again.sort("order"), in_memory.sort("order"))


def test_an_out_of_core_log_answers_like_one_in_memory(monkeypatch):
    rows = random_events(6)
    in_memory = [getattr(pm, name)(log_of(rows)).to_dict() for name in ANALYSES]
    out_of_core(monkeypatch)
    log = log_of(rows)
    for name, expected in zip(ANALYSES, in_memory, strict=True):
        assert getattr(pm, name)(log).to_dict() == expected
        assert getattr(pm, name)(log.filter_cases(duration=(0, None))).tables.keys()


def test_the_folder_of_an_out_of_core_log_goes_with_its_last_user(monkeypatch):
    out_of_core(monkeypatch)
    log = log_of(random_events(6))
    path = log.storage.path
    part = log.filter_cases(duration=(0, None))
    del log
    assert path.is_dir()
    assert pm.overview(part).summary["events"].item()
    del part
    assert not path.exists()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError("disk full")])
def test_an_interrupted_write_leaves_nothing(log, tmp_path, monkeypatch, interruption):
    def half(_, path, **_settings):
        path.write_bytes(b"PAR1 half a file")
        raise interruption

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", half)
    with pytest.raises((KeyboardInterrupt, OSError)):
        log.write(tmp_path / "log.parquet")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_the_old_file_whole(log, tmp_path, monkeypatch):
    path = log.write(tmp_path / "log.parquet")
    before = path.read_bytes()

    def half(_, beside, **_settings):
        beside.write_bytes(b"PAR1 half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", half)
    with pytest.raises(KeyboardInterrupt):
        log.write(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_log_is_only_written_as_parquet(log, tmp_path):
    with pytest.raises(OptionError, match=r"ending in \.parquet"):
        log.write(tmp_path / "log.csv")


def test_a_folder_that_is_not_there_is_said(log, tmp_path):
    with pytest.raises(InputError, match=r"folder of 'log\.parquet' isn't there"):
        log.write(tmp_path / "missing" / "log.parquet")


def test_a_plain_parquet_file_is_no_prepared_log(tmp_path):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "plain.parquet")
    assert scan(tmp_path / "plain.parquet") is None


def test_a_folder_of_parts_is_one_log(log, tmp_path):
    whole = log.events.collect()
    cases = whole["case_id"].unique(maintain_order=True)
    for number, own in enumerate((cases[:5], cases[5:])):
        part = EventLog(whole.filter(pl.col("case_id").is_in(own.implode())).lazy(), log.meta)
        part.write(tmp_path / f"part-{number}.parquet")
    write_manifest(tmp_path, ["part-0.parquet", "part-1.parquet"], log.meta)
    folder = pm.read(tmp_path)
    assert_frame_equal(folder.events.collect(), whole)
    assert folder.size == log.size
    assert pm.overview(folder).to_dict()["log"]["events"] == whole.height


def test_roles_of_a_prepared_log_cannot_be_chosen_any_more(log, tmp_path):
    path = log.write(tmp_path / "log.parquet")
    with pytest.raises(OptionError, match="department, timezone can't be chosen any more"):
        pm.read(path, department="team", timezone="UTC")


def test_outcomes_can_be_said_of_a_prepared_log(log, tmp_path):
    path = log.write(tmp_path / "log.parquet")
    assert pm.read(path, outcomes=["ask"]).meta.outcomes == ("ask",)
    with pytest.raises(OptionError, match="Did you mean 'answer'"):
        pm.read(path, outcomes=["answr"])


def test_a_log_says_what_it_holds(log):
    events, cases = log.size
    assert repr(log) == f"<EventLog orders: {events} events, {cases} cases>"


def step(case, activity, order):
    return {"case_id": case, "activity": activity, "timestamp": brute.at(order), "order": order}
