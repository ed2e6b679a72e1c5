"""The broadband log against a brute force over its CSV, with the standard library alone."""

import csv
import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from statistics import mean, median
from zoneinfo import ZoneInfo

import pytest

from procmine import schema
from sample_logs.broadband import DEFAULT_SEED, Planted, write

KEPT = Path(__file__).parents[2] / "sample_logs"
OUTCOMES = {"Line works", "Order cancelled"}

HOURS = {
    "Sales": (range(6), 9, 18),
    "Finance": (range(5), 9, 17),
    "Warehouse": (range(6), 7, 18),
    "Field service": (range(6), 8, 18),
    "Customer care": (range(7), 8, 20),
}

ENABLED_BY = {
    "Order registered": {"Order placed"},
    "Credit checked": {"Order registered", "Documents received"},
    "Documents requested": {"Credit checked"},
    "Documents received": {"Documents requested"},
    "Credit approved": {"Credit checked"},
    "Credit refused": {"Credit checked"},
    "Order confirmed": {"Credit checked", "Credit approved"},
    "Parts picked": {"Order confirmed"},
    "Parts ordered from factories": {"Order confirmed"},
    "Parcel dispatched": {"Parts picked", "Parts ordered from factories"},
    "Parcel delivered": {"Parcel dispatched", "Replacement dispatched"},
    "Where is my order?": {"Order confirmed"},
    "Wrong part reported": {"Parcel delivered"},
    "Part returned": {"Wrong part reported"},
    "Return received": {"Part returned"},
    "Replacement dispatched": {"Return received", "New router ordered"},
    "Appointment booked": {"Parcel delivered", "Appointment missed", "Line reset remotely"},
    "Appointment missed": {"Appointment booked"},
    "Technician visit": {"Appointment booked"},
    "Self-installation done": {"Parcel delivered"},
    "Line activated": {"Technician visit", "Self-installation done"},
    "Fault reported": {"Line activated"},
    "Line reset remotely": {"Fault reported"},
    "New router ordered": {"Fault reported"},
    "Line works": {"Line activated", "Line reset remotely", "Technician visit", "Parcel delivered"},
    "Order cancelled": {"Order placed"},
}


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_blemishes(rows):
    """Each row once, those without a time left out."""
    return [dict(row) for row in dict.fromkeys(tuple(r.items()) for r in rows)
            if dict(row)["timestamp"]]  # fmt: skip


def journeys_of(rows):
    """Events per journey with times parsed, by completion; the journeys that lost no time."""
    hurt = {row["case_id"] for row in rows if not row["timestamp"]}
    journeys = defaultdict(list)
    for row in without_blemishes(rows):
        if row["case_id"] not in hurt:
            times = {"start": row["start_timestamp"], "end": row["timestamp"]}
            parsed = {name: datetime.fromisoformat(text) for name, text in times.items()}
            journeys[row["case_id"]].append({**row, **parsed})
    return journeys


def before_and_after(journeys, day):
    """The journeys whose order was placed before the day, and the others."""
    split = ([], [])
    for events in journeys.values():
        split[events[0]["end"].date() >= day].append(events)
    return split


def count(events, activity):
    return sum(event["activity"] == activity for event in events)


def hours_between(first, last):
    return (last["end"] - first["end"]).total_seconds() / 3600


def events_named(events, *names):
    return [event for event in events if event["activity"] in names]


@pytest.fixture(scope="module")
def rows():
    return rows_of(KEPT / "broadband.csv")


@pytest.fixture(scope="module")
def truth():
    return json.loads((KEPT / "broadband_truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def journeys(rows):
    return journeys_of(rows)


@pytest.fixture(scope="module")
def split(journeys, truth):
    return before_and_after(journeys, date.fromisoformat(truth["warehouse_closure"]["date"]))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A larger log of another seed: what is planted must not hang on the kept one."""
    log, truth = write(tmp_path_factory.mktemp("large"), events=120_000, seed=8)
    return rows_of(log), json.loads(truth.read_text(encoding="utf-8"))


def test_the_kept_log_is_what_the_script_writes_now(tmp_path):
    for written in write(tmp_path):
        assert written.read_bytes() == (KEPT / written.name).read_bytes()


def test_the_kept_log_is_small_enough_to_commit():
    assert (KEPT / "broadband.csv").stat().st_size < 2_000_000


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_orders(tmp_path):
    texts = []
    for name, seed in (("a", 5), ("b", 5), ("c", DEFAULT_SEED)):
        (tmp_path / name).mkdir()
        paths = write(tmp_path / name, events=2_000, seed=seed)
        texts.append([path.read_bytes() for path in paths])
    assert texts[0] == texts[1]
    assert texts[0][0] != texts[2][0]


@pytest.mark.parametrize("events", [1, 20, 5_000])
def test_a_log_has_about_as_many_events_as_asked_for(tmp_path, events):
    log, _ = write(tmp_path, events=events)
    assert abs(len(rows_of(log)) - events) <= 20 + 0.06 * events


def test_a_large_log_comes_in_the_order_of_completion_across_batches(large):
    rows, truth = large
    times = [datetime.fromisoformat(row["timestamp"]) for row in rows if row["timestamp"]]
    assert times == sorted(times)
    assert len(rows) == truth["rows"]
    assert abs(len(rows) / 120_000 - 1) < 0.03


def test_the_columns_have_the_names_that_procmine_gives_them(rows):
    roles = {role.name for role in schema.ROLES} - {schema.ORDER, schema.SOURCE}
    assert roles <= set(rows[0])


def test_there_are_exactly_five_departments_and_the_customer_is_none(rows, truth):
    assert {row["department"] for row in rows} - {""} == set(HOURS) == set(truth["departments"])
    for row in rows:
        assert (row["by_customer"] == "true") == (row["department"] == "")
        if row["by_customer"] == "true":
            assert (row["customer_facing"], row["resource"], row["cost"]) == ("true", "", "0.00")
        else:
            assert row["resource"]
            assert float(row["cost"]) > 0


def test_a_journey_opens_with_the_order_and_nothing_follows_its_outcome(journeys, truth):
    for events in journeys.values():
        names = [event["activity"] for event in events]
        assert names[0] == "Order placed"
        assert names.count("Order placed") == 1
        assert not OUTCOMES & set(names[:-1])
    assert 0 < truth["still_open"] < 0.1 * truth["orders"]


def test_the_truth_counts_the_orders_still_open_at_the_end(rows, truth):
    placed = {row["case_id"] for row in rows}
    closed = {row["case_id"] for row in rows if row["activity"] in OUTCOMES}
    assert len(placed) == truth["orders"]
    assert len(placed - closed) == truth["still_open"]


def test_a_journey_keeps_its_customer_and_a_customer_their_segment(rows):
    attributes, segments = defaultdict(set), defaultdict(set)
    for row in rows:
        names = ("customer_id", "segment", "channel", "promised_days")
        attributes[row["case_id"]].add(tuple(row[name] for name in names))
        segments[row["customer_id"]].add((row["segment"], row["promised_days"]))
    assert all(len(found) == 1 for found in attributes.values())
    assert all(len(found) == 1 for found in segments.values())
    assert len(segments) < len(attributes)


def test_no_step_ends_before_it_starts_and_each_starts_after_what_enables_it(large):
    for events in journeys_of(large[0]).values():
        for event in events:
            assert event["start"] <= event["end"]
            causes = ENABLED_BY.get(event["activity"], set())
            enabled = [e["end"] for e in events if e["activity"] in causes]
            assert not causes or min(enabled) <= event["start"], event


def test_parcels_arrive_after_they_were_sent_and_visits_after_their_booking(large):
    pairs = (
        (("Parcel dispatched", "Replacement dispatched"), ("Parcel delivered",)),
        (("Appointment booked",), ("Technician visit", "Appointment missed")),
        (("Wrong part reported",), ("Part returned",)),
        (("Part returned",), ("Return received",)),
    )
    for events in journeys_of(large[0]).values():
        for causes, effects in pairs:
            sent = sorted(event["end"] for event in events_named(events, *causes))
            came = sorted(event["start"] for event in events_named(events, *effects))
            assert len(came) <= len(sent)
            assert all(a <= b for a, b in zip(sent, came, strict=False))


def test_the_line_is_not_installed_before_every_parcel_has_come(large):
    for events in journeys_of(large[0]).values():
        for event in events_named(events, "Line activated"):
            first = list(events_named(events, "Parcel dispatched"))
            came = [
                e for e in events_named(events, "Parcel delivered") if e["end"] < event["start"]
            ]
            assert len(came) >= len(first)


def test_departments_work_in_their_hours_and_never_on_a_holiday(rows):
    holidays = {date(2025, 5, 1), date(2025, 10, 3), date(2025, 12, 25)}
    for row in without_blemishes(rows):
        start = datetime.fromisoformat(row["start_timestamp"])
        if row["department"]:
            days, opens, closes = HOURS[row["department"]]
            assert start.weekday() in days, row
            assert opens <= start.hour < closes, row
            assert start.date() not in holidays


def test_times_carry_the_offset_that_the_place_has_then(rows):
    zone = ZoneInfo("Europe/Berlin")
    offsets = Counter()
    for row in without_blemishes(rows):
        at = datetime.fromisoformat(row["timestamp"])
        assert at.utcoffset() == at.astimezone(zone).utcoffset()
        offsets[row["timestamp"][-6:]] += 1
    assert set(offsets) == {"+01:00", "+02:00"}


def test_a_handful_of_rows_is_blemished_and_the_truth_says_how_many(rows, truth):
    untimed = [row for row in rows if not row["timestamp"]]
    twice = len(rows) - len({tuple(row.items()) for row in rows})
    assert len(rows) == truth["rows"]
    assert (len(untimed), twice) == (
        truth["blemishes"]["rows_without_time"],
        truth["blemishes"]["duplicate_rows"],
    )
    assert 3 <= len(untimed) <= 20
    assert 3 <= twice <= 20
    assert not {row["activity"] for row in untimed} & {"Order placed", *OUTCOMES}


def test_the_truth_counts_what_the_log_holds(rows, truth):
    closure = truth["warehouse_closure"]["date"]
    once = [dict(row) for row in dict.fromkeys(tuple(r.items()) for r in rows)]
    placed = {r["case_id"]: r["timestamp"][:10] for r in once if r["activity"] == "Order placed"}
    for period, late in (("before", False), ("from", True)):
        counted = truth["counted"][f"orders_placed_{period}_closure"]
        events = [row for row in once if (placed[row["case_id"]] >= closure) == late]
        assert counted["orders"] == count(events, "Order placed")
        assert counted["parcels"] == count(events, "Parcel delivered")
        assert counted["calls_where_is_my_order"] == count(events, "Where is my order?")
        assert counted["returns"] == count(events, "Part returned")
        assert counted["faults"] == count(events, "Fault reported")
        for department, cost in counted["cost"].items():
            spent = sum(float(row["cost"]) for row in events if row["department"] == department)
            assert spent == pytest.approx(cost, abs=0.001)


def test_parts_ship_from_the_warehouse_before_the_closure_and_from_factories_after(journeys, truth):
    closure = date.fromisoformat(truth["warehouse_closure"]["date"])
    for events in journeys.values():
        confirmed = events_named(events, "Order confirmed")
        late = bool(confirmed) and confirmed[0]["end"].date() >= closure
        sites = {event["site"] for event in events_named(events, "Parcel dispatched")}
        factories = set(truth["warehouse_closure"]["factory_weekdays"])
        assert sites <= (factories if late else {"Central warehouse"})


def test_each_factory_ships_on_its_own_days(rows, truth):
    days = defaultdict(set)
    for row in without_blemishes(rows):
        if row["site"].startswith("Factory"):
            days[row["site"]].add(str(datetime.fromisoformat(row["timestamp"]).weekday()))
    expected = truth["warehouse_closure"]["factory_weekdays"]
    assert days == {factory: set(weekdays) for factory, weekdays in expected.items()}


def test_calls_and_returns_rise_when_the_warehouse_is_closed(split):
    before, after = split
    for activity, factor in (("Where is my order?", 2.5), ("Part returned", 2)):
        old, new = (mean(count(events, activity) for events in half) for half in split)
        assert new > factor * old, activity
    assert min(len(before), len(after)) > 250


def test_customers_wait_longer_for_their_parts_when_the_warehouse_is_closed(split):
    waits = []
    for half in split:
        whole = [
            (events_named(events, "Order confirmed"), events_named(events, "Parcel delivered"),
             count(events, "Parcel dispatched"))
            for events in half
        ]  # fmt: skip
        waits.append(
            median(
                hours_between(confirmed[0], came[sent - 1])
                for confirmed, came, sent in whole
                if sent and len(came) >= sent
            )
        )
    assert waits[1] > 1.4 * waits[0]


def test_the_warehouse_saves_less_than_the_closure_costs_customer_care(split):
    costs = [Counter(), Counter()]
    for spent, half in zip(costs, split, strict=True):
        for events in half:
            for event in events:
                spent[event["department"]] += float(event["cost"]) / len(half)
    saved = costs[0]["Warehouse"] - costs[1]["Warehouse"]
    added = costs[1]["Customer care"] - costs[0]["Customer care"]
    assert saved > 0.1 * costs[0]["Warehouse"]
    assert added > saved


def test_a_line_that_works_costs_more_when_the_warehouse_is_closed(truth):
    periods = [truth["counted"][f"orders_placed_{p}_closure"] for p in ("before", "from")]
    before, after = (period["cost_of_all"] / period["lines_working"] for period in periods)
    assert after > 1.03 * before


def test_the_shares_of_wrong_parts_and_faults_are_the_planted_ones(large):
    rows, truth = large
    closure = truth["warehouse_closure"]
    halves = before_and_after(journeys_of(rows), date.fromisoformat(closure["date"]))
    for half, share in zip(halves, ("before", "after"), strict=True):
        planted = closure[f"wrong_part_share_{share}"]
        shipped = [events for events in half if events_named(events, "Self-installation done",
                                                             "Appointment booked")]  # fmt: skip
        wrong = mean(bool(count(events, "Wrong part reported")) for events in shipped)
        assert wrong == pytest.approx(planted, abs=0.02)
        active = [events for events in half if events[-1]["activity"] == "Line works"]
        faults = mean(count(events, "Fault reported") for events in active)
        assert faults == pytest.approx(truth["site_difference"]["fault_share"], abs=0.02)


def test_the_two_sites_get_as_many_faults_and_treat_them_differently(journeys, truth):
    sites = truth["site_difference"]
    remedies, days = defaultdict(Counter), defaultdict(list)
    for events in journeys.values():
        for fault in events_named(events, "Fault reported"):
            for remedy in events_named(events, "Line reset remotely", "New router ordered"):
                remedies[fault["site"]][remedy["activity"], remedy["site"]] += 1
            if events[-1]["activity"] == "Line works":
                days[fault["site"]].append(hours_between(fault, events[-1]) / 24)
    reset, new_router = sites["reset_site"], sites["replace_site"]
    assert set(remedies[reset]) == {("Line reset remotely", reset)}
    assert set(remedies[new_router]) == {("New router ordered", new_router)}
    assert min(len(found) for found in days.values()) >= 30
    assert median(days[new_router]) > median(days[reset]) + 2


def test_a_business_customer_is_promised_more_and_served_sooner(large):
    rows, truth = large
    days = defaultdict(list)
    for events in journeys_of(rows).values():
        if events[-1]["activity"] == "Line works":
            days[events[0]["segment"]].append(hours_between(events[0], events[-1]) / 24)
    promised = truth["segments"]["promised_days"]
    assert promised["Business"] < promised["Consumer"]
    assert median(days["Business"]) < 0.85 * median(days["Consumer"])


def test_blemishes_keep_their_share_at_any_size(large):
    rows, truth = large
    planted = truth["blemishes"]
    untimed = sum(not row["timestamp"] for row in rows)
    twice = len(rows) - len({tuple(row.items()) for row in rows})
    assert (untimed, twice) == (planted["rows_without_time"], planted["duplicate_rows"])
    assert untimed / len(rows) == pytest.approx(planted["without_time_share"], rel=0.5)
    assert twice / len(rows) == pytest.approx(planted["duplicate_share"], rel=0.5)


def test_without_a_closure_nothing_ships_from_a_factory(tmp_path):
    closure = replace(Planted().warehouse_closure, date=date(2027, 1, 1))
    log, _ = write(tmp_path, planted=replace(Planted(), warehouse_closure=closure))
    assert not any(row["site"].startswith("Factory") for row in rows_of(log))


def test_the_readme_says_what_the_kept_log_holds(truth):
    text = (KEPT / "README.md").read_text(encoding="utf-8")
    periods = [truth["counted"][f"orders_placed_{p}_closure"] for p in ("before", "from")]
    for period in periods:
        orders = period["orders"]
        assert f"{period['calls_where_is_my_order'] / orders:.2f}" in text
        assert f"{period['cost']['Warehouse'] / orders:.2f}" in text
        assert f"{period['cost']['Customer care'] / orders:.2f}" in text
        assert f"{period['cost_of_all'] / period['lines_working']:.2f}" in text
    assert f"{truth['rows']:,} rows, {truth['orders']} orders" in text
    blemishes = truth["blemishes"]
    assert f"{blemishes['rows_without_time']} rows have lost their times" in text
    assert f"{blemishes['duplicate_rows']} stand there twice" in text
    assert f"({truth['still_open']} in all)" in text
