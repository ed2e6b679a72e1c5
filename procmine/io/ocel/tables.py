"""An object-centric log as tables: the same for the three formats it is written in.

Ready-made readers lose a part of such logs without a word: objects whose attributes stand under
numbers, references between them. Here every row of the file is a row of a table.
Reference: Berti et al., OCEL (Object-Centric Event Log) 2.0 Specification, 2023.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final

import polars as pl

EVENT, OBJECT, SOURCE, TARGET = "event_id", "object_id", "source_id", "target_id"
TYPE, TIME, NAME, VALUE, QUALIFIER = "type", "time", "name", "value", "qualifier"
OF, KIND = "of", "kind"

_CHUNK: Final = 50_000


@dataclass(frozen=True)
class ObjectLog:
    """What an OCEL file says, in its order; every column is text.

    Attributes:
        declared: `of, type, name, kind`: for each type of `event` or `object` its attributes and
            what they are (string, time, integer, float, boolean); one row without a name for the
            type itself.
        events: `event_id, type, time`.
        event_values: `event_id, name, value`.
        objects: `object_id, type`.
        object_values: `object_id, name, time, value`; the value holds from that time on.
        e2o: `event_id, object_id, qualifier`.
        o2o: `source_id, target_id, qualifier`.
    """

    declared: pl.DataFrame
    events: pl.DataFrame
    event_values: pl.DataFrame
    objects: pl.DataFrame
    object_values: pl.DataFrame
    e2o: pl.DataFrame
    o2o: pl.DataFrame


class Rows:
    """A table that grows row by row.

    Args:
        columns: The names of its columns.
    """

    def __init__(self, *columns: str) -> None:
        self._schema = dict.fromkeys(columns, pl.String)
        self._rows: list[Sequence[str | None]] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, *row: str | None) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) >= _CHUNK:
            self._pack()

    def _pack(self) -> None:
        self._frames.append(pl.DataFrame(self._rows, self._schema, orient="row"))
        self._rows = []

    def frame(self) -> pl.DataFrame:
        """Return all rows."""
        self._pack()
        return pl.concat(self._frames)


@dataclass
class Growing:
    """The tables of an `ObjectLog` while a file is gone through."""

    declared: Rows = field(default_factory=lambda: Rows(OF, TYPE, NAME, KIND))
    events: Rows = field(default_factory=lambda: Rows(EVENT, TYPE, TIME))
    event_values: Rows = field(default_factory=lambda: Rows(EVENT, NAME, VALUE))
    objects: Rows = field(default_factory=lambda: Rows(OBJECT, TYPE))
    object_values: Rows = field(default_factory=lambda: Rows(OBJECT, NAME, TIME, VALUE))
    e2o: Rows = field(default_factory=lambda: Rows(EVENT, OBJECT, QUALIFIER))
    o2o: Rows = field(default_factory=lambda: Rows(SOURCE, TARGET, QUALIFIER))

    def log(self) -> ObjectLog:
        """Return the tables as they are now."""
        return ObjectLog(**{f.name: getattr(self, f.name).frame() for f in fields(self)})
