"""The moments in which a customer meets the company: customer-facing events, journey by journey."""

from typing import Final

import narwhals as nw
import polars as pl

from procmine.clusters import UNIT, with_units
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.schema import (
    ACTIVITY,
    CASE,
    CUSTOMER_FACING,
    DEPARTMENT,
    EVENT_NUMBER,
    JOURNEY_TYPE,
    RESOURCE,
    WAIT,
)

NONE_MARKED: Final = (
    "This log marks no customer-facing events; add customer_facing = [...] to the mapping, or name "
    "the column that says so (--customer-facing)."
)

WAITED: Final = "waited_us"
"""How long nothing happened before a moment, microseconds; null before a journey's first event."""

_TEXTS: Final = (ACTIVITY, DEPARTMENT, RESOURCE, JOURNEY_TYPE)


def moments(log: EventLog) -> pl.DataFrame:
    """Return every customer-facing event with the wait before it.

    Returns:
        `case_id, unit, event_number, activity, department, resource, journey_type, waited_us`, by
        case and number; texts are null where the log lacks them. No rows where none is marked.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...         "customer_facing": [False, True],
        ...     }
        ... )
        >>> moments(pm.read(table)).select("activity", "waited_us").rows()
        [('answer', 3600000000)]
    """
    facing = CUSTOMER_FACING in log.columns
    table = with_units(
        log, log.table.filter(nw.col(CUSTOMER_FACING) if facing else nw.col(CASE).is_null())
    )
    there = [c for c in _TEXTS if c in log.columns]
    before = log.table.select(CASE, nw.col(EVENT_NUMBER) + 1, nw.col(WAIT).alias(WAITED))
    met = table.select(CASE, UNIT, EVENT_NUMBER, *(nw.col(c).cast(nw.String) for c in there))
    found = collect(met.join(before, on=[CASE, EVENT_NUMBER], how="left"))
    missing = [pl.lit(None, pl.String).alias(c) for c in _TEXTS if c not in there]
    return (
        found.with_columns(missing)
        .select(pl.col(CASE, UNIT).cast(pl.String), EVENT_NUMBER, *_TEXTS, WAITED)
        .sort(CASE, EVENT_NUMBER)
    )


def fence(wait: pl.Expr) -> pl.Expr:
    """Return the wait above which one is unusually long: Tukey's upper fence.

    Example:
        >>> pl.DataFrame({"w": [1, 2, 3, 4, 5]}).select(fence(pl.col("w"))).item()
        7.0
    """
    low, high = wait.quantile(0.25, "linear"), wait.quantile(0.75, "linear")
    return high + 1.5 * (high - low)
