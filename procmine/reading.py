"""Read a log from wherever it is: raw files and tables, or one that was prepared before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.errors import OptionError, UnavailableError
from procmine.eventlog import EventLog, scan
from procmine.filters import one_of
from procmine.ingest import Ingested, ingest
from procmine.ingest.sources import HELD
from procmine.journeys import read_sources
from procmine.keeping import check_name, hold, keep
from procmine.metadata import Metadata
from procmine.on_spark import Settings, read_spark
from procmine.prepare.buckets import Progress, parse_memory, silent
from procmine.prepare.spark import is_spark
from procmine.schema import ACTIVITY

Source = str | Path | Sequence[str | Path] | pl.DataFrame | pl.LazyFrame | Any
"""A path, several paths, a table of Polars, pandas or Arrow, or the URL of a database."""


_BYTES_AN_EVENT: Final = 1_000
"""What checking and preparing an event takes at their peak, with room for a wide one."""


def read(
    source: Source,
    *,
    case_id: str | None = None,
    activity: str | None = None,
    timestamp: str | None = None,
    start_timestamp: str | None = None,
    department: str | None = None,
    resource: str | None = None,
    customer_id: str | None = None,
    segment: str | None = None,
    channel: str | None = None,
    cost: str | None = None,
    score: str | None = None,
    comment: str | None = None,
    customer_facing: str | None = None,
    by_customer: str | None = None,
    order: str | None = None,
    case_object: str | None = None,
    depth: int = 0,
    timezone: str | None = None,
    query: str | None = None,
    lifecycle: str | None = None,
    null_values: Sequence[str] = (),
    day_first: bool | None = None,
    tolerance: float = 0.05,
    outcomes: Sequence[str] = (),
    name: str | None = None,
    into: str | Path | None = None,
    memory: str = "2GB",
    progress: Progress = silent,
) -> EventLog:
    """Read events, check them, and prepare them; or open a log that was prepared before.

    Args:
        source: A path (CSV, TSV, Parquet, Arrow, XES, Excel, JSON lines; `.gz` too; OCEL 2.0 as
            JSON, XML or SQLite), several paths, a Polars, pandas or Arrow table, a prepared log,
            a mapping of several sources (`.toml`; see `read_sources`), or a database: its URL
            (`postgresql://…`, `sqlite:///orders.db`; `${NAME}` is taken from the environment).
        case_id: The column that holds the case; found by its name where it isn't given, and so
            are all other columns.
        activity: The column that says what happened.
        timestamp: The column that says when it was completed.
        start_timestamp: The column that says when work on it began.
        department: The column that names the silo.
        resource: The column that says who did it.
        customer_id: The column that names the customer.
        segment: The column of the customer's segment.
        channel: The column of the channel.
        cost: The column of the money spent.
        score: The column of what a customer who was asked answered, a number.
        comment: The column of what such a customer wrote.
        customer_facing: The column that says whether the customer took part.
        by_customer: The column that says whether the customer did it.
        order: The column that orders events of the same time; the position in the source otherwise.
        case_object: Of an object-centric log (OCEL 2.0) the type of object whose instances are the
            cases, `"customers"`. An event belongs to the nearest of them: those it touches, else
            those that related objects lead to. One that touches several is in the journey of each.
        depth: How many references between objects may lie between an event and its case: from a
            customer to an order is 1, from the order to an item 2.
        timezone: The zone of times that name none, and the one shown to people.
        query: What a database is asked, a SELECT.
        lifecycle: `pair` makes one event with its service time of the events that say when a piece
            of work started, was suspended, and was complete (XES lifecycles); those that find no
            other are kept and counted.
        null_values: Texts that stand for a missing value, `["UNKNOWN"]`.
        day_first: Whether 03/04/2012 is the third of April.
        tolerance: The share of events that may be set aside, 0 to 1.
        outcomes: The activities that close a journey; others are open.
        name: What the log is called; the file's name otherwise.
        into: Where to keep the prepared log, a name ending in `.parquet`: events that don't fit
            in memory are prepared straight into it, as a folder of parts.
        memory: What preparing into it may use.
        progress: Called with (steps done, steps in all) while it is prepared into its place.

    Returns:
        The prepared log; `log.meta` says how it was read.

    Raises:
        InputError: The source can't be used; the message names it and says what to do.
        OptionError: An option makes no sense.

    Example:
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> read(table)
        <EventLog table: 2 events, 1 case>
    """
    roles = {
        "case_id": case_id,
        "activity": activity,
        "timestamp": timestamp,
        "start_timestamp": start_timestamp,
        "department": department,
        "resource": resource,
        "customer_id": customer_id,
        "segment": segment,
        "channel": channel,
        "cost": cost,
        "score": score,
        "comment": comment,
        "customer_facing": customer_facing,
        "by_customer": by_customer,
        "order": order,
    }
    mapping = _mapping(source)
    if mapping is not None:
        said = {**roles, "timezone": timezone, "null_values": null_values or None}
        said |= {"day_first": day_first, "outcomes": outcomes or None, "case_object": case_object}
        said["query"] = query
        _refuse_beside_mapping(said)
        if lifecycle is not None:
            raise UnavailableError(
                "Lifecycles aren't paired in the sources of a mapping.", "Leave lifecycle out."
            )
        mapped = read_sources(mapping, into=into, memory=memory, progress=progress)
        return replace(mapped, meta=replace(mapped.meta, name=name)) if name else mapped
    if is_spark(source):
        settings = {**roles, "timezone": timezone, "null_values": null_values, "name": name}
        settings |= {"day_first": day_first, "tolerance": tolerance, "outcomes": outcomes}
        settings |= {"case_object": case_object, "query": query, "lifecycle": lifecycle}
        log = read_spark(source, Settings.of(settings))
        return scan(log.write(into)) or log if into else log
    known = _prepared_before(source)
    if known is not None:
        chosen = {**roles, "timezone": timezone, "null_values": null_values or None}
        chosen |= {"case_object": case_object, "query": query, "lifecycle": lifecycle}
        _refuse({**chosen, "day_first": day_first})
        log = replace(known, meta=replace(known.meta, name=name)) if name else known
        log = closing(log, outcomes) if outcomes else log
        return scan(log.write(into)) or log if into else log
    limit, held = parse_memory(memory), HELD
    if into is not None:
        held = limit // _BYTES_AN_EVENT
        check_name(Path(into))
    raw = ingest(
        source,
        **roles,
        case_object=case_object,
        depth=depth,
        timezone=timezone,
        null_values=null_values,
        day_first=day_first,
        tolerance=tolerance,
        query=query,
        attributes=(),
        lifecycle=lifecycle,
        held=held,
    )
    if outcomes:
        one_of(nw.from_native(raw.accepted), ACTIVITY, list(outcomes))
    meta = metadata(raw, name or _name(raw), outcomes)
    meta = replace(meta, null_values=tuple(null_values), day_first=day_first, lifecycle=lifecycle)
    if into is None:
        return hold(raw, meta)
    return keep(raw, meta, Path(into), memory=limit, progress=progress)


def _prepared_before(source: Source) -> EventLog | None:
    if not isinstance(source, str | Path):
        return None
    path = Path(source)
    return scan(path) if path.is_dir() or (path.suffix == ".parquet" and path.is_file()) else None


def _mapping(source: Source) -> Path | None:
    """Return the mapping of several sources that was given, if one was."""
    if isinstance(source, str | Path) and Path(source).suffix.lower() == ".toml":
        return Path(source)
    return None


def _refuse_beside_mapping(given: Mapping[str, object]) -> None:
    """A mapping says how its sources are read."""
    asked = [name for name, value in given.items() if value is not None]
    if asked:
        raise OptionError(
            f"A mapping says how its sources are read, so {', '.join(asked)} can't be given.",
            "Say it in the mapping, at the source it is about.",
        )


def _refuse(given: Mapping[str, object]) -> None:
    """A prepared log has its roles: asking for others would be answered with the old ones."""
    asked = [name for name, value in given.items() if value is not None]
    if asked:
        raise OptionError(
            f"This log is prepared already, so {', '.join(asked)} can't be chosen any more.",
            "Read the raw file with it instead, or leave it out.",
        )


def _name(raw: Ingested) -> str:
    first, rest = raw.sources[0].name, len(raw.sources) - 1
    return first + (f" and {rest} more" if rest else "")


def metadata(raw: Ingested, name: str, outcomes: Sequence[str] = ()) -> Metadata:
    """Write down how a source was read."""
    return Metadata(
        name=name,
        roles=raw.roles,
        timezone=raw.timezone,
        timezone_origin=raw.timezone_origin,
        sources=tuple(asdict(s) for s in raw.sources),
        quality=asdict(raw.quality),
        notes=raw.notes,
        null_lookalikes=raw.null_lookalikes,
        outcomes=tuple(outcomes),
    )


def closing(log: EventLog, outcomes: Sequence[str]) -> EventLog:
    """Say which activities close a journey.

    Args:
        log: The event log.
        outcomes: Names of activities; a journey whose last activity is another is open.

    Raises:
        OptionError: A name that never occurs; the nearest is named.
    """
    one_of(log.table, ACTIVITY, list(outcomes))
    return replace(log, meta=replace(log.meta, outcomes=tuple(outcomes)))
