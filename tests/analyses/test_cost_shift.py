"""Cost before and after a change: means against plain loops, and the planted warehouse closure."""

import json
from datetime import timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given

import procmine as pm
from procmine.errors import OptionError
from procmine.eventlog import prepared
from procmine.metadata import Metadata
from tests import brute, brute_reasons
from tests.strategies import EXAMPLES, FEW, events, frame

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"
MINUTES = 20


def log_of(rows):
    table = frame(rows).with_columns(
        pl.Series("cost", [r["cost"] for r in rows], pl.Float64),
        pl.Series("customer_id", [r["customer_id"] for r in rows], pl.String),
    )
    return prepared(table.lazy(), len(rows), Metadata(timezone="UTC"))


def made_up(rows):
    return brute_reasons.spread(brute_reasons.costed(rows), days=3)


def expected(rows, at):
    """Return what a journey costs each department before and after, and its events, on average."""
    length = timedelta(minutes=MINUTES)
    end = max(r["timestamp"] for r in rows)
    journeys = {0: 0, 1: 0}
    sums = {}
    for own in brute.prepared(rows).values():
        if own["case_start"] > end - length:
            continue
        after = int(own["case_start"] >= at)
        journeys[after] += own["event_number"] == 1
        if own["elapsed_us"] <= MINUTES * 60_000_000:
            for key in ((own["department"],), (own["department"], own["activity"])):
                found = sums.setdefault(key, [[0, 0], [0.0, 0.0]])
                found[0][after] += 1
                found[1][after] += own["cost"] or 0.0
    return journeys, sums


def check(log, rows):
    starts = sorted({r["case_start"] for r in brute.prepared(rows).values()})
    at = starts[len(starts) // 2]
    result = pm.cost_shift(
        log, date=at.isoformat(), changed="Sales", within=f"{MINUTES} min", permutations=19
    )
    journeys, sums = expected(rows, at)
    summary = result.summary.row(0, named=True)
    assert (summary["cases_before"], summary["cases_after"]) == (journeys[0], journeys[1])
    if not all(journeys.values()):
        return
    means = lambda pair: [pair[side] / journeys[side] for side in (0, 1)]  # noqa: E731
    for name, before, after in result.departments.select(
        "department", "before_cost", "after_cost"
    ).iter_rows():
        wanted = means(sums.get((name,), [None, (0.0, 0.0)])[1])
        assert (before, after) == pytest.approx(wanted, abs=1e-6)
    columns = ("department", "activity", "before_events", "after_events", "before_cost", "change")
    seen = {row[:2]: row[2:] for row in result.activities.select(columns).iter_rows()}
    assert set(seen) == {key for key in sums if len(key) == 2}
    for key, figures in seen.items():
        count, cost = map(means, sums[key])
        assert figures == pytest.approx((*count, cost[0], cost[1] - cost[0]), abs=1e-6)
    own, others, both = result.shift["change"].head(3)
    assert own + others == pytest.approx(both, abs=1e-6)
    assert result.departments["change"].sum() == pytest.approx(both, abs=1e-6)


def test_every_mean_equals_brute_force(engine):
    rows = made_up(EXAMPLES["everything known"])
    check(engine(log_of(rows)), rows)


@FEW
@given(rows=events(min_size=4, optional=("department", "start_timestamp")))
def test_any_log_equals_brute_force(rows):
    rows = made_up(rows)
    rows[0]["department"] = "Sales"
    check(log_of(rows), rows)


def test_the_planted_closure_is_a_local_saving_that_others_pay_and_each_size_is_in_its_interval(
    broadband,
):
    truth = json.loads((KEPT / "truth.json").read_text())
    closed = truth["warehouse_closure"]["date"]
    result = pm.cost_shift(broadband, date=closed, changed="Warehouse")
    assert result.summary["verdict"].item() == "local saving, others pay"
    assert "Customer care" in result.headline
    before, after = (truth["counted"][f"orders_placed_{p}_closure"] for p in ("before", "from"))
    rows = {r["department"]: r for r in result.departments.iter_rows(named=True)}
    for department in truth["departments"]:
        planted = (
            after["cost"][department] / after["orders"]
            - before["cost"][department] / before["orders"]
        )
        row = rows[department]
        assert row["low_change"] <= planted <= row["high_change"], department
        loud = department in {"Warehouse", "Customer care"}
        assert (row["adjusted_p_value"] <= 0.05) == loud, department
    activities = {r["activity"]: r for r in result.activities.iter_rows(named=True)}
    for activity, name in {
        "Where is my order?": "calls_where_is_my_order",
        "Wrong part reported": "calls_wrong_part",
        "Part returned": "returns",
    }.items():
        planted = after[name] / after["orders"] - before[name] / before["orders"]
        row = activities[activity]
        assert row["low_events_change"] <= planted <= row["high_events_change"], activity
        assert row["low_events_change"] > 0
    assert (result.checks["verdict"] == "nothing seen").all()
    assert result.shift["against_untouched"].null_count() == 0


def test_at_another_date_nothing_is_seen(broadband):
    result = pm.cost_shift(
        broadband.filter_cases(started=(None, "2025-06-10")), date="2025-03-20",
        changed="Warehouse",
    )  # fmt: skip
    assert result.summary["verdict"].item() == "nothing beyond chance"


def shop(saved, paid, journeys=240):
    """Orders that cost the store less from the middle of the year on, and the desk more."""
    random = Random(5)
    rows = []
    for number in range(journeys):
        after = number >= journeys // 2
        day = f"2026-{1 + number * 11 // journeys:02}-{1 + number % 28:02}"
        store, desk = 20 - saved * after, 5 + paid * after
        for order, (activity, department, cost) in enumerate(
            (("ship", "Store", store), ("call", "Desk", desk))
        ):
            rows.append({
                "case": f"{number:04}", "activity": activity, "department": department,
                "cost": cost + random.gauss(0, 2), "time": f"{day}T09:{order:02}Z",
                "customer": f"{number // 2}",
            })  # fmt: skip
    return pm.read(pl.DataFrame(rows))


@pytest.mark.parametrize(
    ("saved", "paid", "verdict"),
    [
        (4, 9, "local saving, global loss"),
        (9, 4, "local saving, others pay"),
        (4, 0, "local saving"),
        (0, 4, "others pay more"),
        (0, 0, "nothing beyond chance"),
    ],
)
def test_a_verdict_says_who_saved_and_who_paid(saved, paid, verdict):
    result = pm.cost_shift(shop(saved, paid), date="2026-06-15", changed="Store")
    assert result.summary["verdict"].item() == verdict


def test_too_few_customers_are_not_enough_data():
    result = pm.cost_shift(shop(4, 9, journeys=24), date="2026-06-15", changed="Store")
    assert result.summary["verdict"].item() == "not enough data"
    assert set(result.checks["verdict"]) == {"not enough data"}
    assert result.shift["low_change"].null_count() == result.shift.height


def test_a_department_that_costs_nothing_changes_by_nothing_and_the_others_p_values_stay():
    paid = shop(4, 0)
    waived = pl.col("cost") * (pl.col("department") != "Desk")
    free = pm.read(paid.events.collect().with_columns(waived.alias("cost")))
    before, after = (
        pm.cost_shift(log, date="2026-06-15", changed="Store").departments.sort("department")
        for log in (paid, free)
    )
    assert after["p_value"][0] == 1
    assert after["change"][0] == 0
    assert after["p_value"][1] == before["p_value"][1]


def test_a_trend_that_was_there_before_is_told():
    rows = []
    for number in range(200):
        day = f"2026-{1 + number // 20:02}-{1 + number % 20:02}"
        rows.append({
            "case": f"{number}", "activity": "ship", "department": "Store", "time": f"{day}T09:00Z",
            "cost": float(number),
        })  # fmt: skip
    result = pm.cost_shift(pm.read(pl.DataFrame(rows)), date="2026-08-01", changed="Store")
    assert set(result.checks.filter(pl.col("who") == "Store")["verdict"]) == {"moved before"}
    assert any("before the change as well" in c for c in result.caveats)


CLOSED = pl.date(2025, 7, 13)


def test_journeys_that_are_over_more_seldom_look_cheaper_and_that_is_said(broadband):
    result = pm.cost_shift(broadband, date="2025-07-13", changed="Warehouse", permutations=19)

    seconds = result.summary["followed_seconds"].item()
    cases = broadband.inside().cases.collect()
    cases = cases.filter(pl.col("journey_type").cast(pl.String) == "order to working line")
    end = broadband.inside().events.select(pl.col("timestamp").max()).collect().item()
    seen = cases.filter(pl.col("start") <= end - timedelta(seconds=seconds))
    begun = pl.col("start").dt.convert_time_zone("Europe/Berlin").dt.date()
    over = (pl.col("duration_seconds") <= seconds) & ~pl.col("is_open")
    sides = [seen.filter(begun < CLOSED), seen.filter(begun >= CLOSED)]
    shares = [some.select(over.mean()).item() for some in sides]
    said = [f"{100 * one:.0f} %" for one in shares]
    assert shares[0] > shares[1] + 0.01
    assert any(f"before {said[0]} were over by then, of those after {said[1]}" in c
               for c in result.caveats)  # fmt: skip
    assert not any("look cheaper" in c for c in pm.cost_shift(
        shop(4, 9), date="2026-06-15", changed="Store", permutations=19).caveats)  # fmt: skip


def test_without_a_date_it_says_what_to_give():
    log = shop(4, 9, journeys=4)
    result = pm.cost_shift(log)
    assert "--date" in result.caveats[0]
    assert result.chart().to_dict()["title"]


def test_a_log_without_departments_says_so():
    table = pl.DataFrame({"case": ["1"], "activity": ["ask"], "time": ["2026-01-05T09:00Z"]})
    result = pm.cost_shift(pm.read(table), date="2026-01-05", changed="Store")
    assert result.headline == "The log names no department."
    assert all(table.is_empty() for table in result.tables.values())


@pytest.mark.parametrize(
    ("options", "fact"),
    [
        ({"date": "2026-06-15", "changed": "Stor"}, "Did you mean 'Store'?"),
        ({"date": "mid June", "changed": "Store"}, "isn't a date"),
        ({"date": "2026-06-15", "changed": "Store", "within": "long"}, "isn't a length of time"),
        ({"date": "2026-06-15", "changed": "Store", "permutations": 3}, "3 shuffles"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options, fact):
    with pytest.raises(OptionError, match=fact.replace("?", r"\?")):
        pm.cost_shift(shop(4, 9, journeys=4), **options)


def test_the_chart_is_drawn_with_the_headline_above(broadband):
    result = pm.cost_shift(broadband, date="2025-07-13", changed="Warehouse", permutations=19)
    title = result.chart().to_dict()["title"]["text"]
    assert "".join(title).startswith("After 13 July 2025 a journey costs Warehouse")
