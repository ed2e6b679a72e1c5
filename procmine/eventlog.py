"""The event log: what `procmine.read` gives, and what every analysis is asked of."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from procmine import holding
from procmine.errors import InputError, OptionError, UnavailableError
from procmine.export import ENDINGS, is_export, write_export
from procmine.metadata import Metadata
from procmine.prepare.buckets import Recipe
from procmine.prepare.rows import completed
from procmine.prepare.spark import is_spark, write_parts
from procmine.pseudonyms import NAMING, pseudonymised
from procmine.selecting import SelectableLog
from procmine.storage import find, write_file, write_manifest


@dataclass(frozen=True, repr=False)
class EventLog(SelectableLog):
    """A prepared log of customer journeys.

    Its views are in `procmine.views`, and how parts of it are taken in `procmine.selecting`.

    Example:
        >>> import procmine as pm
        >>> log = pm.read(
        ...     pl.DataFrame(
        ...         {
        ...             "case": ["1", "1"],
        ...             "activity": ["ask", "answer"],
        ...             "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...         }
        ...     )
        ... )
        >>> log.cases.collect()["duration_seconds"].to_list()
        [3600.0]
    """

    def protect(self, *, customers: int) -> "EventLog":
        """Show nothing that speaks of fewer than so many customers, in any answer from here on.

        Smaller rows become one, and tables of single journeys are withheld; see
        `procmine.privacy`. A part of the log, a sample of it and the log on disk stay protected;
        a log that is protected more stays so. Where it names no customers, journeys count.

        Args:
            customers: The least number of customers.

        Raises:
            OptionError: There are fewer than two: one customer alone is what is to be protected.

        Example:
            >>> import procmine as pm
            >>> table = pl.DataFrame(
            ...     {"case": ["1", "2"], "activity": ["ask"] * 2, "time": ["2026-01-05T09:00Z"] * 2}
            ... )
            >>> pm.overview(pm.read(table).protect(customers=5)).headline
            'Fewer than 5 customers are in this log, so nothing is said of them.'
        """
        if customers < 2:
            raise OptionError(
                f"{customers} customers protect nobody.", "Give 2 or more; 5 is usual."
            )
        fewest = max(customers, self.meta.protected or 0)
        return replace(self, meta=replace(self.meta, protected=fewest))

    def pseudonymise(self, key: bytes | str, *, columns: Sequence[str] | None = None) -> "EventLog":
        """Put pseudonyms in the place of names, the same for the same name and key.

        So two logs that got them with one key can still be joined. The key isn't kept; who has it
        can find a name's pseudonym, and nobody finds the name. Figures stay as they are, but for
        what is drawn at random.

        Args:
            key: 16 to 64 bytes, or text of as many.
            columns: Columns of text; if not given the customer, the case, the resource, and of a
                log from a mapping each column of identifiers.

        Returns:
            The log without the names. What was set aside isn't in it.

        Raises:
            OptionError: The key is too short or too long, or a column isn't text.
            ColumnError: There is no such column.
            UnavailableError: The log isn't on Polars.

        Example:
            >>> import procmine as pm
            >>> table = pl.DataFrame(
            ...     {"case": ["1"], "activity": ["ask"], "time": ["2026-01-05T09:00Z"]}
            ... )
            >>> log = pm.read(table).pseudonymise("a key of 16 bytes or more")
            >>> log.cases.collect()["case_id"].to_list()
            ['acca48a54ffa022273f710c4fe482b2a']
        """
        if not isinstance(self.events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UnavailableError(
                "Pseudonyms can't be made on this engine.",
                "Write the prepared log as Parquet, and make them of pm.read of that.",
            )
        secret = key.encode() if isinstance(key, str) else key
        named = list(columns or self._naming())
        meta = replace(self.meta, pseudonyms=tuple(sorted({*self.meta.pseudonyms, *named})))
        events = pseudonymised(self.events, secret, named)
        return replace(self, events=events, meta=meta, set_aside=None)

    def _naming(self) -> list[str]:
        """The columns that name somebody: by their role, or as the mapping's identifiers."""
        return [c for c in self.columns if c in (*NAMING, *self.meta.identity.get("columns", ()))]

    def write(self, path: str | Path) -> Path:
        """Write the log to one file, from Spark to a folder; whole or not at all.

        `.parquet` keeps it prepared. `.xes` and `.xes.gz` are for other tools, and so is OCEL 2.0:
        `.jsonocel` or `.json`, `.xmlocel` or `.xml` (`.gz` too), and `.sqlite`. There the cases are
        objects of type `journey`, which refer to one of type `customer` where the log names them,
        so `pm.read(path, case_object="journey")` gives the log again. Values keep their types;
        what `prepare` made isn't written, and times are instants.

        Args:
            path: The file; its ending says the format.

        Raises:
            OptionError: The path ends otherwise, or the log is protected and other tools wouldn't
                keep to that.
            InputError: The folder isn't there.
            UnavailableError: The log is on Spark and the format isn't Parquet.
        """
        target = Path(path)
        if target.suffix != ".parquet" and not is_export(target):
            raise OptionError(
                f"A log can't be written as '{target.name}'.",
                f"Give a name ending in .parquet, {ENDINGS}.",
            )
        if not target.parent.is_dir():
            raise InputError(f"The folder of '{target.name}' isn't there.", "Make it first.")
        if is_export(target) and self.meta.protected is not None:
            raise OptionError(
                f"'{target.name}' would show each journey, and the log is protected.",
                "Write it as .parquet, where it stays so; or its answers.",
            )
        if is_export(target):
            # a filter may mix the rows of cases
            write_export(self.events, target, self.meta.name, ordered=not self.meta.selection)
            return target
        events, cases = self.size
        meta = replace(self.meta, events=events, cases=cases)
        if is_spark(self.events):
            _write_folder(self.events, target, meta)
        else:
            write_file(self.events, target, meta)
        return target


def _write_folder(events: Any, target: Path, meta: Metadata) -> None:
    """Write a log that Spark holds as a folder of parts, whole or not at all."""
    if target.exists():
        raise InputError(f"'{target.name}' is there already.", "Choose another name, or remove it.")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        write_manifest(beside, write_parts(events, beside), meta)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def prepared(
    accepted: pl.LazyFrame, events: int, meta: Metadata, recipe: Recipe | None = None
) -> EventLog:
    """Prepare events and hold them, in memory or in a temporary folder.

    Args:
        accepted: The canonical columns.
        events: How many rows there are at most.
        meta: What the log says about itself.
        recipe: What is done in each bucket; cases are prepared if not given.
    """
    held = holding.prepare(accepted, events, meta, recipe)
    return EventLog(held.events, meta, held.storage)


def scan(path: Path) -> EventLog | None:
    """Open a prepared log: a Parquet file or a folder of parts; None if it isn't a prepared one.

    Raises:
        InputError: It wasn't finished, or its metadata can't be read.
    """
    stored = find(path)
    return EventLog(completed(stored.scan()), stored.meta) if stored else None
