"""Open a source, whatever it is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from procmine.errors import InputError, OptionError, nearest
from procmine.io.csv import read_csv
from procmine.io.database import open_database
from procmine.io.delta import is_delta, read_delta
from procmine.io.detect import OCEL_FORMATS, Format, detect
from procmine.io.excel import read_excel
from procmine.io.jsonl import read_jsonl
from procmine.io.ocel import read_ocel
from procmine.io.parquet import read_arrow, read_arrow_stream, read_folder, read_parquet
from procmine.io.raw import Raw
from procmine.io.table import read_table
from procmine.io.url import is_url
from procmine.io.xes import read_xes

_UNPACKING: Final = {"csv": read_csv, "xes": read_xes, "jsonl": read_jsonl}
_PLAIN: Final = {"parquet": read_parquet, "arrow": read_arrow, "arrow stream": read_arrow_stream}


class Flattening(NamedTuple):
    """How an object-centric log becomes journeys; see `procmine.io.ocel.read_ocel`.

    Attributes:
        case_object: The type of object whose instances are the cases; None for any other source.
        depth: How far related objects are followed.
    """

    case_object: str | None = None
    depth: int = 0


def open_sources(
    source: Any,
    wanted: Callable[[Sequence[str]], bool],
    flattening: Flattening | None = None,
    *,
    query: str | None = None,
) -> list[Raw]:
    """Open a path, several paths, a table or a database; what is open already stays so.

    Args:
        source: Where the events are.
        wanted: Whether columns of these names make an event log, to choose between sheets.
        flattening: How object-centric logs become journeys.
        query: What a database is asked.

    Raises:
        InputError: Something isn't there or can't be read.
        OptionError: An object-centric log has no objects of the type, or others have none at all.
    """
    how = flattening or Flattening()
    if query is not None or is_url(source):
        _check_unchosen("A database", how)
        return [open_database(source, query)]
    if isinstance(source, str | Path):
        return [_open(Path(source), wanted, how)]
    if not isinstance(source, list | tuple):
        _check_unchosen("A table", how)
        return [read_table(source)]
    if not source:
        raise InputError("No file was given.", "Give at least one.")
    if all(isinstance(s, Raw) for s in source):  # pyright: ignore[reportUnknownVariableType]
        return list(source)  # pyright: ignore[reportUnknownArgumentType]
    return [_open(Path(path), wanted, how) for path in _paths(source)]  # pyright: ignore[reportUnknownArgumentType]


def _check_unchosen(name: str, how: Flattening) -> None:
    """See that nobody chooses a type of object where there are no objects."""
    if how.case_object is not None:
        raise OptionError(
            f"{name} has no objects to choose from.",
            "Leave case_object (--case-object) out, or give an OCEL 2.0 log.",
        )


def _paths(source: Sequence[Any]) -> Sequence[str | Path]:
    other = next((p for p in source if not isinstance(p, str | Path)), None)
    if other is not None:
        raise InputError(
            f"A {type(other).__name__} stands among the paths.", "Give paths, or one table."
        )
    return source


def _open(path: Path, wanted: Callable[[Sequence[str]], bool], how: Flattening) -> Raw:
    if path.is_dir():
        _check_unchosen(f"The folder '{path.name}'", how)
        return read_delta(path) if is_delta(path) else read_folder(path)
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"There is no file '{path.name}'.", nearest(path.name, beside))
    if not path.is_file():
        raise InputError(f"'{path.name}' is no ordinary file.", "Give a file.")
    kind, packed = detect(path)
    if kind in OCEL_FORMATS:
        return read_ocel(path, case_object=how.case_object, depth=how.depth)
    _check_unchosen(f"'{path.name}' is {kind}, which", how)
    return _read(path, kind, wanted, packed=packed)


def _read(
    path: Path, kind: Format, wanted: Callable[[Sequence[str]], bool], *, packed: bool
) -> Raw:
    if kind in _UNPACKING:
        return _UNPACKING[kind](path, packed=packed)
    if packed:
        raise InputError(f"'{path.name}' is a gzip-packed {kind} file.", "Unpack it first.")
    return read_excel(path, wanted) if kind == "excel" else _PLAIN[kind](path)
