"""OCEL 2.0 as an SQLite database."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import polars as pl

from procmine.export.layout import Kind, Log, batches
from procmine.export.objects import BEGINNING, ID, JOURNEY, OWNER, OWNER_ID, Objects
from procmine.export.xml import TIME_FORMAT
from procmine.schema import ACTIVITY, CASE, TIMESTAMP

_TABLES: Final = """
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
"""

_TYPES: Final[Mapping[Kind, str]] = {
    "string": "TEXT",
    "time": "TIMESTAMP",
    "integer": "INTEGER",
    "float": "REAL",
    "boolean": "BOOLEAN",
}


def write_ocel_sqlite(log: Log, target: Path) -> None:
    """Write a log as OCEL 2.0, batch by batch.

    Args:
        log: The log.
        target: A file that isn't there.
    """
    # the file takes its place when it is whole, so nothing has to be undone inside it
    with closing(sqlite3.connect(target, isolation_level=None)) as database:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        database.execute("BEGIN")
        _Writer(Objects(log), database).write()
        database.execute("COMMIT")


class _Writer:
    """Fills the tables of a database."""

    def __init__(self, objects: Objects, database: sqlite3.Connection) -> None:
        self._objects, self._database = objects, database

    def write(self) -> None:
        objects = self._objects
        of_objects = self._declare("object", objects.object_types, ", ocel_changed_field TEXT")
        of_events = self._declare("event", objects.event_types, "")
        if OWNER in objects.object_types:
            self._add_owners(objects.owners().to_frame(), of_objects[OWNER])
        for batch in batches(objects.journeys):
            self._add_journeys(batch, of_objects[JOURNEY])
        for batch in batches(objects.events):
            self._add_events(batch, of_events)

    def _declare(
        self, of: str, types: Mapping[str, Mapping[str, Kind]], more: str
    ) -> dict[str, str]:
        """Make a table for each type, and return their names."""
        taken, tables = set[str](), dict[str, str]()
        for number, (name, own) in enumerate(types.items(), start=1):
            plain = "".join(c for c in name.title() if c.isascii() and c.isalnum())
            mapped = plain if plain and plain.lower() not in taken else f"{plain}_{number}"
            taken.add(mapped.lower())
            columns = "".join(f", {_quoted(a)} {_TYPES[kind]}" for a, kind in own.items())
            self._database.execute(
                f'CREATE TABLE "{of}_{mapped}" (ocel_id TEXT, ocel_time TIMESTAMP{more}{columns})'
            )
            self._insert(f"{of}_map_type", [[name], [mapped]])
            tables[name] = f"{of}_{mapped}"
        return tables

    def _add_owners(self, customers: pl.DataFrame, table: str) -> None:
        ids = customers[OWNER_ID].to_list()
        self._insert("object", [ids, [OWNER] * len(ids)])
        self._insert(table, [ids, [BEGINNING] * len(ids), [None] * len(ids)])

    def _add_journeys(self, batch: pl.DataFrame, table: str) -> None:
        ids, size = batch[ID].to_list(), batch.height
        self._insert("object", [ids, [JOURNEY] * size])
        values = self._cells(batch, self._objects.case_names)
        self._insert(table, [ids, [BEGINNING] * size, [None] * size, *values])
        self._link("object_object", batch, OWNER_ID, OWNER)

    def _add_events(self, batch: pl.DataFrame, tables: Mapping[str, str]) -> None:
        ids = batch[ID].to_list()
        self._insert("event", [ids, batch[ACTIVITY].to_list()])
        self._link("event_object", batch, CASE, JOURNEY)
        self._link("event_object", batch, OWNER_ID, OWNER)
        for (activity,), rows in batch.group_by(ACTIVITY, maintain_order=True):
            own = self._objects.event_types[str(activity)]
            names = {c: n for c, n in self._objects.event_names.items() if n in own}
            times = rows[TIMESTAMP].dt.to_string(TIME_FORMAT).to_list()
            values = self._cells(rows, names)
            self._insert(tables[str(activity)], [rows[ID].to_list(), times, *values])

    def _link(self, table: str, batch: pl.DataFrame, to: str, qualifier: str) -> None:
        linked = batch.select(ID, to).drop_nulls(to)
        columns = [linked[ID].to_list(), linked[to].to_list()]
        self._insert(table, [*columns, [qualifier] * linked.height])

    def _cells(self, batch: pl.DataFrame, columns: Collection[str]) -> list[list[Any]]:
        """Return the values of columns as SQLite keeps them."""
        log = self._objects.log
        kinds: dict[str, Kind] = {**log.of_events, **log.of_cases}
        return [_cells(batch[c], kinds[c]) for c in columns]

    def _insert(self, table: str, columns: Sequence[Sequence[Any]]) -> None:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {_quoted(table)} VALUES ({marks})"  # noqa: S608  (quoted)
        self._database.executemany(statement, zip(*columns, strict=True))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cells(values: pl.Series, kind: Kind) -> list[Any]:
    if kind == "time":
        return values.dt.to_string(TIME_FORMAT).to_list()
    if kind == "float" and values.is_nan().any():  # which SQLite would take for no value at all
        return ["NaN" if v != v else v for v in values]  # noqa: PLR0124
    return values.to_list()
