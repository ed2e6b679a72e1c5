"""Which jobs were done as a batch: collected first, then done by one resource without a pause."""

import polars as pl

from procmine.schema import ACTIVITY, RESOURCE

ENABLED, START, END = "enabled", "start", "end"


def batches(jobs: pl.DataFrame) -> pl.Series:
    """Number the batches.

    A batch is two or more jobs of one activity by one resource, each enabled before the first of
    them begins and each begun before those so far have ended.

    Source: Martin, Pufahl & Mannhardt, "Detection of batch activities from event logs", Information
    Systems 2021, without its batches of several activities; no gap between the jobs.

    Args:
        jobs: `resource, activity`, and `enabled, start, end` as integer microseconds; none null.

    Returns:
        The batch of each job; null for one that was done alone.

    Example:
        >>> jobs = pl.DataFrame(
        ...     {
        ...         "resource": ["ann"] * 3,
        ...         "activity": ["pack"] * 3,
        ...         "enabled": [0, 2, 3],
        ...         "start": [4, 5, 9],
        ...         "end": [5, 6, 10],
        ...     }
        ... )
        >>> batches(jobs).to_list()
        [0, 0, None]
    """
    same = pl.struct(RESOURCE, ACTIVITY)
    ordered = jobs.with_row_index("row").sort(RESOURCE, ACTIVITY, START, "row")
    # A job that can't join the one before it, whatever the batch, needs no closer look.
    ordered = ordered.with_columns(
        (
            (same == same.shift())
            & (pl.col(ENABLED) <= pl.col(START).shift())
            & (pl.col(START) <= pl.col(END).cum_max().over(RESOURCE, ACTIVITY).shift())
        )
        .fill_null(False)
        .alias("may_join")
    )
    near = ordered.filter(pl.col("may_join") | pl.col("may_join").shift(-1, fill_value=False))
    numbered = near.with_columns(pl.Series("batch", _runs(near), pl.Int64))
    numbered = numbered.filter(pl.len().over("batch") > 1).with_columns(
        pl.col("batch").rank("dense").cast(pl.Int64) - 1
    )
    placed = jobs.with_row_index("row").join(
        numbered.select("row", "batch"), on="row", how="left", maintain_order="left"
    )
    return placed["batch"]


def _runs(near: pl.DataFrame) -> list[int]:
    """Number the runs of jobs that are each enabled before the first and begun before a pause."""
    numbers: list[int] = []
    number, first, busy_until = -1, 0, 0
    for may_join, enabled, start, end in near.select("may_join", ENABLED, START, END).iter_rows():
        if may_join and enabled <= first and start <= busy_until:
            busy_until = max(busy_until, end)
        else:
            number, first, busy_until = number + 1, start, end
        numbers.append(number)
    return numbers
