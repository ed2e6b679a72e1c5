"""Which journeys are there, how do they stand, and what do they owe to the patience?"""

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.journeys.rules import Rules
from procmine.privacy import with_customers
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import (
    ABANDONED,
    CASE,
    CLOSED,
    CUSTOMER,
    ELAPSED,
    EVENT_NUMBER,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    NEXT_ACTIVITY,
    OPEN,
    OUTSIDE,
)
from procmine.wording import count, number, parse_duration

if TYPE_CHECKING:
    import altair as alt

PATIENCES = ("7 days", "14 days", "30 days", "60 days", "90 days", "180 days")
"""What is tried where nobody says."""


@analysis_of_all
def journeys(log: EventLog, *, patience: list[str] | None = None) -> Result:
    """Count the journeys by kind and state, and say how other patiences would count them.

    A journey is abandoned when nothing happens in it for longer than the patience; so the patience
    decides how many there are, and how long they take. Where journeys were put together from
    several sources, they are put together again for each patience asked for.

    Formula: abandoned = no event of the journey for longer than the patience; else closed if an
    outcome came, else open.

    Source: sessions cut by a time of inactivity, Catledge & Pitkow 1995, here with triggers and
    outcomes.

    Args:
        log: The event log.
        patience: Lengths of time to try, such as 30 days; may be repeated.

    Returns:
        `journeys`: `journey_type, journey_state, journeys, events, mean_seconds, median_seconds`,
        `outside` being what belongs to none; `patience`: `journey_type, patience_seconds, chosen,
        journeys, closed, open, abandoned, events, median_seconds`, the median that of closed
        journeys, `patience_seconds` null where there is no bound, `chosen` the patience the log was
        prepared with; empty where a source said the cases.

    Example:
        >>> import polars as pl, procmine as pm
        >>> from procmine.registry import find
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> find("journeys").run(pm.read(table, outcomes=["answer"])).headline
        '1 journey: 1 closed.'
    """
    rules = Rules.from_plain(log.meta.journeys)
    counted = with_customers(
        log,
        _counted(log),
        [JOURNEY_TYPE, JOURNEY_STATE],
        _ends(log).rename({"state": JOURNEY_STATE}),
    )
    tables = {"journeys": counted, "patience": _patience(log, rules, patience)}
    return Result("journeys", _headline(counted), _caveats(rules), tables, chart_of=_chart)


def _ends(log: EventLog) -> nw.LazyFrame[Any]:
    """Return the last event of each journey, with its kind and state."""
    known = JOURNEY_STATE in log.columns
    kind = nw.col(JOURNEY_TYPE).cast(nw.String) if JOURNEY_TYPE in log.columns else None
    named = nw.lit(None, nw.String) if kind is None else kind
    who = [c for c in (CASE, CUSTOMER) if c in log.columns]
    return log.table.filter(nw.col(NEXT_ACTIVITY).is_null()).select(
        *who,
        named.alias(JOURNEY_TYPE),
        (nw.col(JOURNEY_STATE).cast(nw.String) if known else _from_outcome(log)).alias("state"),
        nw.col(EVENT_NUMBER),
        nw.col(ELAPSED),
    )


def _counted(log: EventLog) -> pl.DataFrame:
    """Count cases and events by kind and state."""
    table = collect(
        _ends(log)
        .group_by(JOURNEY_TYPE, "state")
        .agg(
            nw.len().alias("journeys"),
            nw.col(EVENT_NUMBER).sum().alias("events"),
            (nw.col(ELAPSED).mean() / 1_000_000).alias("mean_seconds"),
            (nw.col(ELAPSED).median() / 1_000_000).alias("median_seconds"),
        )
    )
    order = {CLOSED: 0, OPEN: 1, ABANDONED: 2, OUTSIDE: 3}
    rank = pl.col("state").replace_strict(order, default=4, return_dtype=pl.Int8)
    return table.sort(pl.col("state") == OUTSIDE, JOURNEY_TYPE, rank, nulls_last=True).rename(
        {"state": JOURNEY_STATE}
    )


def _from_outcome(log: EventLog) -> nw.Expr:
    """Say the state of a case by whether it is open; null where nobody knows."""
    state = nw.when(log.is_open()).then(nw.lit(OPEN)).otherwise(nw.lit(CLOSED))
    return state if log.meta.outcomes else nw.lit(None, nw.String)


def _patience(log: EventLog, rules: Rules, asked: list[str] | None) -> pl.DataFrame:
    """Return how each patience would count, the log's own among them."""
    from procmine.journeys.again import NONE, keyed_again

    if not rules.types:
        return NONE
    own = {t.type: t.patience_us for t in rules.types}
    tried = {parse_duration(p) for p in asked or PATIENCES}
    patiences = [*sorted({*tried, *(p for p in own.values() if p is not None)}), None]
    table = keyed_again(log, patiences)
    bounds = pl.DataFrame(
        {
            JOURNEY_TYPE: list(own),
            "own": pl.Series(
                [None if p is None else p / 1e6 for p in own.values()], dtype=pl.Float64
            ),
        },
        schema_overrides={JOURNEY_TYPE: pl.String},
    )
    return (
        table.join(bounds, on=JOURNEY_TYPE, how="left", maintain_order="left")
        .with_columns(chosen=pl.col("patience_seconds").eq_missing(pl.col("own")))
        .select(
            JOURNEY_TYPE,
            "patience_seconds",
            "chosen",
            pl.exclude(JOURNEY_TYPE, "patience_seconds", "chosen", "own"),
        )
    )


def _headline(counted: pl.DataFrame) -> str:
    inside = counted.filter(pl.col(JOURNEY_STATE).ne_missing(OUTSIDE))
    whole = count(int(inside["journeys"].sum()), "journey")
    by_state = inside.group_by(JOURNEY_STATE).agg(pl.col("journeys").sum())
    found = {state: number for state, number in by_state.iter_rows() if state}
    states = [f"{number(found[s])} {s}" for s in (CLOSED, OPEN, ABANDONED) if s in found]
    return f"{whole}: {', '.join(states)}." if states else f"{whole}."


def _caveats(rules: Rules) -> tuple[str, ...]:
    if rules.types:
        return ()
    fact = "A source says which events make a journey, so patiences can't be tried"
    return (f"{fact}; a mapping (pm.read_sources) lets procmine put journeys together.",)


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.journeys import journey_bars

    return journey_bars(result.journeys, **options)
