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
    """Return the look-alikes among a role's values."""
    return values.filter(values.is_in(SPELLINGS)).unique().implode().alias(measured_as(role))


def lookalikes(measured: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return role to its look-alikes, for the roles that have any."""
    found = {r: tuple(sorted(measured.get(measured_as(r)) or ())) for r in ROLES}
    return {r: values for r, values in found.items() if values}


def measured_as(role: str) -> str:
    """Return the name under which a role's look-alikes are measured."""
    return f"lookalikes: {role}"
