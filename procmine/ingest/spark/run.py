"""Read Spark tables, check every event, and account for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from procmine.ingest.account import quality_of
from procmine.ingest.lookalikes import lookalikes
from procmine.ingest.outcome import SourceInfo
from procmine.ingest.sentences import about_lifecycles, about_times, about_values, taken_as
from procmine.ingest.spark.check import Reading, accepted, mark, measure, revised, set_aside
from procmine.ingest.spark.source import Source, refuse_nested, together, types_of, untyped
from procmine.ingest.spark.times import times_of
from procmine.prepare.spark import Table
from procmine.quality import Quality, check_tolerance
from procmine.schema import START, TIMESTAMP, recognise
from procmine.timestamps import known_zone


@dataclass(frozen=True)
class Ingested:
    """Events under the canonical names, those that can't be used, and what was found.

    Attributes:
        accepted: The canonical columns of `procmine.schema`, then the source's others.
        set_aside: `source`, `row`, `reason`, then the rows' raw values.
        quality: The counts; accepted + set_aside = rows_read.
        roles: Role to the source column taken for it.
        sources: One for each source; Spark computes no checksums.
        timezone: The zone shown to people.
        timezone_origin: `stated`, `offsets in the data` or `assumed`.
        notes: What was recognised, assumed and noticed, as sentences.
        null_lookalikes: Role to the values that were kept and look like missing ones.
    """

    accepted: Table
    set_aside: Table
    quality: Quality
    roles: Mapping[str, str]
    sources: tuple[SourceInfo, ...]
    timezone: str
    timezone_origin: str
    notes: tuple[str, ...]
    null_lookalikes: Mapping[str, tuple[str, ...]]


def ingest_spark(
    sources: Sequence[Source],
    roles: Mapping[str, str | None],
    *,
    timezone: str | None = None,
    null_values: Sequence[str] = (),
    tolerance: float = 0.05,
) -> Ingested:
    """Check the events of Spark tables.

    Args:
        sources: The sources.
        roles: Role to the column named for it; None or absent where nobody did.
        timezone: The zone of times that name none, and the zone shown to people.
        null_values: Texts that stand for a missing value in all roles but the case.
        tolerance: The share of events that may be set aside, 0 to 1.

    Raises:
        InputError: The tables can't be used.
        OptionError: The time zone or the tolerance makes no sense.
    """
    reading = _reading(sources, roles, timezone, tuple(null_values))
    marked = mark(together(sources), reading)
    measured = measure(marked, reading, sources)
    quality = quality_of(sum(measured[f"rows {i}"] for i in range(len(sources))), measured)
    final = revised(reading, measured)
    check_tolerance(quality, tolerance)
    if START not in final.roles:
        quality = replace(quality, unreadable_starts=0, negative_durations=0)
    naive = measured["naive times"]
    origin = "stated" if timezone else "assumed" if naive else "offsets in the data"
    return Ingested(
        accepted=accepted(marked, final, measured),
        set_aside=set_aside(marked, final, sources),
        quality=quality,
        roles=final.roles,
        sources=tuple(
            SourceInfo(s.name, None, measured[f"rows {i}"], s.format) for i, s in enumerate(sources)
        ),
        timezone=final.zone,
        timezone_origin=origin,
        notes=_notes(final, origin, quality, measured),
        null_lookalikes=lookalikes(measured),
    )


def _reading(
    sources: Sequence[Source],
    roles: Mapping[str, str | None],
    timezone: str | None,
    null_values: tuple[str, ...],
) -> Reading:
    types = types_of(sources)
    found = recognise(list(types), roles)
    refuse_nested(found, types)
    zone = known_zone(timezone) if timezone is not None else "UTC"
    times = {
        role: times_of(found[role], types[found[role]], zone, null_values)
        for role in (TIMESTAMP, START)
        if role in found
    }
    given = frozenset(role for role, column in roles.items() if column is not None)
    plain = dict.fromkeys(sorted(untyped(sources)))
    return Reading(types, found, times, zone, null_values, given, plain)


def _notes(
    reading: Reading, origin: str, quality: Quality, measured: Mapping[str, Any]
) -> tuple[str, ...]:
    return (
        *taken_as(reading.roles, reading.given),
        *reading.notes,
        *about_times(reading.roles[TIMESTAMP], reading.zone, origin, quality),
        *about_lifecycles(measured),
        *about_values(measured),
    )
