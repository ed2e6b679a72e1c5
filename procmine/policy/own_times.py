"""Does each department keep its part of the promise? Its own time on journeys, held to a limit.

A department's own time on a journey is its work and the waits inside it; a wait in a handoff is on
nobody's clock, and a wait for the customer on the customer's. Where a department promises nothing
itself it is held to its part of the end-to-end promise: the promised time, divided as the time of
the closed journeys of that type and segment is.
"""

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import clusters
from procmine.clustered import SHARE, ratio_variance
from procmine.clusters import UNIT
from procmine.collecting import collect_all
from procmine.eventlog import EventLog
from procmine.followup import STATE
from procmine.policy.attained import Seen
from procmine.quantiles import bin_of, middle_of
from procmine.schema import (
    CASE,
    CUSTOMER,
    DEPARTMENT,
    JOURNEY_TYPE,
    NEXT_DEPARTMENT,
    OPEN,
    SEGMENT,
)
from procmine.spent import WAITED, WORK, kinds, with_time

if TYPE_CHECKING:
    from procmine.calendars import Calendars

WHOSE: Final = "whose"
HANDOFF, THE_CUSTOMERS, A_DEPARTMENT = "handoff", "customer", "department"
OWN, PART = "own promise", "its part of the promise"

_CELL: Final = [JOURNEY_TYPE, SEGMENT]
_PLACE: Final = [*_CELL, WHOSE, DEPARTMENT]
_TIMES: Final = {False: "", True: "business_"}


def own_times(
    log: EventLog, seen: Seen, calendars: "Calendars | None", *, business: bool
) -> pl.DataFrame:
    """Say how much time of journeys was whose.

    Args:
        log: The event log.
        seen: Its journeys.
        calendars: Whose hours count, beside calendar time.
        business: On the clock of business time.

    Returns:
        `journey_type, segment, whose, department, unit, state, own, count, customers`: the own time
        of so many journeys, in microseconds (of a log too large for a row a journey by bins, at
        most 1 % off), and the distinct customers in all rows of the first four. A department's rows
        are of the journeys in which it took part.
    """
    times = _TIMES[business]
    rows = with_time(log, log.table, calendars if business else None)
    parts = nw.concat(_parts(rows, times), how="vertical")
    spent = parts.group_by(CASE, WHOSE, DEPARTMENT).agg(nw.col("own").sum())
    known = [CUSTOMER] if CUSTOMER in log.columns else []
    found = spent.join(seen.table.select(CASE, *_CELL, UNIT, STATE, *known), on=CASE, how="inner")
    keys = [*_CELL, WHOSE, DEPARTMENT, UNIT, STATE]
    people = found.group_by(_PLACE).agg(clusters.customers(log).alias("customers"))
    if seen.exact:
        counted, named = collect_all(
            found.select(*keys, "own", nw.lit(1, nw.Int64).alias("count")), people
        )
    else:
        binned = found.with_columns(own=bin_of(nw.col("own")))
        bins = binned.group_by(*keys, "own").agg(nw.len().alias("count"))
        counted, named = collect_all(bins, people)
        counted = counted.with_columns(own=middle_of(pl.col("own")))
    return counted.join(named, on=_PLACE, how="left", nulls_equal=True)


def _parts(rows: nw.LazyFrame[Any], times: str) -> list[nw.LazyFrame[Any]]:
    """Take the time of each event apart: `case_id, whose, department, own`."""

    def part(kept: nw.LazyFrame[Any], whose: str, department: nw.Expr, time: str) -> Any:
        return kept.select(
            nw.col(CASE),
            nw.lit(whose).alias(WHOSE),
            department.cast(nw.String).alias(DEPARTMENT),
            nw.col(times + time).alias("own"),
        )

    kind, nobody = kinds(), nw.lit(None, nw.String)
    waits = rows.filter(nw.col(WAITED) > 0)
    return [
        part(rows, A_DEPARTMENT, nw.col(DEPARTMENT), WORK),
        part(waits.filter(kind["inside"]), A_DEPARTMENT, nw.col(NEXT_DEPARTMENT), WAITED),
        part(waits.filter(kind["handoff"]), HANDOFF, nobody, WAITED),
        part(waits.filter(kind["customer"]), THE_CUSTOMERS, nobody, WAITED),
    ]


def held(times: pl.DataFrame, levels: pl.DataFrame, over: pl.DataFrame) -> pl.DataFrame:
    """Hold own times to what was promised.

    Args:
        times: What `own_times` returns, on the promises' clock.
        levels: What `procmine.policy.levels.spread` returns, on that clock.
        over: `journey_type, segment, over_cases`: how many journeys are over.

    Returns:
        `promise, journey_type, segment, whose, department, basis, limit, business, goal, cases,
        customers, kept_cases, broken_cases, undecided_cases, share, variance, units, mean,
        time_share`. The mean is the own time, in microseconds, of the journeys that are over; kept
        and broken are those that are over, or broke it already; the share is of these. A wait in a
        handoff or for the customer has a part of the time, and no promise.
    """
    parts = _divided(times, over)
    limits = _limits(parts, levels)
    late = pl.col("own") > pl.col("limit")
    promised = pl.col("limit").is_not_null()
    undecided = promised & ~late & (pl.col(STATE) == OPEN)
    own = times.drop("customers").join(
        limits.select("promise", *_PLACE, "limit"), on=_PLACE, nulls_equal=True
    )
    number = pl.col("count")
    of_unit = (
        own.group_by("promise", *_PLACE, UNIT)
        .agg(
            number.sum().alias("cases"),
            number.filter(promised & late).sum().alias("broken_cases"),
            number.filter(undecided).sum().alias("undecided_cases"),
        )
        .with_columns((pl.col("cases") - pl.col("undecided_cases")).alias("told"))
        .sort("promise", *_PLACE, UNIT, nulls_last=True)  # a sum of floats depends on their order
    )
    kept = (pl.col("told") - pl.col("broken_cases")).alias("kept_cases")
    found = (
        of_unit.with_columns(kept)
        .group_by("promise", *_PLACE, maintain_order=True)
        .agg(
            pl.col("cases", "kept_cases", "broken_cases", "undecided_cases").sum(),
            (pl.col("kept_cases").sum() / pl.col("told").sum()).alias(SHARE),
            ratio_variance(pl.col("kept_cases"), pl.col("told")).alias("variance"),
            (pl.col("told") > 0).sum().cast(pl.Int64).alias("units"),
        )
    )
    return limits.join(found, on=["promise", *_PLACE], how="left", nulls_equal=True).with_columns(
        pl.when(promised).then(pl.col("kept_cases", "broken_cases", "undecided_cases", SHARE))
    )


def _divided(times: pl.DataFrame, over: pl.DataFrame) -> pl.DataFrame:
    """Divide the time of the journeys that are over: each one's mean, and its part of the whole."""
    ended = pl.col(STATE) != OPEN
    sums = times.group_by(_PLACE).agg(
        (pl.col("own").cast(pl.Float64) * pl.col("count")).filter(ended).sum().alias("own"),
        pl.col("count").filter(ended).sum().alias("took_part"),
        pl.col("customers").first(),
    )
    whole = pl.col("own").sum().over(_CELL)
    mean = pl.col("own") / pl.col("took_part")
    return sums.join(over, on=_CELL, how="left", nulls_equal=True).select(
        *_PLACE,
        "customers",
        pl.when(pl.col("took_part") > 0).then(mean).alias("mean"),
        pl.when(whole > 0).then(pl.col("own") / whole).alias("time_share"),
        pl.when(whole > 0).then(mean / (whole / pl.col("over_cases"))).alias("part"),
    )


def _limits(parts: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Say what each department is held to: what it promises, else its part of the whole promise."""
    known = ["promise", *_CELL, "limit", "business", "goal"]
    team = (pl.col(WHOSE) == A_DEPARTMENT) & pl.col(DEPARTMENT).is_not_null()
    own = levels.filter(pl.col(DEPARTMENT).is_not_null())
    stated = parts.filter(team).join(
        own.select(*known, DEPARTMENT), on=[*_CELL, DEPARTMENT], nulls_equal=True
    )
    whole = levels.filter(pl.col(DEPARTMENT).is_null()).select(known)
    rest = parts.join(stated.select(_PLACE), on=_PLACE, how="anti", nulls_equal=True)
    divided = rest.join(whole, on=_CELL, nulls_equal=True).with_columns(
        pl.when(team & (pl.col("part") > 0)).then(pl.col("limit") * pl.col("part")).alias("limit")
    )
    both = [
        frame.with_columns(pl.lit(basis).alias("basis"), pl.col("limit").cast(pl.Float64))
        for frame, basis in ((stated, OWN), (divided, PART))
    ]
    return (
        pl.concat(both, how="diagonal")
        .with_columns(pl.when(pl.col("limit").is_not_null()).then("basis"))
        .drop("part")
    )
