"""Cycle time: how long journeys take, end to end."""

import json
import re
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import OptionError
from procmine.eventlog import prepared
from procmine.followup import STEPS
from procmine.metadata import Metadata
from tests import brute
from tests.oracles.lifelines_figures import KEPT, RECEIPT
from tests.strategies import ACTIVITIES, events, frame, log_of


def expected_summary(took, whole, *, outcomes):
    row = {"cases": len(took), "open_cases": whole - len(took) if outcomes else None}
    if not took:
        return row | dict.fromkeys(("mean_seconds", "median_seconds", "p90_seconds", "max_seconds"))
    measures = brute.measures(took)
    measures.pop("total_seconds")
    return row | measures | {"max_seconds": max(took) / 1e6}


def check(log, rows, outcomes=()):
    last = {case: own[-1]["activity"] for case, own in brute.journeys(rows).items()}
    took = [
        us for case, us in brute.durations(rows).items() if not outcomes or last[case] in outcomes
    ]
    result = pm.cycle_time(log)
    expected = expected_summary(took, len(last), outcomes=outcomes)
    brute.assert_same({"": result.summary.row(0, named=True)}, {"": expected})
    assert result.histogram["cases"].sum() == len(took)
    for bar in result.histogram.to_dicts():
        end = float("inf") if bar["to_seconds"] is None else bar["to_seconds"]
        assert bar["cases"] == sum(bar["from_seconds"] <= us / 1e6 < end for us in took)


def test_cycle_time_equals_brute_force(engine, example):
    check(engine(log_of(example)), example)


def test_open_journeys_are_counted_beside_the_closed(engine, example):
    outcomes = (ACTIVITIES[0], ACTIVITIES[2])
    check(engine(log_of(example, outcomes=outcomes)), example, outcomes)


@given(rows=events(), outcomes=st.sets(st.sampled_from(ACTIVITIES)))
def test_any_log_equals_brute_force(rows, outcomes):
    check(log_of(rows, outcomes=tuple(outcomes)), rows, outcomes)


def test_durations_on_the_edge_of_a_bar_belong_to_the_next():
    rows = [event("1", 0), event("1", STEPS[0]), event("2", 0), event("2", STEPS[0] - 1)]
    histogram = pm.cycle_time(log_of(rows)).histogram
    assert histogram["cases"].to_list() == [1, 1]
    assert histogram["from_seconds"].to_list() == [0.0, float(STEPS[0])]


def test_a_log_of_open_journeys_says_so():
    result = pm.cycle_time(log_of([event("1", 0)], outcomes=("closed",)))
    assert result.headline == "No journey is closed yet."
    assert any("1 journey is still open" in c for c in result.caveats)


def test_where_nobody_said_what_closes_a_journey_the_caveats_say_how_to():
    assert any("--outcome" in c for c in pm.cycle_time(log_of([event("1", 0)])).caveats)


@pytest.mark.usefixtures("sketches")
def test_binned_quantiles_are_within_one_per_cent(engine, example):
    row = pm.cycle_time(engine(log_of(example))).summary.row(0, named=True)
    expected = brute.measures(list(brute.durations(example).values()))
    for column in ("median_seconds", "p90_seconds"):
        assert row[column] == pytest.approx(expected[column], rel=0.01)
    assert row["mean_seconds"] == pytest.approx(expected["mean_seconds"])


def watched(rows, states):
    """Return (exit in microseconds, way) of each journey, by brute force."""
    last, starts = max(e["timestamp"] for e in rows), brute.cases(rows)
    drawn = []
    for case, us in brute.durations(rows).items():
        seen = (last - starts[case]["start"]) // brute.MICROSECOND
        drawn.append((max(us, seen) if states[case] == "open" else us, states[case]))
    return drawn


def kaplan_meier(drawn):
    """Return the times and the shares that have closed by them, by plain loops."""
    shares, survived, closed = {}, 1.0, 0.0
    for time in sorted({t for t, _ in drawn}):
        risk = sum(t >= time for t, _ in drawn)
        closed += survived * sum(d == (time, "closed") for d in drawn) / risk
        survived *= 1 - sum(d[0] == time and d[1] != "open" for d in drawn) / risk
        shares[time] = closed
    return shares


def check_closing(result, drawn, column="closing_median_seconds"):
    shares = kaplan_meier(drawn)
    part = 0.5 if "median" in column else 0.9
    half = next((t for t, s in sorted(shares.items()) if s >= part - 1e-12), None)
    assert result.summary[column].item() == (half if half is None else pytest.approx(half / 1e6))
    for row in result.survival.to_dicts():
        assert row["closed_share"] == pytest.approx(shares[round(row["after_seconds"] * 1e6)])


def test_open_journeys_count_until_the_end_of_the_log(engine, example):
    outcomes = (ACTIVITIES[0], ACTIVITIES[2])
    ends = {case: row["outcome"] for case, row in brute.cases(example).items()}
    states = {case: "closed" if end in outcomes else "open" for case, end in ends.items()}
    result = pm.cycle_time(engine(log_of(example, outcomes=outcomes)))
    check_closing(result, watched(example, states))


STATES = ("closed", "open", "abandoned")


def with_states(rows):
    """Return a log whose journeys stand as their case's name says, and those states."""
    states = {c: STATES[sum(c.encode()) % 3] for c in brute.journeys(rows)}
    table = frame(rows).with_columns(
        pl.col("case_id").replace_strict(states).alias("journey_state"),
        pl.col("case_id").str.len_bytes().cast(pl.String).alias("segment"),
    )
    return prepared(table.lazy(), table.height, Metadata()), states


@given(rows=events())
def test_abandoned_journeys_leave_and_never_close(rows):
    log, states = with_states(rows)
    result = pm.cycle_time(log)
    drawn = watched(rows, states)
    row = result.summary.row(0, named=True)
    for column in ("open", "abandoned"):
        assert row[f"{column}_cases"] == list(states.values()).count(column)
    check_closing(result, drawn)
    check_closing(result, drawn, "closing_p90_seconds")
    shares = result.survival.select("closed_share", "open_share", "abandoned_share")
    assert shares.sum_horizontal().to_list() == pytest.approx([1.0] * shares.height)


def test_groups_are_what_each_group_says_alone(engine, example):
    log, _ = with_states(example)
    groups = pm.cycle_time(engine(log), by="segment").groups
    last = max(e["timestamp"] for e in example)
    for row in groups.to_dicts():
        alone = log.filter_cases(where={"segment": row["segment"]})
        summary = pm.cycle_time(alone, observed_until=last.isoformat()).summary
        expected = summary.row(0, named=True)
        brute.assert_same({"": {k: row[k] for k in expected}}, {"": expected})


def test_journeys_are_grouped_by_the_period_in_which_they_began(engine, example):
    log = log_of(example, timezone="Pacific/Kiritimati")
    starts = [r["start"].astimezone(ZoneInfo("Pacific/Kiritimati"))
              for r in brute.cases(example).values()]  # fmt: skip
    said = {
        "day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y",
        "quarter": lambda at: f"{at.year}-Q{(at.month + 2) // 3}",
    }  # fmt: skip
    on_engine = engine(log)
    for period, way in said.items():
        groups = pm.cycle_time(on_engine, by=period).groups
        expected = Counter(way(at) if callable(way) else at.strftime(way) for at in starts)
        assert dict(groups.select(period, "cases").rows()) == expected


def hours(*closed, still_open=(), segment="Consumer", start=0):
    """Return journeys that closed after so many hours, and some that are open since so many."""
    rows = []
    for n, (length, way) in enumerate([(h, "closed") for h in closed]
                                      + [(h, "open") for h in still_open]):  # fmt: skip
        begin = 0 if way == "closed" else 100 - length
        case = {"case_id": f"{segment}{n}", "segment": segment, "journey_state": way}
        rows += [case | {"activity": "a", "timestamp": brute.at(3600 * (start + begin))}]
        if way == "closed":
            rows += [case | {"activity": "b", "timestamp": brute.at(3600 * (start + length))}]
    return rows


def promised(*rows, engine=lambda log: log, **options):
    every = [r | {"order": n} for n, r in enumerate(r for part in rows for r in part)]
    columns = ["case_id", "activity", "timestamp", "order", "segment", "journey_state"]
    table = pl.DataFrame(every).select(columns)
    return pm.cycle_time(
        engine(prepared(table.lazy(), table.height, Metadata())),
        **{"observed_until": brute.at(360_000).isoformat()} | options,
    )


def test_the_share_inside_the_promise_counts_open_journeys(engine):
    result = promised(hours(1, 2, 3, 30, still_open=(10, 50)), engine=engine, promise="24 hours")
    (row,) = result.promises.to_dicts()
    counts = ("cases", "kept_cases", "broken_cases", "undecided_cases")
    assert tuple(row[c] for c in counts) == (6, 3, 2, 1)
    assert row["inside_share"] == pytest.approx(0.5)  # 1 - (5/6)(4/5)(3/4), before anybody left
    assert row["low_inside_share"] < 0.5 < row["high_inside_share"]
    assert "50 % of all journeys close inside the promise" in result.headline


def test_each_segment_has_its_own_promise_and_the_whole_is_their_mean():
    business, consumer = hours(1, 2, 30, 40, segment="Business"), hours(1, 30)
    result = promised(business, consumer, promise="Business=1 day,Consumer=2 days")
    assert dict(result.promises.select("segment", "inside_share").rows()) == {
        "Business": pytest.approx(0.5),
        "Consumer": pytest.approx(1.0),
    }
    assert result.summary["inside_share"].item() == pytest.approx((4 * 0.5 + 2 * 1.0) / 6)


OFFICE = """timezone = "UTC"
[departments."*"]
"Monday to Friday" = ["09:00-17:00"]
"""


def test_business_time_stands_beside_calendar_time(tmp_path):
    (tmp_path / "office.toml").write_text(OFFICE)
    # from Monday 9:00 on: within the day, overnight, over the weekend; one is open
    result = promised(
        hours(4, 26, 24 * 7 + 1, still_open=(30,)), promise="2 business days",
        calendar=tmp_path / "office.toml", observed_until=brute.at(720_000).isoformat(),
    )  # fmt: skip
    row = result.summary.row(0, named=True)
    assert row["business_max_seconds"] == 41 * 3600
    assert row["business_median_seconds"] == 10 * 3600
    assert row["max_seconds"] == 169 * 3600
    (kept,) = result.promises.to_dicts()
    assert (kept["kept_cases"], kept["broken_cases"]) == (2, 2)
    assert kept["promise_seconds"] is None


def test_business_time_of_journeys_needs_hours_for_everybody(tmp_path):
    (tmp_path / "one.toml").write_text(OFFICE.replace('"*"', "Sales"))
    with pytest.raises(OptionError, match="no hours for everybody"):
        promised(hours(1), calendar=tmp_path / "one.toml")


def test_a_segment_that_is_promised_nothing_is_left_out_and_said():
    result = promised(hours(1, segment="Business"), hours(1, 2), promise="Business=1 day")
    assert result.promises["segment"].to_list() == ["Business"]
    assert any("2 journeys: left out" in c for c in result.caveats)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"promise": "Busines=1 day"}, "Did you mean 'Business'?"),
        ({"promise": "2 business days"}, "--calendar"),
        ({"by": "segmnt"}, "Did you mean 'segment'?"),
        ({"by": "customer_id"}, "can't be grouped"),
        ({"observed_from": "soon"}, "isn't a date"),
    ],
)
def test_what_can_t_be_asked_ends_in_a_sentence(options, words):
    with pytest.raises(OptionError, match=re.escape(words)):
        promised(hours(1, segment="Business"), **options)


def test_journeys_of_several_sources_are_watched_until_the_last_event_of_all():
    day = 86_400
    rows = [
        {"case": case, "activity": "a", "time": brute.at(at * day), "journey_state": state}
        for case, at, state in (("A", 0, "closed"), ("A", 5, "closed"), ("B", 3, "open"))
    ]
    log = pm.read(pl.DataFrame(rows))
    tenth = int((brute.at(10 * day)).timestamp()) * 1_000_000
    later = replace(log, meta=replace(log.meta, journeys={"end": tenth}))
    closed = [
        pm.cycle_time(each)
        .survival.filter(pl.col("after_seconds") >= 5 * day)["closed_share"]
        .max()
        for each in (log, later)
    ]
    assert closed == [1.0, 0.5]  # with two more days B was known to run on when A closed


def test_a_log_that_goes_on_after_its_end_is_refused():
    log, _ = with_states([event("1", 0), event("1", 60)])
    with pytest.raises(OptionError, match="goes on after"):
        pm.cycle_time(log, observed_until=brute.at(30).isoformat())


def test_journeys_that_were_running_before_the_log_enter_late(engine):
    rows = hours(10, 20, 30, 40) + hours(5, 60, segment="Business", start=-15)
    since = brute.at(0)
    result = promised(rows, engine=engine, observed_from=since.isoformat())
    # One closed 10 hours before: never seen. One was 15 hours old: at risk from then on.
    drawn = [(10, -1), (20, -1), (30, -1), (40, -1), (60, 15)]
    survived = {}
    for time in (10, 20, 30, 40, 60):
        risk = sum(entry < time <= end for end, entry in drawn)
        survived[time] = survived.get("last", 1.0) * (1 - 1 / risk)
        survived["last"] = survived[time]
    for row in result.survival.to_dicts():
        assert row["open_share"] == pytest.approx(survived[row["after_seconds"] / 3600])
    assert any("1 journey began before" in c and "1 that ended" in c for c in result.caveats)


def test_binned_curves_are_within_one_per_cent(engine, example, request):
    log, _ = with_states(example)
    options = {"by": "segment", "promise": "10 minutes", "observed_from": brute.at(200).isoformat()}
    exactly = pm.cycle_time(log, **options)
    request.getfixturevalue("sketches")
    binned = pm.cycle_time(engine(log), **options)
    for name in ("summary", "groups"):
        exact = exactly.tables[name]
        for column in ("mean_seconds", "median_seconds", "closing_median_seconds", "cases"):
            for value, of in zip(binned.tables[name][column], exact[column], strict=True):
                assert value == (of if of is None else pytest.approx(of, rel=0.011)), column


@pytest.mark.slow
def test_the_receipt_log_says_what_lifelines_says(real_logs):
    expected = json.loads(KEPT.read_text())["receipt"]
    log = pm.read(real_logs / "receipt.csv", outcomes=RECEIPT["outcomes"])
    for days, open_share in zip(expected["times"], expected["open_share"], strict=True):
        row = pm.cycle_time(log, promise=f"{days} days").summary.row(0, named=True)
        assert row["inside_share"] == pytest.approx(1 - open_share, rel=1e-9)
    ends = [row[f"{end}closing_median_seconds"] / 86_400 for end in ("", "low_", "high_")]
    assert ends == pytest.approx([expected["median"], *expected["median_ends"]])


NUMBER = iter(range(10**9))


def event(case, seconds):
    return {"case_id": case, "activity": "a", "timestamp": brute.at(seconds), "order": next(NUMBER)}
