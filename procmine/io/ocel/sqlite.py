"""OCEL 2.0 in SQLite: events, objects, references, and for each type a table of attributes."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import damaged
from procmine.io.ocel.tables import (
    EVENT,
    KIND,
    NAME,
    OBJECT,
    OF,
    QUALIFIER,
    SOURCE,
    TARGET,
    TIME,
    TYPE,
    VALUE,
    ObjectLog,
    Rows,
)

_ID, _TIME, _CHANGED, _MAPPED = "ocel_id", "ocel_time", "ocel_changed_field", "mapped"

_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "event": {_ID: EVENT, "ocel_type": TYPE},
    "object": {_ID: OBJECT, "ocel_type": TYPE},
    "event_object": {
        "ocel_event_id": EVENT,
        "ocel_object_id": OBJECT,
        "ocel_qualifier": QUALIFIER,
    },
    "object_object": {
        "ocel_source_id": SOURCE,
        "ocel_target_id": TARGET,
        "ocel_qualifier": QUALIFIER,
    },
    "event_map_type": {"ocel_type": TYPE, "ocel_type_map": _MAPPED},
    "object_map_type": {"ocel_type": TYPE, "ocel_type_map": _MAPPED},
}
"""The tables that every such database has, with the columns that are read, and our names."""

_KINDS: Final = {
    **dict.fromkeys(("INT", "INTEGER", "BIGINT"), "integer"),
    **dict.fromkeys(("REAL", "FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("BOOL", "BOOLEAN"), "boolean"),
    **dict.fromkeys(("TIMESTAMP", "DATETIME", "DATE"), "time"),
}
"""A column's declared type to what its values are."""

_KEY, _WHEN, _FIELD = "\0id", "\0time", "\0changed"
"""Names of columns beside attributes, which may have any."""

_TRUTHS: Final = {"1": "true", "0": "false"}
"""SQLite has numbers for truth values."""

_CHUNK: Final = 50_000


def parse_sqlite(path: Path) -> ObjectLog:
    """Read a database.

    Args:
        path: The file.

    Raises:
        InputError: It is damaged, or lacks a table that OCEL 2.0 has.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return _Reader(path, database).log()
    except (sqlite3.Error, UnicodeDecodeError):
        raise damaged(path, "its tables can't be read") from None


class _Reader:
    """Reads the tables of a database."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path, self._database = path, database
        self._declared = Rows(OF, TYPE, NAME, KIND)

    def log(self) -> ObjectLog:
        named = {name: self._rows(name, columns) for name, columns in _TABLES.items()}
        of_events = self._values("event", EVENT, named)
        of_objects = self._values("object", OBJECT, named)
        times = of_events.filter(pl.col(NAME).is_null()).select(EVENT, TIME)
        if times[EVENT].is_duplicated().any():
            raise InputError(
                f"In '{self._path.name}' an event stands twice among those of its type.",
                "Export the log again.",
            )
        return ObjectLog(
            declared=self._declared.frame(),
            events=named["event"].join(times, on=EVENT, how="left", maintain_order="left"),
            event_values=_said(of_events, named["event"][EVENT]).select(EVENT, NAME, VALUE),
            objects=named["object"],
            object_values=_said(of_objects, named["object"][OBJECT]),
            e2o=named["event_object"],
            o2o=named["object_object"],
        )

    def _values(self, of: str, key: str, named: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Return what the tables of all types of events, or of objects, say.

        Returns:
            The id, `name, time, value`: a row for each value, and for each row of a table one
            without name and value.
        """
        types = named[f"{of}_map_type"].iter_rows()
        frames = [self._of_type(of, name, f"{of}_{mapped}", key) for name, mapped in types]
        schema = dict.fromkeys((key, NAME, TIME, VALUE), pl.String)
        return pl.concat([pl.DataFrame(schema=schema), *frames])

    def _of_type(self, of: str, type_name: str | None, table: str, key: str) -> pl.DataFrame:
        kinds = self._columns(table, (_ID, _TIME))
        own = [c for c in kinds if c not in {_ID, _TIME, _CHANGED}]
        self._declared.add(of, type_name, None, None)
        for attribute in own:
            self._declared.add(of, type_name, attribute, kinds[attribute])
        changed = {_CHANGED: _FIELD} if of == "object" and _CHANGED in kinds else {}
        rows = self._rows(
            table, {_ID: _KEY, _TIME: _WHEN, **changed, **dict(zip(own, own, strict=True))}
        )
        truths = [c for c in own if kinds[c] == "boolean"]
        rows = rows.with_columns(pl.col(truths).replace(_TRUTHS))
        none = pl.lit(None, pl.String)
        alone = rows.select(
            pl.col(_KEY).alias(key), none.alias(NAME), pl.col(_WHEN).alias(TIME), none.alias(VALUE)
        )
        if not own:
            return alone
        values = rows.unpivot(own, index=[_KEY, _WHEN, *changed.values()]).drop_nulls("value")
        if changed:  # such a row says nothing of the other fields
            other = pl.col(_FIELD).is_not_null() & (pl.col(_FIELD) != pl.col("variable"))
            values = values.filter(~other)
        said = values.select(_KEY, "variable", _WHEN, "value")
        return pl.concat([alone, said.rename(dict(zip(said.columns, alone.columns, strict=True)))])

    def _rows(self, table: str, names: Mapping[str, str]) -> pl.DataFrame:
        """Read columns of a table as text, under other names."""
        self._columns(table, list(names))
        listed = ", ".join(map(_quoted, names))
        cursor = self._database.execute(f"SELECT {listed} FROM {_quoted(table)}")  # noqa: S608  (quoted)
        frames = [pl.DataFrame(schema=dict.fromkeys(names.values(), pl.String))]
        while rows := cursor.fetchmany(_CHUNK):
            cells = zip(*rows, strict=True)
            frames.append(
                pl.DataFrame([_column(n, c) for n, c in zip(names.values(), cells, strict=True)])
            )
        return pl.concat(frames)

    def _columns(self, table: str, needed: Sequence[str]) -> dict[str, str]:
        """Return a table's columns and what they hold.

        Raises:
            InputError: It isn't there, or lacks one that is needed.
        """
        found = self._database.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
        columns = {name: _KINDS.get(str(kind).upper(), "string") for name, kind in found}
        missing = [f"the column '{name}' of '{table}'" for name in needed if name not in columns]
        if missing:
            lacks = missing[0] if columns else f"the table '{table}'"
            raise InputError(
                f"'{self._path.name}' isn't whole OCEL 2.0: it lacks {lacks}.",
                "Export the log again as OCEL 2.0.",
            )
        return columns


def _said(values: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Return the values; of what doesn't exist even the rows without any, that they be reported."""
    return values.filter(pl.col(NAME).is_not_null() | ~pl.col(known.name).is_in(known.implode()))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _column(name: str, cells: Sequence[Any]) -> pl.Series:
    """Return cells as text: SQLite keeps a type for each of them."""
    try:
        return pl.Series(name, cells, dtype=pl.String)
    except TypeError:
        return pl.Series(name, [_text(cell) for cell in cells], dtype=pl.String)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.hex() if isinstance(value, bytes) else repr(value)
