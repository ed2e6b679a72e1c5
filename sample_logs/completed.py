"""Events in the order of completion, from batches of journeys that overlap in time."""

from collections.abc import Iterable, Iterator

import polars as pl


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort events by completion, always in the same way."""
    return rows.sort("end", "kind", "number", "position", maintain_order=True)


def as_completed(batches: Iterable[tuple[pl.DataFrame, int]]) -> Iterator[pl.DataFrame]:
    """Yield events in the order of completion; only the journeys under way are held.

    Args:
        batches: Events with `end`, `kind`, `number` and `position`, and an instant: whatever is
            completed before it is among these events or came with an earlier batch.
    """
    waiting: pl.DataFrame | None = None
    for rows, over in batches:
        held = in_order(rows if waiting is None else pl.concat([waiting, rows]))
        done = pl.col("end") < over
        yield held.filter(done)
        waiting = held.filter(~done)
    if waiting is not None:
        yield waiting
