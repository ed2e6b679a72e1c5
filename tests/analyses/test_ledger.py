"""The ledger: every journey's time is work or a wait that is somebody's, once."""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.eventlog import prepared
from procmine.metadata import Metadata
from procmine.schema import GAP, GAP_BY_CUSTOMER, MADE
from tests import brute
from tests.calendars.brute import business
from tests.strategies import EXAMPLES, FEW, events, frame, log_of, random_events

HOURS = """
timezone = "Europe/Berlin"
[departments.Sales]
"Monday to Sunday" = ["00:10-00:25", "10:05-10:20"]
[departments."*"]
"Monday to Sunday" = ["09:50-10:15"]
"""
OUTCOMES = ("answer", "check")
EVERYBODY = (((590, 615),),) * 7
WEEKS = defaultdict(lambda: EVERYBODY, Sales=(((10, 25), (605, 620)),) * 7)


def check(log, rows, **options):
    result = pm.ledger(log)
    cases, departments, handoffs = brute.ledger(rows, **options)
    brute.assert_same(brute.keyed(result.journeys.to_dicts(), "case_id"), cases)
    brute.assert_same(brute.keyed(result.departments.to_dicts(), "department"), departments)
    pairs = brute.keyed(result.handoffs.to_dicts(), "department", "next_department")
    brute.assert_same(pairs, handoffs)
    check_parts(result, list(cases.values()))
    return result


def check_parts(result, journeys):
    row, per = result.summary.row(0, named=True), len(journeys)
    whole = sum(j["duration_seconds"] for j in journeys)
    assert row["cases"] == per
    assert row["mean_seconds"] == (pytest.approx(whole / per) if per else None)
    parts = brute.keyed(result.parts.to_dicts(), "part")
    assert tuple(parts) == brute.PARTS
    for part, found in parts.items():
        total = sum(j[f"{part}_seconds"] for j in journeys)
        assert found["total_seconds"] == pytest.approx(total)
        assert found["mean_seconds"] == (pytest.approx(total / per) if per else None)
        assert found["share"] == (pytest.approx(total / whole) if whole else None)
        assert row[f"{part}_share"] == found["share"]


def residual(log, **options):
    """The most microseconds by which a journey's parts differ from its duration."""
    table = pm.ledger(log, **options).journeys
    whole, *parts = (
        (table[f"{part}_seconds"] * 1_000_000).round().cast(pl.Int64)
        for part in ("duration", *brute.PARTS)
    )
    return (whole - sum(parts)).abs().max() or 0


def test_the_ledger_equals_brute_force(engine, example):
    check(engine(log_of(example)), example)


@given(rows=events())
def test_any_log_equals_brute_force(rows):
    check(log_of(rows), rows)


@given(rows=events(optional=("start_timestamp", "department", "by_customer")), late=st.data())
def test_starts_after_their_completion_count_as_the_completion(rows, late):
    for row in rows:
        if late.draw(st.integers(0, 4)) == 0:
            row["start_timestamp"] = row["timestamp"] + timedelta(seconds=90)
    check(log_of(rows), rows)
    assert residual(log_of(rows)) == 0


@given(rows=events())
def test_the_residual_is_zero(rows):
    assert residual(log_of(rows)) == 0


@FEW
@given(rows=events(optional=("start_timestamp", "department")), seed=st.randoms())
def test_the_order_of_rows_does_not_matter(rows, seed):
    one, other = (pm.ledger(log_of(r)) for r in (rows, seed.sample(rows, len(rows))))
    assert one.to_dict() == other.to_dict()


@given(rows=events())
def test_departments_and_handoffs_add_up_to_the_journeys(rows):
    result = pm.ledger(log_of(rows))
    journeys, departments = result.journeys.sum(), result.departments
    for part in ("service", "inside"):
        column = f"{part}_seconds"
        assert departments[column].sum() == pytest.approx(journeys[column].item())
    handed = result.handoffs["total_seconds"].sum()
    assert handed == pytest.approx(journeys["handoff_seconds"].item())


def test_only_completed_journeys_count(engine):
    rows = EXAMPLES["everything known"]
    result = check(engine(log_of(rows, outcomes=OUTCOMES)), rows, outcomes=OUTCOMES)
    still_open = len(brute.journeys(rows)) - result.summary["cases"].item()
    assert result.summary["open_cases"].item() == still_open > 0
    assert f"{still_open} journeys are still open and left out." in result.caveats


def test_journeys_that_are_open_or_were_abandoned_are_left_out(engine):
    states = {"1": "closed", "2": "open", "3": "abandoned"}
    rows = [step("A", 0, 10) | {"case_id": case} for case in states]
    table = frame([{"order": n, **row} for n, row in enumerate(rows)])
    known = table.with_columns(pl.col("case_id").replace_strict(states).alias("journey_state"))
    result = pm.ledger(engine(prepared(known.lazy(), 3, Metadata())))
    assert result.journeys["case_id"].to_list() == ["1"]
    assert result.summary.select("cases", "open_cases").row(0) == (1, 1)
    assert {
        "1 journey is still open and left out.", "1 journey was abandoned and left out."
    } <= set(result.caveats)  # fmt: skip


def test_without_start_times_service_is_unknown_and_the_caveat_says_so():
    rows = random_events(2, optional=("department",))
    result = pm.ledger(log_of(rows))
    assert result.journeys["service_seconds"].sum() == 0
    assert result.caveats[0].startswith("The log has no start times, so service is unknown")
    assert "work and waiting inside departments" in result.headline


def test_events_without_a_start_are_counted():
    rows = [step("a", 0, 10), {**step("b", 20, 30), "start_timestamp": None}]
    assert any(
        c.startswith("1 event of 2 has no start time;") for c in pm.ledger(log(rows)).caveats
    )


def test_work_that_overlaps_counts_once_for_the_event_that_ends_last():
    rows = [step("Sales", 0, 40), step("Care", 20, 60)]
    result = pm.ledger(log(rows))
    served = dict(result.departments.select("department", "service_seconds").rows())
    assert served == {"Sales": 1200.0, "Care": 2400.0}
    assert "Work overlaps for 20 minutes in all, which count once." in result.caveats


def test_a_gap_belongs_to_the_step_from_the_last_to_end_to_the_first_to_start():
    rows = [step("A", 0, 50), step("B", 10, 20), step("C", 70, 100), step("D", 60, 110)]
    handoffs = pm.ledger(log(rows)).handoffs
    assert handoffs.select("department", "next_department", "total_seconds").rows() == [
        ("A", "D", 600.0)
    ]


def test_the_wait_before_what_the_customer_does_is_the_customers_own():
    rows = [step("A", 0, 10), step("B", 20, 30) | {"by_customer": True}]
    rows[0]["by_customer"] = False
    (journey,) = pm.ledger(log(rows)).journeys.to_dicts()
    assert (journey["customer_seconds"], journey["handoff_seconds"]) == (600.0, 0.0)


def test_events_with_starts_appended_to_a_log_without_any_add_up(tmp_path):
    plain = frame(random_events(7, optional=("department",))).drop("order")
    path = tmp_path / "log.parquet"
    pm.read(plain, into=path)
    later = frame(
        [step("Sales", 5, 25) | {"case_id": "late"}, step("Care", 35, 45) | {"case_id": "late"}]
    )
    grown = pm.append(path, later)
    assert residual(grown) == 0
    (late,) = pm.ledger(grown).journeys.filter(pl.col("case_id") == "late").to_dicts()
    assert (late["service_seconds"], late["handoff_seconds"]) == (1800.0, 600.0)


def test_a_log_prepared_before_ledgers_says_what_to_do():
    for missing in (GAP, GAP_BY_CUSTOMER):
        now = log_of(EXAMPLES["everything known"])
        before = pm.EventLog(now.events.drop(missing), now.meta)
        with pytest.raises(pm.UnavailableError, match="Prepare it anew"):
            pm.ledger(before)


@pytest.fixture(scope="module")
def hours(tmp_path_factory):
    path = tmp_path_factory.mktemp("hours") / "hours.toml"
    path.write_text(HOURS)
    return path


@given(rows=events())
def test_business_time_of_each_part_equals_brute_force_by_minutes(rows, hours):
    result = pm.ledger(log_of(rows), calendar=hours)
    found = brute.keyed(result.journeys.to_dicts(), "case_id")
    for case, own in brute.journeys(rows).items():
        whole = 0
        for part, seconds in business_parts(own).items():
            assert found[case][f"business_{part}_seconds"] == pytest.approx(seconds)
            whole += seconds
        assert found[case]["business_duration_seconds"] == pytest.approx(whole)


def business_parts(own):
    """Business seconds of a journey's parts, each wait by the hours of whom it waits for."""
    parts, idle = dict.fromkeys(brute.PARTS, 0.0), brute.gaps(own)
    for event in own:
        gap, after, worked = idle[event["order"]]
        begun = brute._opens(event)
        parts["service"] += counted(begun, worked, event.get("department"))
        if gap:
            waited = counted(event["timestamp"], gap, after.get("department"))
            parts[brute._kind(event, after)] += waited
    return parts


def counted(since, length, department):
    whole = business(since, since + length, "Europe/Berlin", WEEKS[department])
    return whole.total_seconds()


def test_departments_and_handoffs_have_business_time_too(hours):
    result = pm.ledger(log_of(EXAMPLES["everything known"]), calendar=hours)
    journeys = result.journeys.sum()
    for table, column, part in (
        ("departments", "business_service_seconds", "service"),
        ("departments", "business_inside_seconds", "inside"),
        ("handoffs", "business_total_seconds", "handoff"),
    ):
        total = result.tables[table][column].sum()
        assert total == pytest.approx(journeys[f"business_{part}_seconds"].item())
    summary = result.summary.row(0, named=True)
    whole = journeys["business_duration_seconds"].item()
    assert summary["business_mean_seconds"] * summary["cases"] == pytest.approx(whole)
    assert result.parts["business_total_seconds"].sum() == pytest.approx(whole)


def test_calendars_without_some_department_say_that_all_its_time_counts(tmp_path):
    path = tmp_path / "hours.toml"
    path.write_text('timezone = "UTC"\ndiscovered = "by hand"\n[departments.Care]\nMonday = []\n')
    result = pm.ledger(log_of(EXAMPLES["everything known"]), calendar=path)
    said = " ".join(result.caveats)
    assert "no hours for departments that are unknown, Field, Sales" in said
    assert "The working hours weren't stated: by hand." in said
    sales = result.departments.filter(department="Sales")
    assert sales["business_inside_seconds"].item() == sales["inside_seconds"].item()


def test_what_an_engine_cannot_do_names_the_alternative(engine, hours):
    asked = engine(log_of(EXAMPLES["everything known"]))
    if isinstance(asked.events, pl.LazyFrame):
        assert "business_total_seconds" in pm.ledger(asked, calendar=hours).handoffs.columns
    else:
        with pytest.raises(pm.UnavailableError, match="Write the prepared log as Parquet"):
            pm.ledger(asked, calendar=hours)


@pytest.mark.slow
def test_purchasing_equals_a_sweep_over_each_journey(real_logs):
    log = pm.read(real_logs / "purchasing.csv", department="org:resource")
    rows = log.events.drop(MADE, strict=False).collect()
    text = rows.with_columns(pl.selectors.categorical().cast(pl.String)).to_dicts()
    check(log, text)
    assert residual(log) == 0


SOURCES = (
    ("helpdesk.xes.gz", {}),
    ("receipt.csv", {}),
    ("receipt.parquet", {"timezone": "Europe/Amsterdam"}),
    ("sepsis.csv", {}),
    ("running-example.csv", {}),
    ("ocel20_example.sqlite", {"case_object": "Purchase Order"}),
    ("order_management_ocel2.sqlite", {"case_object": "customers", "depth": 2}),
    ("bpic2012.xes.gz", {"lifecycle": "pair"}),
)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), SOURCES)
def test_every_real_log_adds_up(real_logs, name, options):
    assert residual(pm.read(real_logs / name, **options)) == 0


@pytest.mark.parametrize("name", ["airline", "rental"])
def test_the_other_samples_add_up(name, kept):
    assert residual(kept(name)) == 0


def test_the_sample_adds_up_and_all_its_work_lies_in_the_working_hours_planted_in_it(broadband):
    folder = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"
    assert residual(broadband) == 0
    result = pm.ledger(broadband, calendar=folder / "calendars.toml")
    (work,) = result.parts.filter(part="service").to_dicts()
    assert work["business_total_seconds"] == work["total_seconds"] > 0
    assert any("no hours for departments that are unknown" in c for c in result.caveats)


def step(department, since, until):
    """An event with its department's name, begun and ended so many minutes into the case."""
    return {
        "case_id": "1",
        "activity": f"{department} works",
        "timestamp": brute.at(60 * until),
        "start_timestamp": brute.at(60 * since),
        "department": department,
    }


def log(rows):
    numbered = [{"order": number, **row} for number, row in enumerate(rows)]
    return log_of(numbered)
