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
_SPELLINGS: Final = sorted({s for w in _WORDS for s in (w, w.upper(), w.title(), w.capitalize())})


def measure(role: str, values: pl.Expr) -> pl.Expr:
    """Return the look-alikes among a role's values."""
    return values.filter(values.is_in(_SPELLINGS)).unique().implode().alias(_measure(role))


def lookalikes(measured: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return role to its look-alikes, for the roles that have any."""
    found = {r: tuple(sorted(measured.get(_measure(r)) or ())) for r in ROLES}
    return {r: values for r, values in found.items() if values}


def _measure(role: str) -> str:
    return f"lookalikes: {role}"
