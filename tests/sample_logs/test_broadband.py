"""The broadband log against a brute force over its files, which shares no code with procmine."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from zoneinfo import ZoneInfo

import pytest

from sample_logs.broadband import DEFAULT_SEED, write

KEPT = Path(__file__).parents[2] / "sample_logs"
BERLIN = ZoneInfo("Europe/Berlin")

HOURS = {
    "Sales": (range(5), 9, 13),
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
    "Credit refused": {"Credit checked", "Credit approved"},
    "Order declined": {"Credit refused"},
    "Order confirmed": {"Credit checked", "Credit approved"},
    "Parts picked": {"Order confirmed"},
    "Parts ordered from factories": {"Order confirmed"},
    "Parcel dispatched": {"Parts picked", "Parts ordered from factories"},
    "Parcel delivered": {"Parcel dispatched", "Replacement dispatched"},
    "Where is my order?": {"Order confirmed"},
    "Wrong part reported": {"Parcel delivered"},
    "Part returned": {"Wrong part reported"},
    "Return received": {"Part returned"},
    "Replacement dispatched": {"Return received"},
    "Appointment booked": {"Parcel delivered", "Appointment missed"},
    "Appointment missed": {"Appointment booked"},
    "Technician visit": {"Appointment booked"},
    "Self-installation done": {"Parcel delivered"},
    "Line activated": {"Technician visit", "Self-installation done"},
    "Line works": {"Line activated"},
    "Order cancelled": {"Order placed"},
    "Line reset remotely": {"Fault reported"},
    "New router ordered": {"Fault reported"},
    "Router dispatched": {"New router ordered"},
    "Router delivered": {"Router dispatched"},
    "Repair booked": {"Line reset remotely", "Router delivered", "Repair missed"},
    "Repair missed": {"Repair booked"},
    "Repair visit": {"Repair booked"},
    "When will it work again?": {"Fault reported"},
    "Fault solved": {"Line reset remotely", "Router delivered", "Repair visit"},
}


def count(events, activity):
    return sum(event["activity"] == activity for event in events)


def named(events, *names):
    return [event for event in events if event["activity"] in names]


def hours_between(first, last):
    return (last["end"] - first["end"]).total_seconds() / 3600


def local(at):
    return at.astimezone(BERLIN)


def halves(sample):
    """The orders placed before the warehouse was closed, and the others."""
    day = date.fromisoformat(sample.truth["warehouse_closure"]["date"])
    split = ([], [])
    for events in sample.journeys("order").values():
        split[local(events[0]["end"]).date() >= day].append(events)
    return split


@pytest.fixture(scope="module")
def kept(read_sample):
    return read_sample(KEPT / "logs" / "broadband")


@pytest.fixture(scope="module")
def large(read_sample, tmp_path_factory):
    """A larger log of another seed: what is planted must not hang on the kept one."""
    folder = tmp_path_factory.mktemp("large")
    write(folder, events=45_000, seed=8)
    return read_sample(folder)


@pytest.fixture(scope="module")
def null(read_sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("null")
    write(folder, events=30_000, seed=8, null=True)
    return read_sample(folder)


def test_another_seed_gives_other_customers_effects_and_dates(kept, large):
    assert kept.truth["seed"] == DEFAULT_SEED
    for effect in ("warehouse_closure", "site_difference", "segments", "waiting_causes"):
        assert kept.truth[effect] != large.truth[effect]
        assert kept.truth[effect].keys() == large.truth[effect].keys()
    assert kept.truth["warehouse_closure"]["date"] != large.truth["warehouse_closure"]["date"]
    for sample in (kept, large):
        assert 6 <= date.fromisoformat(sample.truth["warehouse_closure"]["date"]).month <= 8


@pytest.mark.parametrize("events", [1, 20, 5_000])
def test_a_log_has_about_as_many_events_as_asked_for(tmp_path, read_sample, events):
    write(tmp_path, events=events)
    assert abs(len(read_sample(tmp_path).events) - events) <= 25 + 0.08 * events


def test_the_systems_share_no_case_id_and_each_writes_in_its_own_way(kept):
    columns = {e["source"]: frozenset(e["ids"]) for e in kept.events}
    assert len(columns) == 5
    shared = set.intersection(*(
        {kind for e in kept.events if e["source"] == source for kind in e["ids"]}
        for source in columns
    ))  # fmt: skip
    assert not shared
    suffixes = {Path(s.get("path", s.get("url"))).suffix for s in kept.mapping["sources"]}
    assert suffixes == {".jsonl", ".sqlite", ".parquet", ".csv"}


def test_no_value_outside_the_truth_names_the_journey(kept):
    for event in kept.events:
        name = kept.true[event["event_id"]]
        assert name not in event.values()
    order = [e["event_id"] for e in sorted(kept.events, key=lambda e: e["event_id"]) if e["end"]]
    ends = {e["event_id"]: e["end"] for e in kept.events}
    assert all(ends[a] <= ends[b] for a, b in pairwise(order))


def test_every_row_has_an_event_id_of_its_own_and_a_journey(kept, large):
    for sample in (kept, large):
        ids = [event["event_id"] for event in sample.events]
        assert len(set(ids)) == len(ids) == sample.truth["rows"]
        assert set(ids) == set(sample.true)
        assert Counter(e["source"] for e in sample.events) == sample.truth["sources"]


def test_each_file_stands_in_the_order_of_completion(large):
    for source in large.truth["sources"]:
        ids = [e["event_id"] for e in large.events if e["source"] == source]
        assert ids == sorted(ids)


def test_the_rules_of_the_mapping_recover_the_journeys(kept, large, null):
    for sample in (kept, large, null):
        assert sample.agreement() > 0.993


def test_a_shared_telephone_joins_nobody_and_the_truth_names_it(kept, large):
    for sample in (kept, large):
        _, shared = sample.recovered()
        planted = sample.truth["shared_phones"]["customers"]
        assert {value for kind, value in shared} == {phone.lstrip("0") for phone in planted}
        assert all(20 < customers < 60 for customers in planted.values())


def test_customers_have_several_journeys_some_of_them_at_the_same_time(kept):
    spans = defaultdict(list)
    for events in [*kept.journeys("order").values(), *kept.journeys("fault").values()]:
        phone = [e["ids"]["phone"] for e in events if "phone" in e["ids"]]
        spans[phone[0]].append((events[0]["end"], events[-1]["end"]))
    several = [sorted(found) for found in spans.values() if len(found) > 1]
    overlapping = sum(any(b[0] < a[1] for a, b in pairwise(s)) for s in several)
    assert len(several) > 80
    assert overlapping > 15


def test_a_journey_opens_with_its_trigger_and_nothing_follows_its_outcome(kept):
    for rule, kind in zip(kept.mapping["journeys"], ("order", "fault"), strict=True):
        for events in kept.journeys(kind).values():
            names = [event["activity"] for event in events]
            assert names[0] in rule["triggers"]
            assert not set(rule["outcomes"]) & set(names[:-1])
            assert set(names[1:-1]) <= set(rule["activities"])


def test_departments_do_everything_but_what_the_customer_does(kept):
    departments = {event.get("department") for event in kept.events} - {None}
    assert departments == set(HOURS) == set(kept.truth["departments"])
    for event in kept.events:
        assert event["by_customer"] == (event.get("department") is None)
        if not event["by_customer"]:
            assert event["resource"]
            assert event["cost"] > 0


def test_no_step_ends_before_it_starts_and_each_starts_after_what_enables_it(large):
    journeys = [*large.journeys("order").values(), *large.journeys("fault").values()]
    for events in journeys:
        for event in events:
            assert event["start"] <= event["end"]
            causes = ENABLED_BY.get(event["activity"], set())
            enabled = [e["end"] for e in events if e["activity"] in causes]
            assert not causes or min(enabled) <= event["start"], event


def test_departments_work_in_their_hours_and_never_on_a_holiday(kept):
    holidays = {date(2025, 5, 1), date(2025, 10, 3), date(2025, 12, 25)}
    for event in kept.events:
        if event["end"] and event.get("department"):
            start = local(event["start"])
            days, opens, closes = HOURS[event["department"]]
            assert start.weekday() in days, event
            assert opens <= start.hour < closes, event
            assert start.date() not in holidays


def test_calls_are_told_in_another_zone_than_everything_else(kept):
    calls = {e["event_id"]: e for e in kept.events if e["source"] == "crm" and e["end"]}
    offsets = {
        (event["timestamp"][:19], str(event["end"].utcoffset())) for event in calls.values()
    }  # fmt: skip
    assert {offset for _, offset in offsets} == {"0:00:00", "1:00:00"}
    assert not any("+" in text or "Z" in text for text, _ in offsets)


def test_a_handful_of_rows_is_blemished_and_the_truth_says_how_many(large):
    planted = large.truth["blemishes"]
    untimed = [event for event in large.events if not event["end"]]
    twice = Counter(
        tuple(v for k, v in e.items() if k not in {"event_id", "ids"}) for e in large.events
    )  # fmt: skip
    assert len(untimed) == planted["rows_without_time"]
    assert sum(n - 1 for n in twice.values()) == pytest.approx(planted["duplicate_rows"], abs=2)
    for found in (len(untimed), planted["duplicate_rows"]):
        assert found / len(large.events) == pytest.approx(planted["without_time_share"], rel=0.5)


def test_parts_ship_from_the_warehouse_before_the_closure_and_from_factories_after(kept):
    closure = kept.truth["warehouse_closure"]
    for events in kept.journeys("order").values():
        confirmed = named(events, "Order confirmed")
        late = bool(confirmed) and local(confirmed[0]["end"]).date() >= date.fromisoformat(
            closure["date"]
        )
        sites = {event["site"] for event in named(events, "Parcel dispatched")}
        assert sites <= (set(closure["factory_weekdays"]) if late else {"Central warehouse"})


def test_each_factory_ships_on_its_own_days(kept):
    days = defaultdict(set)
    for event in kept.events:
        if (event.get("site") or "").startswith("Factory") and event["end"]:
            days[event["site"]].add(str(local(event["end"]).weekday()))
    expected = kept.truth["warehouse_closure"]["factory_weekdays"]
    assert days == {factory: set(weekdays) for factory, weekdays in expected.items()}


def test_calls_and_returns_rise_when_the_warehouse_is_closed(kept):
    for activity, factor in (("Where is my order?", 2.5), ("Part returned", 1.8)):
        old, new = (mean(count(events, activity) for events in half) for half in halves(kept))
        assert new > factor * old, activity


def test_the_warehouse_saves_less_than_the_closure_costs_others(kept):
    truth = kept.truth["counted"]
    before, after = (truth[f"orders_placed_{p}_closure"] for p in ("before", "from"))
    share = after["orders"] / before["orders"]
    assert after["cost"]["Warehouse"] / share < 1.02 * before["cost"]["Warehouse"]
    assert after["cost"]["Customer care"] / share > 2 * before["cost"]["Customer care"]
    costs = (period["cost_of_all"] / period["lines_working"] for period in (before, after))
    assert next(costs) < next(costs)


def test_the_planted_shares_come_out(large):
    closure = large.truth["warehouse_closure"]
    for half, share in zip(halves(large), ("before", "after"), strict=True):
        shipped = [e for e in half if named(e, "Self-installation done", "Appointment booked")]
        wrong = mean(bool(count(events, "Wrong part reported")) for events in shipped)
        assert wrong == pytest.approx(closure[f"wrong_part_share_{share}"], abs=0.025)
    rework = large.truth["rework"]
    orders = list(large.journeys("order").values())
    documents = mean(bool(count(events, "Documents requested")) for events in orders)
    assert documents == pytest.approx(rework["documents_share"], abs=0.02)


def test_the_two_sites_get_as_many_faults_and_treat_them_differently(kept):
    sites = kept.truth["site_difference"]
    remedies, hours, faults = defaultdict(Counter), defaultdict(list), Counter()
    for events in kept.journeys("fault").values():
        site = events[0]["site"]
        faults[site] += 1
        for remedy in named(events, "Line reset remotely", "New router ordered"):
            remedies[site][remedy["activity"]] += 1
        if events[-1]["activity"] == "Fault solved":
            hours[site].append(hours_between(events[0], events[-1]))
    reset, new_router = sites["reset_site"], sites["replace_site"]
    assert set(remedies[reset]) == {"Line reset remotely"}
    assert set(remedies[new_router]) == {"New router ordered"}
    assert 0.7 < faults[reset] / faults[new_router] < 1.4
    assert median(hours[new_router]) > median(hours[reset]) + 24


def test_a_business_customer_is_promised_more_and_served_sooner(large):
    days = defaultdict(list)
    for events in large.journeys("order").values():
        if events[-1]["activity"] == "Line works":
            days[events[0]["segment"]].append(hours_between(events[0], events[-1]) / 24)
    promised = large.truth["segments"]["promised_days"]
    assert promised["Business"] < promised["Consumer"]
    assert median(days["Business"]) < 0.85 * median(days["Consumer"])


def test_what_kept_orders_at_the_desk_is_what_a_brute_force_over_each_clerk_finds(kept):
    """Second by second: what did the clerk do, while the desk was open, and for whom?"""
    planted = kept.truth["waiting_causes"]["order_desk"]
    jobs = defaultdict(list)
    for events in kept.journeys("order", hurt=True).values():
        for job in named(events, "Order registered"):
            jobs[job["resource"]].append((events[0]["end"], job["start"], job["end"]))
    found = Counter()
    for mine in jobs.values():
        for came, start, _ in mine:
            before = [job for job in mine if came < job[2] <= start]
            spans = {
                cause: sum(((e - max(s, came)).total_seconds() for c, s, e in before if late(c)), 0)
                for cause, late in (
                    ("contention", lambda c, came=came: c <= came),
                    ("prioritisation", lambda c, came=came: c > came),
                )
            }
            wait = (start - came).total_seconds()
            spans["unavailability"] = wait - desk_hours(came, start)
            found.update({**spans, "wait": wait, "extraneous": wait - sum(spans.values())})
    for cause, seconds in found.items():
        assert seconds == pytest.approx(planted[f"{cause}_seconds"], rel=0.02), cause


def desk_hours(came, start):
    """The seconds between two instants in which the order desk is open."""
    holidays = {(1, 1), (4, 18), (4, 21), (5, 1), (5, 29), (6, 9), (10, 3), (12, 25), (12, 26)}
    day, total = local(came).replace(hour=0, minute=0, second=0), 0
    while day <= start:
        if day.weekday() < 5 and (day.month, day.day) not in holidays:
            opens, closes = day.replace(hour=9), day.replace(hour=13)
            total += max(0, (min(closes, start) - max(opens, came)).total_seconds())
        day += timedelta(days=1)
    return total


def test_business_orders_wait_less_at_the_desk(large):
    waits = defaultdict(list)
    for events in large.journeys("order").values():
        for job in named(events, "Order registered"):
            waits[events[0]["segment"]].append((job["start"] - events[0]["end"]).total_seconds())
    assert mean(waits["Business"]) < 0.95 * mean(waits["Consumer"])


def test_parcels_leave_a_dock_together(kept):
    docks = kept.truth["waiting_causes"]["docks"]
    batches = defaultdict(list)
    for events in kept.journeys("order", hurt=True).values():
        for parcel in named(events, "Parcel dispatched"):
            assert parcel["end"] - parcel["start"] == timedelta(minutes=10)
            for ready in named(events, "Parts picked", "Parts ordered from factories"):
                batches[parcel["site"], parcel["resource"], parcel["start"]].append(ready["end"])
    waits, pick_ups = Counter(), Counter()
    for (site, *_), ready in batches.items():
        waits[site] += sum((max(ready) - at).total_seconds() for at in ready)
        pick_ups[site] += 1
    for site in set(docks) - {"activity"}:
        assert waits[site] == pytest.approx(docks[site]["batching_seconds"], rel=0.03)
        assert pick_ups[site] == pytest.approx(docks[site]["pick_ups"], abs=2)


def test_nothing_is_planted_in_the_null_log(null):
    truth = null.truth
    assert truth["null"]
    assert not truth["shared_phones"]["customers"]
    desk = truth["waiting_causes"]["order_desk"]
    assert desk["wait_seconds"] == 0
    assert truth["waiting_causes"]["docks"]["Central warehouse"]["batching_seconds"] == 0
    assert not any((e.get("site") or "").startswith("Factory") for e in null.events)
    assert not count(null.events, "Order cancelled")
    before, after = halves(null)
    for activity in ("Where is my order?", "Part returned"):
        old, new = (mean(count(events, activity) for events in half) for half in (before, after))
        assert new == pytest.approx(old, abs=0.06)
    assert len(set(truth["segments"]["promised_days"].values())) == 1


def test_sites_and_segments_are_treated_alike_in_the_null_log(null):
    resets, days = defaultdict(list), defaultdict(list)
    for events in null.journeys("fault").values():
        if len(events) > 1:
            resets[events[0]["site"]].append(bool(count(events, "Line reset remotely")))
    for events in null.journeys("order").values():
        if events[-1]["activity"] == "Line works":
            days[events[0]["segment"]].append(hours_between(events[0], events[-1]) / 24)
    assert max(map(mean, resets.values())) - min(map(mean, resets.values())) < 0.08
    assert mean(days["Business"]) == pytest.approx(mean(days["Consumer"]), rel=0.05)


def test_the_readme_says_what_the_kept_log_holds(kept):
    text = (KEPT / "README.md").read_text(encoding="utf-8")
    truth = kept.truth
    for period in ("before", "from"):
        counted = truth["counted"][f"orders_placed_{period}_closure"]
        orders = counted["orders"]
        assert f"{counted['calls_where_is_my_order'] / orders:.2f}" in text
        assert f"{counted['cost']['Warehouse'] / orders:.2f}" in text
        assert f"{counted['cost']['Customer care'] / orders:.2f}" in text
        assert f"{counted['cost_of_all'] / counted['lines_working']:.2f}" in text
    assert f"{truth['rows']:,} rows" in text
    assert f"{truth['journeys']['orders']} orders" in text
    assert f"{truth['journeys']['faults']} faults" in text
    assert truth["warehouse_closure"]["date"] in text
