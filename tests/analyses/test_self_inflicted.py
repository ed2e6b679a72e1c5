"""Self-inflicted cost: every figure against plain loops, and the planted closure's calls."""

import json
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from scipy import stats

import procmine as pm
from procmine.eventlog import prepared
from procmine.metadata import Metadata
from tests import brute, brute_reasons
from tests.strategies import EXAMPLES, FEW, events, frame

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs"
REASONS = """
failure_demand = ["Ask"]
chasing = ["ask"]
value_demand = ["check"]
recurring = ["answer"]
defects = ["Übergabe <b>"]
blamed_within = "10 minutes"
activities = ["Ask", "ask", "check", "answer", "Übergabe <b>"]
departments = ["Sales", "Care"]

[[rates]]
department = "Sales"
per_hour = 30.0

[[rates]]
activity = "check"
per_hour = 60.0

[[causes]]
of = ["ask"]
activities = ["answer", "check"]
within = "15 minutes"

[[late]]
activity = "answer"
since = "Ask"
within = "2 minutes"
department = "Care"
"""
LISTS = {"failure demand": ["Ask"], "chasing": ["ask"]}
RATES = [(None, "Sales", 30.0), ("check", None, 60.0)]
LINKS = [(["ask"], ["answer", "check"], 900_000_000)]
LATE = [("answer", "Ask", 120_000_000, "Care")]


def log_of(rows):
    table = frame(rows).with_columns(
        pl.Series("cost", [r["cost"] for r in rows], pl.Float64),
        pl.Series("customer_facing", [r["customer_facing"] for r in rows], pl.Boolean),
        pl.Series("customer_id", [r["customer_id"] for r in rows], pl.String),
    )
    return prepared(table.lazy(), len(rows), Metadata())


@pytest.fixture(scope="module")
def reasons(tmp_path_factory):
    path = tmp_path_factory.mktemp("reasons") / "reasons.toml"
    path.write_text(REASONS, encoding="utf-8")
    return path


def figures(rows, keys):
    """Add up events by keys: events, journeys, customers, cost."""
    found = defaultdict(list)
    for key, row in zip(keys, rows, strict=True):
        found[key].append(row)
    return {
        key: (
            len(own),
            len({r["case_id"] for r in own}),
            len({r["customer_id"] for r in own}),
            round(sum(brute_reasons.price(r, RATES) or 0 for r in own), 4),
        )
        for key, own in found.items()
    }


def table_of(table, *keys):
    return {
        row[: len(keys)]: (*row[len(keys) : -1], round(row[-1], 4))
        for row in table.select(*keys, "events", "cases", "customers", "total_cost").iter_rows()
    }


def check(log, rows, reasons):
    result = pm.self_inflicted(log, reasons=reasons)
    known = brute.prepared(rows)
    kinds = brute_reasons.kinds(known, LISTS, value=["check"], recurring=["answer"])
    bad = [known[order] for order in kinds]
    whole = list(known.values())
    assert table_of(result.kinds, "kind") == figures(bad, [(k,) for k in kinds.values()])
    keys = [(kinds[r["order"]], r["activity"], r.get("department")) for r in bad]
    assert table_of(result.activities, "kind", "activity", "department") == figures(bad, keys)
    row = result.summary.row(0, named=True)
    prices = [brute_reasons.price(r, RATES) for r in whole]
    sure = [known[o] for o, kind in kinds.items() if kind != "unmapped contact"]
    cost = sum(p for p in prices if p is not None)
    assert row["total_cost"] == pytest.approx(cost, abs=1e-4)
    assert row["self_inflicted_events"] == len(sure)
    part = sum(brute_reasons.price(r, RATES) or 0 for r in sure)
    assert row["self_inflicted_cost"] == pytest.approx(part, abs=1e-4)
    if cost:
        most = sum(brute_reasons.price(r, RATES) or 0 for r in bad)
        assert row["sure_share"] == pytest.approx(part / cost, abs=1e-4)
        assert row["most_share"] == pytest.approx(most / cost, abs=1e-4)
    unknown = [p is None and not r.get("by_customer") for p, r in zip(prices, whole, strict=True)]
    assert row["uncosted_events"] == sum(unknown)
    if "department" in rows[0]:
        blame = brute_reasons.blamed(
            known, kinds, LINKS, ["Übergabe <b>"], LATE, within_us=600_000_000
        )
        keys = [
            (*blame.get(r["order"], ("no evidence", "not attributed"))[::-1], r["department"])
            for r in sure
        ]
        assert table_of(result.matrix, "cause", "way", "department") == figures(sure, keys)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_figure_equals_brute_force(name, reasons):
    rows = brute_reasons.costed(EXAMPLES[name])
    check(log_of(rows), rows, reasons)


def test_every_engine_gives_the_same_figures(engine, reasons):
    rows = brute_reasons.costed(EXAMPLES["everything known"])
    check(engine(log_of(rows)), rows, reasons)


@FEW
@given(rows=events())
def test_any_log_equals_brute_force(rows, reasons):
    rows = brute_reasons.costed(rows)
    check(log_of(rows), rows, reasons)


@FEW
@given(rows=events(optional=("department", "resource", "start_timestamp")))
def test_each_event_counts_once_and_every_table_adds_up_to_the_same(rows, reasons):
    result = pm.self_inflicted(log_of(brute_reasons.costed(rows)), reasons=reasons)
    row = result.summary.row(0, named=True)
    sure = result.kinds.filter(pl.col("kind") != "unmapped contact")
    assert sure["events"].sum() == row["self_inflicted_events"]
    assert result.causes["total_cost"].sum() == pytest.approx(row["self_inflicted_cost"], abs=1e-4)
    assert result.matrix["total_cost"].sum() == pytest.approx(row["self_inflicted_cost"], abs=1e-4)
    again = sure.filter(pl.col("kind").is_in(["rework", "repeat contact"]))
    assert result.rework["events"].sum() == again["events"].sum()
    departments = result.groups.filter(pl.col("by") == "department")
    assert departments["total_cost"].sum() == pytest.approx(row["total_cost"], abs=1e-4)
    if row["sure_share"] is not None:
        assert 0 <= row["sure_share"] <= row["most_share"] <= 1 + 1e-9


@FEW
@given(rows=events(optional=("resource",)))
def test_a_repetition_is_by_the_same_resource_where_it_did_it_before(rows):
    log = log_of([r | {"cost": 1.0} for r in brute_reasons.costed(rows)])
    expected = defaultdict(int)
    for own in brute.journeys(rows).values():
        doers, before = defaultdict(set), None
        for event in own:
            whom = event["resource"]
            if doers[event["activity"]]:
                same = "same" if whom in doers[event["activity"]] else "another"
                way = "at once" if before == event["activity"] else "later"
                expected[event["activity"], way, whom and same] += 1
            doers[event["activity"]].add(whom)
            before = event["activity"]
    found = pm.self_inflicted(log).rework
    keys = ("activity", "repetition", "by_resource", "events")
    assert {r[:3]: r[3] for r in found.select(keys).iter_rows()} == expected


@pytest.fixture(scope="module")
def orders(broadband):
    log = broadband.filter_cases(where={"journey_type": "order to working line"})
    return pm.self_inflicted(log, reasons=KEPT / "broadband" / "reasons.toml")


def test_the_planted_calls_returns_and_missed_appointments_are_found_to_the_last(orders):
    counted = json.loads((KEPT / "broadband" / "truth.json").read_text())["counted"]
    periods = [counted[f"orders_placed_{p}_closure"] for p in ("before", "from")]
    seen = dict(orders.activities.select("activity", "events").iter_rows())
    for activity, name in {
        "Where is my order?": "calls_where_is_my_order",
        "Wrong part reported": "calls_wrong_part",
        "Part returned": "returns",
        "Appointment missed": "missed_appointments",
    }.items():
        assert seen[activity] == sum(period[name] for period in periods)
    all_costs = sum(period["cost_of_all"] for period in periods)
    assert orders.summary["total_cost"].item() == pytest.approx(all_costs, rel=0.002)
    care = orders.matrix.filter(pl.col("department") == "Customer care")["total_cost"].sum()
    assert care == pytest.approx(sum(p["cost"]["Customer care"] for p in periods), rel=0.002)


def test_what_the_closure_causes_is_charged_to_the_warehouse_with_the_planted_size(orders):
    truth = json.loads((KEPT / "broadband" / "truth.json").read_text())
    planted = truth["warehouse_closure"]
    times = planted["wrong_part_share_after"] / planted["wrong_part_share_before"]
    rows = {r["failure"]: r for r in orders.excess.iter_rows(named=True)}
    for failure in ("Where is my order?", "Wrong part reported"):
        row = rows[failure]
        way = (row["activity"], row["next_activity"], row["department"])
        assert way == ("Order confirmed", "Parts ordered from factories", "Warehouse")
    wrong = rows["Wrong part reported"]
    assert wrong["low_attributable_share"] <= 1 - 1 / times <= wrong["high_attributable_share"]
    linked = orders.causes.filter(pl.col("activity") == "Wrong part reported")
    assert linked.filter(pl.col("way") == "link")["cause"].unique().to_list() == ["Warehouse"]
    borne = orders.matrix.filter(pl.col("department") == "Customer care")
    caused = borne.filter(pl.col("cause") == "Warehouse")["total_cost"].sum()
    assert caused > 0.6 * borne["total_cost"].sum()


def test_a_failure_that_ends_the_journey_is_missing_on_neither_side():
    rows = []
    for case in range(120):
        ways = (["open", "left", "fail"], ["open", "fail"], ["open", "left"], ["open", "right"])
        for order, activity in enumerate(ways[case % 4]):
            rows.append({
                "case": f"{case}", "activity": activity, "department": activity, "cost": 1.0,
                "time": f"2026-01-05T09:{order:02}Z",
            })  # fmt: skip
    table = pl.DataFrame(rows)
    result = pm.self_inflicted(pm.read(table))
    assert result.excess.is_empty()


def test_the_complaints_that_a_rentals_surprise_charges_cause_are_found_with_their_size(rental):
    truth = json.loads((KEPT / "rental" / "truth.json").read_text())
    counted, rise = truth["counted"], truth["price_rise"]
    rentals = [counted[f"rentals_{side}_price_rise"] for side in ("before", "from")]
    usual = [rise[f"complaint_share_{side}"] for side in ("before", "after")]
    base = sum(n * share for n, share in zip(rentals, usual, strict=True)) / sum(rentals)
    added = truth["surprise_charges"]["added_complaint_share"]

    row = pm.self_inflicted(rental, reasons=KEPT / "rental" / "reasons.toml").excess.row(
        0, named=True
    )

    assert (row["activity"], row["next_activity"]) == ("Inspect car", "Add charge")
    planted = added / (base + added)
    assert row["low_attributable_share"] <= planted <= row["high_attributable_share"]


def test_a_failure_that_none_of_a_few_has_elsewhere_explains_nothing():
    rows = []
    for case in range(330):
        ways = ["open", "left" if case >= 25 else "right", *(["open"] if case % 19 == 18 else [])]
        ways = ways[:2] if case < 25 else ways
        for order, activity in enumerate(ways):
            rows.append({
                "case": f"{case}", "activity": activity, "department": activity, "cost": 1.0,
                "time": f"2026-01-05T09:{order:02}Z", "customer": f"c{case}",
            })  # fmt: skip
    assert stats.fisher_exact([[16, 289], [0, 25]]).pvalue > 0.5

    assert pm.self_inflicted(pm.read(pl.DataFrame(rows))).excess.is_empty()


def test_a_way_counts_the_customers_on_the_side_that_has_fewer_and_is_protected_by_them():
    rows = []
    for case in range(120):
        ill, bad = case % 2 == 0, case % 4 == 0 or case % 60 == 1
        ways = ["open", "left" if ill else "right", *(["open"] if bad else []), "end"]
        for order, activity in enumerate(ways):
            rows.append({
                "case": f"{case}", "activity": activity, "department": activity, "cost": 1.0,
                "time": f"2026-01-05T09:{order:02}Z", "customer": f"c{case % (50 if ill else 7)}",
            })  # fmt: skip
    log = pm.read(pl.DataFrame(rows))
    sides = {side: {r["customer"] for r in rows if r["activity"] == side}
             for side in ("left", "right")}  # fmt: skip

    row = pm.self_inflicted(log).excess.row(0, named=True)

    assert (row["activity"], row["next_activity"]) == ("open", "left")
    assert row["customers"] == min(map(len, sides.values())) == 7
    assert pm.self_inflicted(log.protect(customers=7)).excess.height == 1
    assert pm.self_inflicted(log.protect(customers=8)).excess.is_empty()


def test_without_a_map_rework_alone_is_answered_and_a_caveat_says_what_to_add(broadband):
    result = pm.self_inflicted(broadband)
    assert set(result.kinds["kind"]) == {"repeat contact", "rework", "unmapped contact"}
    assert any("--reasons" in caveat for caveat in result.caveats)
    assert "to" in result.headline.split("%")[1]


@pytest.mark.parametrize("name", ["airline", "broadband", "rental"])
def test_the_map_beside_each_sample_can_be_used(name, kept):
    result = pm.self_inflicted(kept(name), reasons=KEPT / name / "reasons.toml")
    assert result.summary["self_inflicted_cost"].item() > 0
    for show in ("departments", "matrix"):
        assert result.chart(show=show).to_dict()["title"]


def test_a_log_of_nothing_but_names_is_answered_in_events():
    table = pl.DataFrame(
        {"case": ["1", "1"], "activity": ["ask", "ask"], "time": ["2026-01-05T09:00Z"] * 2}
    )
    result = pm.self_inflicted(pm.read(table))
    assert result.headline.startswith("50 % of the events are self-inflicted")
    assert any("no costs" in c for c in result.caveats)
    assert any("department" in c for c in result.caveats)
    assert any("customer_facing" in c for c in result.caveats)
    assert result.chart().to_dict()
    assert result.chart(show="matrix").to_dict()


def test_a_month_of_a_log_is_answered_too(broadband):
    month = broadband.filter_cases(started=("2025-03-01", "2025-04-01"))
    result = pm.self_inflicted(month, reasons=KEPT / "broadband" / "reasons.toml")
    assert result.summary["self_inflicted_cost"].item() > 0
