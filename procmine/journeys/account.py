"""What became of the events of all sources, and what the journeys made of them can't say."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

import polars as pl

from procmine.ingest import Ingested
from procmine.journeys.mapping import Mapping as Given
from procmine.journeys.sources import Silo
from procmine.quality import Quality

_MANY: Final = "reasons"


def together(silos: Sequence[Silo], events: pl.LazyFrame, mapping: Given) -> Ingested:
    """Account for the events of all sources as for those of one.

    Args:
        silos: The sources, read.
        events: Their usable events.
        mapping: What they are.
    """
    reads = [silo.read for silo in silos]
    aside = [_set_aside(silo) for silo in silos]
    return Ingested(
        accepted=events,
        set_aside=pl.concat(aside, how="diagonal_relaxed"),
        quality=_added([r.quality for r in reads]),
        roles=_roles(reads),
        sources=tuple(
            replace(info, name=_called(silo, info.name))
            for silo in silos
            for info in silo.read.sources
        ),
        timezone=mapping.timezone or "UTC",
        timezone_origin="stated" if mapping.timezone else _origin(reads),
        notes=tuple(_notes(silos)),
        null_lookalikes=_lookalikes(reads),
    )


def _called(silo: Silo, file: str) -> str:
    """Name a source by what the mapping calls it and the file it is in."""
    return file if file.startswith(silo.source.name) else f"{silo.source.name} ({file})"


def _set_aside(silo: Silo) -> pl.LazyFrame:
    """Return what couldn't be used, as text: the same column may be of several types."""
    rows = silo.read.set_aside
    ours = [c for c in rows.collect_schema() if c.startswith("__")]
    return rows.drop(ours).with_columns(pl.exclude("row").cast(pl.String))


def _added(accounts: Iterable[Quality]) -> Quality:
    """Add up the counts."""
    numbers, reasons = Counter[str](), Counter[str]()
    for account in accounts:
        reasons.update(account.reasons)
        numbers.update({k: v for k, v in asdict(account).items() if k != _MANY})
    return Quality(
        **{**dict.fromkeys(("rows_read", "accepted", "set_aside"), 0), **numbers},
        reasons=dict(reasons),
    )


def _roles(reads: Iterable[Ingested]) -> dict[str, str]:
    """Return role to the columns taken for it."""
    found: dict[str, dict[str, None]] = {}
    for read in reads:
        for role, column in read.roles.items():
            if not column.startswith("__"):
                found.setdefault(role, {})[column] = None
    return {role: ", ".join(columns) for role, columns in found.items()}


def _origin(reads: Sequence[Ingested]) -> str:
    origins = {r.timezone_origin for r in reads}
    return "assumed" if "assumed" in origins else next(iter(sorted(origins)))


def _notes(silos: Iterable[Silo]) -> Iterator[str]:
    """Say of each source what was recognised, assumed and noticed."""
    for silo in silos:
        for note in silo.read.notes:
            yield f"{silo.source.name}: {note}"


def _lookalikes(reads: Iterable[Ingested]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for read in reads:
        for role, values in read.null_lookalikes.items():
            found.setdefault(role, set()).update(values)
    return {role: tuple(sorted(values)) for role, values in found.items()}
