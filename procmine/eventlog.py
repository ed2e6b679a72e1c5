"""The prepared log and its two views: events, and the cases they make."""

import os
import shutil
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import narwhals as nw
import polars as pl
from polars import selectors

from procmine.errors import InputError, OptionError, UnavailableError
from procmine.export import ENDINGS, is_export, write_export
from procmine.filters import (
    Condition,
    Names,
    Pairs,
    Period,
    case_conditions,
    cases_where,
    chosen,
    one_of,
    said,
    within,
)
from procmine.metadata import Metadata
from procmine.prepare.buckets import MEMORY, Recipe, check_disk, plan, prepare_parts, silent
from procmine.prepare.rows import completed
from procmine.prepare.spark import is_spark, prepare_spark, write_parts
from procmine.pseudonyms import NAMING, pseudonymised
from procmine.sampling import draw
from procmine.sampling import said as said_of_sample
from procmine.schema import (
    ACTIVITY,
    CASE,
    CASE_START,
    CHANNEL,
    CUSTOMER,
    DEPARTMENT,
    ELAPSED,
    EVENT_NUMBER,
    HANDOFF_NUMBER,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    OPEN,
    OUTSIDE,
    SAMPLE_GROUP,
    SEGMENT,
    TIMESTAMP,
    VARIANT,
    WAIT,
)
from procmine.storage import find, write_file, write_manifest
from procmine.wording import count

IN_MEMORY = 6_000_000
"""Up to so many events a log that is read without a place to keep it is held in memory."""


class Storage:
    """A temporary folder that is gone when nobody refers to it any more."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="procmine-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True)
class EventLog:
    """A prepared log of customer journeys.

    Attributes:
        events: One row an event, DESIGN's columns, lazily; on Polars a `polars.LazyFrame`.
        meta: Where the log came from and how it was read.
        storage: Keeps the folder of a log that didn't fit in memory until nobody uses it.
        set_aside: The events that couldn't be used, with their reasons, right after reading.

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

    events: pl.LazyFrame
    meta: Metadata = field(default_factory=Metadata)
    storage: "Storage | None" = field(default=None, repr=False, compare=False)
    set_aside: pl.LazyFrame | None = field(default=None, repr=False, compare=False)

    @property
    def table(self) -> nw.LazyFrame[Any]:
        """The events as a narwhals table: what analyses are written on, whatever the engine."""
        return nw.from_native(self.events)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the events."""
        return tuple(self.table.collect_schema().names())

    @property
    def steps(self) -> nw.LazyFrame[Any]:
        """The events that another one follows in their case."""
        # The wait is a number: it is read in half the time that the next activity's name takes.
        return self.table.filter(~nw.col(WAIT).is_null())

    @property
    def ends(self) -> nw.LazyFrame[Any]:
        """The last event of each case, which sums it up."""
        return self.table.filter(nw.col(WAIT).is_null())

    @property
    def cases(self) -> pl.LazyFrame:
        """One row a case, lazily.

        Columns: `case_id, start, end, duration_seconds, events, departments, handoffs, variant,
        is_open, outcome`, and what belongs to the whole journey: customer, segment, channel, the
        journey's type and state, and the source's `case:` columns. `is_open` is null where nobody
        said which activities close a case (`outcomes`).
        """
        journey = {CUSTOMER, SEGMENT, CHANNEL, JOURNEY_TYPE, JOURNEY_STATE}
        own = [c for c in self.columns if c in journey or c.startswith("case:")]
        last = self.ends.select(
            nw.col(CASE),
            nw.col(CASE_START).alias("start"),
            nw.col(TIMESTAMP).alias("end"),
            (nw.col(ELAPSED) / 1_000_000).alias("duration_seconds"),
            nw.col(EVENT_NUMBER).alias("events"),
            nw.col(VARIANT),
            self.is_open().alias("is_open"),
            nw.col(ACTIVITY).cast(nw.String).alias("outcome"),
            *own,
        )
        if DEPARTMENT not in self.columns:
            none = nw.lit(None, nw.Int64)
            return nw.to_native(
                last.with_columns(none.alias("departments"), none.alias("handoffs"))
            )
        crossed = self.table.group_by(CASE).agg(
            # Spark can't drop nulls inside a group, so the unknown department is taken off.
            (
                nw.col(DEPARTMENT).n_unique() - nw.col(DEPARTMENT).is_null().cast(nw.Int64).max()
            ).alias("departments"),
            nw.col(HANDOFF_NUMBER).count().alias("handoffs"),
        )
        return nw.to_native(last.join(crossed, on=CASE, how="left"))

    def is_open(self) -> nw.Expr:
        """Say of a case's last event whether the case is still open; null where nobody knows.

        A journey that was abandoned isn't open; what belongs to no journey is unknown.
        """
        if JOURNEY_STATE in self.columns:
            state = nw.col(JOURNEY_STATE)
            return nw.when(state != OUTSIDE).then(state == OPEN)
        if not self.meta.outcomes:
            return nw.lit(None, nw.Boolean)
        return ~nw.col(ACTIVITY).cast(nw.String).is_in(list(self.meta.outcomes))

    @cached_property
    def size(self) -> tuple[int, int]:
        """How many events and cases there are."""
        if self.meta.events is not None and self.meta.cases is not None:
            return self.meta.events, self.meta.cases
        ends = nw.col(WAIT).is_null().cast(nw.Int64)
        row = collect(self.table.select(nw.len().alias("events"), ends.sum().alias("cases")))
        events, cases = row.row(0)
        return events, cases or 0

    @cached_property
    def states(self) -> dict[str, tuple[int, int]]:
        """How many events and cases there are in each state of a journey; empty where unknown."""
        if JOURNEY_STATE not in self.columns:
            return {}
        ends = nw.col(WAIT).is_null().cast(nw.Int64)
        counted = collect(
            self.table.group_by(JOURNEY_STATE).agg(
                nw.len().alias("events"), ends.sum().alias("cases")
            )
        ).cast({JOURNEY_STATE: pl.String})
        return {
            state: (events, cases)
            for state, events, cases in counted.sort(JOURNEY_STATE).iter_rows()
        }

    def inside(self) -> "EventLog":
        """Leave out what belongs to no journey, unless there is nothing else.

        Example:
            >>> import procmine as pm
            >>> table = pl.DataFrame(
            ...     {
            ...         "case": ["1", "2"],
            ...         "activity": ["ask", "pass by"],
            ...         "time": ["2026-01-05T09:00Z"] * 2,
            ...         "journey_state": ["open", "outside"],
            ...     }
            ... )
            >>> pm.read(table).inside().size
            (1, 1)
        """
        if OUTSIDE not in self.states or len(self.states) == 1:
            return self
        kept = nw.to_native(self.table.filter(nw.col(JOURNEY_STATE) != OUTSIDE))
        events, cases = (
            sum(n) for n in zip(*(v for k, v in self.states.items() if k != OUTSIDE), strict=True)
        )
        return replace(self, events=kept, meta=replace(self.meta, events=events, cases=cases))

    def summary(self) -> dict[str, Any]:
        """Say of what log a figure is: name, events, cases, time zone, selection."""
        events, cases = self.size
        return {
            "name": self.meta.name,
            "events": events,
            "cases": cases,
            "timezone": self.meta.timezone,
            "selection": list(self.meta.selection),
        }

    def __repr__(self) -> str:
        """Say what the log holds."""
        events, cases = self.size
        return f"<EventLog {self.meta.name}: {count(events, 'event')}, {count(cases, 'case')}>"

    def filter_cases(
        self,
        *,
        started: Period | None = None,
        ended: Period | None = None,
        variant: int | Sequence[int] = (),
        duration: tuple[timedelta | float | None, timedelta | float | None] | None = None,
        passes_through: Names = (),
        avoids: Names = (),
        starts_with: Names = (),
        ends_with: Names = (),
        follows: Pairs = (),
        never_follows: Pairs = (),
        hands_over: Pairs = (),
        is_open: bool | None = None,
        where: Mapping[str, Names] | None = None,
    ) -> "EventLog":
        """Keep whole journeys; several conditions must all hold.

        Args:
            started: The journey began in this period (from included, to excluded).
            ended: Its last event lies in this period.
            variant: It follows one of these variants.
            duration: It took at least and at most this long (timedelta, or seconds).
            passes_through: Each of these activities occurs in it.
            avoids: None of these activities occurs in it.
            starts_with: Its first activity is one of these.
            ends_with: Its last activity is one of these.
            follows: The second activity comes directly after the first somewhere in it; of
                several such pairs each.
            never_follows: The second activity comes directly after the first nowhere in it, for no
                such pair.
            hands_over: The first department hands it over to the second: the journeys behind a row
                of `procmine.handoffs`; of several such pairs each.
            is_open: It is still open (True), or closed or abandoned (False).
            where: For each column, some event of it has one of these values.

        Returns:
            The log of those journeys, complete.

        Raises:
            OptionError: A name that never occurs; the nearest is named. Or nobody said which
                journeys are open.
            ColumnError: `where` names a column that the log doesn't have.

        Example:
            >>> import procmine as pm
            >>> log = pm.read(
            ...     pl.DataFrame(
            ...         {
            ...             "case": ["1", "1", "2"],
            ...             "activity": ["ask", "answer", "ask"],
            ...             "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-06T09:00Z"],
            ...         }
            ...     )
            ... )
            >>> log.filter_cases(passes_through="answer").size
            (2, 1)
        """
        given = chosen({k: v for k, v in locals().items() if k != "self"})
        if not given:
            return self
        asked = {name: value for name, value in given.items() if name != "is_open"}
        conditions = case_conditions(self.table, self.meta.timezone, **asked)
        if is_open is not None:
            conditions.append(self._state(is_open))
        kept = nw.to_native(cases_where(self.table, conditions))
        return replace(self, events=kept, meta=self.meta.selected(said("journeys", given)))

    def _state(self, is_open: bool) -> Condition:  # noqa: FBT001
        """Say that cases are open, or that they aren't."""
        if JOURNEY_STATE not in self.columns and not self.meta.outcomes:
            raise OptionError(
                "Nobody said which journeys of this log are open.",
                "Name the activities that close one when it is read: outcomes.",
            )
        state = self.is_open() if is_open else ~self.is_open()
        of = CASE if JOURNEY_STATE in self.columns else VARIANT
        return Condition(nw.col(WAIT).is_null() & state, of=of)

    def filter_events(
        self,
        *,
        activity: Names = (),
        department: Names = (),
        period: Period | None = None,
        where: Mapping[str, Names] | None = None,
    ) -> "EventLog":
        """Keep events; what came next is made anew from those that are left.

        Args:
            activity: Events of these activities.
            department: Events of these departments.
            period: Events completed in this period (from included, to excluded).
            where: For each column, events with one of these values.

        Returns:
            The log of those events; a journey without any is gone.

        Raises:
            OptionError: A name that never occurs; the nearest is named.
            ColumnError: The log has no such column.
        """
        given = chosen({k: v for k, v in locals().items() if k != "self"})
        if not given:
            return self
        kept, columns = self.table, given.get("where", {})
        asked = ((ACTIVITY, activity), (DEPARTMENT, department), *columns.items())
        for column, values in asked:
            if values:
                kept = kept.filter(one_of(self.table, column, values))
        if period is not None:
            kept = kept.filter(within(TIMESTAMP, period, self.meta.timezone))
        native = nw.to_native(kept)
        meta = self.meta.selected(said("events", given))
        if is_spark(native):
            return replace(self, events=prepare_spark(native), meta=meta)
        return prepared(native, self.size[0], meta)

    def sample(self, *, customers: int, seed: int = 1) -> "EventLog":
        """Draw customers at random, with all their journeys: a log that answers faster.

        Every analysis of it says that it is a sample, and gives each mean, median, percentile and
        share an interval. Where the log names no customers, journeys are drawn.

        Args:
            customers: How many.
            seed: Another number draws other customers.

        Returns:
            The log of their journeys, complete; the log itself if it has no more customers.

        Raises:
            OptionError: No customers are asked for, or the seed is negative.
            UnavailableError: The log isn't on Polars.

        Example:
            >>> import procmine as pm
            >>> table = pl.DataFrame(
            ...     {"case": ["1", "2"], "activity": ["ask"] * 2, "time": ["2026-01-05T09:00Z"] * 2}
            ... )
            >>> pm.overview(pm.read(table).sample(customers=1)).headline
            'In a sample of 1 of 2 journeys: 1 journey between 5 January 2026 and 5 January 2026; \
half took 0 seconds or longer.'
        """
        if not isinstance(self.events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UnavailableError(
                "A sample can't be drawn on this engine yet.",
                "Write the prepared log as Parquet, and draw from pm.read of that.",
            )
        drawn = draw(
            self.events,
            customers=customers,
            seed=seed,
            journeys=self.size[1],
            before=self.meta.sample,
        )
        if drawn is None:
            return self
        cases, sample = drawn
        meta = replace(
            self.meta.selected(said_of_sample(sample)),
            sample=sample,
            events=cases["events"].sum(),
            cases=cases.height,
        )
        kept = self.events.drop(SAMPLE_GROUP, strict=False).join(
            cases.drop("events").lazy(), on=CASE, how="inner", maintain_order="left"
        )
        return held(kept, meta)

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
    how = recipe or Recipe()
    if events <= IN_MEMORY:
        return EventLog(how.prepare(accepted.collect(engine="streaming")).lazy(), meta)
    storage = Storage()
    chosen = plan(accepted, events, MEMORY)
    check_disk(chosen, storage.path)
    prepare_parts(
        accepted,
        chosen,
        storage.path,
        fingerprint="",
        metadata=meta.to_json(),
        progress=silent,
        recipe=how,
    )
    parts = sorted((storage.path / "log").glob("part-*.parquet"))
    return EventLog(pl.scan_parquet(parts), meta, storage)


def held(kept: pl.LazyFrame, meta: Metadata) -> EventLog:
    """Hold a part of a log, in memory or in a temporary folder, so that it is read once.

    Args:
        kept: Prepared events.
        meta: What the part says about itself, its size above all.
    """
    if (meta.events or 0) <= IN_MEMORY:
        return EventLog(kept.collect(engine="streaming").lazy(), meta)
    storage = Storage()
    path = storage.path / "part.parquet"
    write_file(kept, path, meta)
    return EventLog(pl.scan_parquet(path), meta, storage)


def set_down(part: EventLog) -> EventLog:
    """Write a part of a log to a temporary file, so that what it asks of cases is asked once.

    A part stays a question to the whole log, which each analysis asks anew; a small log answers in
    no time, and a condition on cases looks each up in all of a large one.

    Args:
        part: What a filter left, on Polars.
    """
    storage = Storage()
    path = storage.path / "part.parquet"
    write_file(part.events, path, part.meta)
    return replace(part, events=pl.scan_parquet(path), storage=storage)


def scan(path: Path) -> EventLog | None:
    """Open a prepared log: a Parquet file or a folder of parts; None if it isn't a prepared one.

    Raises:
        InputError: It wasn't finished, or its metadata can't be read.
    """
    stored = find(path)
    return EventLog(completed(stored.scan()), stored.meta) if stored else None


def collect(table: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Run a lazy question, streaming where the engine can, and bring its answer into Polars.

    Engines count in integers of different widths; here every count is a 64-bit one.
    """
    return collect_all(table)[0]


def collect_all(*tables: nw.LazyFrame[Any]) -> list[pl.DataFrame]:
    """Run lazy questions; on Polars those of one log share one pass over it."""
    natives = [nw.to_native(table) for table in tables]
    if all(isinstance(native, pl.LazyFrame) for native in natives):
        answers = pl.collect_all(natives, engine="streaming")
    else:
        answers = [nw.to_native(table.collect("polars")) for table in tables]
    counts = selectors.by_dtype(pl.UInt32, pl.UInt64, pl.Int32)
    return [answer.with_columns(counts.cast(pl.Int64)) for answer in answers]
