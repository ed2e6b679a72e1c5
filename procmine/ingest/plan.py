"""How each column of a source is read, once the whole of it has been measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from procmine.errors import ColumnError, TimestampError
from procmine.ingest.sources import Sources, collected
from procmine.ingest.values import (
    Typing,
    number,
    possible_types,
    truth,
    type_measures,
    types,
    whole,
)
from procmine.io.raw import POSITION
from procmine.schema import ORDER, ROLES, START, TIMESTAMP
from procmine.timestamps import TimeColumn, settle

_ROUNDS: Final = 3
"""How often values left over may show another shape of time."""
_KINDS: Final = {r.name: r.kind for r in ROLES}


@dataclass(frozen=True)
class Plan:
    """What was decided over the whole source.

    Attributes:
        roles: Role to column.
        times: Column to how its times are read.
        types: Column of text to its type, where it has one.
        rows: Records of each source.
        order_range: Smallest and largest value of the given order, if there is one.
        zone: The zone of times that name none.
        null_values: Texts that stand for a missing value.
        notes: What was decided, as sentences.
    """

    roles: Mapping[str, str]
    times: Mapping[str, TimeColumn]
    types: Mapping[str, pl.DataType]
    rows: Sequence[int]
    order_range: tuple[int, int] | None
    zone: str
    null_values: tuple[str, ...]
    notes: tuple[str, ...]


def plan(
    sources: Sources,
    roles: dict[str, str],
    given: frozenset[str],
    *,
    zone: str,
    null_values: tuple[str, ...],
    day_first: bool | None,
) -> Plan:
    """Measure a source and decide how to read it.

    Args:
        sources: The sources.
        roles: Role to column.
        given: The roles that somebody named a column for.
        zone: The zone of times that name none.
        null_values: Texts that stand for a missing value.
        day_first: Whether 03/04 is the third of April; None to find out.

    Raises:
        ColumnError: A named column doesn't hold what its role asks for.
        TimestampError: Times can't be read, or can be read in two ways.
    """
    sample = sources.sample()
    _flat(roles, sources)
    times = _times(sources, roles, sample, null_values)
    roles_columns = set(roles.values())
    attributes = sources.untyped - roles_columns - set(times)
    typing = possible_types(sample, attributes)
    facts = [*sources.row_measures(), *_role_measures(roles, sources, null_values)]
    times, measured = _measured(sources, times, [*facts, *_all_types(typing)])
    roles, notes = _usable(roles, given, times, measured)
    wanted = {roles[r] for r in (TIMESTAMP, START) if r in roles} | (set(times) - roles_columns)
    settled = settle([t for n, t in times.items() if n in wanted], measured, day_first=day_first)
    low_high = (measured["order low"], measured["order high"]) if ORDER in roles else None
    return Plan(
        roles=roles,
        times={t.name: t for t in settled},
        types=types(typing, measured),
        rows=sources.rows(measured),
        order_range=low_high if low_high and low_high[0] is not None else None,
        zone=zone,
        null_values=null_values,
        notes=(*notes, *_said(settled, day_first)),
    )


def _flat(roles: Mapping[str, str], sources: Sources) -> None:
    nested = {r: c for r, c in roles.items() if sources.columns[c].is_nested()}
    for role, column in nested.items():
        raise ColumnError(
            f"The column '{column}' can't be {role}: its values are nested.", "Give another column."
        )


def _times(
    sources: Sources, roles: Mapping[str, str], sample: pl.DataFrame, null_values: Sequence[str]
) -> dict[str, TimeColumn]:
    names = [roles[r] for r in (TIMESTAMP, START) if r in roles]
    declared = sorted(frozenset[str]().union(*(r.times for r in sources.raws)))
    names += [n for n in declared if n in sources.columns and n not in roles.values()]
    return {n: TimeColumn.of(sample, n, POSITION, null_values) for n in dict.fromkeys(names)}


def _all_types(typing: Typing) -> list[pl.Expr]:
    return [e for name in typing for e in type_measures(typing, name)]


def _measured(
    sources: Sources, times: dict[str, TimeColumn], others: list[pl.Expr]
) -> tuple[dict[str, TimeColumn], dict[str, Any]]:
    """Measure everything in one pass; times again while values left over teach something."""
    measured: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        measures = [m for t in times.values() for m in t.measures()] + others
        measured |= collected(sources.table.select(measures), sources.name).row(0, named=True)
        learned = {n: t.learned(measured) for n, t in times.items()}
        if learned == times:
            break
        times, others = learned, []
    return times, measured


def _role_measures(
    roles: Mapping[str, str], sources: Sources, null_values: Sequence[str]
) -> list[pl.Expr]:
    """Return what has to be known of the columns that should hold numbers or truth values."""
    found: list[pl.Expr] = []
    for role, column in roles.items():
        dtype = sources.columns[column]
        if role == ORDER:
            value = whole(column, dtype, null_values)
            found += [value.min().alias("order low"), value.max().alias("order high")]
        elif _KINDS[role] == "number":
            value = number(column, dtype, null_values)
        elif _KINDS[role] == "truth":
            value = truth(column, dtype, null_values)
        else:
            continue
        filled = pl.col(column).cast(pl.String).str.strip_chars()
        unread = value.is_null() & (filled != "") & ~filled.is_in(list(null_values))
        found.append(unread.sum().alias(f"unread {role}"))
    return found


def _usable(
    roles: dict[str, str],
    given: frozenset[str],
    times: Mapping[str, TimeColumn],
    measured: Mapping[str, Any],
) -> tuple[dict[str, str], list[str]]:
    """Drop a role whose column was found by its name alone and holds something else."""
    kept, notes = dict(roles), list[str]()
    for role, column in roles.items():
        unread = int(measured.get(f"unread {role}") or 0)
        time = times.get(column) if role in {TIMESTAMP, START} else None
        unreadable = time is not None and bool(time.examples) and not time.shapes
        if not unread and not unreadable:
            continue
        if time is not None and (role == TIMESTAMP or role in given):
            row, text = time.examples[0]
            raise TimestampError(
                f"The times in column '{column}' can't be read: '{text}' (row {row:,}).",
                "Give the column that holds the times, or write them as 2026-01-31 13:45:00.",
            )
        if role in given:
            raise ColumnError(
                f"The column '{column}' can't be {role}: {unread:,} of its values are no "
                f"{'truth values' if _KINDS[role] == 'truth' else 'whole numbers' if role == ORDER else 'numbers'}.",
                "Mend them, name them with null_values (--null-value), or leave the option out.",
            )
        del kept[role]
        notes.append(f"'{column}' isn't taken as {role}: not all of its values fit.")
    return kept, notes


def _said(times: Sequence[TimeColumn], day_first: bool | None) -> list[str]:  # noqa: FBT001
    """Say what was decided about the order of day and month, and about short years."""
    notes = [
        f"In '{t.name}' the {'month' if t.month_first else 'day'} comes first."
        for t in times
        if t.is_ambiguous and day_first is None
    ]
    short = [t.name for t in times if any(s.short_year for s in t.shapes)]
    return notes + [f"Years of two digits in '{n}' are read as 1970 to 2069." for n in short]


