"""Write a log to a file, whole or not at all."""

import gzip
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, cast

import polars as pl

from procmine.errors import InputError, UnavailableError
from procmine.export.layout import Log
from procmine.export.ocel_json import write_ocel_json
from procmine.export.ocel_sqlite import write_ocel_sqlite
from procmine.export.ocel_xml import write_ocel_xml
from procmine.export.xes import write_xes
from procmine.storage import replace_by

_STREAMS: Final[Mapping[str, Callable[[Log, BinaryIO], None]]] = {
    ".xes": write_xes,
    ".jsonocel": write_ocel_json,
    ".json": write_ocel_json,
    ".xmlocel": write_ocel_xml,
    ".xml": write_ocel_xml,
}
"""Endings of text, which may be packed, to what writes it."""

_DATABASE: Final = ".sqlite"

ENDINGS: Final = ".xes, .xes.gz, .jsonocel, .xmlocel or .sqlite"
"""The endings of the formats that other tools read, for a sentence."""


def is_export(target: Path) -> bool:
    """Whether a name ends as one of the formats that other tools read does."""
    return target.suffix == _DATABASE or _ending(target) in _STREAMS


def _ending(target: Path) -> str:
    return Path(target.name.removesuffix(".gz")).suffix


def write_export(events: pl.LazyFrame, target: Path, name: str, *, ordered: bool) -> None:
    """Write a prepared log as XES or OCEL 2.0, batch by batch.

    Args:
        events: The prepared events.
        target: The file; its ending says the format.
        name: What the log is called.
        ordered: Whether the rows of a case are known to stand together, in order.

    Raises:
        InputError: A folder stands in the file's place.
        UnavailableError: The events aren't on Polars.
    """
    if not isinstance(events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise UnavailableError(
            f"'{target.name}' can't be written on this engine.",
            "Write the prepared log as Parquet, and export that: procmine export.",
        )
    if target.is_dir():
        raise InputError(f"'{target.name}' is a folder.", "Choose another name, or remove it.")
    log = Log.of(events, name, ordered=ordered)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.suffix == _DATABASE:
            write_ocel_sqlite(log, beside)
        else:
            _stream(log, target, beside)
        replace_by(target, beside)
    finally:
        beside.unlink(missing_ok=True)


def _stream(log: Log, target: Path, beside: Path) -> None:
    with ExitStack() as files:
        sink = cast("BinaryIO", files.enter_context(beside.open("wb")))
        if target.suffix == ".gz":
            packed = gzip.GzipFile(target.name.removesuffix(".gz"), "wb", 6, sink, mtime=0)
            sink = cast("BinaryIO", files.enter_context(packed))
        _STREAMS[_ending(target)](log, sink)
