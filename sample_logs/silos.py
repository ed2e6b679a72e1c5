"""A silo's file, written batch by batch in the format that its system exports."""

import sqlite3
import tomllib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq


def coded(source: Mapping[str, Any], role: str, column: pl.Expr) -> pl.Expr:
    """Return values as a system writes them.

    Args:
        source: The system's part of the mapping, whose value maps are read backwards.
        role: Whose value map.
        column: The values; what the map doesn't name becomes null.
    """
    codes = {name: code for code, name in source["values"][role].items()}
    return column.replace_strict(codes, default=None, return_dtype=pl.String)


Writing: TypeAlias = Callable[[Mapping[str, Any]], list[pl.Expr]]
"""The columns that a system writes, given its part of the mapping."""


class Silo(Protocol):
    """A file that is written to in pieces."""

    def write(self, rows: pl.DataFrame) -> None:
        """Add rows; all pieces have the same columns."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class CsvSilo:
    """Separated values, with a header.

    Args:
        path: Where it is written.
        options: What `polars.DataFrame.write_csv` takes, such as a separator.
    """

    def __init__(self, path: Path, **options: Any) -> None:
        self._file = path.open("wb")
        self._options = options
        self._begun = False

    def write(self, rows: pl.DataFrame) -> None:
        """Add rows."""
        rows.write_csv(self._file, include_header=not self._begun, **self._options)
        self._begun = True

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class JsonLinesSilo:
    """One JSON object a line.

    Args:
        path: Where it is written.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, rows: pl.DataFrame) -> None:
        """Add rows."""
        rows.write_ndjson(self._file)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetSilo:
    """A Parquet file with one row group a batch.

    Args:
        path: Where it is written.
        schema: Its columns.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._file = pq.ParquetWriter(path, schema, compression="zstd")

    def write(self, rows: pl.DataFrame) -> None:
        """Add rows."""
        if len(rows):
            table = rows.select(self._schema.names).to_arrow()
            self._file.write_table(table.cast(self._schema))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class SqliteSilo:
    """One table of an SQLite database.

    Args:
        path: Where it is written; what is there is replaced.
        table: The table's name.
        columns: Each column's name and SQLite type.
    """

    def __init__(self, path: Path, table: str, columns: dict[str, str]) -> None:
        path.unlink(missing_ok=True)
        self._database = sqlite3.connect(path)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        named = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self._database.execute(f"CREATE TABLE {table} ({named})")
        holes = ", ".join("?" * len(columns))
        self._insert = f"INSERT INTO {table} VALUES ({holes})"  # noqa: S608  (names are ours)
        self._columns = list(columns)

    def write(self, rows: pl.DataFrame) -> None:
        """Add rows."""
        self._database.executemany(self._insert, rows.select(self._columns).iter_rows())

    def close(self) -> None:
        """Finish the file."""
        with closing(self._database):
            self._database.commit()


class Silos:
    """The files of several systems, each event written to the one that knows its activity.

    Which system knows an activity, and its code for it, is read from the mapping that comes with
    the files: what is written here can be read there.

    Args:
        mapping: The mapping's text.
        writings: What each system writes down.
        files: Each system's file, open.
    """

    def __init__(
        self, mapping: str, writings: Mapping[str, Writing], files: Mapping[str, Silo]
    ) -> None:
        self._sources = {source["name"]: source for source in tomllib.loads(mapping)["sources"]}
        self._columns = {name: write(self._sources[name]) for name, write in writings.items()}
        self._files = files
        self.rows = dict.fromkeys(files, 0)

    def write(self, rows: pl.DataFrame) -> None:
        """Write events.

        Args:
            rows: Events with their `event_id`, in the order of completion.
        """
        for name, columns in self._columns.items():
            activities = list(self._sources[name]["values"]["activity"].values())
            known = rows.filter(pl.col("activity").is_in(activities))
            self._files[name].write(known.select(columns))
            self.rows[name] += len(known)

    def close(self) -> None:
        """Finish the files."""
        for file in self._files.values():
            file.close()
