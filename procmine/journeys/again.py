"""Key a prepared log again with other patiences, to see what the figures owe to the choice."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.errors import UnavailableError
from procmine.eventlog import EventLog
from procmine.holding import IN_MEMORY
from procmine.journeys.keying import NUMBER, Keying
from procmine.journeys.rules import CUSTOMER_NUMBER, Rules
from procmine.privacy import CUSTOMERS
from procmine.schema import (
    ABANDONED,
    ACTIVITY,
    CLOSED,
    CUSTOMER,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    OPEN,
    ORDER,
    SCORE,
    START,
    TIMESTAMP,
)

_BEGIN, _WHO = "begin", "__who"
_STATES: Final = (CLOSED, OPEN, ABANDONED)

NONE: Final = pl.DataFrame(
    schema={
        JOURNEY_TYPE: pl.String,
        "patience_seconds": pl.Float64,
        "chosen": pl.Boolean,
        **dict.fromkeys(("journeys", *_STATES, "events"), pl.Int64),
        "median_seconds": pl.Float64,
    }
)
"""The answer of a log whose source says the cases."""


def keyed_again(log: EventLog, patiences: Sequence[int | None]) -> pl.DataFrame:
    """Return the journeys there would be with each patience, for all kinds of journey alike.

    The log's customers are gone through in parts that fit in memory.

    Args:
        log: A log whose journeys were made from several sources.
        patiences: Microseconds; None for no bound.

    Returns:
        `journey_type, patience_seconds, journeys, closed, open, abandoned, events, median_seconds`,
        the median that of the closed ones; `patience_seconds` is null where there is no bound. Of a
        protected log `customers` too: of the closed ones, or of all where none is closed.

    Raises:
        UnavailableError: The log is on an engine other than Polars and too large for this machine.
    """
    rules = Rules.from_plain(log.meta.journeys)
    end = int(log.meta.journeys.get("end", 0))
    found: list[pl.DataFrame] = []
    for part, events in enumerate(_parts(log, rules)):
        keying = Keying.of(events, rules)
        for patience in patiences:
            other = Rules(tuple(t.with_patience(patience) for t in rules.types))
            keyed = keying.settled(other, end)
            made = _journeys(events, keyed, patience)
            found.append(made.with_columns(pl.struct(pl.lit(part), _WHO).alias(_WHO)))
    return _summed(pl.concat(found), rules, patiences, people=log.meta.protected is not None)


def _parts(log: EventLog, rules: Rules) -> Iterator[pl.DataFrame]:
    """Yield what keying asks of the events, all events of a customer in the same part."""
    begin = START if START in log.columns else TIMESTAMP
    asked = [ACTIVITY, TIMESTAMP, ORDER, *rules.key_columns, *({SCORE} & set(log.columns))]
    table = log.table.filter(~nw.col(CUSTOMER).is_null()).select(
        CUSTOMER, *asked, nw.col(begin).alias(_BEGIN)
    )
    native: Any = nw.to_native(table)
    if not isinstance(native, pl.LazyFrame):
        if log.size[0] > IN_MEMORY:
            raise UnavailableError(
                "Journeys of so large a log can't be made again on this engine.",
                "Open the prepared log with Polars: pm.read of its path.",
            )
        yield _numbered(collect(table))
        return
    parts = -(-log.size[0] // IN_MEMORY) or 1
    for part in range(parts):
        chosen = pl.col(CUSTOMER).hash(seed=5) % parts == part
        yield _numbered(native.filter(chosen).collect(engine="streaming"))


def _numbered(events: pl.DataFrame) -> pl.DataFrame:
    number = pl.col(CUSTOMER).cast(pl.Categorical).to_physical().alias(CUSTOMER_NUMBER)
    return events.with_columns(number)


def _journeys(events: pl.DataFrame, keyed: pl.DataFrame, patience: int | None) -> pl.DataFrame:
    """Return one row a journey: its kind, state, events and length."""
    table = pl.concat([events.select(CUSTOMER_NUMBER, TIMESTAMP, _BEGIN), keyed], how="horizontal")
    first = pl.min_horizontal(pl.col(_BEGIN).min(), pl.col(TIMESTAMP).min())
    return (
        table.filter(pl.col(NUMBER).is_not_null())
        .group_by(CUSTOMER_NUMBER, NUMBER)
        .agg(
            pl.col(JOURNEY_TYPE).first().cast(pl.String),
            pl.col(JOURNEY_STATE).first().cast(pl.String),
            pl.len().alias("events"),
            (pl.col(TIMESTAMP).max() - first).dt.total_microseconds().alias("length"),
        )
        .select(
            JOURNEY_TYPE,
            JOURNEY_STATE,
            "events",
            "length",
            pl.lit(patience, pl.Int64).alias("patience"),
            pl.col(CUSTOMER_NUMBER).alias(_WHO),
        )
    )


def _summed(
    journeys: pl.DataFrame, rules: Rules, patiences: Sequence[int | None], *, people: bool
) -> pl.DataFrame:
    """Count journeys by kind and patience, the kinds in the mapping's order."""
    kinds = [t.type for t in rules.types]
    asked = pl.DataFrame(
        {
            JOURNEY_TYPE: [k for k in kinds for _ in patiences],
            "patience": pl.Series([p for _ in kinds for p in patiences], dtype=pl.Int64),
        }
    )
    states = [(pl.col(JOURNEY_STATE) == s).sum().cast(pl.Int64).alias(s) for s in _STATES]
    closed = pl.col("length").filter(pl.col(JOURNEY_STATE) == CLOSED)
    keys = [JOURNEY_TYPE, "patience"]
    who, is_closed = pl.col(_WHO), pl.col(JOURNEY_STATE) == CLOSED
    customers = pl.when(is_closed.any()).then(who.filter(is_closed).n_unique())
    counted = journeys.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("journeys"),
        *states,
        pl.col("events").sum().cast(pl.Int64),
        (closed.median() / 1e6).alias("median_seconds"),
        *[customers.otherwise(who.n_unique()).cast(pl.Int64).alias(CUSTOMERS)] * people,
    )
    whole = asked.join(counted, on=keys, how="left", nulls_equal=True, maintain_order="left")
    counts = ["journeys", *_STATES, "events", *[CUSTOMERS] * people]
    return whole.select(
        JOURNEY_TYPE,
        (pl.col("patience") / 1e6).alias("patience_seconds"),
        pl.col(counts).fill_null(0),
        "median_seconds",
    )
