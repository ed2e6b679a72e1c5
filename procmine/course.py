"""The course of single journeys: which there are, and what happened in one, event by event."""

from typing import Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.errors import InputError, OptionError, nearest
from procmine.eventlog import EventLog
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CASE,
    CASE_START,
    COST,
    DEPARTMENT,
    ELAPSED,
    EVENT_NUMBER,
    JOURNEY_STATE,
    OPEN,
    RESOURCE,
    SERVICE,
    START,
    TIMESTAMP,
    WAIT,
)

LONGEST, OPEN_LONGEST, LATEST = "longest", "open", "latest"
ORDERS: Final = (LONGEST, OPEN_LONGEST, LATEST)
"""By duration; of the open ones those that began first; by when they began, the last first."""


def journeys_by(log: EventLog, order: str, *, first: int = 25) -> pl.DataFrame:
    """Return the first journeys in an order.

    Args:
        log: The event log.
        order: One of `ORDERS`.
        first: How many.

    Returns:
        One row a journey: case_id, start, duration_seconds, events, is_open, outcome.

    Raises:
        OptionError: There is no such order.

    Example:
        >>> import procmine as pm
        >>> times = ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-06T09:00Z"]
        >>> table = pl.DataFrame({"case": ["1", "1", "2"], "activity": ["a"] * 3, "time": times})
        >>> journeys_by(pm.read(table), "latest")["case_id"].to_list()
        ['2', '1']
    """
    if order not in ORDERS:
        raise OptionError(f"There is no order '{order}'.", nearest(order, ORDERS))
    inside = log.inside()
    found = inside.ends.select(
        nw.col(CASE).cast(nw.String),
        nw.col(CASE_START).alias("start"),
        (nw.col(ELAPSED) / 1_000_000).alias("duration_seconds"),
        nw.col(EVENT_NUMBER).alias("events"),
        inside.is_open().alias("is_open"),
        nw.col(ACTIVITY).cast(nw.String).alias("outcome"),
    )
    if order == OPEN_LONGEST:
        found = found.filter(nw.col("is_open"))
    by, descending = {
        LONGEST: ("duration_seconds", True),
        OPEN_LONGEST: ("start", False),
        LATEST: ("start", True),
    }[order]
    return collect(found.sort(by, CASE, descending=[descending, False]).head(first))


def course(log: EventLog, case_id: str) -> pl.DataFrame:
    """Return the events of one journey, each with the wait before it.

    Args:
        log: The event log.
        case_id: The journey.

    Returns:
        One row an event: event (1, 2, …), activity, department, resource, start, end,
        wait_seconds (before it; null before the first one), service_seconds, by_customer, cost,
        is_open (whether the journey is, the same in each row). What the log doesn't know is null;
        `end` is when the event was completed, `start` when work on it began, both in the zone that
        people are shown.

    Raises:
        InputError: The log has no such journey.

    Example:
        >>> import procmine as pm
        >>> times = ["2026-01-05T09:00Z", "2026-01-05T10:00Z"]
        >>> table = pl.DataFrame({"case": ["1", "1"], "activity": ["a", "b"], "time": times})
        >>> course(pm.read(table), "1").select("event", "activity", "wait_seconds").rows()
        [(1, 'a', None), (2, 'b', 3600.0)]
    """
    inside, zone = log.inside(), log.meta.timezone
    known = {START, DEPARTMENT, RESOURCE, SERVICE, BY_CUSTOMER, COST, JOURNEY_STATE}
    columns = [CASE, ACTIVITY, TIMESTAMP, EVENT_NUMBER, WAIT, *known.intersection(log.columns)]
    rows = collect(inside.table.filter(nw.col(CASE) == case_id).select(columns))
    if rows.is_empty():
        raise InputError("There is no such journey among those shown.", "Choose one of the list.")
    rows = rows.with_columns(pl.lit(None).alias(c) for c in known.difference(log.columns))
    return rows.sort(EVENT_NUMBER).select(
        pl.col(EVENT_NUMBER).alias("event"),
        pl.col(ACTIVITY).cast(pl.String),
        pl.col(DEPARTMENT).cast(pl.String),
        pl.col(RESOURCE).cast(pl.String),
        pl.col(START).cast(rows[TIMESTAMP].dtype).dt.convert_time_zone(zone).alias("start"),
        pl.col(TIMESTAMP).dt.convert_time_zone(zone).alias("end"),
        (pl.col(WAIT).shift(1) / 1_000_000).alias("wait_seconds"),
        (pl.col(SERVICE) / 1_000_000).alias("service_seconds"),
        pl.col(BY_CUSTOMER).cast(pl.Boolean).fill_null(value=False),
        pl.col(COST).cast(pl.Float64),
        _is_open(inside, rows).alias("is_open"),
    )


def _is_open(log: EventLog, rows: pl.DataFrame) -> pl.Expr:
    """Say whether the journey is open, as the log says it of its last event; null if unknown."""
    if JOURNEY_STATE in log.columns:
        return pl.col(JOURNEY_STATE).cast(pl.String) == OPEN
    if not log.meta.outcomes:
        return pl.lit(None, pl.Boolean)
    last = rows.sort(EVENT_NUMBER)[ACTIVITY].cast(pl.String)[-1]
    return pl.lit(last not in log.meta.outcomes)
