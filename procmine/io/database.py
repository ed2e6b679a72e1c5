"""Databases as sources: what a query gives, and nothing is ever written there."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from procmine.errors import InputError, OptionError
from procmine.io.alchemy import spool_alchemy
from procmine.io.detect import is_sqlite
from procmine.io.postgresql import spool_postgresql
from procmine.io.raw import Raw, numbered
from procmine.io.url import DatabaseUrl, is_url

_ASIDE: Final = re.compile(r"(?:\s|\(|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
_READING: Final = frozenset({"select", "with", "values", "table"})


def open_database(source: Any, query: str | None) -> Raw:
    """Read what a query gives on a database, given by its URL or as an SQLite file.

    Args:
        source: The URL, or a path.
        query: What is asked.

    Raises:
        OptionError: There is no query, or nothing that could be asked one.
        InputError: The database can't be read.
    """
    if not query:
        raise OptionError(
            "A database is read by a query.", "Say which: query='select …' (--query 'select …')."
        )
    if isinstance(source, str) and (is_url(source) or source.startswith("${")):
        return read_database(source, query)
    if isinstance(source, str | Path) and is_sqlite(Path(source)):
        return read_database(f"sqlite:///{quote(str(source))}", query)
    what = f"'{Path(source).name}'" if isinstance(source, str | Path) else "This source"
    raise OptionError(
        f"{what} isn't a database, so no query can be asked.",
        "Leave the query out, or give one database: its URL, or an SQLite file.",
    )


def read_database(url: str, query: str, name: str | None = None) -> Raw:
    """Read what a query on a database gives.

    PostgreSQL is read through ADBC, anything else through SQLAlchemy: `sqlite:///orders.db`,
    `mysql+pymysql://…`. The rows are kept in scratch files, not in memory. The session is opened
    for reading alone where the database can do that: PostgreSQL, MySQL, MariaDB, Oracle, SQLite.

    Args:
        url: Where the database is; `${NAME}` in it is taken from the environment.
        query: A statement that begins with SELECT, WITH, VALUES or TABLE.
        name: What the source is called; the database's name otherwise.

    Returns:
        The rows, in the order in which they came. Its checksum is one of these rows as they were
        kept: the same rows in the same order give the same one on the same versions of procmine's
        libraries.

    Raises:
        InputError: The database can't be reached, refuses the query, or has no rows for it.
        UnavailableError: What reads the database isn't installed.
    """
    where = DatabaseUrl.parse(url)
    if name is not None:
        where = replace(where, name=name)
    _check_reads(query, where.name)
    through_adbc = where.kind == "postgresql" and not where.names_driver
    spool = (spool_postgresql if through_adbc else spool_alchemy)(where, query)
    if not spool.rows:
        raise InputError(f"The query on '{where.name}' gives no row.", "Give one with events.")
    return Raw(
        where.name,
        where.kind,
        numbered(spool.frame()),
        spool.rows,
        spool.sha256(),
        untyped=frozenset(spool.untyped),
    )


def _check_reads(query: str, name: str) -> None:
    """Refuse a statement that does something else than read.

    The database refuses as well what hides behind a WITH.
    """
    rest = _ASIDE.sub("", query, count=1)
    word = re.match(r"\w*", rest)
    first = word[0] if word else ""
    if first.lower() not in _READING:
        said = f"begins with {first.upper()}" if first else "asks for nothing"
        raise InputError(
            f"The query on '{name}' {said}, and a source is only read.",
            "Give a SELECT (or WITH, VALUES, TABLE).",
        )
