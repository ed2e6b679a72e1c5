"""Read an object-centric log as the events of journeys."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl

from procmine.errors import InputError, OptionError, nearest
from procmine.io.detect import OCEL_FORMATS, Format, detect, sha256
from procmine.io.ocel.account import facts_of, said
from procmine.io.ocel.attributes import Attributes, local_beginning, of_events, of_objects
from procmine.io.ocel.flatten import CASE_OBJECT, HOPS, NUMBER, Flat, flatten, related
from procmine.io.ocel.json import parse_json
from procmine.io.ocel.sqlite import parse_sqlite
from procmine.io.ocel.tables import EVENT, QUALIFIER, TIME, TYPE, ObjectLog
from procmine.io.ocel.whole import check_ids, resolved
from procmine.io.ocel.xml import parse_xml
from procmine.io.raw import ASIDE_REASON, POSITION, Raw, numbered
from procmine.schema import ACTIVITY, TIMESTAMP
from procmine.wording import count, number

_OWN_ID: Final = f"{EVENT} (attribute)"
"""What an attribute `event_id` is called beside the file's own ids."""

LOST: Final = "no_object"
"""Why an event is set aside, in `procmine.quality.REASONS`."""


def read_ocel(path: Path, *, case_object: str | None, depth: int = 0) -> Raw:
    """Read an object-centric log (OCEL 2.0) and flatten it on a type of object.

    An event belongs to the nearest objects of that type: those it touches, else those from which
    at most `depth` references between objects, in either direction, lead to what it touches. One
    that several are equally near to is a row for each.

    Args:
        path: A JSON, XML or SQLite file; the first two may be gzip-packed.
        case_object: The type of object whose instances are the cases.
        depth: How far related objects are followed.

    Returns:
        A row for each event and object: `case_id` (the object's id), `activity`, `timestamp`,
        `event_id` (the file's, or an attribute of that name), the event's other attributes,
        `case:…` (the object's attributes, their first values), `qualifier` and `hops` (how the
        event refers to its object, and over how many references), `object:…` (the ids of the
        objects of each type that the event touches). Events that reach no object, and references
        to what doesn't exist, are set aside.

    Raises:
        InputError: The file isn't OCEL 2.0 or is damaged.
        OptionError: There is no such type of object, or no event reaches one.
    """
    kind, packed = detect(path)
    if kind not in OCEL_FORMATS:
        raise OptionError(
            f"'{path.name}' is {kind}, which has no objects to choose from.",
            "Leave case_object (--case-object) out, or give an OCEL 2.0 log.",
        )
    log = _parsed(path, kind, packed=packed)
    chosen = _chosen(path, log, case_object, depth)
    check_ids(path, log)
    whole, missing = resolved(log)
    flat = flatten(whole, chosen, depth)
    if flat.rows.is_empty():
        raise OptionError(
            f"No event of '{path.name}' reaches one of its {chosen} at depth {depth}.",
            f"Follow related objects further: depth={depth + 1} (--depth {depth + 1}).",
        )
    objects = whole.objects.filter(pl.col(TYPE) == chosen).height
    references = {
        "references": log.e2o.height + log.o2o.height,
        "missing_references": missing.height,
    }
    facts = facts_of(flat, chosen, depth, objects) | references
    joined = _joined(whole, flat, chosen)
    return Raw(
        name=path.name,
        format=kind,
        frame=numbered(joined.rows.lazy()),
        rows=joined.rows.height,
        sha256=sha256(path),
        untyped=joined.of_events.untyped | joined.of_objects.untyped,
        times=joined.of_events.times | joined.of_objects.times,
        aside=pl.concat([joined.lost, missing], how="diagonal"),
        objects=facts,
        notes=tuple(_notes(facts, joined.of_objects, log)),
    )


def _parsed(path: Path, kind: Format, *, packed: bool) -> ObjectLog:
    if kind == "ocel sqlite":
        return parse_sqlite(path)
    return (parse_json if kind == "ocel json" else parse_xml)(path, packed=packed)


def _chosen(path: Path, log: ObjectLog, case_object: str | None, depth: int) -> str:
    """Return the type of object whose instances are the cases."""
    if depth < 0:
        raise OptionError(f"A depth of {depth} makes no sense.", "Give 0 or more.")
    types = _types(log)
    if not types:
        raise InputError(f"'{path.name}' holds no object.", "Give a log with objects.")
    listed = ", ".join(f"{name} ({number(n)})" for name, n in types.items())
    if case_object is None:
        one = next((name for name in types if "customer" in name.casefold()), next(iter(types)))
        raise OptionError(
            f"'{path.name}' is an object-centric log; its journeys can be those of: {listed}.",
            f"Choose: case_object='{one}' (--case-object '{one}').",
        )
    if case_object not in types:
        raise OptionError(
            f"'{path.name}' has no objects of type '{case_object}'; it has: {listed}.",
            nearest(case_object, types),
        )
    return case_object


def _types(log: ObjectLog) -> dict[str, int]:
    """Return the types of objects, and how many there are of each."""
    there = log.objects.group_by(TYPE).len().drop_nulls()
    declared = log.declared.filter(pl.col("of") == "object").select(TYPE).unique().drop_nulls()
    types = declared.join(there, on=TYPE, how="full", coalesce=True).fill_null(0).sort(TYPE)
    return dict(types.iter_rows())


class _Joined(NamedTuple):
    """Events and attributes put together.

    Attributes:
        rows: The events of journeys.
        lost: Those that reach no object, as records set aside.
        of_events: The attributes of events.
        of_objects: The attributes of journeys.
    """

    rows: pl.DataFrame
    lost: pl.DataFrame
    of_events: Attributes
    of_objects: Attributes


def _joined(log: ObjectLog, flat: Flat, case_object: str) -> _Joined:
    events, own = _events(log)
    case = of_objects(log, case_object, events.columns)
    rows = (
        flat.rows.drop(NUMBER)
        .join(events, on=EVENT, how="left", maintain_order="left")
        .join(case.table, on=CASE_OBJECT, how="left", maintain_order="left")
    )
    lost = flat.lost.join(events, on=EVENT, how="left", maintain_order="left").select(
        pl.col(NUMBER).cast(pl.Int64).alias(POSITION),
        pl.lit(LOST).alias(ASIDE_REASON),
        pl.exclude(NUMBER),
    )
    return _Joined(_with_own_ids(rows), _with_own_ids(lost), own, case)


def _with_own_ids(events: pl.DataFrame) -> pl.DataFrame:
    """Let an attribute of that name be the event's id, and keep the file's beside it."""
    return events.rename({EVENT: "ocel:event_id", _OWN_ID: EVENT}) if _OWN_ID in events else events


def _events(log: ObjectLog) -> tuple[pl.DataFrame, Attributes]:
    """Return every event with its attributes and the objects it touches."""
    base = log.events.rename({TYPE: ACTIVITY, TIME: TIMESTAMP})
    touched = related(log)
    touched = touched.rename({c: f"object:{c}" for c in touched.columns if c != EVENT})
    taken = (*base.columns, *touched.columns, CASE_OBJECT, HOPS, QUALIFIER)
    own = of_events(log, taken)
    events = base.join(own.table, on=EVENT, how="left", maintain_order="left")
    return events.join(touched, on=EVENT, how="left", maintain_order="left"), own


def _notes(facts: Mapping[str, Any], case: Attributes, log: ObjectLog) -> Iterator[str]:
    yield said(facts)
    missing = facts["missing_references"]
    yield (
        f"{number(missing)} of {count(facts['references'], 'reference')} between events and "
        f"objects {'points' if missing == 1 else 'point'} to something that isn't there."
    )
    if case.changed:
        times = "time" if case.changed == 1 else "times"
        yield (
            f"Attributes of '{facts['case_object']}' take another value "
            f"{number(case.changed)} {times}; each journey has the first."
        )
    beginning = local_beginning(log)
    if beginning is not None:
        yield (
            f"The file writes the beginning of time as '{beginning}' instead of midnight, so its "
            "times are local ones; say where: timezone='Europe/Berlin' (--timezone Europe/Berlin)."
        )
