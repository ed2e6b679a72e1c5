"""What the company does between two moments while its customer waits, and how long that takes.

Two moments of a journey that follow each other make a pair; what happens between them is what the
customer waits for: the car that is still being cleaned while its driver stands at the counter.

The intervals of shares and medians take customers as the units, see `procmine.clustered`.
"""

from typing import Final

import narwhals as nw
import polars as pl

from procmine.clustered import FEWEST, medians, ratio_variance, sureness
from procmine.clusters import UNIT, with_units
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.filters import of_cases
from procmine.result import HIGH, LOW
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CASE,
    CUSTOMER_FACING,
    EVENT_NUMBER,
    START,
    TIMESTAMP,
)

BEFORE: Final = "previous_activity"
"""The moment before, a column."""

BETWEEN: Final = "between"
"""What happens between two moments, a column."""

APART: Final = "apart_us"
"""From the end of one moment to the start of the next, microseconds, never negative; a column."""

_MEDIAN: Final = "median_seconds"
_ALL, _HAS = "all", "has"

MOST_JOURNEYS: Final = 20_000
"""Of a log of more journeys those of as many customers are looked at."""

SCHEMA: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys((BEFORE, ACTIVITY, BETWEEN), pl.String()),
    **dict.fromkeys(("cases", "customers", "other_cases", "other_customers"), pl.Int64()),
    **dict.fromkeys(("share", LOW + "share", HIGH + "share"), pl.Float64()),
    **dict.fromkeys((_MEDIAN, LOW + _MEDIAN, HIGH + _MEDIAN), pl.Float64()),
    "other_" + _MEDIAN: pl.Float64(),
}
"""The columns of `waits`."""


def pairs(log: EventLog, cases: pl.Series | None = None) -> pl.DataFrame:
    """Return the moments that follow another one in their journey, and that the company makes.

    What the customer does comes when the customer pleases: before it nobody waits for the company.

    Args:
        log: A log without what lies outside journeys.
        cases: The journeys that are looked at; all where they aren't given.

    Returns:
        `case_id, unit, previous_activity, activity, apart_us`, and
        `between`: the activities that were completed between the two, each once, by name. No rows
        where no moment is marked.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1"] * 3,
        ...         "activity": ["ask", "look up", "answer"],
        ...         "time": [f"2026-01-05T{hour}:00Z" for hour in ("09", "10", "12")],
        ...         "customer_facing": [True, False, True],
        ...     }
        ... )
        >>> pairs(pm.read(table)).select("previous_activity", "activity", "between").rows()
        [('ask', 'answer', ['look up'])]
    """
    begin = START if START in log.columns else TIMESTAMP
    marks = {
        name: nw.col(column).fill_null(False) if column in log.columns else nw.lit(False)
        for name, column in (("facing", CUSTOMER_FACING), ("own", BY_CUSTOMER))
    }
    marked = with_units(log, log.table.with_columns(**marks))
    asked = marked if cases is None else of_cases(marked, cases)
    table = collect(
        asked.select(
            *(CASE, UNIT, EVENT_NUMBER, *marks),
            nw.col(ACTIVITY).cast(nw.String),
            nw.coalesce(begin, TIMESTAMP).alias("began"),
            nw.col(TIMESTAMP).alias("ended"),
        )
    )
    return _paired(table.cast({CASE: pl.String}).sort(CASE, EVENT_NUMBER))


def _paired(table: pl.DataFrame) -> pl.DataFrame:
    """Put each moment beside the one before, and between them what isn't one."""
    facing = pl.col("facing")
    # what isn't a moment has as many moments before it as the next one has
    nth = (facing.cast(pl.Int64).cum_sum() - facing.cast(pl.Int64)).over(CASE)
    events = table.with_columns(nth.alias("nth"))
    silent = events.filter(~facing).group_by(CASE, "nth")
    done = silent.agg(pl.col(ACTIVITY).unique().sort().alias(BETWEEN))
    return (
        events.filter(facing)
        .with_columns(
            pl.col(ACTIVITY).shift().over(CASE).alias(BEFORE),
            (pl.col("began") - pl.col("ended").shift().over(CASE))
            .dt.total_microseconds()
            .clip(lower_bound=0)
            .alias(APART),
        )
        .filter(pl.col("nth") > 0, ~pl.col("own"))
        .join(done, on=[CASE, "nth"], how="left", maintain_order="left")
        .with_columns(pl.col(BETWEEN).fill_null([]))
        .select(CASE, UNIT, BEFORE, ACTIVITY, APART, BETWEEN)
    )


def waits_in(log: EventLog) -> pl.DataFrame:
    """Say the same as `waits` of a log: of a large one, in the journeys of customers drawn.

    Args:
        log: A log without what lies outside journeys.
    """
    if log.size[1] <= MOST_JOURNEYS:
        return waits(pairs(log))
    if not isinstance(log.events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
        return pl.DataFrame(schema=SCHEMA)
    return waits(pairs(log.sample(customers=MOST_JOURNEYS)))


def waits(found: pl.DataFrame, fewest: int = FEWEST) -> pl.DataFrame:
    """Say what some customers wait for between two moments, and others don't.

    Args:
        found: What `pairs` returns.
        fewest: With fewer customers on either side nothing is said.

    Returns:
        The columns of `SCHEMA`: a row for each activity that happens between two moments, of the
        pairs of which it isn't always there; `share` is of those pairs. Cases are pairs: a journey
        may have several. What makes most customers wait longest comes first.
    """
    pair, keys = [BEFORE, ACTIVITY], [BEFORE, ACTIVITY, BETWEEN]
    what = found.explode(BETWEEN).drop_nulls(BETWEEN).select(keys).unique()
    rows = found.rename({BETWEEN: _ALL}).join(what, on=pair)
    rows = rows.with_columns(pl.col(_ALL).list.contains(pl.col(BETWEEN)).alias(_HAS)).drop(_ALL)
    shares = _shares(rows, keys)
    seconds = rows.with_columns(pl.col(APART) / 1e6)
    sure = medians(seconds.filter(_HAS), keys, UNIT, APART)
    others = seconds.filter(~pl.col(_HAS)).group_by(keys)
    without = others.agg(pl.col(APART).median().alias("other_" + _MEDIAN))
    longer = pl.col(_MEDIAN) - pl.col("other_" + _MEDIAN)
    return (
        shares.join(sure.rename(lambda c: f"{c}_seconds" if c.endswith("median") else c), on=keys)
        .filter(pl.col("customers") >= fewest, pl.col("other_customers") >= fewest)
        .join(without, on=keys)  # what is always there has no others, and tells nothing apart
        .sort(pl.col("cases") * longer, *keys, descending=[True, *[False] * 3])
        .select(list(SCHEMA))
        .cast(SCHEMA)  # pyright: ignore[reportArgumentType]
    )


def _shares(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Say in what share of pairs something happens, and how sure that is."""
    of_unit = rows.group_by(*keys, UNIT).agg(
        pl.col(_HAS).sum().cast(pl.Float64).alias("y"), pl.len().cast(pl.Float64).alias("n")
    )
    y, n = pl.col("y"), pl.col("n")
    # a sum of floats depends on their order
    of_all = (
        of_unit.sort(*keys, UNIT, nulls_last=True)
        .group_by(keys)
        .agg(
            *(y.sum().alias("cases"), n.sum().alias("whole"), (y > 0).sum().alias("customers")),
            (n > y).sum().alias("other_customers"),
            (y.sum() / n.sum()).alias("share"),
            ratio_variance(y, n).alias("variance"),
            pl.len().alias("units"),
        )
    )
    ends = sureness(
        of_all.select("share", "variance", "units", cases="whole", goal="share"), "goal"
    )
    return of_all.with_columns(
        *ends.select(LOW + "share", HIGH + "share"),
        (pl.col("whole") - pl.col("cases")).alias("other_cases"),
    )
