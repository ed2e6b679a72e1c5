"""What of a prepared log is written: which columns belong to events, and which to journeys."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from procmine.schema import (
    CASE,
    CHANNEL,
    CUSTOMER,
    EVENT_NUMBER,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    MADE,
    ORDER,
    SAMPLE_GROUP,
    SEGMENT,
)

Kind = Literal["string", "time", "integer", "float", "boolean"]

BATCH: Final = 50_000
"""Rows that are written at a time."""

PREFIX: Final = "case:"
"""What stands before the name of a column that belongs to the journey."""

_OF_JOURNEY: Final = frozenset({CUSTOMER, SEGMENT, CHANNEL, JOURNEY_TYPE, JOURNEY_STATE})
"""Roles that say something of the whole journey, if they say the same throughout."""

_NEVER: Final = frozenset({*MADE, ORDER, SAMPLE_GROUP, CASE})
"""Columns that `prepare` makes anew, or that the order of the file says."""

_LONG: Final = (pl.UInt64(), pl.Int128())
"""Whole numbers that don't fit where other tools keep theirs; they are written as text."""


@dataclass(frozen=True)
class Log:
    """A log as it is written.

    Attributes:
        name: What it is called.
        events: The prepared events; their values plain: texts, times in UTC, whole numbers,
            floats, truth values.
        of_events: Columns of events, without the case, and what they hold.
        of_cases: Columns whose value is the same in all events of a case, likewise.
    """

    name: str
    events: pl.LazyFrame
    of_events: Mapping[str, Kind] = field(default_factory=dict[str, Kind])
    of_cases: Mapping[str, Kind] = field(default_factory=dict[str, Kind])

    @classmethod
    def of(cls, events: pl.LazyFrame, name: str, *, ordered: bool) -> "Log":
        """Find out what belongs to whole cases.

        Args:
            events: The prepared events.
            name: What the log is called.
            ordered: Whether the rows of a case are known to stand together, in order.
        """
        schema = events.collect_schema()
        written = [c for c in schema if c not in _NEVER]
        kinds: dict[str, Kind] = {c: _kind(schema[c]) for c in written}
        constant = _constant(events, [c for c in written if _may_be_of_case(c)])
        plain = events if ordered else events.sort(CASE, EVENT_NUMBER)
        return cls(
            name,
            plain.with_columns(_plain(c, schema[c]) for c in (CASE, *written)),
            {c: kinds[c] for c in written if c not in constant},
            {c: kinds[c] for c in written if c in constant},
        )


def batches(table: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows of a table, in order, some at a time."""
    yield from table.collect_batches(chunk_size=BATCH, maintain_order=True, engine="streaming")


def texts(table: pl.LazyFrame, text: pl.Expr) -> Iterator[list[str]]:
    """Yield a text for each row of a table, in order, some at a time."""
    for batch in batches(table.select(text.alias("text"))):
        yield batch["text"].to_list()


def _may_be_of_case(column: str) -> bool:
    return column in _OF_JOURNEY or column.startswith(PREFIX)


def _constant(events: pl.LazyFrame, columns: Collection[str]) -> set[str]:
    """Return the columns that have one value in each case."""
    if not columns:
        return set()
    values = [pl.col(c).cast(pl.String) if c != CASE else pl.col(c) for c in columns]
    per_case = events.group_by(CASE).agg(
        ((v.min() == v.max()) & (v.null_count() == 0)) | (v.count() == 0) for v in values
    )
    alike = per_case.select(pl.col(*columns).all()).collect(engine="streaming")
    return {c for c in columns if alike[c].item()}


def _kind(dtype: pl.DataType) -> Kind:
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return "time"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "string" if dtype in _LONG else "integer"
    return "float" if dtype.is_numeric() else "string"


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column in the one form of its kind."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return column.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    if _kind(dtype) == "time":
        return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if _kind(dtype) == "float":
        return column.cast(pl.Float64)
    if isinstance(dtype, pl.Binary):
        return column.bin.encode("base64")
    if dtype.is_nested():
        return as_json(column).alias(name)
    return column if _kind(dtype) in {"integer", "boolean"} else column.cast(pl.String)


def as_json(value: pl.Expr) -> pl.Expr:
    """Return values as JSON; null stays null.

    Example:
        >>> pl.select(as_json(pl.lit("no"))).item()
        '"no"'
    """
    packed = pl.struct(value.alias("v")).struct.json_encode()
    return pl.when(value.is_not_null()).then(packed.str.slice(5).str.head(-1))


def free(name: str, taken: set[str]) -> str:
    """Return a name that isn't taken, and take it.

    Example:
        >>> free("org:group", {"org:group"})
        'org:group (source)'
    """
    while name.lower() in taken:
        name = f"{name} (source)"
    taken.add(name.lower())
    return name
