"""Several sources as one table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from procmine.errors import InputError
from procmine.io.raw import ASIDE_REASON, BROKEN_TEXT, POSITION, Raw

SOURCE_NUMBER: Final = "__source"
_INTERNAL: Final = frozenset({POSITION, SOURCE_NUMBER})
_SAMPLE: Final = 2_000
HELD: Final = 6_000_000
"""As many events as are held in memory where nobody says."""


@dataclass(frozen=True)
class Sources:
    """Sources read under the same roles, put one below the other.

    Attributes:
        raws: What the readers gave, at least one.
        held: How many events may be held in memory; more stay a query on the sources.
    """

    raws: Sequence[Raw]
    held: int = HELD

    @property
    def name(self) -> str:
        """What the sources are called in a sentence."""
        first, more = self.raws[0].name, len(self.raws) - 1
        return f"'{first}' and {more} more" if more else f"'{first}'"

    @cached_property
    def schemas(self) -> list[Mapping[str, pl.DataType]]:
        """The columns of each source and their types."""
        return [r.frame.collect_schema() for r in self.raws]

    @cached_property
    def columns(self) -> dict[str, pl.DataType]:
        """The columns of all sources; text where the sources disagree about the type."""
        found: dict[str, pl.DataType] = {}
        for schema in self.schemas:
            for name, dtype in schema.items():
                alike = found.setdefault(name, dtype) == dtype
                found[name] = dtype if alike else pl.String()
        return {n: t for n, t in found.items() if n not in _INTERNAL}

    @cached_property
    def untyped(self) -> frozenset[str]:
        """The columns of text that may stand for numbers or truth values."""
        clashing = {
            n
            for s in self.schemas
            for n, t in s.items()
            if n in self.columns and self.columns[n] != t
        }
        return frozenset(clashing).union(*(r.untyped for r in self.raws))

    @cached_property
    def table(self) -> pl.LazyFrame:
        """All events, with `POSITION` and `SOURCE_NUMBER`."""
        return pl.concat([self._uniform(i) for i in range(len(self.raws))], how="diagonal")

    @cached_property
    def sample(self) -> pl.DataFrame:
        """The first events of each source."""
        heads = [self._uniform(i).head(_SAMPLE) for i in range(len(self.raws))]
        return collected([pl.concat(heads, how="diagonal")], self.name)[0]

    def _uniform(self, number: int) -> pl.LazyFrame:
        schema, frame = self.schemas[number], self.raws[number].frame
        casts = [
            pl.col(n).cast(pl.String) for n, t in self.columns.items() if schema.get(n, t) != t
        ]
        return frame.with_columns(*casts, pl.lit(number, pl.Int32).alias(SOURCE_NUMBER))

    def row_measures(self) -> list[pl.Expr]:
        """Return the number of rows of each source that could be split into columns."""
        numbers = range(len(self.raws))
        return [(pl.col(SOURCE_NUMBER) == i).sum().alias(f"rows {i}") for i in numbers]

    def rows(self, measured: Mapping[str, Any]) -> list[int]:
        """Return the number of records of each source, those its reader set aside among them."""
        return [int(measured[f"rows {i}"] or 0) + _unread(r) for i, r in enumerate(self.raws)]

    @property
    def expected_rows(self) -> list[int]:
        """The number of records of each source, as far as its reader knows."""
        return [(r.rows or 0) + _unread(r) for r in self.raws]

    @property
    def fits_in_memory(self) -> bool:
        """Whether all sources are known to be small enough to hold their events in memory."""
        sizes = [r.rows for r in self.raws]
        return sum(n for n in sizes if n is not None) <= self.held and None not in sizes

    @property
    def unread(self) -> dict[str, int]:
        """How many records the readers set aside themselves, by the reason."""
        found = Counter({"broken_row": sum(map(_broken, self.raws))})
        for raw in self.raws:
            found.update([] if raw.aside is None else raw.aside[ASIDE_REASON])
        return dict(found)

    def position(self, rows: Sequence[int]) -> pl.Expr:
        """Return each event's position over all sources, given the records of each."""
        if len(rows) == 1:
            return pl.col(POSITION)
        before = pl.Series([0, *rows[:-1]], dtype=pl.Int64).cum_sum()
        return pl.col(POSITION) + _of_source(before)

    def aside(self, marked: pl.LazyFrame, reason: str, columns: Sequence[str]) -> pl.LazyFrame:
        """Return the rows that can't be used: `source`, `row`, `reason`, and their raw values.

        Args:
            marked: The table with a column that is null for usable rows.
            reason: That column.
            columns: The raw columns to keep.
        """
        names = pl.Series([r.name for r in self.raws], dtype=pl.String)
        head = [
            _of_source(names).alias("source"),
            pl.col(POSITION).alias("row"),
            pl.col(reason).alias("reason"),
        ]
        clash = {"source", "row", "reason", BROKEN_TEXT}
        kept = [pl.col(c).alias(f"{c} (source)" if c in clash else c) for c in columns]
        parts = [marked.filter(pl.col(reason).is_not_null()).select(*head, *kept)]
        parts += [_broken_rows(r) for r in self.raws if _broken(r)]
        parts += [self._set_aside(r.name, r.aside) for r in self.raws if r.aside is not None]
        return pl.concat(parts, how="diagonal")

    def _set_aside(self, name: str, rows: pl.DataFrame) -> pl.LazyFrame:
        """Return what a reader set aside as the other rows stand, their values typed alike."""
        alike = [pl.col(c).cast(t) for c, t in self.columns.items() if c in rows.columns]
        head = [pl.lit(name).alias("source"), pl.col(POSITION).alias("row"), ASIDE_REASON]
        return rows.lazy().with_columns(alike).select(*head, pl.exclude(POSITION, ASIDE_REASON))


def _of_source(values: pl.Series) -> pl.Expr:
    """Return each event's source's value; `replace_strict` would hold all events at once."""
    return pl.col(SOURCE_NUMBER).map_batches(
        values.gather, return_dtype=values.dtype, is_elementwise=True
    )


def _unread(raw: Raw) -> int:
    return _broken(raw) + (raw.aside.height if raw.aside is not None else 0)


def _broken(raw: Raw) -> int:
    return raw.broken.height if raw.broken is not None else 0


def _broken_rows(raw: Raw) -> pl.LazyFrame:
    frame = raw.broken if raw.broken is not None else pl.DataFrame()
    return frame.lazy().select(
        pl.lit(raw.name).alias("source"),
        pl.col(POSITION).alias("row"),
        pl.lit("broken_row").alias("reason"),
        pl.col(BROKEN_TEXT),
    )


def collected(frames: Sequence[pl.LazyFrame], name: str) -> list[pl.DataFrame]:
    """Run queries on a source in one pass; what goes wrong there is the source's fault.

    Raises:
        InputError: The source can't be read to its end.
    """
    try:
        return pl.collect_all(frames, engine="streaming")
    except (pl.exceptions.PolarsError, OSError):
        # the engine's own message may quote values, and a person's number is nobody's business
        raise InputError(f"{name} can't be read to its end.", "Export it again.") from None
