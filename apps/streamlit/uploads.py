"""What people upload: private to their session, read in a process of its own, soon deleted."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer
from typing import Any, BinaryIO

import polars as pl
import reader
from data import KEPT
from opened import Opened, Origin
from process import Process

import procmine as pm
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.holding import Storage
from procmine.io.detect import OCEL_FORMATS, detect
from procmine.io.open import Flattening, open_sources
from procmine.io.raw import POSITION, Raw
from procmine.reading import closing
from procmine.schema import ACTIVITY, ROLES, recognise
from procmine.storage import find

PREVIEWED = 6
_MADE = "__made"


@dataclass(frozen=True)
class Reading:
    """How an upload is to be read.

    Attributes:
        columns: Role to column.
        unwanted: Columns that play no role though their name says so.
        timezone: The zone of times that name none.
        day_first: Whether 03/04 is the third of April; None where it needn't be said.
        null_values: Texts that stand for a missing value.
        tolerance: The share of rows that may be set aside.
        case_object: Of an object-centric log, the objects whose journeys are looked at.
        outcomes: The activities that close a journey.
    """

    columns: Mapping[str, str]
    unwanted: Sequence[str] = ()
    timezone: str | None = None
    day_first: bool | None = None
    null_values: Sequence[str] = ()
    tolerance: float = 0.05
    case_object: str | None = None
    outcomes: Sequence[str] = ()

    def mapping(self, file: str) -> str:
        """Return it as a mapping that the command line and reports take.

        Args:
            file: The name of the uploaded file, which lies beside the mapping.
        """
        head: dict[str, Any] = {"name": file, "timezone": self.timezone}
        head |= {"tolerance": self.tolerance, "outcomes": list(self.outcomes) or None}
        source: dict[str, Any] = {"name": Path(file).stem, "path": file}
        source |= {"case_object": self.case_object, "day_first": self.day_first}
        source |= {"null_values": list(self.null_values) or None}
        kept = dict(zip(self.unwanted, self.unwanted, strict=True))
        tables = {"sources.columns": self.columns, "sources.attributes": kept}
        lines = [*_toml(head), "", "[[sources]]", *_toml(source)]
        for name, table in tables.items():
            lines += ["", f"[{name}]", *_toml(table)] if table else []
        return "\n".join([*lines, ""])


def _toml(table: Mapping[str, Any]) -> list[str]:
    return [
        f"{_key(k)} = {json.dumps(v, ensure_ascii=False)}"
        for k, v in table.items()
        if v is not None
    ]


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else json.dumps(name, ensure_ascii=False)


@dataclass(frozen=True)
class Preview:
    """The beginning of a file, and what is recognised in it.

    Attributes:
        columns: The names of its columns.
        rows: The first rows.
        roles: Role to column, as far as recognised.
    """

    columns: tuple[str, ...]
    rows: pl.DataFrame
    roles: Mapping[str, str]


class Upload:
    """One uploaded file and what becomes of it.

    Attributes:
        name: What the person's file is called.
        path: Where it lies, in a folder that is gone with the session or after `KEPT`.
        work: What is reading it, or has read it.
        last: How it was last tried to be read.
    """

    def __init__(self, name: str, content: BinaryIO) -> None:
        """Store the file; it is copied piece by piece.

        Args:
            name: What the person's file is called; only its ending matters here.
            content: The file.
        """
        self.name = re.sub(r"[^\w.()\- ]", "_", Path(name).name).lstrip(".") or "upload"
        self._storage = Storage()
        self.path = self._storage.path / self.name
        with self.path.open("wb") as file:
            shutil.copyfileobj(content, file)
        _delete_later(self._storage.path)
        self.work: Work | None = None
        self.last: Reading | None = None

    @property
    def gone(self) -> bool:
        """Whether it was deleted because its time was over."""
        return not self._storage.path.exists()

    @property
    def object_centric(self) -> bool:
        """Whether somebody must say whose journeys are meant."""
        return detect(self.path)[0] in OCEL_FORMATS

    @property
    def mapping_name(self) -> str:
        """What its mapping is called."""
        return f"{self.name.split('.')[0]}.toml"

    @property
    def log(self) -> EventLog:
        """The log that it is, where it is a prepared one."""
        return pm.read(self.path)

    @property
    def prepared(self) -> bool:
        """Whether it is a prepared log, which needs no mapping."""
        return find(self.path) is not None

    def preview(self, case_object: str | None) -> Preview:
        """Return its beginning.

        Args:
            case_object: Of an object-centric log, the objects whose journeys are looked at.

        Raises:
            ProcmineError: It can't be read.
        """
        raw: Raw = open_sources(self.path, _is_table, Flattening(case_object, 1))[0]
        columns = tuple(c for c in raw.frame.collect_schema().names() if c != POSITION)
        rows = raw.frame.select(columns).head(PREVIEWED).collect()
        return Preview(columns, rows, _recognised(columns))

    def start(self, reading: Reading) -> None:
        """Begin to read it.

        Args:
            reading: How.
        """
        self.stop()
        self.last = reading
        self.work = Work(self._storage.path, reading, reading.mapping(self.name))

    def stop(self) -> None:
        """Stop reading it, if it is being read."""
        if self.work is not None:
            self.work.stop()
        self.work = None

    def delete(self) -> None:
        """Delete the file and all that was made of it."""
        self.stop()
        shutil.rmtree(self._storage.path, ignore_errors=True)

    def opened(self, log: EventLog, outcomes: Sequence[str] = ()) -> Opened:
        """Return the log, to look at in this session alone.

        Args:
            log: What was made of the file.
            outcomes: The activities that close a journey.
        """
        kept = closing(log, outcomes) if outcomes else log
        named = replace(kept.meta, name=self.name)
        place = self.name if self.prepared else self.mapping_name
        key = f"upload {self._storage.path.name} {'|'.join(outcomes)}"
        # read lazily from its folder, which must live as long as the log
        return Opened(
            key, replace(kept, meta=named, storage=self._storage), Origin(place), private=True
        )


class Work(Process):
    """An upload that is being read.

    Attributes:
        reading: How it is read.
    """

    def __init__(self, folder: Path, reading: Reading, mapping: str) -> None:
        """Begin to read.

        Args:
            folder: Where the upload lies, and what is made of it.
            reading: How it is read.
            mapping: The same, as a mapping.
        """
        self.reading = reading
        (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
        super().__init__(folder / "mapping.toml", folder, reader.style())

    def mapping(self, file: str, outcomes: Sequence[str]) -> str:
        """Return how it was read as a mapping.

        Args:
            file: The name of the file, which lies beside the mapping.
            outcomes: The activities that close a journey.
        """
        return replace(self.reading, outcomes=outcomes).mapping(file)


def ends_of(log: EventLog) -> list[str]:
    """Return the activities that journeys end with, sorted.

    Args:
        log: The log.
    """
    found = collect(log.ends.select(ACTIVITY)).with_columns(pl.col(ACTIVITY).cast(pl.String))
    return sorted(found[ACTIVITY].unique().to_list())


def _delete_later(folder: Path) -> None:
    timer = Timer(KEPT.total_seconds(), shutil.rmtree, (folder,), {"ignore_errors": True})
    timer.daemon = True
    timer.start()


def _is_table(columns: Sequence[str]) -> bool:
    return len(columns) > 1


def _recognised(columns: Sequence[str]) -> dict[str, str]:
    """Return role to column, as many as are recognised; what must be there may be missing."""
    required = [r.name for r in ROLES if r.required]
    known: dict[str, str] = {}
    for role in required:
        made = dict.fromkeys((other for other in required if other != role), _MADE)
        try:
            found = recognise([*columns, _MADE], dict[str, str | None](made))
        except pm.ColumnError:
            continue
        known |= {r: c for r, c in found.items() if c != _MADE}
    if not known:
        made = dict.fromkeys(required, _MADE)
        known = {r: c for r, c in recognise([*columns, _MADE], made).items() if c != _MADE}
    return known
