"""Of what kind is an event that the company brought on itself, and what did it cost?"""

from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from procmine.eventlog import EventLog
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    COST,
    CUSTOMER_FACING,
    DEPARTMENT,
    NEW_ACTIVITY,
    SERVICE,
)

if TYPE_CHECKING:
    from procmine.reasons.document import Rate, Reasons

KIND: Final = "kind"
PRICE: Final = "__price"
"""What an event cost, in millionths of the log's currency; null where nobody knows."""
CONTACT: Final = "__contact"
UNCOSTED: Final = "__uncosted"

UNMAPPED: Final = "unmapped contact"
"""A contact of which nobody says whether it is failure demand or value demand."""

KINDS: Final = (
    "failure demand",
    "chasing",
    "return",
    "correction",
    "repeat contact",
    "rework",
    UNMAPPED,
)
"""In the order of precedence: an event is counted once, for the first that it is."""


def marked(log: EventLog, reasons: "Reasons") -> nw.LazyFrame[Any]:
    """Say of each event its kind, its cost, and whether that should be known and isn't.

    A list of the map goes before what the log shows by itself: a contact again in a journey that
    had it before is a `repeat contact`, other work again is `rework`.

    Returns:
        The events with `kind` (null for what isn't self-inflicted), `PRICE`, `CONTACT` and
        `UNCOSTED` (0 or 1): an event without a cost that the customer didn't do alone. Activity
        and department are plain text.
    """
    columns = log.columns
    department = nw.col(DEPARTMENT) if DEPARTMENT in columns else nw.lit(None, nw.String)
    table = log.table.with_columns(
        nw.col(ACTIVITY).cast(nw.String), department.cast(nw.String).alias(DEPARTMENT)
    )
    contact, own = (
        nw.col(mark).fill_null(False) if mark in columns else nw.lit(False)
        for mark in (CUSTOMER_FACING, BY_CUSTOMER)
    )
    table = table.with_columns(
        contact.alias(CONTACT), own.alias(UNCOSTED), _price(columns, reasons).alias(PRICE)
    )
    unknown = nw.col(PRICE).is_null() & ~nw.col(UNCOSTED)
    return table.with_columns(_kind(reasons).alias(KIND), unknown.cast(nw.Int64).alias(UNCOSTED))


def listed(reasons: "Reasons") -> dict[str, str]:
    """Return the kind of each activity that a list of the map names as self-inflicted."""
    lists = (reasons.failure_demand, reasons.chasing, reasons.returns, reasons.corrections)
    return {name: kind for kind, names in zip(KINDS, lists, strict=False) for name in names}


def _kind(reasons: "Reasons") -> nw.Expr:
    kinds, activity = listed(reasons), nw.col(ACTIVITY)
    again = ~nw.col(NEW_ACTIVITY) & ~activity.is_in(reasons.recurring)
    contact = nw.col(CONTACT) & ~activity.is_in(reasons.value_demand)
    found = nw.when(contact).then(nw.lit(UNMAPPED))
    said = nw.when(again & nw.col(CONTACT)).then(nw.lit("repeat contact"))
    said = said.otherwise(nw.when(again).then(nw.lit("rework")).otherwise(found))
    for kind in dict.fromkeys(kinds.values()):
        names = [name for name, its in kinds.items() if its == kind]
        said = nw.when(activity.is_in(names)).then(nw.lit(kind)).otherwise(said)
    return said


def _price(columns: tuple[str, ...], reasons: "Reasons") -> nw.Expr:
    """Return what an event cost in millionths: its own cost, else its rate times its service."""
    known = nw.col(COST).cast(nw.Float64) if COST in columns else nw.lit(None, nw.Float64)
    own = nw.when(known.is_finite()).then(known * 1_000_000)
    rate = reduce(_first, sorted(reasons.rates, key=_says), nw.lit(None, nw.Float64))
    price = nw.coalesce(own, rate * nw.col(SERVICE).cast(nw.Float64) / 3600)
    return price.round().cast(nw.Int64)


def _says(rate: "Rate") -> int:
    """Order rates by how much they say of an event: department, activity, both."""
    return 2 * (rate.activity is not None) + (rate.department is not None)


def _first(others: nw.Expr, rate: "Rate") -> nw.Expr:
    asked = ((ACTIVITY, rate.activity), (DEPARTMENT, rate.department))
    holds = [nw.col(column) == name for column, name in asked if name is not None]
    return nw.when(*holds).then(nw.lit(rate.per_hour, nw.Float64)).otherwise(others)
