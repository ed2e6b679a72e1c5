"""Who is who: the identifiers that belong to one customer, over all sources.

Identifiers that stand on one record belong to one customer; so do all that are joined by such
records: connected components. An identifier that many share says nothing and is left out.

Source: `METHODS.md`, d: identity. Identifiers are compared as 64-bit hashes: among ten million the
chance that any two are taken for each other is 1 in 400,000.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any, Final

import numpy as np
import polars as pl

from procmine.errors import InputError
from procmine.journeys.components import components
from procmine.journeys.identifiers import Compare, normalised
from procmine.journeys.rules import CUSTOMER_NUMBER
from procmine.journeys.threads import Array
from procmine.wording import count, number, share

RAW: Final = "__identifier:"
"""Precedes the kind in the columns that hold identifiers as the sources write them."""

_HASH, _EVENTS = "__hash", "events"
_TENTH: Final = 0.1
_FEW: Final = 5
"""An identifier that joins fewer customers is no placeholder, however few there are in all."""


@dataclass(frozen=True)
class KindOfIdentifier:
    """How identifiers of one kind are compared, and how often one may be shared.

    Attributes:
        name: The kind.
        compare: As what its identifiers are compared.
        country_code: Of phone numbers that are written without one.
        most: With how many of this kind another identifier may be seen; None for any number.
        seed: Of its hashes, another one for each kind: customer 17 is not order 17.
    """

    name: str
    compare: Compare = "text"
    country_code: str | None = None
    most: int | None = None
    seed: int = 0

    @property
    def raw(self) -> str:
        """The column of its identifiers as the sources write them."""
        return f"{RAW}{self.name}"

    def text(self, nothing: Sequence[str] = ()) -> pl.Expr:
        """Return its identifiers as they are compared."""
        return normalised(pl.col(self.raw), self.compare, self.country_code, nothing)


@dataclass(frozen=True)
class Identity:
    """The customers that were recovered.

    Attributes:
        kinds: The kinds of identifier, in their order.
        numbers: `__hash` of an identifier and the number of the customer it belongs to.
        capped: Kind to the hashes of identifiers that too many share.
        facts: What is worth knowing, as plain data.
    """

    kinds: tuple[KindOfIdentifier, ...]
    numbers: pl.DataFrame
    capped: Mapping[str, list[int]] = field(default_factory=dict[str, list[int]])
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def recognise(self, events: pl.LazyFrame) -> pl.LazyFrame:
        """Add the number of each event's customer.

        Args:
            events: With a column of hashes for each kind, as `hashed` makes them.
        """
        return recognised(events, self.kinds, self.capped, self.numbers.lazy())

    def renumbered(self, records: pl.DataFrame, numbers: pl.DataFrame, **facts: Any) -> "Identity":
        """Return the customers under other numbers, some of them one.

        Args:
            records: What they were recovered from.
            numbers: `__hash` of an identifier and the number of its customer.
            **facts: What else is worth knowing.
        """
        counted = _facts(records, self.kinds, self.capped, numbers)
        return Identity(self.kinds, numbers, self.capped, {**counted, **facts})


def recognised(
    events: pl.LazyFrame,
    kinds: Sequence[KindOfIdentifier],
    capped: Mapping[str, list[int]],
    numbers: pl.LazyFrame,
) -> pl.LazyFrame:
    """Join the customers' numbers by the first identifier of each event that isn't capped."""
    own = pl.coalesce(_kept(k, capped) for k in kinds).alias(_HASH)
    return events.with_columns(own).join(numbers, on=_HASH, how="left").drop(_HASH)


def hashed(kinds: Iterable[KindOfIdentifier]) -> list[pl.Expr]:
    """Return the hash of each kind of identifier in the column that holds its text."""
    return [
        pl.when(pl.col(k.raw).is_not_null()).then(pl.col(k.raw).hash(k.seed)).alias(k.raw)
        for k in kinds
    ]


def _kept(kind: KindOfIdentifier, capped: Mapping[str, list[int]]) -> pl.Expr:
    column, out = pl.col(kind.raw), capped.get(kind.name)
    return (
        pl.when(~column.is_in(pl.Series(out, dtype=pl.UInt64).implode())).then(column)
        if out
        else column
    )


def identify(
    records: pl.DataFrame, kinds: Sequence[KindOfIdentifier], most_shared: int
) -> Identity:
    """Find the customers.

    Args:
        records: The distinct records: the hash of each kind, null where a record has none, and
            `events`, how many there are of each.
        kinds: The kinds of identifier.
        most_shared: An identifier that joins more customers than this joins none.

    Raises:
        PlaceholderError: An identifier joins a tenth of all customers or more.
    """
    degrees = _degrees(records, kinds)
    shared = _seen_with(degrees, {k.name: k.most for k in kinds})
    suspects = _seen_with(degrees, {k.name: _FEW - 1 for k in kinds})
    for kind, hashes in suspects.items():
        joins, customers = _joins(records, kinds, kind, hashes)
        _refuse_placeholder(kind, joins, customers)
        many = joins.filter(pl.col(CUSTOMER_NUMBER) > most_shared)[_HASH]
        shared[kind] = sorted({*shared.get(kind, ()), *many})
    shared = {kind: hashes for kind, hashes in shared.items() if hashes}
    numbers = customers_of(records, kinds, shared)
    return Identity(tuple(kinds), numbers, shared, _facts(records, kinds, shared, numbers))


def _degrees(
    records: pl.DataFrame, kinds: Sequence[KindOfIdentifier]
) -> dict[tuple[str, str], pl.DataFrame]:
    """Return for each two kinds the identifiers of the first seen with several of the second.

    Returns:
        `hash` and `len`, with how many others, where these are as many as a placeholder has.
    """
    found: dict[tuple[str, str], pl.DataFrame] = {}
    for kind, other in permutations(kinds, 2):
        pairs = records.select(pl.col(kind.raw).alias(_HASH), other.raw).drop_nulls().unique()
        least = min(_FEW, _FEW if other.most is None else other.most + 1)
        often = pairs.group_by(_HASH).len().filter(pl.col("len") >= least)
        found[kind.name, other.name] = often
    return found


def _seen_with(
    degrees: Mapping[tuple[str, str], pl.DataFrame], most: Mapping[str, int | None]
) -> dict[str, list[int]]:
    """Return kind to the identifiers that are seen with more than so many of another kind."""
    found: dict[str, set[int]] = {}
    for (kind, other), often in degrees.items():
        limit = most[other]
        if limit is not None:
            found.setdefault(kind, set()).update(often.filter(pl.col("len") > limit)[_HASH])
    return {kind: sorted(hashes) for kind, hashes in found.items() if hashes}


def customers_of(
    records: pl.DataFrame, kinds: Sequence[KindOfIdentifier], without: Mapping[str, list[int]]
) -> pl.DataFrame:
    """Return each identifier's `__hash` and the number of its customer.

    Customers are numbered by the smallest hash of their identifiers, whatever the order of events.

    Args:
        records: The distinct records.
        kinds: The kinds of identifier.
        without: Kind to identifiers that join nobody.
    """
    columns = [records.select(_kept(k, without)).to_series() for k in kinds]
    hashes = pl.concat(columns).drop_nulls().unique().sort()
    place = hashes.to_numpy()
    return pl.DataFrame(
        {_HASH: hashes, CUSTOMER_NUMBER: components(len(place), list(_edges(columns, place)))},
        schema={_HASH: pl.UInt64, CUSTOMER_NUMBER: pl.UInt32},
    )


def _edges(columns: Sequence[pl.Series], place: Array) -> Iterator[tuple[Any, Any]]:
    """Return the places of the identifiers that stand together: each with its record's first."""
    first = pl.select(pl.coalesce(columns)).to_series() if columns else pl.Series([])
    for column in columns:
        both = column.is_not_null()
        ends = (first.filter(both).to_numpy(), column.filter(both).to_numpy())
        yield tuple(np.searchsorted(place, end) for end in ends)  # pyright: ignore[reportReturnType]


class PlaceholderError(InputError):
    """An identifier joins so many customers that it can be nobody's."""

    def __init__(self, kind: str, identifier: int, customers: int, of: int) -> None:
        super().__init__(f"An identifier of kind '{kind}' joins too many customers.")
        self.kind, self.identifier, self.customers, self.of = kind, identifier, customers, of

    def named(self, value: str) -> InputError:
        """Return the error that names the value as a source writes it."""
        part = share(self.customers / self.of)
        return InputError(
            f"The {self.kind} '{value}' joins {number(self.customers)} of "
            f"{count(self.of, 'customer')} ({part}), so it can be nobody's.",
            f"If it stands for a missing value, say so at its source: null_values = ['{value}'].",
        )


def _joins(
    records: pl.DataFrame, kinds: Sequence[KindOfIdentifier], kind: str, hashes: Sequence[int]
) -> tuple[pl.DataFrame, int]:
    """Count the customers that identifiers of one kind join, and all there are without these.

    What is known by a key alone, an order without its customer, isn't counted as a customer: a
    customer joins its orders rightly.
    """
    without = {kind: list(hashes)}
    numbers = customers_of(records, kinds, without)
    named = recognised(records.lazy(), kinds, without, numbers.lazy()).collect()
    column = next(k.raw for k in kinds if k.name == kind)
    people = [k.raw for k in kinds if k.most is not None and k.name != kind]
    persons = named.filter(pl.any_horizontal(pl.col(p).is_not_null() for p in people or [column]))
    persons = persons.select(pl.col(CUSTOMER_NUMBER).drop_nulls().unique())
    seen = named.filter(pl.col(column).is_in(pl.Series(hashes, dtype=pl.UInt64).implode()))
    joins = (
        seen.join(persons, on=CUSTOMER_NUMBER, how="semi")
        .group_by(pl.col(column).alias(_HASH))
        .agg(pl.col(CUSTOMER_NUMBER).n_unique())
    )
    return joins.sort(CUSTOMER_NUMBER, _HASH), persons.height


def _refuse_placeholder(kind: str, joins: pl.DataFrame, customers: int) -> None:
    """See that no identifier joins a tenth of the customers that there are without it."""
    if joins.is_empty():
        return
    identifier, joined = joins.row(-1)
    if joined >= max(_FEW, _TENTH * customers):
        raise PlaceholderError(kind, identifier, joined, customers)


def _facts(
    records: pl.DataFrame,
    kinds: Sequence[KindOfIdentifier],
    shared: Mapping[str, list[int]],
    numbers: pl.DataFrame,
) -> dict[str, Any]:
    """Return what is worth knowing about the customers, as plain data."""
    named = recognised(records.lazy(), kinds, shared, numbers.lazy()).collect()
    known = named.filter(pl.col(CUSTOMER_NUMBER).is_not_null())
    sizes = known.group_by(CUSTOMER_NUMBER).agg(pl.col(_EVENTS).sum())
    components = numbers.group_by(CUSTOMER_NUMBER).len()
    return {
        "customers": components.height,
        "identifiers": numbers.height,
        "largest_identifiers": int(components["len"].max() or 0),  # pyright: ignore[reportArgumentType]
        "largest_events": int(sizes[_EVENTS].max() or 0),  # pyright: ignore[reportArgumentType]
        "unreached_events": int(named.filter(pl.col(CUSTOMER_NUMBER).is_null())[_EVENTS].sum()),
        "capped": {kind: len(hashes) for kind, hashes in shared.items()},
    }
