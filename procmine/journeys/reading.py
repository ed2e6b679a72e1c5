"""From a mapping to the prepared log of customers' journeys."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import polars as pl

from procmine.eventlog import EventLog
from procmine.ingest import Ingested
from procmine.ingest.sources import HELD
from procmine.journeys.account import together
from procmine.journeys.identity import (
    Identity,
    KindOfIdentifier,
    PlaceholderError,
    hashed,
    identify,
)
from procmine.journeys.keying import NUMBER, key
from procmine.journeys.known import of_known_cases
from procmine.journeys.mapping import Fuzzy, Mapping, identifiers_of, read_mapping
from procmine.journeys.rules import CUSTOMER_NUMBER, KEY, Rules
from procmine.journeys.sources import Silo, check_activities, facts_of, kinds_of, read_silos
from procmine.keeping import check_name, hold, keep
from procmine.metadata import Metadata
from procmine.prepare.buckets import Progress, Recipe, parse_memory
from procmine.prepare.polars import prepare_frame
from procmine.schema import (
    ACTIVITY,
    CASE,
    CUSTOMER,
    ORDER,
    ROLES,
    TIMESTAMP,
)
from procmine.storage import alike

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BYTES_AN_EVENT: Final = 1_000
"""What checking and preparing an event takes at their peak, with room for a wide one."""


def read_mapped(
    place: Path, *, into: str | Path | None, memory: str, progress: Progress
) -> EventLog:
    """Read the sources of a mapping; see `procmine.journeys.read_sources`."""
    mapping = read_mapping(place)
    limit, held = parse_memory(memory), HELD
    if into is not None:
        check_name(Path(into))
        held = limit // _BYTES_AN_EVENT
    silos = read_silos(mapping, place.parent, held=held)
    if mapping.knows_cases:
        known, told = of_known_cases(silos[0], mapping, place)
        if into is None:
            return hold(known, told)
        return keep(known, told, Path(into), memory=limit, progress=progress)
    found = _found(mapping, silos)
    raw = together(silos, found.events, mapping)
    meta = _metadata(mapping, place, raw, found)
    recipe = found.recipe(mapping.rules)
    if into is None:
        return hold(raw, meta, recipe)
    return keep(raw, meta, Path(into), memory=limit, progress=progress, recipe=recipe)


@dataclass(frozen=True)
class _Found:
    """All events with their customers.

    Attributes:
        events: The canonical columns without a case, `customer`, and the keys of journeys.
        identity: Who is who.
        end: The log's end, microseconds since 1970.
        notes: What the mapping names and no event is, as sentences.
    """

    events: pl.LazyFrame
    identity: Identity
    end: int
    notes: tuple[str, ...]

    def recipe(self, rules: Rules) -> Recipe:
        """Return how a bucket of customers becomes prepared journeys."""
        digits = max(6, len(str(self.identity.facts["customers"])))
        unknown = pl.col(ORDER) + 2**32
        return Recipe(
            pl.coalesce(pl.col(CUSTOMER_NUMBER).cast(pl.Int64), unknown),
            lambda events: prepare_frame(_cases(events, rules, self.end, digits)),
        )


def _found(mapping: Mapping, silos: Sequence[Silo]) -> _Found:
    """Recover the customers of all events."""
    kinds = kinds_of(mapping)
    compared = [_compared(silo, kinds) for silo in silos]
    facts, records = _looked_through(silos, compared, kinds)
    notes = check_activities(mapping, sorted({a for f in facts for a in f["activities"]}))
    behind = accumulate((int(f["last_order"]) for f in facts), initial=0)
    frames = [
        frame.with_columns(pl.col(ORDER) + n) for frame, n in zip(compared, behind, strict=False)
    ]
    try:
        identity = identify(records, kinds, mapping.identity.most_shared)
    except PlaceholderError as error:
        raise error.named(_spelled(silos, kinds, error)) from None
    if mapping.identity.fuzzy is not None:
        identity = _likened(identity, records, frames, mapping.identity.fuzzy)
    last = max((f["last"] for f in facts if f["last"] is not None), default=_EPOCH)
    events = _named(frames, kinds, identity, mapping.rules)
    return _Found(events, identity, (last - _EPOCH) // timedelta(microseconds=1), tuple(notes))


def _compared(silo: Silo, kinds: Sequence[KindOfIdentifier]) -> pl.LazyFrame:
    """Return a source's events with all identifiers as they are compared."""
    there = silo.events.collect_schema().names()
    nothing = silo.source.null_values
    return silo.events.with_columns(
        *(k.text(nothing).alias(k.raw) for k in kinds if k.raw in there),
        *(pl.lit(None, pl.String).alias(k.raw) for k in kinds if k.raw not in there),
    )


def _looked_through(
    silos: Sequence[Silo], compared: Sequence[pl.LazyFrame], kinds: Sequence[KindOfIdentifier]
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Return each source's facts and the distinct combinations of identifiers, in one pass."""
    columns = [k.raw for k in kinds]
    queries = [facts_of(silo) for silo in silos]
    queries += [
        f.select(hashed(kinds)).group_by(columns).agg(pl.len().cast(pl.Int64).alias("events"))
        for f in compared
    ]
    answers = pl.collect_all(queries, engine="streaming")
    found = pl.concat(answers[len(silos) :])
    facts = [answer.row(0, named=True) for answer in answers[: len(silos)]]
    return facts, found.group_by(columns).agg(pl.col("events").sum())


def _likened(
    identity: Identity, records: pl.DataFrame, frames: Sequence[pl.LazyFrame], fuzzy: Fuzzy
) -> Identity:
    """Join the customers that are probably one by what sources say of them."""
    from procmine.journeys.fuzzy import alike as probably_one
    from procmine.journeys.fuzzy import check_columns, joined

    columns = [f.collect_schema().names() for f in frames]
    check_columns(fuzzy, sorted({c for names in columns for c in names}))
    folded = [pl.col(c).cast(pl.String).str.strip_chars().str.to_lowercase() for c in fuzzy.columns]
    told = [
        identity.recognise(f.with_columns(hashed(identity.kinds)))
        .select(CUSTOMER_NUMBER, *folded)
        .drop_nulls(CUSTOMER_NUMBER)
        .unique()
        for f, names in zip(frames, columns, strict=True)
        if {*fuzzy.columns} <= {*names}
    ]
    people = pl.concat(pl.collect_all(told, engine="streaming")).unique()
    people = people.sort(people.columns)
    pairs = probably_one(people, fuzzy)
    numbers, facts = joined(identity.numbers, pairs, fuzzy)
    return identity.renumbered(records, numbers, fuzzy=facts)


def _spelled(
    silos: Sequence[Silo], kinds: Sequence[KindOfIdentifier], error: PlaceholderError
) -> str:
    """Return how a source writes an identifier, given its hash."""
    kind = next(k for k in kinds if k.name == error.kind)
    for silo in silos:
        if kind.raw in silo.events.collect_schema():
            same = kind.text(silo.source.null_values).hash(kind.seed) == error.identifier
            rows = silo.events.filter(same).select(kind.raw).head(1).collect(engine="streaming")
            if rows.height:
                return str(rows.item()).strip()
    raise AssertionError("the identifier was found in one of the sources")


def _named(
    frames: Sequence[pl.LazyFrame],
    kinds: Sequence[KindOfIdentifier],
    identity: Identity,
    rules: Rules,
) -> pl.LazyFrame:
    """Return all events with their customers' numbers and the keys of journeys."""
    keys = {f"{KEY}{k.name}": k.raw for k in kinds}
    kept = [pl.col(keys[c]).alias(c) for c in rules.key_columns]
    events = pl.concat(alike(frames), how="diagonal_relaxed").with_columns(kept)
    named = identity.recognise(events.with_columns(hashed(kinds)))
    return named.drop(k.raw for k in kinds)


def _cases(events: pl.DataFrame, rules: Rules, end: int, digits: int) -> pl.DataFrame:
    """Give each event its case: a journey, what is outside of one, or itself."""
    keyed = key(events, rules, end)
    number = pl.col(CUSTOMER_NUMBER) + 1
    customer = pl.lit("C") + number.cast(pl.String).str.zfill(digits)
    journey = pl.col(NUMBER).cast(pl.String).fill_null("outside")
    case = pl.coalesce(
        pl.concat_str(customer, journey, separator="-"),
        pl.lit("U") + pl.col(ORDER).cast(pl.String).str.zfill(digits),
    )
    named = pl.concat([events, keyed], how="horizontal").with_columns(
        case.alias(CASE), customer.alias(CUSTOMER)
    )
    roles = [r.name for r in ROLES if r.name in named.columns]
    first = [CASE, ACTIVITY, TIMESTAMP, ORDER]
    rest = [r for r in roles if r not in first]
    return named.drop(CUSTOMER_NUMBER, NUMBER).select(*first, *rest, pl.exclude(*first, *rest))


def _metadata(mapping: Mapping, place: Path, raw: Ingested, found: _Found) -> Metadata:
    """Write down how the sources were read and joined."""
    columns = {c for s in mapping.sources for c in identifiers_of(s).values()}
    return Metadata(
        name=mapping.name or place.stem,
        roles=raw.roles,
        timezone=raw.timezone,
        timezone_origin=raw.timezone_origin,
        sources=tuple(asdict(s) for s in raw.sources),
        quality=asdict(raw.quality),
        notes=(*raw.notes, *found.notes),
        null_lookalikes=raw.null_lookalikes,
        journeys=mapping.rules.to_plain() | {"end": found.end},
        identity=dict(found.identity.facts)
        | {"columns": [*sorted(columns), *mapping.rules.key_columns]},
        outcomes=tuple(sorted(mapping.rules.outcomes)),
    )
