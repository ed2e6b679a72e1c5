"""Every run with its figures, in SQLite or any other database; written once or not at all."""

import hashlib
import json
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from procmine import __version__
from procmine.errors import InputError, UnavailableError
from procmine.io.url import DatabaseUrl
from procmine.report.changes import Run
from procmine.report.checks import Check
from procmine.report.facts import Fact

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_BACK: Final = 24
"""Runs that a report looks back on."""
_ATTEMPTS: Final = 3
"""Times to make the tables: PostgreSQL refuses one that another process makes at the moment."""
_WAIT: Final = 30
"""Seconds to wait for another process that writes to the same SQLite file."""


class History:
    """The runs that there were; a context manager, which closes the database.

    Args:
        engine: SQLAlchemy's engine.
        url: Where it is, for errors.
    """

    def __init__(self, engine: "Engine", url: DatabaseUrl) -> None:
        self._engine = engine
        self._url = url

    @classmethod
    def open(cls, place: str, folder: Path, *, new: bool = True) -> Self:
        """Open a history.

        Args:
            place: The URL of a database, `${NAME}` in it taken from the environment.
            folder: What the path of an SQLite file is relative to.
            new: Whether one that isn't there is begun.

        Raises:
            InputError: It can't be opened, or isn't there.
            UnavailableError: SQLAlchemy or the database's driver isn't installed.
        """
        url = DatabaseUrl.parse(place)
        history = cls(_engine(url, folder, new=new), url)
        if new:
            history._begin()
        return history

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def _begin(self) -> None:
        """Make the tables; another process may be about to make them as well."""
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.schema import CreateTable

        from procmine.report.tables import TABLES

        tables = TABLES.sorted_tables
        with self._told():
            for attempt in range(_ATTEMPTS):
                try:
                    with self._engine.begin() as connection:
                        for table in tables:
                            connection.execute(CreateTable(table, if_not_exists=True))
                except SQLAlchemyError:
                    if attempt == _ATTEMPTS - 1:
                        raise
                else:
                    return

    def add(self, run: Run) -> int:
        """Write a run down, in one transaction; one that is there already stays as it is.

        Args:
            run: The run.

        Returns:
            Its number; that of the run that asked the same of the same log, if there was one.

        Raises:
            InputError: It can't be written.
        """
        from sqlalchemy import insert, select
        from sqlalchemy.exc import IntegrityError

        from procmine.report.tables import CHECKS, FACTS, RUNS

        key = _key(run)
        same = select(RUNS.c.id).where(RUNS.c.report == run.report, RUNS.c.run_key == key)
        with self._told():
            try:
                with self._engine.begin() as connection:
                    known = connection.execute(same).scalar()
                    if known is not None:
                        return int(known)
                    added = connection.execute(insert(RUNS).values(_row(run, key)))
                    number = _number(added)
                    _insert(connection, CHECKS, number, run.checks)
                    _insert(connection, FACTS, number, run.facts)
                    return number
            except IntegrityError:  # another process wrote the same run meanwhile
                with self._engine.connect() as connection:
                    return int(connection.execute(same).scalar_one())

    def before(self, report: str, number: int) -> list[Run]:
        """Return the runs of a report before one of them, the latest last; so many as are shown.

        Args:
            report: The report's name.
            number: The run's.
        """
        from sqlalchemy import select

        from procmine.report.tables import RUNS

        earlier = select(RUNS).where(RUNS.c.report == report, RUNS.c.id < number)
        with self._told(), self._engine.connect() as connection:
            rows = connection.execute(earlier.order_by(RUNS.c.id.desc()).limit(_BACK)).all()
            return [_run(connection, row) for row in reversed(rows)]

    def rows(self, table: Any) -> list[dict[str, Any]]:
        """Return all rows of a table of `procmine.report.tables`, in the order of its key."""
        from sqlalchemy import select

        with self._told(), self._engine.connect() as connection:
            asked = select(table).order_by(*table.primary_key.columns)
            return [dict(row) for row in connection.execute(asked).mappings()]

    def tried(self, number: int, receiver: str, at: str, failed: str) -> None:
        """Write down that somebody was told of a run, or why not.

        Args:
            number: The run's.
            receiver: Who.
            at: When, ISO 8601.
            failed: Why it failed; empty where it didn't.
        """
        from sqlalchemy import insert

        from procmine.report.tables import DELIVERIES

        values = {"run_id": number, "receiver": receiver, "at": at}
        row = insert(DELIVERIES).values({**values, "told": not failed, "said": failed})
        with self._told(), self._engine.begin() as connection:
            connection.execute(row)

    def last_told(
        self, report: str, receiver: str
    ) -> tuple[tuple[int, dict[str, bool | None]] | None, str | None]:
        """Return what a receiver knows, and the date of the run whose message it missed.

        Args:
            report: The report's name.
            receiver: Who.

        Returns:
            The run it was told of last, with how each check stood, None if it never was; and of
            the latest message, if that failed, the date.
        """
        from sqlalchemy import select

        from procmine.report.tables import CHECKS, DELIVERIES, RUNS

        tries = (
            select(DELIVERIES.c.run_id, DELIVERIES.c.told, RUNS.c.as_of)
            .join(RUNS, RUNS.c.id == DELIVERIES.c.run_id)
            .where(RUNS.c.report == report, DELIVERIES.c.receiver == receiver)
            .order_by(DELIVERIES.c.id.desc())
        )
        with self._told(), self._engine.connect() as connection:
            latest = connection.execute(tries).first()
            told = connection.execute(tries.where(DELIVERIES.c.told)).first()
            missed = latest.as_of if latest is not None and not latest.told else None
            if told is None:
                return None, missed
            states = select(CHECKS.c.name, CHECKS.c.kept).where(CHECKS.c.run_id == told.run_id)
            known = {row.name: row.kept for row in connection.execute(states)}
            return (told.run_id, known), missed

    @contextmanager
    def _told(self) -> Generator[None]:
        """See that what a driver raises becomes a sentence."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            original = getattr(error, "orig", None) or error
            said = self._url.unopened(str(original.args[-1] if original.args else original))
            raise InputError(f"The history: {said.fact}", said.help) from None


def _engine(url: DatabaseUrl, folder: Path, *, new: bool) -> "Engine":
    try:
        from sqlalchemy import create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    except ImportError:
        raise UnavailableError(
            "A history needs SQLAlchemy, and it isn't installed.", "Install procmine[report]."
        ) from None
    if url.kind == "sqlite":
        return _sqlite(folder / url.text, new=new)
    text = re.sub("^postgresql://", "postgresql+psycopg://", url.text)
    try:
        return create_engine(text)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise InputError(
            f"The URL of the history '{url.name}' can't be read.", "Write it as SQLAlchemy asks."
        ) from None
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"The history '{url.name}' needs the driver {error.name}, which isn't installed.",
            "Install procmine[report], or that driver.",
        ) from None


def _sqlite(path: Path, *, new: bool) -> "Engine":
    """Open a file; a log ahead of it keeps it whole and readable while it is written."""
    from sqlalchemy import URL, create_engine, event

    if not new and not path.is_file():
        raise InputError(f"There is no history '{path.name}'.", "Run the report once.")
    if not path.parent.is_dir():
        raise InputError(f"The folder of the history '{path.name}' isn't there.", "Make it first.")
    place = URL.create("sqlite", database=str(path))
    engine = create_engine(place, connect_args={"timeout": _WAIT})

    def connected(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    event.listen(engine, "connect", connected)
    return engine


def _key(run: Run) -> str:
    """Return what two runs share that ask the same of the same log with the same procmine."""
    parts = (run.log_sha256, run.configuration_sha256, run.as_of.isoformat(), __version__)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _row(run: Run, key: str) -> dict[str, str]:
    return {
        "report": run.report,
        "run_key": key,
        "at": run.at.isoformat(timespec="seconds"),
        "as_of": run.as_of.isoformat(),
        "log_sha256": run.log_sha256,
        "configuration_sha256": run.configuration_sha256,
        "selection": json.dumps(run.selection, ensure_ascii=False),
    }


def _number(added: Any) -> int:
    """Return the number that the database gave a row."""
    return added.inserted_primary_key[0]


def _insert(
    connection: "Connection", table: Any, number: int, parts: Sequence[Check | Fact]
) -> None:
    """Write a run's checks or facts: the columns stand in the order of their fields."""
    names = [c.name for c in table.columns]
    rows = [dict(zip(names, (number, at, *astuple(p)), strict=True)) for at, p in enumerate(parts)]
    if rows:
        connection.execute(table.insert(), rows)


def _run(connection: "Connection", row: Any) -> Run:
    from procmine.report.tables import CHECKS, FACTS

    return Run(
        row.report,
        datetime.fromisoformat(row.at),
        datetime.fromisoformat(row.as_of),
        row.log_sha256,
        row.configuration_sha256,
        tuple(json.loads(row.selection)),
        tuple(Check(*values) for values in _parts(connection, CHECKS, row.id)),
        tuple(Fact(*values) for values in _parts(connection, FACTS, row.id)),
    )


def _parts(connection: "Connection", table: Any, number: int) -> list[Sequence[Any]]:
    from sqlalchemy import select

    own = [c for c in table.columns if c.name not in {"run_id", "position"}]
    asked = select(*own).where(table.c.run_id == number).order_by(table.c.position)
    return [tuple(values) for values in connection.execute(asked)]
