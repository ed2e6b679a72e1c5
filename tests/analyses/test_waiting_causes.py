"""Why customers wait: parts that add up, equal to every moment held against every job."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.calendars import Calendar, Calendars, Shift
from procmine.errors import ColumnError, OptionError, UnavailableError
from procmine.waiting.explain import ALL, explain
from procmine.waiting.work import work_of
from tests import brute, brute_waits
from tests.strategies import EXAMPLES, FEW, events, log_of

MINUTE = timedelta(minutes=1)
OFFICE = Calendar("UTC", ((Shift(545, 552), Shift(560, 575)),) * 7)
HOURS = Calendars({"Sales": OFFICE}, None, {"bob": OFFICE})
"""The office is open from 9:05 to 9:12 and from 9:20 to 9:35: the made-up events lie around it."""


def opening(resource, department):
    """The same for the brute force: stretches of the day of the events, and the day before."""
    if resource != "bob" and department != "Sales":
        return None
    noon = brute.at(0) - timedelta(hours=9)
    days = (noon - timedelta(days=1), noon)
    return [(d + a * MINUTE, d + b * MINUTE) for d in days for a, b in ((545, 552), (560, 575))]


def explained(log):
    """Every wait by the order of its event, in microseconds."""
    work = work_of(log, ("order",))
    rows = explain(work, HOURS.of_resource).filter(pl.col("enabler").is_not_null())
    orders = work.events["order"][rows["event"]]
    return {
        order: {c: row[f"{c}_us"] for c in ("wait", *ALL)}
        for order, row in zip(orders, rows.to_dicts(), strict=True)
    }


@given(rows=events(optional=("start_timestamp", "department", "resource")))
def test_any_log_equals_brute_force(rows):
    assert explained(log_of(rows)) == brute_waits.waits(rows, opening)


@given(rows=events(optional=("start_timestamp", "department")))
def test_a_log_without_resources_equals_brute_force(rows):
    assert explained(log_of(rows)) == brute_waits.waits(rows, opening)


@given(rows=events(optional=("start_timestamp", "department", "resource")))
def test_parts_add_up_in_every_table(rows):
    rows[0]["start_timestamp"] = rows[0]["timestamp"]  # without any start there are only bounds
    result = pm.waiting_causes(log_of(rows))
    whole = result.waits["wait_seconds"].sum()
    for table in (result.waits, result.activities, result.departments):
        parts = table.select(pl.sum_horizontal(f"{c}_seconds" for c in ALL)).to_series()
        assert parts.to_list() == pytest.approx(table["wait_seconds"].to_list())
        assert table["wait_seconds"].sum() == pytest.approx(whole)
    assert result.summary["wait_seconds"].sum() == pytest.approx(whole)
    assert result.summary["wait_seconds"].min() >= 0


@FEW
@given(rows=events(), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, seed):
    one, other = (pm.waiting_causes(log_of(r)) for r in (rows, seed.sample(rows, len(rows))))
    assert one.to_dict() == other.to_dict()


@given(rows=events(optional=("department", "resource")), pauses=st.lists(st.integers(0, 900)))
def test_without_starts_the_truth_lies_within_the_bounds(rows, pauses):
    """Where no step of a journey begins before the one before it is complete."""
    work = iter([*pauses, *[0] * len(rows)])
    for own in brute.journeys(rows).values():
        done = None
        for row in own:
            earliest = row["timestamp"] - timedelta(seconds=next(work))
            row["start_timestamp"] = max(earliest, done) if done else earliest
            done = row["timestamp"]
    unknown = [{k: v for k, v in row.items() if k != "start_timestamp"} for row in rows]
    truth, bound = pm.waiting_causes(log_of(rows)), pm.waiting_causes(log_of(unknown))
    assert bound.summary["wait_seconds"].null_count() == bound.summary.height
    most = dict(bound.summary.select("cause", "high_wait_seconds").iter_rows())
    for cause, seconds in truth.summary.select("cause", "wait_seconds").iter_rows():
        assert seconds <= most[cause] + 1e-6
    assert truth.waits["wait_seconds"].sum() <= bound.waits["high_wait_seconds"].sum() + 1e-6


def test_an_engine_that_cant_names_the_way_out(engine):
    log = engine(log_of(EXAMPLES["everything known"]))
    if isinstance(log.events, pl.LazyFrame):
        assert pm.waiting_causes(log).summary.height == 6
        return
    with pytest.raises(UnavailableError, match=r"Write the prepared log as Parquet"):
        pm.waiting_causes(log)


def test_a_sample_is_refused():
    log = log_of(EXAMPLES["everything known"]).sample(customers=3)
    with pytest.raises(OptionError, match="Ask the whole log"):
        pm.waiting_causes(log)


def job(case, activity, *minutes, **more):
    """A job of ann's, and the event that enabled it: when, from and to when, after nine."""
    asked, start, end = minutes
    return [
        event(case, "ask", asked, asked, resource=None),
        event(case, activity, start, end, **more),
    ]


def event(case, activity, start, end, **more):
    return {
        "case_id": case,
        "activity": activity,
        "timestamp": brute.at(60 * end),
        "start_timestamp": brute.at(60 * start),
        "resource": "ann",
        "department": "Care",
        "order": 0,
        **more,
    }


def asked(*jobs, **options):
    rows = [row | {"order": n} for n, row in enumerate(r for own in jobs for r in own)]
    return pm.waiting_causes(pm.read(pl.DataFrame(rows)), **options)


def minutes(result):
    return {c: s / 60 for c, s in result.summary.select("cause", "wait_seconds").iter_rows() if s}


def test_earlier_work_of_the_resource_is_contention():
    result = asked(job("1", "do", 0, 1, 10), job("2", "check", 1, 10, 12))
    assert minutes(result) == {"contention": 9, "extraneous": 1}


def test_later_work_that_goes_first_is_prioritisation():
    result = asked(job("1", "do", 0, 9, 10), job("2", "check", 2, 3, 8))
    assert minutes(result) == {"prioritisation": 5, "extraneous": 3 + 1 + 1}


def test_a_batch_waits_for_its_last_job():
    result = asked(job("1", "do", 0, 8, 9), job("2", "do", 5, 9, 10))
    assert minutes(result)["batching"] == 5


def test_working_hours_make_unavailability(tmp_path):
    path = Calendars({}, None, {"ann": OFFICE}).write(tmp_path / "hours.toml")
    result = asked(job("1", "do", 0, 8, 9), calendar=path)
    assert minutes(result) == {"unavailability": 5, "extraneous": 3}
    assert not any("No calendar" in caveat for caveat in result.caveats)


def test_without_resources_only_unavailability_and_a_queue_are_told():
    result = asked(job("1", "do", 0, 8, 9, resource=None))
    assert minutes(result) == {"queue": 8}
    assert result.summary["cause"].to_list() == ["unavailability", "queue"]
    assert result.departments["contention_seconds"].to_list() == [None]
    assert any("--resource" in caveat for caveat in result.caveats)


def test_what_the_customer_did_is_no_wait_for_anybody():
    result = asked(job("1", "pay", 0, 8, 9, resource=None, by_customer=True))
    assert result.waits.is_empty()
    assert any("before 1 event is the customer's own" in c for c in result.caveats)


def test_an_event_that_began_too_early_waits_since_an_earlier_one():
    rows = [event("1", "a", 0, 1), event("1", "b", 2, 9), event("1", "c", 5, 10, resource="bob")]
    result = asked(rows)
    assert result.waits.filter(activity="c")["wait_seconds"].item() == 4 * 60
    assert any(c.startswith("1 event began before the one before it") for c in result.caveats)


def test_the_gain_of_a_cause_is_the_efficiency_without_it():
    row = asked(job("1", "do", 0, 6, 8)).summary.row(4, named=True)
    assert row["efficiency_share"] == pytest.approx(2 / 8)
    assert (row["efficiency_without_share"], row["gain_share"]) == (1, pytest.approx(6 / 8))


def test_the_headline_names_the_largest_cause_and_the_gain():
    assert asked(job("1", "do", 0, 1, 10), job("2", "check", 1, 10, 12)).headline == (
        "90 % of the 10 minutes that customers wait is contention: whoever does it is busy with "
        "what came before. Without it they would be worked for in 92 % of the time instead of 52 %."
    )


def test_handoffs_are_told_at_each_level_by_itself():
    first = event("1", "a", 0, 1, team="north")
    second = event("1", "b", 5, 6, resource="bob", team="south")
    rows = [row | {"order": n} for n, row in enumerate((first, second))]
    log = pm.read(pl.DataFrame(rows))
    found = pm.waiting_causes(log, team="team").handoffs.select("level", "unit", "next_unit")
    assert found.rows() == [("resource", "ann", "bob"), ("team", "north", "south")]


def test_a_team_that_isnt_there_is_refused_with_the_nearest():
    with pytest.raises(ColumnError, match="Did you mean 'department'"):
        asked(job("1", "do", 0, 1, 2), team="departmnt")


def test_a_chart_is_drawn_of_departments_of_steps_and_of_bounds():
    rows = EXAMPLES["everything known"]
    charts = [
        pm.waiting_causes(log_of(rows)).chart(),
        asked(job("1", "do", 0, 6, 8)).chart(),
        pm.waiting_causes(log_of([r | {"start_timestamp": None} for r in rows])).chart(),
        asked([event("1", "do", 6, 8)]).chart(),
    ]
    titles = [" ".join(chart.to_dict()["title"]["text"]) for chart in charts]
    assert "Without it" in titles[0]
    assert "at most" in titles[2]
    assert titles[3] == "No event had to wait for another."


def test_work_outside_journeys_keeps_a_resource_busy_and_is_no_wait_of_its_own():
    other = job("2", "do", 0, 1, 10)
    result = asked(
        [row | {"journey_state": "closed"} for row in job("1", "check", 2, 10, 12)],
        [row | {"journey_state": "outside"} for row in other],
    )
    assert minutes(result) == {"contention": 8}
    assert result.waits["case_id"].to_list() == ["1"]


def test_hours_that_nobody_gave_are_discovered_and_labelled():
    days = [timedelta(days=n) for n in range(60)]
    rows = [
        row | {k: row[k] + day for k in ("timestamp", "start_timestamp")} | {"case_id": str(day)}
        for day in days
        for row in (*job("", "do", 0, 10, 20), *job("", "check", 25, 26, 30))
    ]
    rows += [event("night", "ask", 30, 30), event("night", "do", 24 * 60, 24 * 60 + 5)]
    result = asked(rows)
    assert minutes(result)["unavailability"] > 20 * 60
    assert any(c.startswith("The working hours weren't stated: they were") for c in result.caveats)
