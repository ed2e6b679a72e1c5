"""Some journeys, each move from one activity to the next with its time: to be played on a map."""

from typing import Final

import polars as pl

from procmine.errors import OptionError
from procmine.schema import ACTIVITY, CASE, EVENT_NUMBER, NEXT_ACTIVITY, TIMESTAMP

MOST_MOVES: Final = 6_000
"""A picture holds no more; fewer journeys are drawn where they are long."""
_DRAW, _MOVES = "__draw", "__moves"


def moves(events: pl.LazyFrame, *, journeys: int, seed: int = 1) -> pl.DataFrame:
    """Draw journeys at random and say when each goes from one activity to the next.

    A journey of one event moves nowhere, so none is drawn. The rows of a log's cases stand
    together, in their order, so nothing is sorted.

    Args:
        events: A prepared log's events.
        journeys: How many to draw at most.
        seed: Another number draws others. Not negative.

    Returns:
        One row a move, a journey's together: `journey` (its number, from 0), `activity,
        next_activity, timestamp` (when the first was completed), `lasts_seconds` (until the
        second was).

    Raises:
        OptionError: No journeys are asked for, or the seed is negative.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> moves(pm.read(table).events, journeys=5)["lasts_seconds"].to_list()
        [3600.0]
    """
    if journeys < 1:
        raise OptionError(f"{journeys} journeys can't be played.", "Draw at least one.")
    if seed < 0:
        raise OptionError(f"The seed {seed} is negative.", "Give a seed of 0 or more.")
    drawn = _drawn(events, journeys, seed).lazy()
    columns = [CASE, ACTIVITY, NEXT_ACTIVITY, TIMESTAMP, EVENT_NUMBER]
    # in memory and small: the join may bring the rows in any order
    found = events.select(columns).join(drawn, on=CASE).collect(engine="streaming")
    after = pl.col(TIMESTAMP).shift(-1).over(CASE)
    return (
        found.sort("journey", EVENT_NUMBER)
        .with_columns(lasts_seconds=(after - pl.col(TIMESTAMP)).dt.total_microseconds() / 1e6)
        .filter(pl.col(NEXT_ACTIVITY).is_not_null())
        .select(
            "journey", pl.col(ACTIVITY, NEXT_ACTIVITY).cast(pl.String), TIMESTAMP, "lasts_seconds"
        )
    )


def _drawn(events: pl.LazyFrame, journeys: int, seed: int) -> pl.DataFrame:
    """Return `case_id, journey` of those that are drawn: the lowest hashes, as many as fit."""
    number = pl.col(EVENT_NUMBER)
    last = events.filter(pl.col(NEXT_ACTIVITY).is_null() & (number > 1))
    found = (
        last.select(CASE, pl.col(CASE).hash(seed).alias(_DRAW), (number - 1).alias(_MOVES))
        .bottom_k(journeys, by=_DRAW)
        .collect(engine="streaming")
        .sort(_DRAW, CASE)
    )
    fits = (pl.col(_MOVES).cum_sum() <= MOST_MOVES) | (pl.int_range(pl.len()) == 0)
    return found.filter(fits).with_row_index("journey").select(CASE, "journey")
