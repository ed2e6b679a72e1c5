"""The two views of a prepared log: its events, and the cases they make."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.holding import Storage
from procmine.metadata import Metadata
from procmine.schema import (
    ACTIVITY,
    CASE,
    CASE_START,
    CHANNEL,
    CUSTOMER,
    DEPARTMENT,
    ELAPSED,
    EVENT_NUMBER,
    HANDOFF_NUMBER,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    OPEN,
    OUTSIDE,
    SEGMENT,
    TIMESTAMP,
    VARIANT,
    WAIT,
)
from procmine.wording import count


@dataclass(frozen=True)
class PreparedLog:
    """What a prepared log shows of itself.

    Attributes:
        events: One row an event, DESIGN's columns, lazily; on Polars a `polars.LazyFrame`.
        meta: Where the log came from and how it was read.
        storage: Keeps the folder of a log that didn't fit in memory until nobody uses it.
        set_aside: The events that couldn't be used, with their reasons, right after reading.
    """

    events: pl.LazyFrame
    meta: Metadata = field(default_factory=Metadata)
    storage: Storage | None = field(default=None, repr=False, compare=False)
    set_aside: pl.LazyFrame | None = field(default=None, repr=False, compare=False)

    @property
    def table(self) -> nw.LazyFrame[Any]:
        """The events as a narwhals table: what analyses are written on, whatever the engine."""
        return nw.from_native(self.events)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the events."""
        return tuple(self.table.collect_schema().names())

    @property
    def steps(self) -> nw.LazyFrame[Any]:
        """The events that another one follows in their case."""
        # The wait is a number: it is read in half the time that the next activity's name takes.
        return self.table.filter(~nw.col(WAIT).is_null())

    @property
    def ends(self) -> nw.LazyFrame[Any]:
        """The last event of each case, which sums it up."""
        return self.table.filter(nw.col(WAIT).is_null())

    @property
    def cases(self) -> pl.LazyFrame:
        """One row a case, lazily.

        Columns: `case_id, start, end, duration_seconds, events, departments, handoffs, variant,
        is_open, outcome`, and what belongs to the whole journey: customer, segment, channel, the
        journey's type and state, and the source's `case:` columns. `is_open` is null where nobody
        said which activities close a case (`outcomes`).
        """
        journey = {CUSTOMER, SEGMENT, CHANNEL, JOURNEY_TYPE, JOURNEY_STATE}
        own = [c for c in self.columns if c in journey or c.startswith("case:")]
        last = self.ends.select(
            nw.col(CASE),
            nw.col(CASE_START).alias("start"),
            nw.col(TIMESTAMP).alias("end"),
            (nw.col(ELAPSED) / 1_000_000).alias("duration_seconds"),
            nw.col(EVENT_NUMBER).alias("events"),
            nw.col(VARIANT),
            self.is_open().alias("is_open"),
            nw.col(ACTIVITY).cast(nw.String).alias("outcome"),
            *own,
        )
        if DEPARTMENT not in self.columns:
            none = nw.lit(None, nw.Int64)
            return nw.to_native(
                last.with_columns(none.alias("departments"), none.alias("handoffs"))
            )
        crossed = self.table.group_by(CASE).agg(
            # Spark can't drop nulls inside a group, so the unknown department is taken off.
            (
                nw.col(DEPARTMENT).n_unique() - nw.col(DEPARTMENT).is_null().cast(nw.Int64).max()
            ).alias("departments"),
            nw.col(HANDOFF_NUMBER).count().alias("handoffs"),
        )
        return nw.to_native(last.join(crossed, on=CASE, how="left"))

    def is_open(self) -> nw.Expr:
        """Say of a case's last event whether the case is still open; null where nobody knows.

        A journey that was abandoned isn't open; what belongs to no journey is unknown.
        """
        if JOURNEY_STATE in self.columns:
            state = nw.col(JOURNEY_STATE)
            return nw.when(state != OUTSIDE).then(state == OPEN)
        if not self.meta.outcomes:
            return nw.lit(None, nw.Boolean)
        return ~nw.col(ACTIVITY).cast(nw.String).is_in(list(self.meta.outcomes))

    @cached_property
    def size(self) -> tuple[int, int]:
        """How many events and cases there are."""
        if self.meta.events is not None and self.meta.cases is not None:
            return self.meta.events, self.meta.cases
        ends = nw.col(WAIT).is_null().cast(nw.Int64)
        row = collect(self.table.select(nw.len().alias("events"), ends.sum().alias("cases")))
        events, cases = row.row(0)
        return events, cases or 0

    @cached_property
    def states(self) -> dict[str, tuple[int, int]]:
        """How many events and cases there are in each state of a journey; empty where unknown."""
        if JOURNEY_STATE not in self.columns:
            return {}
        ends = nw.col(WAIT).is_null().cast(nw.Int64)
        counted = collect(
            self.table.group_by(JOURNEY_STATE).agg(
                nw.len().alias("events"), ends.sum().alias("cases")
            )
        ).cast({JOURNEY_STATE: pl.String})
        return {
            state: (events, cases)
            for state, events, cases in counted.sort(JOURNEY_STATE).iter_rows()
        }

    def summary(self) -> dict[str, Any]:
        """Say of what log a figure is: name, events, cases, time zone, selection."""
        events, cases = self.size
        return {
            "name": self.meta.name,
            "events": events,
            "cases": cases,
            "timezone": self.meta.timezone,
            "selection": list(self.meta.selection),
        }

    def __repr__(self) -> str:
        """Say what the log holds."""
        events, cases = self.size
        return f"<EventLog {self.meta.name}: {count(events, 'event')}, {count(cases, 'case')}>"
