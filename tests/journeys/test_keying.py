"""Keying against plain Python that walks along each customer's events one by one."""

from datetime import UTC, datetime, timedelta
from math import inf

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from procmine.journeys.keying import NUMBER, key
from procmine.journeys.rules import CUSTOMER_NUMBER, JourneyType, Rules
from procmine.schema import JOURNEY_STATE, JOURNEY_TYPE
from tests.journeys.brute import brute_journeys

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 86_400_000_000
ACTIVITIES = ("buy", "call", "ship", "done", "stop", "complain", "solve")

TYPES = st.sampled_from(
    (
        {"type": "order", "triggers": ("buy",), "outcomes": ("done", "stop")},
        {"type": "order", "triggers": ("buy",), "outcomes": ("done",), "key": "key:order"},
        {"type": "order", "triggers": ("buy", "call"), "outcomes": ("done",), "key": "key:order"},
    )
)
COMPLAINTS = st.sampled_from(
    (
        None,
        {"type": "complaint", "triggers": ("complain",), "outcomes": ("solve", "stop")},
        {"type": "complaint", "triggers": ("complain",), "outcomes": ("solve", "buy")},
        {"type": "complaint", "triggers": ("complain",), "outcomes": (), "activities": ("call",)},
    )
)


@st.composite
def rules(draw):
    """One or two kinds of journey, with or without key, patience and window."""
    chosen = [draw(TYPES), draw(COMPLAINTS)]
    return [
        {
            "key": None,
            "activities": (),
            **rule,
            "patience": draw(st.sampled_from((inf, 3 * DAY))),
            "window": draw(st.sampled_from((0, 2 * DAY))),
        }
        for rule in chosen
        if rule is not None
    ]


@st.composite
def events(draw):
    """Events of few customers, with ties, many of them with an order's number."""
    number = draw(st.integers(1, 30))
    return [
        {
            "customer": draw(st.sampled_from((1, 1, 1, 2, None))),
            "activity": draw(st.sampled_from(ACTIVITIES)),
            "time": draw(st.integers(0, 16)) * DAY // 2,
            "order": order,
            "key:order": draw(st.sampled_from((None, "a", "b"))),
        }
        for order in draw(st.permutations(range(number)))
    ]


def given_rules(plain):
    return Rules(
        tuple(
            JourneyType(
                r["type"],
                tuple(r["triggers"]),
                tuple(r["outcomes"]),
                r["key"] and r["key"].removeprefix("key:"),
                tuple(r["activities"]),
                None if r["patience"] == inf else r["patience"],
                r["window"],
            )
            for r in plain
        )
    )


def keyed(rows, plain, end):
    table = pl.DataFrame(
        {
            CUSTOMER_NUMBER: pl.Series([r["customer"] for r in rows], dtype=pl.UInt32),
            "activity": [r["activity"] for r in rows],
            "timestamp": [START + timedelta(microseconds=r["time"]) for r in rows],
            "order": [r["order"] for r in rows],
            "key:order": pl.Series([r["key:order"] for r in rows], dtype=pl.String),
        }
    )
    began = int(START.timestamp() * 1_000_000)
    found = key(table, given_rules(plain), began + end).with_columns(
        table[CUSTOMER_NUMBER].alias("customer"), table["order"].alias("order")
    )
    columns = ("customer", NUMBER, JOURNEY_TYPE, JOURNEY_STATE)
    return {r["order"]: tuple(r[c] for c in columns) for r in found.to_dicts()}


@given(events(), rules(), st.sampled_from((0, 1, 5)))
def test_the_journeys_are_those_of_plain_python(rows, plain, later):
    end = max(r["time"] for r in rows) + later * DAY

    assert keyed(rows, plain, end) == brute_journeys(rows, plain, end)


@given(events(), rules(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, plain, random):
    shuffled = random.sample(rows, len(rows))

    assert keyed(shuffled, plain, 20 * DAY) == keyed(rows, plain, 20 * DAY)
