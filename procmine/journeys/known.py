"""A mapping whose only source tells the cases: nothing is recovered, all else is as elsewhere."""

from dataclasses import asdict, replace
from pathlib import Path

import polars as pl

from procmine.ingest import Ingested
from procmine.journeys.account import together
from procmine.journeys.mapping import Mapping
from procmine.journeys.sources import Silo, check_activities, facts_of
from procmine.metadata import Metadata


def of_known_cases(silo: Silo, mapping: Mapping, place: Path) -> tuple[Ingested, Metadata]:
    """Return a source's events with the cases it tells, and how they were read.

    Args:
        silo: The source, read.
        mapping: What it is.
        place: Where the mapping lies.

    Raises:
        ConfigurationError: The mapping names an activity otherwise than the source.
    """
    named = {*mapping.outcomes, *mapping.customer_facing, *mapping.by_customer}
    activities = _activities(silo) if named else []
    absent = check_activities(mapping, activities)
    raw = replace(together([silo], silo.events, mapping), set_aside=silo.read.set_aside)
    zone, origin = silo.read.timezone, silo.read.timezone_origin
    return raw, Metadata(
        name=mapping.name or place.stem,
        roles=raw.roles,
        timezone=mapping.timezone or zone,
        timezone_origin=origin,
        sources=tuple(asdict(source) for source in raw.sources),
        quality=asdict(raw.quality),
        notes=(*silo.read.notes, *absent),
        null_lookalikes=raw.null_lookalikes,
        null_values=silo.source.null_values,
        day_first=silo.source.day_first,
        outcomes=mapping.outcomes,
    )


def _activities(silo: Silo) -> list[str]:
    facts: pl.DataFrame = facts_of(silo).collect(engine="streaming")
    return sorted(facts["activities"].item())
