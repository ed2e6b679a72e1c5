"""The events of all sources of a mapping: read, checked, and called what the mapping calls them."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from procmine.errors import (
    ColumnError,
    ConfigurationError,
    InputError,
    ProcmineError,
    UnavailableError,
    nearest,
)
from procmine.ingest import Ingested, ingest
from procmine.ingest.values import text
from procmine.io.database import read_database
from procmine.io.open import Flattening, open_sources
from procmine.io.raw import POSITION, Raw
from procmine.journeys.identifiers import compared_as
from procmine.journeys.identity import RAW, KindOfIdentifier
from procmine.journeys.mapping import Mapping as Given
from procmine.journeys.mapping import Source, identifiers_of
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CASE,
    COST,
    CUSTOMER,
    CUSTOMER_FACING,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    ORDER,
    SCORE,
    SOURCE,
    TIMESTAMP,
    plain,
    recognise,
)

_CASE: Final = "__case"
"""Stands for the case until events are keyed: no source knows it."""

_NEVER_BY_NAME: Final = (CASE, ORDER, CUSTOMER, JOURNEY_TYPE, JOURNEY_STATE)
"""Roles that no column has for its name alone: each source numbers and names in its own way."""

_DECIMAL_COMMA: Final = r"^\s*[+-]?\d+(\.\d{3})*,\d{1,2}\s*$"


@dataclass(frozen=True)
class Silo:
    """One source of the mapping, read.

    Attributes:
        source: What the mapping says of it.
        read: Its events and the account of them.
        events: The usable events as the mapping calls them, each identifier in a column of its
            own as the source writes it; without a case unless the source tells it.
    """

    source: Source
    read: Ingested
    events: pl.LazyFrame


def kinds_of(mapping: Given) -> tuple[KindOfIdentifier, ...]:
    """Return how each kind of identifier is compared, in their order."""
    keys = {j.key for j in mapping.journeys}
    found: list[KindOfIdentifier] = []
    for kind in mapping.kinds:
        said = mapping.identity.kinds.get(kind)
        most = None if kind in keys else mapping.identity.most_shared
        how, country = compared_as(kind), None
        if said is not None:
            how, country = said.compare or how, said.country_code
            most = said.most_shared or most
        found.append(KindOfIdentifier(kind, how, country, most, len(found)))
    return tuple(found)


def read_silos(mapping: Given, folder: Path, *, held: int) -> list[Silo]:
    """Read every source.

    Args:
        mapping: What they are.
        folder: Paths are relative to it.
        held: How many events of all may be held in memory.

    Raises:
        ProcmineError: A source can't be used; it is named.
    """
    opened: list[list[Raw]] = []
    for number, source in enumerate(mapping.sources):
        with _about(number, source):
            opened.append(_opened(source, folder, f"sources[{number}]"))
    rows = [raw.rows for raws in opened for raw in raws]
    fits = None not in rows and sum(r or 0 for r in rows) <= held
    silos: list[Silo] = []
    for number, (source, raws) in enumerate(zip(mapping.sources, opened, strict=True)):
        with _about(number, source):
            at = f"sources[{number}]"
            silos.append(_silo(mapping, source, raws, at, held if fits else 0))
    return silos


@contextmanager
def _about(number: int, source: Source) -> Generator[None]:
    """See that an error says which source it is about."""
    try:
        yield
    except ProcmineError as error:
        place = "" if error.fact.startswith("sources[") else f"sources[{number}] "
        named = "" if f"'{source.name}'" in error.fact else f"(source '{source.name}'): "
        if isinstance(error, ConfigurationError | UnavailableError) or type(error) in _PLAIN_ERRORS:
            raise type(error)(f"{place}{named}{error.fact}", error.help) from None
        raise InputError(f"{place}{named}{error.fact}", error.help) from None


_PLAIN_ERRORS: Final = {InputError, *InputError.__subclasses__()}


def _opened(source: Source, folder: Path, at: str) -> list[Raw]:
    """Open a source's files, or ask its database."""
    if source.url is not None:
        return [read_database(_beside(source.url, folder), source.query or "", source.name)]
    how = Flattening(source.case_object, source.depth)
    if source.glob is None:
        return open_sources(folder / (source.path or ""), _any, how)
    paths = sorted(folder.glob(source.glob))
    if not paths:
        beside = [p.name for p in folder.iterdir()]
        raise InputError(
            f"{at}.glob: no file matches '{source.glob}' beside the mapping.",
            nearest(source.glob, beside),
        )
    return open_sources(paths, _any, how)


def _any(columns: Sequence[str]) -> bool:
    return len(columns) > 1


def _beside(url: str, folder: Path) -> str:
    """Take an SQLite file that is given by a relative path as lying beside the mapping."""
    scheme, slashes, name = url.partition(":///")
    if scheme.startswith("sqlite") and slashes and name and not name.startswith("/"):
        return f"{scheme}:///{(folder / name).resolve()}"
    return url


def _silo(mapping: Given, source: Source, raws: list[Raw], at: str, held: int) -> Silo:
    columns = list(dict.fromkeys(c for r in raws for c in _columns(r)))
    _check_columns(source, columns, raws[0].name, at)
    named = [_named(raw, source) for raw in raws]
    made = {} if CASE in source.columns else {CASE: _CASE}
    given: dict[str, str] = made | source.columns
    given |= {role: _constant(role) for role in source.constants}
    aside = [c for c in columns if c in identifiers_of(source).values()]
    by_name = _recognised([*columns, *given.values()], given, at)
    aside += [c for r, c in by_name.items() if r in _NEVER_BY_NAME]
    aside += source.attributes.values()
    read = ingest(
        named,
        **given,
        attributes=frozenset(aside) - set(given.values()),
        timezone=source.timezone or mapping.timezone,
        null_values=source.null_values,
        day_first=source.day_first,
        tolerance=mapping.tolerance,
        depth=0,  # what is flattened was so when it was opened
        held=held,
    )
    usable = read.accepted if CASE in source.columns else read.accepted.drop(CASE)
    return Silo(source, read, usable.pipe(_called, source, mapping, at))


def _recognised(columns: list[str], given: dict[str, str], at: str) -> dict[str, str]:
    """Say which column plays which role.

    Raises:
        ColumnError: A source without activities or times.
    """
    try:
        return recognise(columns, dict[str, str | None](given))
    except ColumnError as error:
        raise ColumnError(
            error.fact, f"Name it: {at}.columns.timestamp, {at}.columns.activity, or a constant."
        ) from None


def _columns(raw: Raw) -> list[str]:
    return [c for c in raw.frame.collect_schema().names() if c != POSITION]


def _check_columns(source: Source, columns: list[str], name: str, at: str) -> None:
    """See that the columns that the mapping names are there.

    Raises:
        ColumnError: One isn't; the nearest is named.
    """
    said = {"columns": source.columns, "identifiers": identifiers_of(source)}
    for key, named in (said | {"attributes": source.attributes}).items():
        for what, column in named.items():
            if column not in columns:
                raise ColumnError(
                    f"{at}.{key}.{what} (source '{source.name}'): '{name}' has no column "
                    f"'{column}'.",
                    nearest(column, columns),
                )


def _constant(role: str) -> str:
    return f"__constant:{role}"


def _named(raw: Raw, source: Source) -> Raw:
    """Add what the mapping says on each event, and the identifiers as they stand."""
    frame, schema = raw.frame, raw.frame.collect_schema()
    made = [] if CASE in source.columns else [pl.lit("?").alias(_CASE)]
    made += [pl.lit(str(v)).alias(_constant(role)) for role, v in source.constants.items()]
    made += [
        text(c, schema[c]).alias(f"{RAW}{kind}")
        for kind, c in identifiers_of(source).items()
        if c in schema
    ]
    made += [pl.col(c).alias(name) for name, c in source.attributes.items() if c in schema]
    numbers = (source.columns[role] for role in (COST, SCORE) if role in source.columns)
    made += [_with_point(pl.col(c)) for c in numbers if schema.get(c) == pl.String]
    untyped = raw.untyped.union(n for n, c in source.attributes.items() if c in raw.untyped)
    return replace(raw, frame=frame.with_columns(made), untyped=untyped)


def _with_point(amount: pl.Expr) -> pl.Expr:
    """Write an amount with a decimal comma as 1234.50; others stay."""
    plain = amount.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return pl.when(amount.str.contains(_DECIMAL_COMMA)).then(plain).otherwise(amount)


def _called(events: pl.LazyFrame, source: Source, mapping: Given, at: str) -> pl.LazyFrame:
    """Call things as the mapping does, and say which events the customer took part in."""
    columns = events.collect_schema().names()
    for role in source.values:
        if role not in columns:
            raise ConfigurationError(
                f"{at}.values.{role}: source '{source.name}' has no {role}.",
                f"Give its column or constant: {at}.columns.{role}.",
            )
    events = events.with_columns(
        pl.col(role).replace(names) for role, names in source.values.items()
    )
    added = list(_truths(columns, mapping))
    if SOURCE not in columns:
        added.append(pl.lit(source.name).alias(SOURCE))
    renamed = [c for c in source.attributes.values() if c not in source.attributes]
    return events.with_columns(added).drop(renamed, strict=False)


def _truths(columns: Sequence[str], mapping: Given) -> Iterator[pl.Expr]:
    """Return whether the customer took part in an event, and whether the customer did it."""
    did = pl.col(ACTIVITY).is_in(list(mapping.by_customer))
    took_part = pl.col(ACTIVITY).is_in([*mapping.customer_facing, *mapping.by_customer])
    for role, said, names in (
        (CUSTOMER_FACING, took_part, mapping.customer_facing or mapping.by_customer),
        (BY_CUSTOMER, did, mapping.by_customer),
    ):
        if names:
            own = pl.col(role).fill_null(False) if role in columns else pl.lit(False)
            yield (said | own).alias(role)


def facts_of(silo: Silo) -> pl.LazyFrame:
    """Ask for a source's `activities`, `last` instant and `last_order`."""
    return silo.events.select(
        pl.col(ACTIVITY).unique().implode().alias("activities"),
        pl.col(TIMESTAMP).max().alias("last"),
        pl.col(ORDER).max().fill_null(0).alias("last_order"),
    )


def check_activities(mapping: Given, activities: Sequence[str]) -> list[str]:
    """See that what the mapping names occurs, as far as that can be a slip.

    A small extract may lack an outcome; a kind of journey that nothing opens, and a name that
    differs in case, spaces or punctuation alone, are slips.

    Returns:
        What never occurs though the mapping names it, as sentences.

    Raises:
        ConfigurationError: A slip; the nearest is named.
    """
    said: list[tuple[str, Sequence[str]]] = []
    for number, journey in enumerate(mapping.journeys):
        at = f"journeys[{number}]"
        if not {*journey.triggers} & {*activities}:
            raise _never(f"{at}.triggers", journey.triggers[0], activities)
        said.append((f"{at}.triggers", journey.triggers))
        said.append((f"{at}.outcomes", journey.outcomes))
        said.append((f"{at}.activities", journey.activities))
    said.append(("outcomes", mapping.outcomes))
    said.append(("customer_facing", mapping.customer_facing))
    said.append(("by_customer", mapping.by_customer))
    alike = {plain(a) for a in activities}
    notes: dict[str, None] = {}
    for key, names in said:
        for name in names:
            if name in activities:
                continue
            error = _never(key, name, activities)
            if plain(name) in alike:
                raise error
            notes[str(error)] = None
    return list(notes)


def _never(key: str, name: str, activities: Sequence[str]) -> ConfigurationError:
    return ConfigurationError(
        f"{key}: the activity '{name}' never occurs.", nearest(name, activities)
    )
