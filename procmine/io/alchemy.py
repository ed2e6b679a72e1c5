"""Any database that SQLAlchemy has a dialect for; SQLite needs nothing else."""

import json
import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl

from procmine.errors import InputError, UnavailableError, nearest
from procmine.io.spool import Spool
from procmine.io.url import DatabaseUrl

_ROWS: Final = 50_000
"""Rows that are held at a time."""
_READ_ONLY: Final = frozenset({"postgresql", "mysql", "mariadb", "oracle"})
"""Databases that take SET TRANSACTION READ ONLY; SQLite's file is opened for reading alone."""
_KNOWN: Final = ("postgresql", "sqlite", "mysql", "mariadb", "oracle", "mssql")
_PLAIN: Final = frozenset({bool, int, float, str, date, datetime})


def spool_alchemy(url: DatabaseUrl, query: str) -> Spool:
    """Run a query and keep what it gives.

    A column's type is that of its values. Decimal numbers come as the text of all their digits,
    lists and dictionaries as JSON, bytes as hexadecimal digits; a column of several types, as
    SQLite allows, comes as text.

    Args:
        url: Where the database is.
        query: What is asked, a reading statement.

    Raises:
        InputError: The database can't be reached, or refuses the query.
        UnavailableError: SQLAlchemy or the database's driver isn't installed.
    """
    with _connected(url) as connection:
        with _told(url.refused, url):
            if url.kind in _READ_ONLY:
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            result = connection.exec_driver_sql(query)
        names = list(result.keys())
        spool = Spool(url.name, names)
        for rows in _pieces(result, url):
            columns = dict(zip(names, zip(*rows, strict=True), strict=True))
            decimals = [n for n, c in columns.items() if any(isinstance(v, Decimal) for v in c)]
            spool.add(pl.DataFrame([_column(n, c) for n, c in columns.items()]), decimals)
    return spool


@contextmanager
def _connected(url: DatabaseUrl) -> Generator[Any]:
    """Open a connection whose results come row by row."""
    engine = _engine(url)
    try:
        with _told(url.unopened, url):
            connection = engine.connect()
        with connection:
            yield connection.execution_options(
                stream_results=True, max_row_buffer=_ROWS, no_parameters=True
            )
    finally:
        engine.dispose()


def _engine(url: DatabaseUrl) -> Any:
    try:
        from sqlalchemy import NullPool, create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    except ImportError:
        raise UnavailableError(
            f"'{url.name}' is a database, and SQLAlchemy isn't installed.",
            "Install procmine[databases].",
        ) from None
    try:
        if url.kind == "sqlite":
            return create_engine("sqlite://", creator=_reader(url), poolclass=NullPool)
        return create_engine(url.text)
    except NoSuchModuleError:
        named = url.text.partition(":")[0]
        raise InputError(
            f"No kind of database is called '{named}'.", nearest(url.kind, _KNOWN)
        ) from None
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"'{url.name}' needs the driver {error.name}, which isn't installed.",
            f"Install it, or name another in the URL: {url.kind}+driver://…",
        ) from None
    except (ArgumentError, ValueError):
        raise InputError(
            f"The URL of '{url.name}' can't be read.", "Write it as SQLAlchemy asks for it."
        ) from None


def _reader(url: DatabaseUrl) -> Callable[[], sqlite3.Connection]:
    """Return what opens an SQLite file for reading alone."""
    path = Path(url.text)
    if not path.is_file():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"There is no file '{path.name}'.", nearest(path.name, beside))
    address = f"{path.absolute().as_uri()}?mode=ro"
    return lambda: sqlite3.connect(address, uri=True)


def _pieces(result: Any, url: DatabaseUrl) -> Iterator[Sequence[Any]]:
    with _told(url.broke_off, url):
        yield from result.partitions(_ROWS)


@contextmanager
def _told(how: Callable[[str], InputError], url: DatabaseUrl) -> Generator[None]:
    """See that what a driver raises becomes a sentence, without SQLAlchemy's words around it."""
    from sqlalchemy.exc import DataError, SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        original = getattr(error, "orig", None) or error
        said = str(original.args[-1] if original.args else original)
        raise (url.broke_off if isinstance(error, DataError) else how)(said) from None


def _column(name: str, values: Sequence[Any]) -> pl.Series:
    """Make a column of values as a driver gives them."""
    known = [v for v in values if v is not None]
    kinds = set[Any](map(type, known))
    if kinds == {datetime} and len({v.tzinfo is None for v in known}) == 1:
        return pl.Series(name, [v and (v.astimezone(UTC) if v.tzinfo else v) for v in values])
    if kinds <= _PLAIN and (len(kinds) <= 1 or kinds == {int, float}):
        with suppress(OverflowError, pl.exceptions.PolarsError):
            return pl.Series(name, values, strict=False)
    return pl.Series(name, [None if v is None else _text(v) for v in values], dtype=pl.String)


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=str)
    return str(value)
