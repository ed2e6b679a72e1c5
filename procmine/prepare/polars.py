"""Prepare with Polars the events that fit in memory; `buckets` makes any log fit.

Everything that needs order is computed here, once. Afterwards every question is a filter and a
group-by: the last event of a case (`next_activity` is null) sums the case up, and the `new_*`
columns mark the first time a case does something, so that counting cases is adding up marks.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import polars as pl

from procmine.prepare.gaps import with_gaps
from procmine.prepare.lifecycle import pair
from procmine.prepare.rows import with_row_marks
from procmine.schema import (
    ACTIVITY,
    CASE,
    CASE_START,
    DEPARTMENT,
    DIMENSIONS,
    ELAPSED,
    EVENT_NUMBER,
    HANDOFF_NUMBER,
    HANDOFF_RETURNS,
    MADE,
    NEW_ACTIVITY,
    NEW_HANDOFF,
    NEW_STEP,
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    NEXT_RESOURCE,
    ORDER,
    RESOURCE,
    SERVICE,
    START,
    SUSPENDED,
    TIMESTAMP,
    TRANSITION,
    VARIANT,
    WAIT,
)

_RUN = "__run"
_NOTHING: Final = pl.lit(0, pl.UInt64)


def prepare_frame(events: pl.DataFrame) -> pl.DataFrame:
    """Prepare events that fit in memory; what was made before is made anew.

    Args:
        events: The canonical columns, in any order of rows; whole cases. Lifecycles are paired
            where the events name their `TRANSITION`.

    Returns:
        The events with the columns of `procmine.schema.MADE`, sorted.
    """
    events = pair(events) if TRANSITION in events.columns else events
    before = [c for c in MADE if c in events.columns]
    table = (events.drop(before) if before else events).with_columns(
        pl.col(c).cast(pl.Categorical) for c in DIMENSIONS if c in events.columns
    )
    table = _sorted(table)
    table = table.with_columns(
        (pl.col(_RUN) != pl.col(_RUN).shift(1)).fill_null(True).alias("__first")
    )
    table = table.with_columns(_next(table.columns)).with_columns(_position(table.columns))
    runs = _runs(table)
    table = table.with_columns(
        _handoff_number(), *_firsts(table, runs), _returns(table), _variant(table, runs)
    )
    table = with_gaps(table, _RUN)
    return with_row_marks(table.drop("__first", "__last", "__handoff", _RUN))


def _sorted(table: pl.DataFrame) -> pl.DataFrame:
    """Sort by case, time and order: by the cases' ranks, which takes a third less than by text.

    The rank stays as the number of the run of rows that a case is.
    """
    ranks = table.select(pl.col(CASE).unique().sort()).with_row_index(_RUN)
    return table.join(ranks, on=CASE, how="left", maintain_order="left").sort(
        _RUN, TIMESTAMP, ORDER
    )


def _next(columns: list[str]) -> list[pl.Expr]:
    """What came next in the case: null on its last event."""
    last = pl.col("__first").shift(-1, fill_value=True)
    same = ~last
    begins = pl.coalesce(START, TIMESTAMP) if START in columns else pl.col(TIMESTAMP)

    def follower(column: str, name: str) -> pl.Expr:
        if column not in columns:
            return pl.lit(None, pl.Categorical).alias(name)
        return pl.when(same).then(pl.col(column).shift(-1)).alias(name)

    wait = (begins.shift(-1) - pl.col(TIMESTAMP)).dt.total_microseconds().clip(lower_bound=0)
    service = pl.lit(None, pl.Int64)
    if START in columns:
        service = (pl.col(TIMESTAMP) - pl.col(START)).dt.total_microseconds()
    if SUSPENDED in columns:
        service -= pl.col(SUSPENDED).fill_null(0)
    return [
        last.alias("__last"),
        follower(ACTIVITY, NEXT_ACTIVITY),
        follower(DEPARTMENT, NEXT_DEPARTMENT),
        follower(RESOURCE, NEXT_RESOURCE),
        pl.when(same).then(wait).alias(WAIT),
        service.alias(SERVICE),
    ]


def _position(columns: list[str]) -> list[pl.Expr]:
    """Where in its case an event stands: its number, and the time since the case began."""
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    opening = pl.when("__first").then(row).forward_fill()
    if START in columns:
        begin = pl.min_horizontal(
            pl.col(START).min().over(_RUN), pl.col(TIMESTAMP).min().over(_RUN)
        )
    else:
        begin = pl.when("__first").then(TIMESTAMP).forward_fill()
    known = DEPARTMENT in columns
    handoff = (
        (pl.col(DEPARTMENT) != pl.col(NEXT_DEPARTMENT)).fill_null(False) if known else pl.lit(False)
    )
    return [
        (row - opening + 1).alias(EVENT_NUMBER),
        begin.alias(CASE_START),
        (pl.col(TIMESTAMP) - begin).dt.total_microseconds().alias(ELAPSED),
        handoff.alias("__handoff"),
    ]


def _handoff_number() -> pl.Expr:
    """Which handoff of its case a step is."""
    handoff = pl.col("__handoff")
    handed = handoff.cast(pl.Int64).cum_sum()
    before = pl.when("__first").then(handed - handoff.cast(pl.Int64)).forward_fill()
    return pl.when(handoff).then(handed - before).alias(HANDOFF_NUMBER)


def _runs(table: pl.DataFrame) -> pl.DataFrame:
    """One row a case: where it begins, and what it has in common with cases that go alike.

    Returns:
        `begin`, its first row; `print`, the same for the same sequence of activities; `way`, the
        same for the same sequence of activities and departments.
    """
    departed = [ACTIVITY, DEPARTMENT] if DEPARTMENT in table.columns else [ACTIVITY]
    found = table.group_by(_RUN, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("begin"),
        _fingerprint(_packed(table, [ACTIVITY])).sum().alias("print"),
        _fingerprint(_packed(table, departed)).sum().alias("way"),
    )
    return found.with_columns(pl.col("begin").cum_sum() - pl.col("begin"))


def _fingerprint(code: pl.Expr) -> pl.Expr:
    return (code * 2_654_435_761 + pl.col(EVENT_NUMBER).cast(pl.UInt64)).hash(seed=1)


def _firsts(table: pl.DataFrame, runs: pl.DataFrame) -> list[pl.Series]:
    """Mark the first time a case does something: looked up once for all cases that go alike."""
    begin = pl.col("begin")
    to_model = runs.select(begin.first().over("way") - begin).to_series().gather(table[_RUN])
    is_model = to_model == 0
    models, rows = table.filter(is_model), pl.int_range(table.height, eager=True)
    at = (is_model.cast(pl.Int64).cum_sum() - 1).gather(rows + to_model)
    new_handoff = pl.lit(False)
    if DEPARTMENT in table.columns:
        new_handoff = _first_of(models, DEPARTMENT, NEXT_DEPARTMENT) & pl.col("__handoff")
    marked = models.select(
        _first_of(models, ACTIVITY).alias(NEW_ACTIVITY),
        (_first_of(models, ACTIVITY, NEXT_ACTIVITY) & ~pl.col("__last")).alias(NEW_STEP),
        new_handoff.alias(NEW_HANDOFF),
    )
    return [column.gather(at) for column in marked]


def _returns(table: pl.DataFrame) -> pl.Series:
    """How many of the case's next two handoffs go straight back and forth: 0, 1 or 2.

    A B A is a bounce, A B A B a ping-pong. Only handoffs are looked at: there are few of them.
    """
    found = pl.Series(HANDOFF_RETURNS, [None], dtype=pl.Int8).new_from_index(0, table.height)
    if DEPARTMENT not in table.columns:
        return found
    here, there = pl.col(DEPARTMENT), pl.col(NEXT_DEPARTMENT)
    same_case = pl.col(_RUN) == pl.col(_RUN).shift(-1)
    back = (same_case & (here.shift(-1) == there) & (there.shift(-1) == here)).fill_null(False)
    handed = (
        table.select("__handoff", _RUN, DEPARTMENT, NEXT_DEPARTMENT)
        .with_row_index("__row")
        .filter("__handoff")
        .with_columns(back.alias("__back"))
    )
    again = pl.col("__back").shift(-1, fill_value=False)
    returns = pl.col("__back").cast(pl.Int8) + (pl.col("__back") & again).cast(pl.Int8)
    return found.scatter(handed["__row"], handed.select(returns).to_series())


def _first_of(table: pl.DataFrame, *columns: str) -> pl.Expr:
    """Whether these values come together for the first time in the case."""
    return _packed(table, columns, pl.col(_RUN).cast(pl.UInt64)).is_first_distinct()


def _packed(table: pl.DataFrame, columns: Sequence[str], key: pl.Expr = _NOTHING) -> pl.Expr:
    """Pack values' codes into one integer: a struct takes five times as long."""
    for column in columns:
        code = pl.col(column).to_physical().cast(pl.UInt64)
        size = table.select(code.max()).item()
        key = key * ((size or 0) + 2) + code.fill_null((size or 0) + 1)
    return key


def _variant(table: pl.DataFrame, runs: pl.DataFrame) -> pl.Series:
    """Number the sequences of activities: the first 52 bits of the MD5 of the names.

    The number depends on the names alone, so that any engine, any bucket and any later version
    gives the same sequence the same number; it fits into a float, so that every reader of JSON
    sees the same one. A fast hash finds the distinct sequences first; only one case of each is
    spelled out.
    """
    samples = runs.unique("print", keep="first", maintain_order=True).select(_RUN, "print")
    spelled = (
        table.select(_RUN, pl.col(ACTIVITY).cast(pl.String))
        .join(samples, on=_RUN, how="inner", maintain_order="left")
        .group_by("print", maintain_order=True)
        .agg(pl.col(ACTIVITY).str.join("\x1f"))
    )
    numbers = [variant_number(sequence) for sequence in spelled[ACTIVITY]]
    named = spelled.select("print", pl.Series(VARIANT, numbers, dtype=pl.Int64))
    of_runs = runs.join(named, on="print", how="left", maintain_order="left")[VARIANT]
    return of_runs.gather(table[_RUN])


def variant_number(sequence: str) -> int:
    r"""Return the number of a sequence of activities.

    Args:
        sequence: The activities' names, joined by the unit separator (U+001F).

    Example:
        >>> variant_number("order placed\x1fline works")
        1216320349161275
    """
    return int(hashlib.md5(sequence.encode(), usedforsecurity=False).hexdigest()[:13], 16)
