"""Open files and folders with Spark: Parquet, Delta and CSV, as Spark's executors see them."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from procmine.errors import InputError, UnavailableError, nearest
from procmine.ingest.spark.source import BROKEN, Source, unread
from procmine.ingest.spark.values import quoted
from procmine.io.csv import layout
from procmine.io.detect import detect
from procmine.io.raw import POSITION
from procmine.prepare.spark import Table, spark_path

_FILE: Final = "_metadata.file_path"
_ROW: Final = "_metadata.row_index"
_FILE_BITS: Final = 40
"""A position leaves so many bits for the rows of one file."""
_IN_TASK: Final = (1 << 33) - 1
"""The bits of Spark's growing ids that count within one task."""


def open_with_spark(session: Any, paths: Sequence[Path]) -> list[Source]:
    """Open sources.

    Args:
        session: The Spark session.
        paths: Folders of Parquet (`key=value` folders are columns), Delta tables, Parquet files or
            CSV files. Executors must see them under the same paths.

    Raises:
        InputError: Something isn't there or can't be read.
        UnavailableError: Spark can't read this kind.
    """
    if not paths:
        raise InputError("No file was given.", "Give at least one.")
    return [_open(session, path.absolute()) for path in paths]


def _open(session: Any, path: Path) -> Source:
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"There is no file '{path.name}'.", nearest(path.name, beside))
    if (path / "_delta_log").is_dir():
        return Source(path.name, "delta", _placed(session, _delta(session, path)))
    if path.is_dir():
        return Source(path.name, "parquet", _placed(session, _parquet(session, path)))
    kind, packed = detect(path)
    if kind == "parquet" and not packed:
        return Source(path.name, "parquet", _placed(session, _parquet(session, path)))
    if kind == "csv":
        return _csv(session, path, packed=packed)
    raise UnavailableError(
        f"'{path.name}' is {kind}, which isn't read on Spark.",
        "Prepare it with --engine polars: the log is the same.",
    )


def _literal_path(path: Path) -> str:
    """Return a path for Spark's readers, which take some characters for a pattern."""
    return re.sub(r"([*?{}\[\]\\])", r"\\\1", spark_path(path))


def _parquet(session: Any, path: Path) -> Table:
    try:
        return session.read.parquet(_literal_path(path))
    except Exception as error:  # noqa: BLE001  (Spark's own, which need pyspark to be named)
        raise unread(f"'{path.name}'", error) from None


def _delta(session: Any, path: Path) -> Table:
    try:
        return session.read.format("delta").load(spark_path(path))
    except Exception as error:  # noqa: BLE001  (likewise)
        if "delta" not in str(error).lower():
            raise unread(f"'{path.name}'", error) from None
        raise UnavailableError(
            f"This Spark can't read the Delta table '{path.name}': it has no Delta Lake.",
            "Start it with the package delta-spark, or prepare with --engine polars.",
        ) from None


def _placed(session: Any, table: Table) -> Table:
    """Give each row its position over all files, in the order of their names."""
    files = sorted(r[0] for r in table.selectExpr(f"{_FILE} AS file").distinct().collect())
    if len(files) < 2:
        return table.selectExpr("*", f"{_ROW} + 1 AS {POSITION}")
    numbers = session.createDataFrame(
        [(file, number << _FILE_BITS) for number, file in enumerate(files)],
        "__file string, __before bigint",
    )
    within = table.selectExpr("*", f"{_FILE} AS __name", f"{_ROW} AS __row")
    joined = within.join(numbers.hint("broadcast"), within["__name"] == numbers["__file"])
    placed = joined.selectExpr("*", f"__before + __row + 1 AS {POSITION}")
    return placed.drop("__name", "__row", "__file", "__before")


def _csv(session: Any, path: Path, *, packed: bool) -> Source:
    """Read a file of separated values; all columns are text.

    A field may hold a line end, so the file is read by one task: give several files, or Parquet,
    to read on many.
    """
    text, separator, columns, _guessed = layout(path, packed=packed)
    schema = ", ".join(f"{quoted(c)} STRING" for c in (*columns, BROKEN))
    reader = session.read.schema(schema).options(
        header=True, sep=separator, multiLine=True, escape='"', mode="PERMISSIVE",
        columnNameOfCorruptRecord=BROKEN, enforceSchema=True,
    )  # fmt: skip
    table = reader.csv(_literal_path(text))
    position = f"(monotonically_increasing_id() & {_IN_TASK}) + 1 AS {POSITION}"
    kind = "tsv" if separator == "\t" else "csv"
    return Source(path.name, kind, table.selectExpr("*", position), is_text=True)
