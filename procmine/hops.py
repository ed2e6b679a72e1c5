"""Where the team that a customer meets first asks somebody else, and how long that takes.

A hop is an event in which somebody asks for an approval or hands a journey up, by its name or by
its shape: the first team hands over to another department and gets it back before the customer
meets anybody else.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine.clustered import medians
from procmine.clusters import UNIT
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.filters import of_cases, one_of
from procmine.schema import (
    ACTIVITY,
    CASE,
    COST,
    CUSTOMER_FACING,
    DEPARTMENT,
    EVENT_NUMBER,
    NEXT_DEPARTMENT,
    START,
    TIMESTAMP,
    WAIT,
)

if TYPE_CHECKING:
    from procmine.calendars import Calendars

KIND: Final = "kind"
_APPROVAL, _ESCALATION, _SHAPE = "approval", "escalation", "there and back"
_FIRST, _BUSINESS = "first", "business_us"


def _events(log: EventLog, table: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Fetch what hops need of events."""
    texts = [c for c in (ACTIVITY, DEPARTMENT, NEXT_DEPARTMENT) if c in log.columns]
    numbers = [c for c in (EVENT_NUMBER, WAIT, TIMESTAMP, COST) if c in log.columns]
    found = collect(table.select(CASE, *(nw.col(c).cast(nw.String) for c in texts), *numbers))
    missing = {DEPARTMENT: pl.String, NEXT_DEPARTMENT: pl.String, COST: pl.Float64}
    lacking = [pl.lit(None, t).alias(c) for c, t in missing.items() if c not in found.columns]
    return found.with_columns(lacking).cast({CASE: pl.String, COST: pl.Float64})


def named(
    log: EventLog, approvals: Sequence[str] | None, escalations: Sequence[str] | None
) -> pl.DataFrame:
    """Return the events that are hops because they are named so.

    Args:
        log: The event log.
        approvals: Activities in which somebody asks for an approval.
        escalations: Activities in which a journey is handed up.

    Raises:
        OptionError: An activity never occurs.
    """
    found: list[pl.DataFrame] = []
    for kind, names in ((_APPROVAL, approvals), (_ESCALATION, escalations)):
        if names:
            some = _events(log, log.table.filter(one_of(log.table, ACTIVITY, names)))
            found.append(some.with_columns(pl.lit(kind).alias(KIND)))
    return _until_another(log, pl.concat(found))


def _until_another(log: EventLog, hops: pl.DataFrame) -> pl.DataFrame:
    """Let a hop's wait run until another department begins, whatever its own does meanwhile."""
    if DEPARTMENT not in log.columns:
        return hops
    begin = nw.col(START if START in log.columns else TIMESTAMP).alias("began")
    other = of_cases(log.table, hops[CASE]).select(
        CASE, nw.col(EVENT_NUMBER).alias("number"), nw.col(DEPARTMENT).cast(nw.String).alias("by"),
        begin,
    )  # fmt: skip
    numbered = hops.with_row_index("row")
    after = numbered.join(collect(other).cast({CASE: pl.String}), on=CASE).filter(
        (pl.col("number") > pl.col(EVENT_NUMBER)) & (pl.col("by") != pl.col(DEPARTMENT))
    )
    first = after.sort("row", "number").unique("row", keep="first").select("row", "by", "began")
    waited = (pl.col("began") - pl.col(TIMESTAMP)).dt.total_microseconds().clip(lower_bound=0)
    return (
        numbered.join(first, on="row", how="left", maintain_order="left")
        .with_columns(pl.coalesce(waited, WAIT).alias(WAIT))
        .with_columns(pl.coalesce("by", NEXT_DEPARTMENT).alias(NEXT_DEPARTMENT))
        .select(hops.columns)
    )


def shaped(log: EventLog, met: pl.DataFrame) -> pl.DataFrame:
    """Return the handoffs of the first team that come back before the customer meets another.

    Args:
        log: The event log.
        met: What `procmine.meetings.moments` returns.
    """
    first = met.unique(CASE, keep="first", maintain_order=True)
    first = first.select(CASE, pl.col(DEPARTMENT).alias(_FIRST), pl.col(EVENT_NUMBER).alias("at"))
    none = _events(log, log.table.filter(nw.col(CASE).is_null())).with_columns(
        pl.lit("").alias(KIND)
    )
    if DEPARTMENT not in log.columns or first.is_empty():
        return none
    team = log.table.filter(nw.col(CUSTOMER_FACING)).select(CASE).unique()
    events = _events(log, log.table.join(team, on=CASE, how="semi")).sort(EVENT_NUMBER)
    events = events.join(first, on=CASE, maintain_order="left").filter(pl.col(_FIRST).is_not_null())
    own = pl.col(DEPARTMENT) == pl.col(_FIRST)
    away = events.filter(
        own & (pl.col(NEXT_DEPARTMENT) != pl.col(_FIRST)) & (pl.col(EVENT_NUMBER) >= pl.col("at"))
    )
    back = events.filter(own).select(
        CASE, pl.col(EVENT_NUMBER).alias("back"), pl.col(TIMESTAMP).alias("returned"),
        pl.col(EVENT_NUMBER).alias("next"),
    )  # fmt: skip
    facing = met.select(CASE, pl.col(EVENT_NUMBER).alias("meets"), pl.col(EVENT_NUMBER)).sort(
        EVENT_NUMBER
    )
    later = away.join_asof(
        back.sort("next"), left_on=EVENT_NUMBER, right_on="next", by=CASE, strategy="forward",
        allow_exact_matches=False, check_sortedness=False,
    ).sort(EVENT_NUMBER)  # fmt: skip
    both = later.join_asof(
        facing, on=EVENT_NUMBER, by=CASE, strategy="forward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    hops = both.filter(
        pl.col("back").is_not_null() & (pl.col("back") <= pl.col("meets").fill_null(2**31))
    )
    waited = (pl.col("returned") - pl.col(TIMESTAMP)).dt.total_microseconds().alias(WAIT)
    return hops.with_columns(waited, pl.lit(_SHAPE).alias(KIND)).select(none.columns)


def summed(hops: pl.DataFrame, units: pl.DataFrame, calendars: "Calendars | None") -> pl.DataFrame:
    """Add up hops by who asks whom.

    Args:
        hops: What `named` or `shaped` returns.
        units: `case_id, unit`: the customers, of those journeys whose are known.
        calendars: By whose hours waits are counted as well: by the department's that is asked.

    Returns:
        `kind, activity, department, next_department, count, cases, customers, median_seconds,
        low_median_seconds, high_median_seconds, p90_seconds, total_seconds, total_cost,
        costed_events`, the longest in total first; with calendars the times as `business_…` too.
    """
    keys = [KIND, ACTIVITY, DEPARTMENT, NEXT_DEPARTMENT]
    whose = hops.join(units.select(CASE, UNIT), on=CASE, how="left").with_columns(
        pl.coalesce(UNIT, CASE).alias("who")
    )
    clocks = {"": WAIT}
    if calendars:
        whose, clocks = _in_business(whose, calendars), {"": WAIT, "business_": _BUSINESS}
    found = whose.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("count"),
        pl.col(CASE).n_unique().cast(pl.Int64).alias("cases"),
        pl.col(UNIT).drop_nulls().n_unique().cast(pl.Int64).alias("customers"),
        pl.col(COST).sum().alias("total_cost"),
        pl.col(COST).count().cast(pl.Int64).alias("costed_events"),
    )
    for clock, column in clocks.items():
        found = found.join(_times(whose, keys, clock, column), on=keys, nulls_equal=True)
    times = ("median", "low_median", "high_median", "p90", "total")
    shown = [f"{clock}{c}_seconds" for clock in clocks for c in times]
    return found.select(
        *(*keys, "count", "cases", "customers"), *shown, "total_cost", "costed_events"
    ).sort("total_seconds", *keys, descending=[True, *[False] * 4], nulls_last=True)


def _in_business(hops: pl.DataFrame, calendars: "Calendars") -> pl.DataFrame:
    """Count each wait by the hours of the department that is asked."""
    until = pl.col(TIMESTAMP) + pl.duration(microseconds=pl.col(WAIT).fill_null(0))
    hours = calendars.between(pl.col(TIMESTAMP), until, pl.col(NEXT_DEPARTMENT))
    known = pl.when(pl.col(WAIT).is_not_null()).then(hours)
    return hops.with_columns(known.alias(_BUSINESS))


def _times(hops: pl.DataFrame, keys: list[str], clock: str, column: str) -> pl.DataFrame:
    """Return the median with its interval, the 90th percentile and the total of waits."""
    seconds = hops.with_columns(pl.col(column) / 1e6)
    middle = medians(seconds, keys, "who", column)
    rest = seconds.group_by(keys).agg(
        pl.col(column).quantile(0.9, "linear").alias("p90"), pl.col(column).sum().alias("total")
    )
    found = rest.join(middle, on=keys, how="left", nulls_equal=True)
    return found.rename({c: f"{clock}{c}_seconds" for c in found.columns if c not in keys})
