"""Rules on logs: each kind beside a brute force, on every engine, and what can't be tested."""

from collections import Counter
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.policy.check import check
from procmine.policy.document import Rule
from procmine.policy.kinds import KEYS, Kind
from tests import brute as times
from tests.policy.brute import judge

ACTIVITIES = "abcd"
TOLD = {
    "activity": st.lists(st.sampled_from(ACTIVITIES), min_size=1, max_size=2, unique=True),
    "activities": st.lists(st.sampled_from(ACTIVITIES), min_size=2, max_size=3, unique=True),
    "times": st.integers(1, 2),
    "within": st.sampled_from(("1 minute", "5 minutes", "1 hour")),
    "departments": st.lists(st.sampled_from("XYZ"), min_size=1, max_size=2, unique=True),
    "at_most": st.integers(0, 2),
}


@st.composite
def rules(draw):
    kind = draw(st.sampled_from(Kind))
    keys = [*KEYS[kind].must, *(k for k in KEYS[kind].may if draw(st.booleans()))]
    told = {key: draw(TOLD[key]) for key in keys if key in TOLD}
    if "first" in keys or "then" in keys:
        order = draw(st.permutations(ACTIVITIES))
        told |= {"first": order[:1], "then": order[1 : draw(st.integers(2, 3))]}
    scope = {
        "segment": draw(st.none() | st.sampled_from(("Gold", "Tin"))),
        "journey_type": draw(st.none() | st.sampled_from(("order", "fault"))),
        "until": draw(st.none() | st.just(times.at(3 * 86_400).date())),
    }
    return Rule(name="r", kind=kind, **told, **scope)


@st.composite
def journeys(draw):
    events = st.fixed_dictionaries(
        {
            "activity": st.sampled_from(ACTIVITIES),
            "after": st.integers(0, 400),
            "resource": st.none() | st.sampled_from(("ann", "bob")),
            "department": st.none() | st.sampled_from("XYZ"),
        }
    )
    journey = st.fixed_dictionaries(
        {
            "events": st.lists(events, min_size=1, max_size=7),
            "day": st.integers(0, 5),
            "state": st.sampled_from(("open", "closed", "abandoned")),
            "segment": st.sampled_from(("Gold", "Tin", None)),
            "journey_type": st.sampled_from(("order", "fault")),
            "customer_id": st.sampled_from(("C1", "C2", "C3")),
        }
    )
    return draw(st.lists(journey, min_size=1, max_size=8))


def with_seconds(journey):
    found, seconds = [], journey["day"] * 86_400
    for event in journey["events"]:
        seconds += event["after"]
        found.append(event | {"seconds": seconds})
    return found


def log_of(made):
    rows = [
        {
            "case_id": f"J{number}",
            "activity": event["activity"],
            "timestamp": times.at(event["seconds"]),
            "resource": event["resource"],
            "department": event["department"],
            "journey_state": journey["state"],
            "segment": journey["segment"],
            "journey_type": journey["journey_type"],
            "customer_id": journey["customer_id"],
        }
        for number, journey in enumerate(made)
        for event in with_seconds(journey)
    ]
    text = ("resource", "department", "segment")
    return pm.read(pl.DataFrame(rows, schema_overrides=dict.fromkeys(text, pl.String)))


def meant(rule, journey):
    begun = times.at(with_seconds(journey)[0]["seconds"]).date()
    return (
        rule.segment in (None, journey["segment"])
        and rule.journey_type in (None, journey["journey_type"])
        and (rule.until is None or begun < rule.until)
    )


def expected(rule, made):
    """How many journeys stand how, the ones that break it, and the customers that were asked."""
    end = max(with_seconds(journey)[-1]["seconds"] for journey in made)
    stands, broken, customers = Counter(), set(), set()
    for number, journey in enumerate(made):
        if not meant(rule, journey):
            continue
        is_open = journey["state"] == "open"
        how = judge(rule, with_seconds(journey), is_open=is_open, end=end)
        stands[how] += 1
        if how == "broken":
            broken.add(f"J{number}")
        if how in ("broken", "kept"):
            customers.add(journey["customer_id"])
    return stands, broken, customers


def compared(log, rule, made):
    checked = check(log, [rule], None)
    stands, broken, customers = expected(rule, made)
    row = checked.counts.row(0, named=True)
    assert row["violations"] == stands["broken"]
    assert row["cases"] == stands["broken"] + stands["kept"]
    assert row["undecided_cases"] == stands["undecided"]
    assert row["customers"] == len(customers)
    assert set(checked.violations["case_id"]) == broken
    assert checked.violations.height == len(broken)
    assert not checked.violations["evidence"].null_count()
    assert not checked.violations["at"].null_count()


@given(rules(), journeys())
@settings(max_examples=100)
def test_every_kind_of_rule_equals_the_brute_force(rule, made):
    compared(log_of(made), rule, made)


@given(rules(), journeys())
@settings(max_examples=25)
def test_a_filtered_log_whose_rows_may_be_mixed_is_judged_alike(rule, made):
    log = log_of(made).filter_cases(duration=(timedelta(0), None))
    assert log.meta.selection
    compared(log, rule, made)


@given(st.lists(rules(), min_size=2, max_size=5), journeys())
@settings(max_examples=15)
def test_rules_are_judged_together_as_alone(several, made):
    log = log_of(made)
    together = check(log, several, None)
    for number, rule in enumerate(several):
        alone = check(log, [rule], None)
        assert together.counts.row(number) == alone.counts.row(0)
        own = together.violations.filter(pl.col("rule") == number).drop("rule")
        assert own.equals(alone.violations.drop("rule"))


def test_no_rules_are_no_trouble():
    checked = check(_one(), [], None)
    assert checked.counts.is_empty()
    assert checked.violations.is_empty()


def _one():
    table = pl.DataFrame({"case": ["1"], "activity": ["a"], "time": [times.at(0)]})
    return pm.read(table)


@pytest.mark.parametrize("kind", [Kind.FOUR_EYES, Kind.DEPARTMENTS, Kind.HANDOFFS])
def test_without_the_column_it_needs_a_rule_is_untested(kind):
    told = {"activities": ["a", "b"], "departments": ["X"], "at_most": 1}
    rule = Rule(name="r", kind=kind, **{key: told[key] for key in KEYS[kind].must})
    assert check(_one(), [rule], None).counts["cases"].item() == 0
