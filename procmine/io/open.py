"""Open a source, whatever it is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from procmine.errors import InputError, nearest
from procmine.io.csv import read_csv
from procmine.io.delta import is_delta, read_delta
from procmine.io.detect import detect
from procmine.io.excel import read_excel
from procmine.io.jsonl import read_jsonl
from procmine.io.parquet import read_arrow, read_arrow_stream, read_folder, read_parquet
from procmine.io.raw import Raw
from procmine.io.table import read_table
from procmine.io.xes import read_xes

_UNPACKING: Final = {"csv": read_csv, "xes": read_xes, "jsonl": read_jsonl}
_PLAIN: Final = {"parquet": read_parquet, "arrow": read_arrow, "arrow stream": read_arrow_stream}


def open_sources(source: Any, wanted: Callable[[Sequence[str]], bool]) -> list[Raw]:
    """Open a path, several paths or a table.

    Args:
        source: Where the events are.
        wanted: Whether columns of these names make an event log, to choose between sheets.

    Raises:
        InputError: Something isn't there or can't be read.
    """
    if isinstance(source, str | Path):
        return [_open(Path(source), wanted)]
    if not isinstance(source, list | tuple):
        return [read_table(source)]
    if not source:
        raise InputError("No file was given.", "Give at least one.")
    return [_open(Path(path), wanted) for path in _paths(source)]  # pyright: ignore[reportUnknownArgumentType]


def _paths(source: Sequence[Any]) -> Sequence[str | Path]:
    other = next((p for p in source if not isinstance(p, str | Path)), None)
    if other is not None:
        raise InputError(
            f"A {type(other).__name__} stands among the paths.", "Give paths, or one table."
        )
    return source


def _open(path: Path, wanted: Callable[[Sequence[str]], bool]) -> Raw:
    if path.is_dir():
        return read_delta(path) if is_delta(path) else read_folder(path)
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"There is no file '{path.name}'.", nearest(path.name, beside))
    if not path.is_file():
        raise InputError(f"'{path.name}' is no ordinary file.", "Give a file.")
    return _read(path, wanted)


def _read(path: Path, wanted: Callable[[Sequence[str]], bool]) -> Raw:
    kind, packed = detect(path)
    if kind in _UNPACKING:
        return _UNPACKING[kind](path, packed=packed)
    if packed:
        raise InputError(f"'{path.name}' is a gzip-packed {kind} file.", "Unpack it first.")
    return read_excel(path, wanted) if kind == "excel" else _PLAIN[kind](path)
