"""PostgreSQL through ADBC: the database's own binary rows become Arrow batches."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import polars as pl

from procmine.errors import UnavailableError
from procmine.io.spool import Spool
from procmine.io.url import DatabaseUrl

_SESSION: Final = ("SET TRANSACTION READ ONLY", "SET client_encoding TO 'UTF8'")
_ABOUT_VALUES: Final = ("22", "23", "P0", "")
"""Classes of SQLSTATE whose messages quote values; none is known of what fails while rows come."""
_PLAIN: Final = frozenset({"bool", "int16", "int32", "int64", "float", "double", "string"})
_FIRST: Final = "'0001-01-02'"
_LAST: Final = "'9999-12-30'"


def spool_postgresql(url: DatabaseUrl, query: str) -> Spool:
    """Run a query and keep what it gives.

    Numbers, truth values, text, dates and timestamps come as they are. Decimal numbers come as the
    text of all their digits, arrays and records as JSON, and whatever else there is (intervals,
    times of day, UUIDs, JSON, addresses, bytes) as the text that PostgreSQL writes for it. An
    infinite time, or one that no calendar date of four digits has, comes as one in the year 1 or
    9999: ADBC would let it overflow.

    Args:
        url: Where the database is.
        query: What is asked, a reading statement.

    Raises:
        InputError: The database can't be reached, or refuses the query.
        UnavailableError: The driver isn't installed.
    """
    with _session(url) as cursor:
        schema = cursor.adbc_execute_schema(query)
        spool = Spool(url.name, schema.names)
        cursor.execute(_in_plain_types(query, schema))
        decimals = [f.name for f in schema if _type(f) in {"numeric", "money"}]
        for batch in cursor.fetch_record_batch():
            spool.add(pl.DataFrame(batch), decimals)
    return spool


@contextmanager
def _session(url: DatabaseUrl) -> Generator[Any]:
    """Open a transaction that can only read; what goes wrong in it becomes a sentence."""
    driver, arrow = _drivers(url)
    try:
        connection = driver.connect(_patient(url.text))
    except driver.Error as error:
        raise url.unopened(_cut(str(error))) from None
    try:
        with connection, connection.cursor() as cursor:
            for statement in _SESSION:
                cursor.execute(statement)
            yield cursor
    except (driver.Error, arrow.ArrowException, OSError) as error:
        state = str(getattr(error, "sqlstate", None) or "")
        about_values = state[:2] in _ABOUT_VALUES
        raise (url.broke_off if about_values else url.refused)(_cut(str(error))) from None


def _drivers(url: DatabaseUrl) -> tuple[Any, Any]:
    try:
        return import_module("adbc_driver_postgresql.dbapi"), import_module("pyarrow")
    except ImportError:
        raise UnavailableError(
            f"'{url.name}' is a PostgreSQL database, and its driver isn't installed.",
            "Install procmine[databases].",
        ) from None


def _patient(text: str) -> str:
    """Give up on a host that doesn't answer, which would otherwise take minutes."""
    if "connect_timeout=" in text:
        return text
    return f"{text}{'&' if '?' in text else '?'}connect_timeout=15"


def _in_plain_types(query: str, schema: Any) -> str:
    """Let the database write as text what Polars has no type for.

    The line break ends a comment in the last line.
    """
    plain = re.sub(r"[\s;]+\Z", "", query) + "\n"
    columns = ", ".join(map(_written, schema))
    if columns == ", ".join(_quoted(field.name) for field in schema):
        return plain
    return f"SELECT {columns} FROM ({plain}) AS rows"  # noqa: S608  (the query is the user's own)


def _written(field: Any) -> str:
    name, kind = _quoted(field.name), str(field.type)
    if kind.startswith(("timestamp", "date")):
        return (
            f"CASE WHEN {name} < {_FIRST} THEN {_FIRST} WHEN {name} > {_LAST} THEN {_LAST} "
            f"ELSE {name} END AS {name}"
        )
    if kind.startswith(("list", "struct")):
        return f"to_json({name})::text AS {name}"
    if _type(field) == "money":
        return f"{name}::numeric::text AS {name}"
    if kind in _PLAIN and _type(field) != "bpchar":
        return name
    return f"{name}::text AS {name}"


def _type(field: Any) -> str:
    metadata: dict[bytes, bytes] = field.metadata or {}
    return metadata.get(b"POSTGRESQL:type", b"").decode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cut(said: str) -> str:
    """Cut a message of the driver to what the server said, or the system."""
    said = re.split(r"ERROR:\s+|Failed to connect: |\[libpq\] ", said)[-1]
    return re.sub(r"FATAL:\s+", "", said)
