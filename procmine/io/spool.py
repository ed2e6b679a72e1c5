"""Tables that come piece by piece, kept in scratch files: any number of rows, little memory."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import sha256
from procmine.io.scratch import scratch_file

_NUMBERS: Final = frozenset({pl.Int64(), pl.Float64()})


class Spool:
    """Pieces of one table, each a Parquet file of its own.

    Args:
        name: What the table is called in a sentence.
        columns: Its columns.

    Attributes:
        rows: How many rows there are so far.
        untyped: Columns whose text may stand for numbers.

    Raises:
        InputError: Two columns have one name.
    """

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        twin = next((c for c in columns if columns.count(c) > 1), None)
        if twin is not None:
            raise InputError(
                f"Two columns of the query on '{name}' are called '{twin}'.",
                "Name one of them otherwise: select … as …",
            )
        self.rows = 0
        self.untyped: set[str] = set()
        self._files: list[Path] = []
        self._types: dict[str, set[pl.DataType]] = {}

    def add(self, piece: pl.DataFrame, untyped: Iterable[str] = ()) -> None:
        """Keep some rows.

        Args:
            piece: The rows, at least one; types may differ from those of the piece before.
            untyped: Columns of it whose text may stand for numbers.
        """
        file = scratch_file(".parquet")
        piece.write_parquet(file, compression="lz4")
        self._files.append(file)
        self.rows += piece.height
        self.untyped.update(untyped)
        for name, kind in piece.schema.items():
            self._types.setdefault(name, set()).add(kind)

    def frame(self) -> pl.LazyFrame:
        """Return all rows, lazily; a column of several types as text."""
        if all(len(kinds) == 1 for kinds in self._types.values()):
            return pl.scan_parquet(self._files, glob=False).with_columns(_of_nulls(self._types))
        casts = [pl.col(n).cast(_common(kinds)) for n, kinds in self._types.items()]
        return pl.concat(pl.scan_parquet(f, glob=False).with_columns(casts) for f in self._files)

    def sha256(self) -> str:
        """Return a checksum of the rows as they came, in their order."""
        return hashlib.sha256("".join(map(sha256, self._files)).encode()).hexdigest()


def _of_nulls(types: dict[str, set[pl.DataType]]) -> Iterator[pl.Expr]:
    return (pl.col(n).cast(pl.String) for n, kinds in types.items() if kinds == {pl.Null()})


def _common(kinds: set[pl.DataType]) -> pl.DataType:
    known = kinds - {pl.Null()}
    if len(known) == 1:
        return next(iter(known))
    return pl.Float64() if known and known <= _NUMBERS else pl.String()
