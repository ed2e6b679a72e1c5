"""The columns that say what happens to a piece of work, and whether they can be paired."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import polars as pl

from procmine.errors import ColumnError, OptionError, nearest
from procmine.schema import INSTANCE, TRANSITION, plain

LIFECYCLES: Final = frozenset(
    {"lifecycletransition", "lifecycle", "lifecycleid", "eventlifecyclestate"}
)
"""The plain names of a column that says whether work starts or is complete."""
_INSTANCES: Final = frozenset({"conceptinstance", "activityinstance", "activityinstanceid"})
"""The plain names of a column that tells apart the pieces of work on an activity of a case."""


def transitions(columns: Collection[str]) -> str | None:
    """Return the column that says whether work starts or is complete; None where there is none.

    Example:
        >>> transitions(["concept:name", "lifecycle:transition"])
        'lifecycle:transition'
    """
    return next((c for c in columns if plain(c) in LIFECYCLES), None)


def lifecycle_columns(asked: str, columns: Mapping[str, pl.DataType]) -> dict[str, str]:
    """Return what pairing needs to the column that has it.

    Args:
        asked: How lifecycles are read; `pair` is the one way.
        columns: The source's columns and their types.

    Raises:
        OptionError: Another way is asked for.
        ColumnError: No column says what happens to a piece of work.
    """
    if asked != "pair":
        raise OptionError(f"Lifecycles can't be read as '{asked}'.", nearest(asked, ["pair"]))
    found = transitions(columns)
    if found is None or columns[found].is_nested():
        raise ColumnError(
            "No column says what starts and what is complete, so lifecycles can't be paired.",
            "Call the column that does lifecycle:transition, or leave the option out.",
        )
    instance = next((c for c in columns if plain(c) in _INSTANCES), None)
    return {TRANSITION: found} | ({INSTANCE: instance} if instance else {})


def check_lifecycle(lifecycle: Mapping[str, str], measured: Mapping[str, Any]) -> None:
    """See that something starts where pairing was asked for.

    Args:
        lifecycle: What `lifecycle_columns` found; empty where nobody asked.
        measured: What was counted over all rows.

    Raises:
        ColumnError: Nothing does.
    """
    if lifecycle and not measured.get("lifecycle start"):
        raise ColumnError(
            f"No event in '{lifecycle[TRANSITION]}' is a start, so lifecycles can't be paired.",
            "Leave the option out; events count when they are complete.",
        )
