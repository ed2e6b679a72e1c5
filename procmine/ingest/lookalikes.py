"""Values that are kept and look like missing ones."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from procmine.schema import ACTIVITY, CHANNEL, DEPARTMENT, RESOURCE, SEGMENT

ROLES: Final = (ACTIVITY, DEPARTMENT, RESOURCE, SEGMENT, CHANNEL)
"""Not the case: in one public log a case is called NA."""

_WORDS: Final = (
    "unknown", "empty", "?", "??", "n/a", "#n/a", "na", "n.a.", "-", "--", "---", ".", "none",
    "null", "(null)", "nil", "nan", "<na>", "(blank)", "blank", "missing", "not available",
    "not applicable", "not specified", "unspecified", "undefined", "not assigned", "unassigned",
    "unbekannt", "onbekend", "inconnu",
)  # fmt: skip
SPELLINGS: Final = sorted({s for w in _WORDS for s in (w, w.upper(), w.title(), w.capitalize())})


def measure(role: str, values: pl.Expr) -> pl.Expr:
    """Return how many look-alikes there are among a role's values."""
    return values.is_in(SPELLINGS).sum().alias(f"alike: {role}")


def query(table: pl.LazyFrame, role: str, values: pl.Expr) -> pl.LazyFrame:
    """Return the query for the look-alikes among a role's values.

    A query of its own: beside other measures Polars would hold the column in memory for it.
    """
    named = table.select(values.alias(measured_as(role)))
    return named.filter(pl.col(measured_as(role)).is_in(SPELLINGS)).unique()


def are_there(role: str, measured: Mapping[str, Any]) -> bool:
    """Whether a role has look-alikes."""
    return bool(measured.get(f"alike: {role}"))


def lookalikes(measured: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return role to its look-alikes, for the roles that have any."""
    found = {r: tuple(sorted(measured.get(measured_as(r)) or ())) for r in ROLES}
    return {r: values for r, values in found.items() if values}


def measured_as(role: str) -> str:
    """Return the name under which a role's look-alikes are measured."""
    return f"lookalikes: {role}"
