"""How many journeys keep each promise, end to end, and whether that is enough for its goal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import clusters, followup
from procmine.clustered import SHARE, sureness, variance_at
from procmine.clusters import UNIT
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.multiplicity import holm
from procmine.policy.kept import standing, watched
from procmine.quantiles import EXACT_ROWS
from procmine.result import HIGH, LOW
from procmine.schema import JOURNEY_TYPE, OPEN, SEGMENT
from procmine.survival import CLOSED_SHARE, curves, reached

if TYPE_CHECKING:
    from procmine.calendars import Calendars

KEPT, BROKEN, UNDECIDED = "kept", "broken", "undecided"
LEVEL: Final = 0.025
"""The chance of any wrong verdict of a kind among all rows: that of an end of a 95 % interval."""

_CELL: Final = [JOURNEY_TYPE, SEGMENT]


@dataclass(frozen=True)
class Seen:
    """A log's journeys, as promises are measured by them.

    Attributes:
        table: A row a journey, as `procmine.followup.followed` has it, with `journey_type` and
            `segment` as text and the customer in `UNIT`.
        cells: `journey_type, segment, cases, over_cases, customers`, a row for each type and
            segment: how many journeys there are, and how many of them are over.
        exact: Whether the log is small enough to hold a row a journey.
    """

    table: nw.LazyFrame[Any]
    cells: pl.DataFrame
    exact: bool


def see(log: EventLog, calendars: "Calendars | None") -> Seen:
    """Look at a log's journeys.

    Args:
        log: The event log.
        calendars: Whose hours count, beside calendar time.
    """
    table = followup.followed(log)
    named = [
        (nw.col(c).cast(nw.String) if c in log.columns else nw.lit(None, nw.String)).alias(c)
        for c in _CELL
    ]
    table = clusters.with_units(log, table.with_columns(named))
    table = followup.with_business_time(table, calendars) if calendars else table
    over = (nw.col(followup.STATE) != OPEN).cast(nw.Int64).sum()
    counts = {"cases": nw.len(), "over_cases": over, "customers": clusters.customers(log)}
    cells = collect(table.group_by(_CELL).agg(**counts)).sort(_CELL, nulls_last=True)
    return Seen(table, cells, exact=log.size[1] <= EXACT_ROWS)


def attained(seen: Seen, levels: pl.DataFrame) -> pl.DataFrame:
    """Say of each promise how many journeys keep it.

    Args:
        seen: The journeys.
        levels: Rows of what `procmine.policy.levels.spread` returns.

    Returns:
        The levels that have journeys, with `cases, customers, kept_cases, broken_cases,
        undecided_cases`, what `decided` takes, and by when nine in ten have closed, `p90,
        high_p90`, in microseconds of the promise's clock.
    """
    parts = [
        _on_clock(seen, part, business=bool(business))
        for (business,), part in levels.group_by("business", maintain_order=True)
    ]
    if not parts:
        return levels.join(_NOTHING, on="row", how="inner")
    found = levels.join(pl.concat(parts), on="row", how="inner", maintain_order="left")
    people = seen.cells.select(*_CELL, "customers")
    return found.join(people, on=_CELL, how="left", nulls_equal=True, maintain_order="left")


_NOTHING: Final = pl.DataFrame(
    schema={
        "row": pl.Int64,
        **dict.fromkeys(("cases", "kept_cases", "broken_cases", "undecided_cases"), pl.Int64),
        **dict.fromkeys((SHARE, "most", "variance"), pl.Float64),
        "units": pl.Int64,
        **dict.fromkeys(("p90", "high_p90"), pl.Float64),
        "customers": pl.Int64,
    }
)


def _on_clock(seen: Seen, levels: pl.DataFrame, *, business: bool) -> pl.DataFrame:
    keys = [*_CELL, UNIT]
    counted = followup.counted(seen.table, keys, business=business, exact=seen.exact)
    limits = levels.select("row", *_CELL, "limit")
    own = watched(followup.leaving(counted).join(limits, on=_CELL, nulls_equal=True))
    curve = curves(own, ["row"])
    slowest = reached(curve, ["row"], 0.9, "p90").drop(LOW + "p90").cast({"p90": pl.Float64})
    return (
        standing(own, curve, ["row"])
        .join(variance_at(own, curve, ["row"], UNIT), on="row")
        .join(slowest, on="row", how="left")
        .select(
            *("row", "cases", "kept_cases", "broken_cases", "undecided_cases"),
            pl.col(CLOSED_SHARE).alias(SHARE),
            pl.col("most_closed_share").alias("most"),
            *("variance", "units", "p90", pl.col("high_p90").cast(pl.Float64)),
        )
    )


def decided(table: pl.DataFrame) -> pl.DataFrame:
    """Say how sure each share is, and whether it meets its goal.

    A promise is broken where so low a share is unlikely if the goal were met, and kept where so
    high a one is if it were just missed; Holm's adjustment makes all rows' verdicts of one kind
    hold together.

    Args:
        table: `share, most, variance, units, cases, goal` and more.

    Returns:
        The table with `inside_share, low_inside_share, high_inside_share, p_value` (adjusted, that
        the goal is missed) and `verdict` in place of what was known of the share.
    """
    sure = sureness(table, "goal", "most")
    broken, kept = (holm(pl.col(p)) for p in ("p_under", "p_over"))
    return (
        sure.with_columns(
            broken.alias("p_value"),
            pl.when(broken <= LEVEL)
            .then(pl.lit(BROKEN))
            .when(kept <= LEVEL)
            .then(pl.lit(KEPT))
            .when(pl.col(SHARE).is_not_null())
            .then(pl.lit(UNDECIDED))
            .alias("verdict"),
        )
        .rename(
            {
                SHARE: "inside_share",
                LOW + SHARE: LOW + "inside_share",
                HIGH + SHARE: HIGH + "inside_share",
            }
        )
        .drop("most", "variance", "units", "p_under", "p_over")
    )


def over_served(table: pl.DataFrame) -> pl.DataFrame:
    """Find segments that are served in half their time while another's promise is broken.

    Args:
        table: What `decided` returns of promises end to end.

    Returns:
        `journey_type, segment, within, used_share, high_used_share, cases, customers,
        broken_segment, inside_share, goal`: the part of the promised time in which nine in ten
        journeys close, where even the upper end of its interval is at most one half.
    """
    broken = table.filter(pl.col("verdict") == BROKEN).select(
        JOURNEY_TYPE, pl.col(SEGMENT).alias("broken_segment"), "inside_share", "goal"
    )
    used = table.select(
        *(JOURNEY_TYPE, SEGMENT, "within", "cases", "customers"),
        (pl.col("p90") / pl.col("limit")).alias("used_share"),
        (pl.col(HIGH + "p90") / pl.col("limit")).alias(HIGH + "used_share"),
    )
    soon = used.filter(pl.col(HIGH + "used_share") <= 0.5)
    pairs = soon.join(broken, on=JOURNEY_TYPE, nulls_equal=True)
    other = pl.col(SEGMENT).ne_missing(pl.col("broken_segment"))
    return (
        pairs.filter(other)
        .select(
            *(
                JOURNEY_TYPE,
                SEGMENT,
                "within",
                "used_share",
                HIGH + "used_share",
                "cases",
                "customers",
            ),
            *("broken_segment", "inside_share", "goal"),
        )
        .sort("used_share", JOURNEY_TYPE, SEGMENT, "broken_segment", nulls_last=True)
    )
