"""One column of times: what its values look like, and the expression that reads them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from procmine.errors import TimestampError
from procmine.timestamps.shapes import Shape, shape_of, shapes_of
from procmine.timestamps.zones import localised
from procmine.wording import number

_LEFT_OVER: Final = 200
_UNITS: Final = ((10, 1_000_000, 1), (13, 1_000, 1), (16, 1, 1), (19, 1, 1_000))
"""Digits of an epoch up to, and what makes microseconds of it: times, divided by."""


@dataclass(frozen=True)
class TimeColumn:
    """How a column of times is read.

    Attributes:
        name: The column.
        dtype: Its type in the source.
        position: The column of the rows' positions.
        null_values: Texts that stand for a missing value.
        examples: Some of its values with their positions, for messages.
        shapes: How its texts are written; empty where the type says it all.
        month_first: Whether the month comes first where that has to be decided.
        decided: Whether some value, or somebody, decided that.
        stated: Whether somebody did.
    """

    name: str
    dtype: pl.DataType
    position: str
    null_values: tuple[str, ...] = ()
    examples: tuple[tuple[int, str], ...] = ()
    shapes: tuple[Shape, ...] = ()
    month_first: bool = False
    decided: bool = False
    stated: bool = False

    @classmethod
    def of(
        cls, sample: pl.DataFrame, name: str, position: str, null_values: Sequence[str]
    ) -> "TimeColumn":
        """Begin with the values of a sample.

        Args:
            sample: Some rows of the source.
            name: The column of times.
            position: The column of the rows' positions.
            null_values: Texts that stand for a missing value.
        """
        column = cls(name, sample.schema[name], position, tuple(null_values))
        if not column.is_text:
            return column
        values = sample.select(pl.col(position), column.text.alias("text")).drop_nulls()
        examples = tuple((int(row), str(text)) for row, text in values.iter_rows())
        return replace(column, examples=examples, shapes=shapes_of(t for _, t in examples))

    @property
    def is_text(self) -> bool:
        """Whether the values have to be understood, being text or numbers."""
        return not (self.dtype == pl.Date or isinstance(self.dtype, pl.Datetime))

    @property
    def is_ambiguous(self) -> bool:
        """Whether day and month could be taken for each other."""
        return any(s.month_first for s in self.shapes)

    @property
    def text(self) -> pl.Expr:
        """The values as text, null where they are blank."""
        return self._as_text(pl.col(self.name))

    def _as_text(self, column: pl.Expr) -> pl.Expr:
        if self.dtype.is_float():
            whole = column.is_finite() & (column == column.round())
            digits = pl.when(whole).then(column).cast(pl.Int64, strict=False).cast(pl.String)
            column = pl.coalesce(digits, column.fill_nan(None).cast(pl.String))
        text = column.cast(pl.String).str.strip_chars()
        named = text.is_in(self.null_values) if self.null_values else pl.lit(False)
        return pl.when((text != "") & ~named).then(text)

    def unread(self, instants: pl.Expr) -> pl.Expr:
        """Return the values that aren't blank and gave no instant, null elsewhere.

        Args:
            instants: The column's instants; only the few rows without one are looked at again.
        """
        rest = pl.when(instants.is_null()).then(pl.col(self.name))
        return self._as_text(rest) if self.is_text else rest.cast(pl.String)

    def measures(self, instants: pl.Expr | None = None) -> list[pl.Expr]:
        """Return what has to be counted over the whole column, under names of its own.

        Args:
            instants: The column's instants, where they have been worked out already.
        """
        if not self.is_text:
            return []
        day, month = self._readings(instants)
        return [
            day.count().alias(self._named("day")),
            month.count().alias(self._named("month")),
            self.unread(pl.coalesce(day, month)).count().alias(self._named("unread")),
        ]

    def left(self, instants: pl.Expr | None = None) -> list[pl.Expr]:
        """Return some values that can't be read yet, and where they stand.

        A query of its own: beside other measures Polars would hold the column in memory for it.

        Args:
            instants: As for `measures`.
        """
        if not self.is_text:
            return []
        text = self.unread(pl.coalesce(self._readings(instants)))
        row = pl.struct(pl.col(self.position).alias("row"), text.alias("text"))
        return [
            row.filter(text.is_not_null()).head(_LEFT_OVER).implode().alias(self._named("left"))
        ]

    def has_unread(self, measured: Mapping[str, Any]) -> bool:
        """Whether some value couldn't be read."""
        return bool(measured.get(self._named("unread")))

    def _readings(self, instants: pl.Expr | None) -> tuple[pl.Expr, pl.Expr]:
        """Return the instants with the day first, and with the month first."""
        now = self.instants("UTC") if instants is None else instants
        turned = replace(self, month_first=not self.month_first)
        other = turned.instants("UTC") if self.is_ambiguous else now
        return (other, now) if self.month_first else (now, other)

    def _named(self, measure: str) -> str:
        return f"time {measure}: {self.name}"

    def learned(self, measured: Mapping[str, Any]) -> "TimeColumn":
        """Return the column with what its values show: more shapes, and which order they fit."""
        left = [(v["row"], v["text"]) for v in measured.get(self._named("left")) or ()]
        more = tuple(s for s in shapes_of(t for _, t in left) if s not in self.shapes)
        shapes = tuple(sorted((*self.shapes, *more), key=Shape.precedence))
        day, month = (int(measured.get(self._named(m)) or 0) for m in ("day", "month"))
        examples = (*self.examples, *left) if more or not self.examples else self.examples
        seen = replace(self, shapes=shapes, examples=examples)
        if self.stated or not self.is_ambiguous or day == month:
            return seen
        return replace(seen, month_first=month > day, decided=True)

    def leaves(self, measured: Mapping[str, Any]) -> bool:
        """Whether some values can't be read and teach nothing more."""
        left = measured.get(self._named("left")) or ()
        return bool(left) and self.learned(measured).shapes == self.shapes

    def instants(self, zone: str) -> pl.Expr:
        """Return the column's instants.

        Args:
            zone: The zone of times that name none.

        Returns:
            `datetime[us, UTC]`; null where a value can't be read.
        """
        if isinstance(self.dtype, pl.Datetime) and self.dtype.time_zone is not None:
            return pl.col(self.name).dt.convert_time_zone("UTC").dt.cast_time_unit("us")
        parts = [self._parsed(s) for s in self.shapes if s.zone != "none"]
        if self.naive:
            parts.append(localised(self.walls(), zone))
        if not parts:
            return pl.lit(None, pl.Datetime("us", "UTC"))
        return parts[0] if len(parts) == 1 else pl.coalesce(parts)

    @property
    def naive(self) -> bool:
        """Whether any value names no zone."""
        if self.is_text:
            return any(s.zone == "none" for s in self.shapes)
        return not (isinstance(self.dtype, pl.Datetime) and self.dtype.time_zone is not None)

    def walls(self) -> pl.Expr:
        """Return the wall-clock times of the values that name no zone, microseconds."""
        if not self.is_text:
            return pl.col(self.name).cast(pl.Datetime("us"))
        parts = [self._parsed(s) for s in self.shapes if s.zone == "none"]
        return parts[0] if len(parts) == 1 else pl.coalesce(parts)

    def _parsed(self, shape: Shape) -> pl.Expr:
        if shape.epoch:
            return _epoch(self.text)
        text = self.text.str.replace(",", ".", literal=True) if shape.comma else self.text
        form = shape.month_first if self.month_first and shape.month_first else shape.format
        time = text.str.to_datetime(
            form.replace(",", ".") if shape.comma else form, strict=False, time_unit="us"
        )
        return time.dt.replace_time_zone("UTC") if shape.zone == "utc" else time


def _epoch(text: pl.Expr) -> pl.Expr:
    """Read a count since 1970; its number of digits tells seconds from nanoseconds."""
    whole = text.cast(pl.Int64, strict=False)
    digits = text.str.len_bytes()
    micros = pl.when(text.str.contains(".", literal=True)).then(
        (text.cast(pl.Float64, strict=False) * 1e6).round().cast(pl.Int64, strict=False)
    )
    for most, times, by in _UNITS:
        micros = micros.when(digits <= most).then(whole * times // by)
    return micros.otherwise(None).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def settle(columns: Sequence[TimeColumn]) -> list[TimeColumn]:
    """Let columns that fit both orders follow one of the same source that doesn't.

    Args:
        columns: The columns of times, each with what its own values show.
    """
    deciding = next((c for c in columns if c.is_ambiguous and c.decided), None)
    if deciding is None:
        return list(columns)
    return [c if c.decided else replace(c, month_first=deciding.month_first) for c in columns]


def refuse_undecided(columns: Sequence[TimeColumn]) -> None:
    """Refuse to guess between day first and month first.

    Args:
        columns: The columns of times, learned over the whole source.

    Raises:
        TimestampError: No value anywhere decides it.
    """
    unclear = [c for c in columns if c.is_ambiguous]
    if unclear and not any(c.decided for c in unclear):
        raise _undecidable(unclear[0])


def _undecidable(column: TimeColumn) -> TimestampError:
    both = [(row, text) for row, text in column.examples if _fits_both_ways(text)]
    telling = [(row, text) for row, text in both if text.split()[0][:2] != text.split()[0][3:5]]
    shown = " and ".join(f"'{text}' (row {number(row)})" for row, text in (telling or both)[:2])
    return TimestampError(
        f"Day and month can't be told apart in column '{column.name}': {shown} fit both ways.",
        "Say day_first=True (--day-first) or day_first=False (--month-first).",
    )


def _fits_both_ways(text: str) -> bool:
    shape = shape_of(text)
    return shape is not None and shape.month_first is not None
