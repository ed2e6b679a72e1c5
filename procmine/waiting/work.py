"""The log as the arrays that causes are told from."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from procmine.collecting import collect
from procmine.errors import UnavailableError
from procmine.eventlog import EventLog
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CASE,
    CASE_START,
    DEPARTMENT,
    EVENT_NUMBER,
    JOURNEY_STATE,
    OUTSIDE,
    RESOURCE,
    SERVICE,
    START,
    TIMESTAMP,
)
from procmine.waiting.concurrency import concurrent_pairs
from procmine.waiting.enabling import enablers
from procmine.waiting.ranges import IntArray
from procmine.waiting.starts import available_since, enabled_since

_INSTANT = pl.Datetime("us", "UTC")
_NEVER = int(np.iinfo(np.int64).min)
_NEEDED = (CASE, ACTIVITY, TIMESTAMP, CASE_START, EVENT_NUMBER, SERVICE)
_OPTIONAL = {
    START: _INSTANT,
    DEPARTMENT: pl.Categorical,
    RESOURCE: pl.Categorical,
    BY_CUSTOMER: pl.Boolean,
    JOURNEY_STATE: pl.Categorical,
}


@dataclass(frozen=True)
class Work:
    """A log's events, and what enabled each.

    Attributes:
        events: `case_id, activity, timestamp, start_timestamp, department, resource, by_customer`,
            null where the log doesn't say; the events of a case together, in their order.
        enabler: The position of the event that each one waited for, -1 where it waited for none.
        enabled: When it could have begun: when its enabler was completed, else when its case began.
        start: When it began; when it was completed, where nobody knows.
        end: When it was completed.
    """

    events: pl.DataFrame
    enabler: IntArray
    enabled: IntArray
    start: IntArray
    end: IntArray

    @property
    def knows_starts(self) -> bool:
        """Whether the log says of any event when it began."""
        return self.unknown_starts < self.events.height

    @property
    def counted(self) -> pl.Series:
        """Which events' waits count: not the customer's own, nor those outside any journey."""
        outside = (self.events[JOURNEY_STATE].cast(pl.String) == OUTSIDE).fill_null(False)
        if outside.all():  # nothing else is there to be looked at
            outside = ~outside
        return ~(self.events[BY_CUSTOMER].fill_null(False) | outside)

    @property
    def unknown_starts(self) -> int:
        """Of how many events nobody knows when they began."""
        return self.events[START].null_count()

    @property
    def overlaps(self) -> int:
        """How many events began before the one before them in their case was over."""
        goes_on = (self.events[EVENT_NUMBER] > 1).to_numpy()[1:]
        return int((goes_on & (self.start[1:] < self.end[:-1])).sum())

    @property
    def of_customers(self) -> int:
        """How many events that something enabled the customer did."""
        return int(
            (self.events[BY_CUSTOMER].fill_null(False).to_numpy() & (self.enabler >= 0)).sum()
        )


def work_of(log: EventLog, also: Sequence[str] = ()) -> Work:
    """Take what causes are told from out of a log.

    Args:
        log: The event log.
        also: Further columns.

    Raises:
        UnavailableError: The log isn't on Polars.
    """
    events = _events(log, also)
    activity, case = codes(events[ACTIVITY]), _cases(events)
    start, end = _instants(events, pl.coalesce(START, TIMESTAMP)), _instants(events, TIMESTAMP)
    # What an event waited for was over when it began, and, if it took no time, before that.
    latest = np.minimum(start, end - 1)
    enabler = enablers(case, activity, end, latest, concurrent_pairs(activity, case))
    enabled = np.where(enabler >= 0, end[enabler], _instants(events, CASE_START))
    return Work(events, enabler, enabled, start, end)


def estimates(log: EventLog) -> pl.DataFrame:
    """Estimate when each event of a log began, from completions alone.

    Returns:
        The events, with `enabled, available` (null where the resource has done nothing before) and
        `estimate`, the later of the two.

    Raises:
        UnavailableError: The log isn't on Polars.
    """
    events = _events(log, ())
    end = _instants(events, TIMESTAMP)
    opened = _instants(events, CASE_START)
    enabled = enabled_since(_cases(events), codes(events[ACTIVITY]), end, opened)
    available = available_since(codes(events[RESOURCE]), end, np.full_like(end, _NEVER))
    made = {"enabled": enabled, "available": available}
    columns = [pl.Series(name, column) for name, column in made.items()]
    return (
        events.with_columns(columns)
        .with_columns(
            pl.when(pl.col("available") != _NEVER).then("available").cast(_INSTANT),
            pl.col("enabled").cast(_INSTANT),
        )
        .with_columns(pl.max_horizontal("enabled", "available").alias("estimate"))
    )


def _cases(events: pl.DataFrame) -> IntArray:
    """Number the cases as they come."""
    opening = events.select((pl.col(EVENT_NUMBER) == 1).cum_sum().cast(pl.Int64) - 1)
    return opening.to_series().to_numpy()


def _instants(events: pl.DataFrame, column: str | pl.Expr) -> IntArray:
    instants = pl.col(column) if isinstance(column, str) else column
    return events.select(instants.dt.timestamp("us")).to_series().to_numpy()


def _events(log: EventLog, also: Sequence[str]) -> pl.DataFrame:
    if not isinstance(log.events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise UnavailableError(
            "On this engine nobody can tell what each resource was busy with.",
            "Write the prepared log as Parquet, and ask pm.read of that.",
        )
    there = [c for c in dict.fromkeys((*_NEEDED, *_OPTIONAL, *also)) if c in log.columns]
    events = collect(log.table.select(*(nw.col(c) for c in there)))
    unknown = [pl.lit(None, kind).alias(c) for c, kind in _OPTIONAL.items() if c not in there]
    return _in_order(events.with_columns(unknown))


def _in_order(events: pl.DataFrame) -> pl.DataFrame:
    """Sort the events, unless they are: a filter may have let go of the order."""
    number = pl.col(EVENT_NUMBER)
    follows = (pl.col(CASE) == pl.col(CASE).shift()) & (number == number.shift() + 1)
    if events.select((follows | (number == 1)).all()).item():
        return events
    return events.sort(CASE, EVENT_NUMBER)


def codes(column: pl.Series) -> IntArray:
    """Return a code from 0 for each value; -1 for null.

    Example:
        >>> codes(pl.Series(["b", None, "a", "b"])).tolist()
        [0, -1, 1, 0]
    """
    names = column.drop_nulls().unique(maintain_order=True)
    numbers = pl.DataFrame({"name": names, "code": pl.int_range(len(names), eager=True)})
    joined = pl.DataFrame({"name": column}).join(
        numbers, on="name", how="left", maintain_order="left"
    )
    return joined["code"].fill_null(-1).to_numpy()
