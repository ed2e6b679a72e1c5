"""Read a source, check every event, and account for each."""

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from procmine.errors import InputError
from procmine.ingest.account import count, notes, time_origin
from procmine.ingest.lifecycle import check_lifecycle, lifecycle_columns
from procmine.ingest.lookalikes import lookalikes
from procmine.ingest.measure import Done, read
from procmine.ingest.outcome import Ingested, SourceInfo
from procmine.ingest.plan import first_plan
from procmine.ingest.sources import HELD, Sources
from procmine.io.open import Flattening, open_sources
from procmine.quality import check_tolerance
from procmine.schema import ACTIVITY, CASE, ORDER, ROLES, START, TIMESTAMP, recognise
from procmine.timestamps import known_zone


def ingest(
    source: Any,
    *,
    case_id: str | None = None,
    activity: str | None = None,
    timestamp: str | None = None,
    order: str | None = None,
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
    case_object: str | None = None,
    depth: int = 0,
    timezone: str | None = None,
    null_values: Sequence[str] = (),
    day_first: bool | None = None,
    tolerance: float = 0.05,
    query: str | None = None,
    attributes: Collection[str] = (),
    lifecycle: str | None = None,
    held: int = HELD,
) -> Ingested:
    """Read events from files, a table or a database and check them.

    Args:
        source: A path, several paths, a Polars, pandas or Arrow table, the URL of a database, or
            what readers gave.
        case_id: The column of the case. This and the other roles are recognised by the names that
            other tools use where they aren't given.
        activity: The column that says what happened.
        timestamp: The column that says when it was completed.
        order: The column of whole numbers that orders events of the same time.
        start_timestamp: The column that says when work on it began.
        department: The column of the silo that did it.
        resource: The column of who did it.
        customer_id: The column of the customer.
        segment: The column of the customer's segment.
        channel: The column of the channel.
        cost: The column of the money spent on it.
        score: The column of what a customer who was asked answered, a number.
        comment: The column of what such a customer wrote.
        customer_facing: The column that says whether the customer took part.
        by_customer: The column that says whether the customer did it.
        case_object: Of an object-centric log the type of object whose instances are the cases.
        depth: How far it follows references between objects, from an event to its case.
        timezone: The zone of times that name none, and the zone shown to people.
        null_values: Texts that stand for a missing value in all roles but the case. An event whose
            activity is one of them is set aside.
        day_first: Whether 03/04/2012 is the third of April.
        tolerance: The share of events that may be set aside, 0 to 1.
        query: What a database is asked.
        attributes: Columns that play no role, whatever they are called.
        lifecycle: `pair` where the events of a piece of work are to be made one.
        held: How many events may be held in memory; more stay a query on the source.

    Returns:
        Accepted events, those set aside, and the account of both.

    Raises:
        InputError: The source can't be used.
        OptionError: The time zone or the tolerance makes no sense.

    Example:
        >>> import polars as pl
        >>> read = ingest(
        ...     pl.DataFrame(
        ...         {
        ...             "Case ID": ["7", "7"],
        ...             "Activity": ["ask", "answer"],
        ...             "Timestamp": ["2026-01-05T09:00Z", "soon"],
        ...         }
        ...     ),
        ...     tolerance=0.5,
        ... )
        >>> read.quality.accepted, read.quality.reasons
        (1, {'unreadable_timestamp': 1})
    """
    given = {
        CASE: case_id, ACTIVITY: activity, TIMESTAMP: timestamp, ORDER: order,
        START: start_timestamp, "department": department, "resource": resource,
        "customer_id": customer_id, "segment": segment, "channel": channel, "cost": cost,
        "score": score, "comment": comment, "customer_facing": customer_facing,
        "by_customer": by_customer,
    }  # fmt: skip
    zone = known_zone(timezone) if timezone is not None else "UTC"
    how = Flattening(case_object, depth)
    raws = open_sources(source, lambda columns: _is_log(columns, given), how, query=query)
    sources = Sources(raws, held)
    with _named(sources.name):
        first = first_plan(
            sources,
            sources.sample,
            _roles(sources, given, attributes),
            frozenset(role for role, column in given.items() if column is not None),
            zone=zone,
            null_values=tuple(null_values),
            day_first=day_first,
        )
        if lifecycle is not None:
            first = replace(first, lifecycle=lifecycle_columns(lifecycle, sources.columns))
        done = read(sources, first)
        check_lifecycle(done.plan.lifecycle, done.measured)
        return _ingested(done, tolerance, stated=timezone is not None)


def _is_log(columns: Sequence[str], given: Mapping[str, str | None]) -> bool:
    try:
        recognise(columns, given)
    except InputError:
        return False
    return True


def _roles(
    sources: Sources, given: Mapping[str, str | None], attributes: Collection[str]
) -> dict[str, str]:
    """Find the roles over all columns; each source must have the required ones."""
    roles = recognise([c for c in sources.columns if c not in attributes], given)
    required = {r.name: roles[r.name] for r in ROLES if r.required}
    for raw, schema in zip(sources.raws, sources.schemas, strict=True):
        with _named(f"'{raw.name}'"):
            recognise(list(schema), required)
    return roles


@contextmanager
def _named(name: str) -> Generator[None]:
    """See that an error says which source it is about."""
    try:
        yield
    except InputError as error:
        if name.strip("'").partition("'")[0] in error.fact:
            raise
        raise type(error)(f"{name} can't be used: {error.fact}", error.help) from None


def _ingested(done: Done, tolerance: float, *, stated: bool) -> Ingested:
    sources, plan = done.sources, done.plan
    quality = count(sources, plan, done.measured)
    check_tolerance(quality, tolerance)
    origin = time_origin(plan, stated=stated)
    return Ingested(
        accepted=done.accepted,
        set_aside=done.set_aside,
        quality=quality,
        roles=plan.roles,
        sources=tuple(
            SourceInfo(raw.name, raw.sha256, rows, raw.format, raw.objects)
            for raw, rows in zip(sources.raws, plan.rows, strict=True)
        ),
        timezone=plan.zone,
        timezone_origin=origin,
        notes=notes(sources, plan, origin, quality, done.measured),
        null_lookalikes=lookalikes(done.measured),
    )
