"""Event logs that hypothesis makes up: small, with everything that real ones have wrong."""

from datetime import timedelta
from random import Random

import polars as pl
from hypothesis import settings
from hypothesis import strategies as st

from procmine.eventlog import EventLog, prepared
from procmine.metadata import Metadata
from tests.brute import at

ACTIVITIES = ("ask", "Ask", "answer", "check", "Übergabe <b>")
DEPARTMENTS = ("Sales", "Care", "Field")
RESOURCES = ("ann", "bob")
TIME = pl.Datetime("us", "UTC")
SCHEMA = {
    "case_id": pl.String,
    "activity": pl.String,
    "timestamp": TIME,
    "order": pl.Int64,
    "start_timestamp": TIME,
    "department": pl.String,
    "resource": pl.String,
    "by_customer": pl.Boolean,
}
FEW = settings(max_examples=max(10, settings.default.max_examples // 3))
"""For what takes long, or follows from another test: that a log's rows are in any order, say."""
OPTIONAL = ("start_timestamp", "department", "resource", "by_customer")


@st.composite
def events(draw, *, min_size=1, optional=None):
    """Raw events as dictionaries: ties, unknown values, overlaps, single-event cases, any order.

    Args:
        draw: Hypothesis' own.
        min_size: Fewest events.
        optional: The optional columns the log has; drawn where not given.
    """
    columns = draw(st.sets(st.sampled_from(OPTIONAL))) if optional is None else set(optional)
    number = draw(st.integers(min_size, 40))
    orders = draw(st.permutations(range(number)))
    rows = [_event(draw, order, columns) for order in orders]
    assert len({r["order"] for r in rows}) == number
    return rows


def _event(draw, order, columns):
    # Whole minutes make ties; microseconds make figures that floats can't hold exactly.
    moment = at(60 * draw(st.integers(0, 30)), draw(st.sampled_from((0, 0, 0, 1, 999_999))))
    row = {
        "case_id": draw(st.sampled_from(("1", "2", "NA", "é", " 5 ", "6"))),
        "activity": draw(st.sampled_from(ACTIVITIES)),
        "timestamp": moment,
        "order": order,
    }
    if "start_timestamp" in columns:
        worked = draw(st.none() | st.integers(0, 1200))
        row["start_timestamp"] = None if worked is None else moment - timedelta(seconds=worked)
    if "department" in columns:
        row["department"] = draw(st.none() | st.sampled_from(DEPARTMENTS))
    if "resource" in columns:
        row["resource"] = draw(st.none() | st.sampled_from(RESOURCES))
    if "by_customer" in columns:
        row["by_customer"] = draw(st.sampled_from((None, False, False, True)))
    return row


def frame(rows):
    """Return raw events as a canonical table."""
    schema = {c: t for c, t in SCHEMA.items() if c in rows[0]}
    return pl.DataFrame(rows, schema=schema)


def log_of(rows, **meta):
    """Return raw events as a prepared log."""
    return prepared(frame(rows).lazy(), len(rows), Metadata(**meta))


def table_of(log: EventLog):
    """Return a log's events, collected, keyed by their `order`."""
    return {row["order"]: row for row in log.events.collect().to_dicts()}


def random_events(seed, *, number=120, optional=OPTIONAL):
    """Return raw events drawn by a plain generator, for engines too slow for hypothesis."""
    random = Random(seed)
    rows = []
    for order in range(number):
        moment = at(60 * random.randrange(200), random.choice((0, 0, 1, 999_999)))
        row = {
            "case_id": str(random.randrange(number // 6)),
            "activity": random.choice(ACTIVITIES),
            "timestamp": moment,
            "order": order,
            "start_timestamp": random.choice(
                (None, moment - timedelta(seconds=random.randrange(900)))
            ),
            "department": random.choice((None, *DEPARTMENTS)),
            "resource": random.choice((None, *RESOURCES)),
            "by_customer": random.choice((None, False, True)),
        }
        rows.append({k: v for k, v in row.items() if k in optional or k not in OPTIONAL})
    return rows


EXAMPLES = {
    "everything known": random_events(1),
    "no optional column": random_events(2, optional=()),
    "one event": random_events(3, number=6)[:1],
    "departments never known": [e | {"department": None} for e in random_events(4, number=30)],
}
"""Logs that every analysis is asked of, on every engine."""
