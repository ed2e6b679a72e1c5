"""What each department did on each journey, and how the journeys went."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import followup
from procmine.clusters import UNIT, unit
from procmine.collecting import collect_all
from procmine.eventlog import EventLog
from procmine.prepare.times import with_period
from procmine.schema import (
    CASE,
    CASE_START,
    COST,
    DEPARTMENT,
    ELAPSED,
    HANDOFF,
    JOURNEY_TYPE,
    NEW_ACTIVITY,
    NEXT_DEPARTMENT,
    SEGMENT,
    SERVICE,
)
from procmine.spent import WAITED, WORK, kinds, with_time

if TYPE_CHECKING:
    from procmine.calendars import Calendars

MICRO: Final = 1_000_000
"""Times are in millionths of a second; costs are added up in millionths, as integers, too: a sum of
floats depends on the order."""

_MOST_COST: Final = 1e12


def seconds(column: str) -> pl.Expr:
    """Add up microseconds exactly, as seconds: a sum of many could overflow."""
    return (pl.col(column) // MICRO).sum() + (pl.col(column) % MICRO).sum() / MICRO


@dataclass(frozen=True)
class Work:
    """Journeys, and the departments' shares in them; times in integer microseconds.

    Attributes:
        journeys: `case_id, UNIT, segment, journey_type, start, period, state, exit, elapsed,
            handoff`: the customer or, where nobody knows him, the journey itself; when it began;
            how it stands and after how long; and what was waited in handoffs. With calendars
            `business_exit` as well.
        shares: `case_id, department, events, timed, service, own, handed, repeats, cost, costed,
            waited`:
            a row a journey and department. `service` adds up the `timed` events whose start is
            known, `waited` is the waits inside the department and `own` these and the work, `cost`
            is in millionths and of the `costed` events. With calendars `business_own` as well.
    """

    journeys: pl.DataFrame
    shares: pl.DataFrame

    def told(self) -> pl.DataFrame:
        """Return the shares, each with all that is known of its journey."""
        return self.shares.join(self.journeys, on=CASE, maintain_order="left")


def work_of(log: EventLog, period: str, calendars: "Calendars | None" = None) -> Work:
    """Look at the log once for what departments did on journeys.

    Args:
        log: The event log.
        period: In what periods journeys begin, one of `PERIODS`.
        calendars: Whose hours count, beside calendar time.
    """
    table = followup.followed(log)
    table = followup.with_business_time(table, calendars) if calendars else table
    table = with_period(table, CASE_START, period, log.meta.timezone, "period")
    rows = with_time(log, log.table, calendars)
    clocks = ("", "business_") if calendars else ("",)
    journeys, waits, did, waited = collect_all(
        _journeys(log, table, business=calendars is not None),
        _handoff_waits(rows),
        _done(log, rows, clocks),
        _waited_inside(rows, clocks),
    )
    own = [
        (pl.col(f"{c}work") + pl.col(f"{c}inside").fill_null(0)).alias(f"{c}own") for c in clocks
    ]
    parts = [f"{c}{part}" for c in clocks for part in ("work", "inside")]
    shares = (
        did.cast({DEPARTMENT: pl.String})
        .join(waited.cast({DEPARTMENT: pl.String}), on=[CASE, DEPARTMENT], how="left")
        .with_columns(*own, pl.col("inside").fill_null(0).alias("waited"))
        .drop(parts)
    )
    return Work(journeys.join(waits, on=CASE, how="left").sort(CASE), shares.sort(CASE, DEPARTMENT))


def _journeys(log: EventLog, table: nw.LazyFrame[Any], *, business: bool) -> nw.LazyFrame[Any]:
    def known(column: str) -> nw.Expr:
        here = nw.col(column).cast(nw.String) if column in log.columns else nw.lit(None, nw.String)
        return here.alias(column)

    clock = {"exit": followup.EXIT}
    clock |= {"business_exit": followup.on_clock(business=True)[1]} if business else {}
    return table.select(
        CASE,
        "period",
        unit(log).alias(UNIT),
        known(SEGMENT),
        known(JOURNEY_TYPE),
        nw.col(CASE_START).alias("start"),
        nw.col(followup.STATE).cast(nw.String).alias("state"),
        nw.col(ELAPSED).alias("elapsed"),
        *(nw.col(left).alias(name) for name, left in clock.items()),
    )


def _handoff_waits(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    handed = nw.when(kinds()["handoff"]).then(nw.col(WAITED)).otherwise(nw.lit(0, nw.Int64))
    return rows.group_by(CASE).agg(handed.sum().alias("handoff"))


def _done(log: EventLog, rows: nw.LazyFrame[Any], clocks: tuple[str, ...]) -> nw.LazyFrame[Any]:
    cost = nw.col(COST) if COST in log.columns else nw.lit(None, nw.Float64)
    sane = (cost > -_MOST_COST) & (cost < _MOST_COST)
    priced = nw.when(sane).then((cost * MICRO).round())
    repeats = (~nw.col(NEW_ACTIVITY)).cast(nw.Int64)
    return (
        rows.filter(~nw.col(DEPARTMENT).is_null())
        .with_columns(priced.cast(nw.Int64).alias("cost"))
        .group_by(CASE, DEPARTMENT)
        .agg(
            nw.len().alias("events"),
            (~nw.col(SERVICE).is_null()).cast(nw.Int64).sum().alias("timed"),
            nw.col(SERVICE).fill_null(0).sum().alias("service"),
            nw.col(HANDOFF).fill_null(False).cast(nw.Int64).sum().alias("handed"),
            repeats.sum().alias("repeats"),
            nw.col("cost").fill_null(0).sum().alias("cost"),
            (~nw.col("cost").is_null()).cast(nw.Int64).sum().alias("costed"),
            *(nw.col(f"{c}{WORK}").sum().alias(f"{c}work") for c in clocks),
        )
    )


def _waited_inside(rows: nw.LazyFrame[Any], clocks: tuple[str, ...]) -> nw.LazyFrame[Any]:
    """Add up what a journey waited inside each department: for its own next event."""
    return (
        rows.filter(kinds()["inside"], ~nw.col(NEXT_DEPARTMENT).is_null())
        .select(CASE, nw.col(NEXT_DEPARTMENT).alias(DEPARTMENT), *(f"{c}{WAITED}" for c in clocks))
        .group_by(CASE, DEPARTMENT)
        .agg(*(nw.col(f"{c}{WAITED}").sum().alias(f"{c}inside") for c in clocks))
    )
