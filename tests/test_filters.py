"""Filters against brute force: whole journeys kept, events prepared anew."""

import itertools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import filters
from procmine.asked import said
from procmine.errors import ColumnError, OptionError
from procmine.eventlog import EventLog
from procmine.periods import instant
from tests import brute
from tests.strategies import FEW, events, log_of, table_of

WHEN = st.integers(0, 30).map(lambda minutes: brute.at(60 * minutes))
SECONDS = st.integers(0, 2000)


def starts(own):
    known = [e["start_timestamp"] for e in own if e.get("start_timestamp") is not None]
    return min([*known, *(e["timestamp"] for e in own)])


def took(own):
    return (own[-1]["timestamp"] - starts(own)).total_seconds()


def names(own):
    return [e["activity"] for e in own]


def check(rows, holds, **conditions):
    """Assert that exactly the journeys that hold are kept, each as it was."""
    log = log_of(rows)
    kept = table_of(log.filter_cases(**conditions))
    wanted = {case for case, own in brute.journeys(rows).items() if holds(own)}
    expected = {o: r for o, r in table_of(log).items() if r["case_id"] in wanted}
    assert kept == expected


@given(rows=events(), low=WHEN, minutes=st.integers(1, 20))
def test_started_takes_from_included_to_excluded(rows, low, minutes):
    high = low + timedelta(minutes=minutes)
    check(rows, lambda own: low <= starts(own) < high, started=(low, high))


@given(rows=events(), low=WHEN)
def test_started_can_be_open_at_either_end(rows, low):
    check(rows, lambda own: starts(own) >= low, started=(low, None))
    check(rows, lambda own: starts(own) < low, started=(None, low))


@given(rows=events(), low=WHEN, minutes=st.integers(1, 20))
def test_ended_looks_at_the_last_event(rows, low, minutes):
    high = low + timedelta(minutes=minutes)
    check(rows, lambda own: low <= own[-1]["timestamp"] < high, ended=(low, high))


@given(rows=events(), data=st.data())
def test_variant_keeps_journeys_of_that_sequence(rows, data):
    sequences = sorted(brute.variants(rows))
    chosen = data.draw(st.lists(st.sampled_from(sequences), min_size=1, unique=True))
    numbers = [brute.variant_of(s) for s in chosen]
    check(rows, lambda own: tuple(names(own)) in chosen, variant=numbers)
    check(rows, lambda own: tuple(names(own)) == chosen[0], variant=numbers[0])


@given(rows=events(), low=st.none() | SECONDS, more=st.none() | SECONDS)
def test_duration_includes_both_ends(rows, low, more):
    high = None if more is None else (low or 0) + more

    def holds(own):
        return (low is None or took(own) >= low) and (high is None or took(own) <= high)

    check(rows, holds, duration=(low, high))
    lengths = tuple(None if end is None else timedelta(seconds=end) for end in (low, high))
    check(rows, holds, duration=lengths)


@given(rows=events(), data=st.data())
def test_passes_through_needs_every_activity(rows, data):
    chosen = data.draw(some(e["activity"] for e in rows))
    check(rows, lambda own: set(chosen) <= set(names(own)), passes_through=chosen)


@given(rows=events(), data=st.data())
def test_avoids_allows_none_of_the_activities(rows, data):
    chosen = data.draw(some(e["activity"] for e in rows))
    check(rows, lambda own: not set(chosen) & set(names(own)), avoids=chosen)


@given(rows=events(), data=st.data())
def test_starts_with_and_ends_with_take_any_of_the_activities(rows, data):
    chosen = data.draw(some(e["activity"] for e in rows))
    check(rows, lambda own: names(own)[0] in chosen, starts_with=chosen)
    check(rows, lambda own: names(own)[-1] in chosen, ends_with=chosen)


@given(rows=events(min_size=4), data=st.data())
def test_follows_means_directly(rows, data):
    pairs = sorted(brute.edges(rows))
    assume(pairs)
    pair = data.draw(st.sampled_from(pairs))
    check(rows, lambda own: pair in zip(names(own), names(own)[1:], strict=False), follows=pair)


@given(rows=events(min_size=4), data=st.data())
def test_of_several_steps_each_must_be_taken_or_none(rows, data):
    pairs = sorted(brute.edges(rows))
    assume(pairs)
    chosen = data.draw(some(pairs))

    def taken(own):
        return {pair for pair in itertools.pairwise(names(own)) if pair in chosen}

    check(rows, lambda own: taken(own) == set(chosen), follows=chosen)
    check(rows, lambda own: not taken(own), never_follows=chosen)
    check(rows, lambda own: chosen[0] not in taken(own), never_follows=chosen[0])


@given(rows=events(), data=st.data())
def test_open_are_the_journeys_that_end_with_no_outcome(rows, data):
    closing = data.draw(some(e["activity"] for e in rows))
    log = log_of(rows, outcomes=closing)
    for is_open in (True, False):
        kept = log.filter_cases(is_open=is_open)
        wanted = {
            c for c, own in brute.journeys(rows).items() if (names(own)[-1] in closing) != is_open
        }
        assert {r["case_id"] for r in table_of(kept).values()} == wanted


@given(rows=events(min_size=4, optional=("department",)), data=st.data())
def test_hands_over_takes_the_journeys_behind_a_row_of_handoffs(rows, data):
    pairs = pm.handoffs(log_of(rows)).handoffs.select("department", "next_department", "cases")
    assume(pairs.height)
    *pair, cases = data.draw(st.sampled_from(pairs.rows()))

    def hands_over(own):
        silos = [e["department"] for e in own]
        return tuple(pair) in itertools.pairwise(silos)

    check(rows, hands_over, hands_over=tuple(pair))
    assert log_of(rows).filter_cases(hands_over=tuple(pair)).size[1] == cases


@given(rows=events(optional=("department",)), data=st.data())
def test_where_takes_journeys_with_such_an_event(rows, data):
    known = [e["department"] for e in rows if e["department"] is not None]
    assume(known)
    chosen = data.draw(some(known))
    check(
        rows, lambda own: any(e["department"] in chosen for e in own), where={"department": chosen}
    )


@given(rows=events(), data=st.data())
def test_several_conditions_must_all_hold(rows, data):
    one, other = (data.draw(st.sampled_from([e["activity"] for e in rows])) for _ in range(2))
    check(
        rows,
        lambda own: one in names(own) and names(own)[-1] == other and took(own) >= 60,
        passes_through=one,
        ends_with=other,
        duration=(60, None),
    )


@given(rows=events(), data=st.data())
def test_of_very_many_variants_the_same_journeys_are_kept(rows, data):
    chosen = data.draw(some(e["activity"] for e in rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filters, "_FEW", 0)
        check(rows, lambda own: set(chosen) <= set(names(own)), passes_through=chosen)
        check(rows, lambda own: not set(chosen) & set(names(own)), avoids=chosen)


@given(rows=events(), low=SECONDS, size=st.integers(1, 4))
def test_of_a_log_that_is_read_in_pieces_whole_journeys_are_kept(rows, low, size, tmp_path_factory):
    whole = log_of(rows).events.collect()
    folder = tmp_path_factory.mktemp("pieces")
    for number, piece in enumerate(whole.iter_slices(size)):
        piece.write_parquet(folder / f"{number:04}.parquet", row_group_size=1)
    kept = EventLog(pl.scan_parquet(folder)).filter_cases(duration=(low, None))

    wanted = {case for case, own in brute.journeys(rows).items() if took(own) >= low}
    expected = whole.filter(pl.col("case_id").is_in(list(wanted)))
    assert_frame_equal(kept.events.collect(), expected, categorical_as_str=True)
    assert kept.size == (expected.height, len(wanted))
    assert kept.events.select(pl.len()).collect().item() == expected.height


@given(rows=events(), low=SECONDS, seed=st.integers(0, 9))
def test_of_a_log_whose_rows_were_shuffled_whole_journeys_are_kept(rows, low, seed):
    shuffled = log_of(rows).events.collect().sample(fraction=1, shuffle=True, seed=seed)
    kept = EventLog(shuffled.lazy()).filter_cases(duration=(low, None))

    wanted = {case for case, own in brute.journeys(rows).items() if took(own) >= low}
    assert sorted(kept.events.collect()["case_id"]) == sorted(
        case for case in shuffled["case_id"] if case in wanted
    )


def test_many_conditions_take_no_longer_than_the_sum_of_them(log):
    steps = [("ask", "answer")] * 24
    assert log.filter_cases(follows=steps).size == (2, 1)


@given(rows=events(), data=st.data())
def test_filters_in_a_row_are_filters_at_once(rows, data):
    one, other = (data.draw(st.sampled_from([e["activity"] for e in rows])) for _ in range(2))
    log = log_of(rows)
    in_a_row = log.filter_cases(passes_through=one)
    assume(other in {r["activity"] for r in table_of(in_a_row).values()})
    at_once = log.filter_cases(passes_through=[one, other])
    assert table_of(in_a_row.filter_cases(passes_through=other)) == table_of(at_once)


@given(rows=events(), data=st.data())
def test_filtered_events_are_the_filtered_raw_events_prepared(rows, data):
    chosen = data.draw(some(e["activity"] for e in rows))
    left = [e for e in rows if e["activity"] in chosen]
    kept = log_of(rows).filter_events(activity=chosen)
    assert_frame_equal(kept.events.collect(), log_of(left).events.collect())
    assert kept.size == (len(left), len({e["case_id"] for e in left}))


@given(rows=events(optional=("department", "start_timestamp")), data=st.data())
def test_events_of_departments_in_a_period_are_prepared_anew(rows, data):
    low = data.draw(WHEN)
    known = [e["department"] for e in rows if e["department"] is not None]
    assume(known)
    chosen = data.draw(some(known))
    left = [e for e in rows if e["department"] in chosen and e["timestamp"] >= low]
    kept = log_of(rows).filter_events(department=chosen, period=(low, None))
    expected = brute.prepared(left)
    found = table_of(kept)
    assert {o: {c: r[c] for c in expected[o]} for o, r in found.items()} == expected


@FEW
@given(rows=events(), data=st.data())
def test_a_filtered_log_answers_like_one_of_its_events_alone(rows, data):
    one = data.draw(st.sampled_from([e["activity"] for e in rows]))
    kept = log_of(rows).filter_cases(passes_through=one)
    wanted = {e["case_id"] for e in rows if e["activity"] == one}
    alone = log_of([e for e in rows if e["case_id"] in wanted])
    for name in ("overview", "process_map", "cycle_time", "handoffs", "variants", "rework"):
        ask = getattr(pm, name)
        for table, frame in ask(alone).tables.items():
            assert_frame_equal(ask(kept).tables[table], frame)


def some(values):
    return st.lists(st.sampled_from(sorted(set(values))), min_size=1, unique=True)


@pytest.fixture
def log():
    rows = [
        {
            "case_id": "1",
            "activity": "ask",
            "timestamp": brute.at(0),
            "order": 0,
            "department": "Sales",
        },
        {
            "case_id": "1",
            "activity": "answer",
            "timestamp": brute.at(60),
            "order": 1,
            "department": None,
        },
        {
            "case_id": "2",
            "activity": "ask",
            "timestamp": brute.at(90),
            "order": 2,
            "department": "Care",
        },
    ]
    return log_of(rows, timezone="Europe/Berlin")


@pytest.mark.parametrize("condition", ["passes_through", "avoids", "starts_with", "ends_with"])
def test_a_wrong_activity_names_the_nearest(log, condition):
    with pytest.raises(OptionError, match="Did you mean 'answer'"):
        log.filter_cases(**{condition: "anser"})


def test_a_wrong_column_names_the_nearest(log):
    with pytest.raises(ColumnError, match="Did you mean 'department'"):
        log.filter_cases(where={"departmnt": "Sales"})
    with pytest.raises(ColumnError, match="Did you mean 'department'"):
        log.filter_events(where={"departmnt": "Sales"})


def test_an_unknown_variant_is_an_error(log):
    with pytest.raises(OptionError, match="'7' never occurs in variant"):
        log.filter_cases(variant=7)


def test_a_name_that_is_not_text_is_an_error_too(log):
    with pytest.raises(OptionError, match="'None' never occurs"):
        log.filter_events(department=[None])


@pytest.mark.parametrize("period", [("2026-02-30", None), ("yesterday", None), (None, "5/1/2026")])
def test_what_is_no_date_is_an_error(log, period):
    with pytest.raises(OptionError, match="isn't a date"):
        log.filter_cases(started=period)


def test_an_empty_period_is_an_error(log):
    with pytest.raises(OptionError, match="is empty"):
        log.filter_cases(started=("2026-02-01", "2026-02-01"))


def test_no_condition_keeps_the_log_and_says_nothing(log):
    assert log.filter_cases().meta.selection == ()
    assert log.filter_events().meta.selection == ()
    assert log.filter_cases().size == (3, 2)


@pytest.mark.parametrize("nothing", [(), [], None])
def test_an_empty_choice_is_no_condition(log, nothing):
    assert log.filter_events(department=nothing).size == (3, 2)
    assert log.filter_cases(passes_through=nothing, where={"department": nothing}).size == (3, 2)
    assert log.filter_cases(passes_through=nothing).meta.selection == ()


def test_a_selection_is_said_in_words(log):
    part = log.filter_cases(passes_through=["ask", "answer"], started=("2026-01-01", None))
    assert part.meta.selection == (
        "journeys that began from 2026-01-01, that pass through ask and answer",
    )


def test_every_condition_can_be_said(log):
    part = log.filter_cases(
        ended=("2026-01-01", date(2027, 1, 1)),
        variant=brute.variant_of(["ask", "answer"]),
        duration=(60, timedelta(days=1)),
        avoids=["ask"],
        starts_with="ask",
        ends_with="answer",
        follows=("ask", "answer"),
        where={"department": "Sales"},
    )
    (sentence,) = part.meta.selection
    for words in ("1 minute", "1 day", "Sales", "ask and answer", "2027-01-01"):
        assert words in sentence


def test_steps_handoffs_and_states_are_said_in_words():
    two = [("Sales", "Care"), ("Care", "Sales")]
    assert [
        said("journeys", {"hands_over": ("Sales", "Care")}),
        said("journeys", {"hands_over": two}),
        said("journeys", {"never_follows": [("ask", "answer")]}),
        said("journeys", {"is_open": False}),
    ] == [
        "journeys that are handed over from Sales to Care",
        "journeys that are handed over from Sales to Care, and Care to Sales",
        "journeys in which ask and answer never follow directly",
        "journeys that are not open",
    ]


def test_where_nobody_said_what_closes_a_journey_none_is_open(log):
    with pytest.raises(OptionError, match="Nobody said which journeys"):
        log.filter_cases(is_open=True)


def test_the_same_column_can_be_asked_by_name_and_by_where(log):
    both = log.filter_events(department=["Sales", "Care"], where={"department": ["Care"]})
    assert both.size == (1, 1)


def test_dates_mean_midnight_of_the_logs_zone():
    berlin = ZoneInfo("Europe/Berlin")
    assert instant("2026-03-29", "Europe/Berlin") == datetime(2026, 3, 29, tzinfo=berlin)
    assert instant(date(2026, 3, 29), "Europe/Berlin") == datetime(2026, 3, 29, tzinfo=berlin)
    assert instant("2026-03-29T00:00:00Z", "Europe/Berlin") == datetime(
        2026, 3, 29, tzinfo=ZoneInfo("UTC")
    )
    assert instant("", "UTC") is instant(None, "UTC") is None


def test_filtering_everything_away_leaves_an_empty_log_that_answers(log):
    nothing = log.filter_cases(duration=(10**6, None))
    assert nothing.size == (0, 0)
    for name in ("overview", "process_map", "cycle_time", "handoffs", "variants", "rework"):
        result = getattr(pm, name)(nothing)
        assert result.headline
        assert "nan" not in result.to_html().lower()


def test_a_period_may_follow_another_filter_whatever_the_zone():
    rows = [
        {"case_id": case, "activity": "ask", "timestamp": brute.at(at), "order": at}
        for case, at in (("1", 0), ("2", 86_400))
    ]
    log = log_of(rows, timezone="Europe/Berlin")
    day = brute.at(86_400).date()
    for begun in ((None, day), (day, None)):
        kept = log.filter_cases(passes_through="ask").filter_cases(started=begun)
        assert pm.overview(kept.filter_cases(avoids=[])).summary["cases"].item() == 1
