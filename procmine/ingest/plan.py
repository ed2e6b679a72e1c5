"""How each column of a source is read: guessed from a sample, then held against every row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from procmine.errors import ColumnError, TimestampError
from procmine.ingest.sentences import misfit, not_taken
from procmine.ingest.sources import Sources
from procmine.ingest.values import (
    ALL_TYPES,
    Types,
    misfit_measures,
    number,
    still_possible,
    truth,
    whole,
)
from procmine.io.raw import POSITION
from procmine.schema import ORDER, ROLES, START, TIMESTAMP
from procmine.timestamps import TimeColumn, refuse_undecided, settle
from procmine.wording import figure

_KINDS: Final = {r.name: r.kind for r in ROLES}


@dataclass(frozen=True)
class Plan:
    """How a source is read.

    Attributes:
        roles: Role to column.
        times: Column to how its times are read.
        types: Column of text to the types that its values allow.
        rows: Records of each source; zeros until they are counted.
        order_range: Smallest and largest value of the given order, once known.
        zone: The zone of times that name none.
        null_values: Texts that stand for a missing value.
        given: The roles that somebody named a column for.
        notes: What was decided, as sentences.
        lifecycle: What pairing lifecycles needs to its column; empty where not asked for.
    """

    roles: Mapping[str, str]
    times: Mapping[str, TimeColumn]
    types: Mapping[str, Types]
    rows: tuple[int, ...]
    zone: str
    null_values: tuple[str, ...]
    given: frozenset[str]
    order_range: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()
    lifecycle: Mapping[str, str] = field(default_factory=dict[str, str])


def first_plan(
    sources: Sources,
    sample: pl.DataFrame,
    roles: Mapping[str, str],
    given: frozenset[str],
    *,
    zone: str,
    null_values: tuple[str, ...],
    day_first: bool | None,
) -> Plan:
    """Begin with what the names of the columns and a sample say.

    Args:
        sources: The sources.
        sample: Some of their rows.
        roles: Role to column.
        given: The roles that somebody named a column for.
        zone: The zone of times that name none.
        null_values: Texts that stand for a missing value.
        day_first: Whether 03/04 is the third of April; None to find out.

    Raises:
        ColumnError: A role's values are nested.
    """
    nested = next(((r, c) for r, c in roles.items() if sources.columns[c].is_nested()), None)
    if nested:
        raise ColumnError(
            f"The column '{nested[1]}' can't be {nested[0]}: its values are nested.",
            "Give another column.",
        )
    times = {
        n: TimeColumn.of(sample, n, POSITION, null_values) for n in _time_columns(sources, roles)
    }
    if day_first is not None:
        times = {
            n: replace(t, month_first=not day_first, decided=True, stated=True)
            for n, t in times.items()
        }
    plain = sources.untyped - set(roles.values()) - set(times)
    rows = tuple(sources.expected_rows)
    return Plan(
        roles, times, dict.fromkeys(sorted(plain), ALL_TYPES), rows, zone, null_values, given
    )


def _time_columns(sources: Sources, roles: Mapping[str, str]) -> list[str]:
    """Return the columns of times: those of roles, then those that a source declares."""
    of_roles = [roles[r] for r in (TIMESTAMP, START) if r in roles]
    declared = sorted(frozenset[str]().union(*(r.times for r in sources.raws)))
    others = [n for n in declared if n in sources.columns and n not in roles.values()]
    return list(dict.fromkeys(of_roles + others))


def shape_measures(
    plan: Plan,
    instants: Mapping[str, pl.Expr],
    types: Callable[[str, Types], list[pl.Expr]] = misfit_measures,
) -> list[pl.Expr]:
    """Return what could contradict how times and untyped columns are read.

    Args:
        plan: The plan.
        instants: Column to its instants, for those that have been worked out already.
        types: What is measured of a column's types.
    """
    return [
        *(m for n, t in plan.times.items() for m in t.measures(instants.get(n))),
        *(m for name, possible in plan.types.items() for m in types(name, possible)),
    ]


def unread_times(
    plan: Plan, instants: Mapping[str, pl.Expr], measured: Mapping[str, Any]
) -> dict[str, list[pl.Expr]]:
    """Return, for each column of times with some that can't be read, what shows them.

    Args:
        plan: The plan.
        instants: Column to its instants, for those that have been worked out already.
        measured: What `shape_measures` gave.
    """
    return {n: t.left(instants.get(n)) for n, t in plan.times.items() if t.has_unread(measured)}


def count_measures(sources: Sources, plan: Plan) -> list[pl.Expr]:
    """Return what has to be counted over all rows: the rows themselves, and roles' misfits."""
    return [*sources.row_measures(), *_role_measures(sources, plan)]


def _role_measures(sources: Sources, plan: Plan) -> Iterator[pl.Expr]:
    """Return what has to be known of columns that should hold numbers or truth values."""
    for role, column in plan.roles.items():
        reader = {"number": number, "truth": truth}.get(_KINDS[role])
        if reader is None:
            continue
        value = (whole if role == ORDER else reader)(
            column, sources.columns[column], plan.null_values
        )
        filled = pl.col(column).cast(pl.String).str.strip_chars()
        unread = value.is_null() & (filled != "") & ~filled.is_in(list(plan.null_values))
        yield unread.sum().alias(f"unread {role}")
        if role == ORDER:
            yield value.min().alias("order low")
            yield value.max().alias("order high")


def learned(plan: Plan, measured: Mapping[str, Any]) -> Plan:
    """Return the plan as the shapes measured ask for."""
    times = settle([t.learned(measured) for t in plan.times.values()])
    types = {n: still_possible(n, p, measured) for n, p in plan.types.items()}
    return replace(plan, times={t.name: t for t in times}, types=types)


def revised(sources: Sources, plan: Plan, measured: Mapping[str, Any]) -> Plan:
    """Return the plan as all measures ask for; an equal plan where nothing contradicts it.

    Raises:
        ColumnError: A named column doesn't hold what its role asks for.
        TimestampError: No time can be read.
    """
    low, high = measured.get("order low"), measured.get("order high")
    return replace(
        _readable(_without_texts(learned(_without_misfits(plan, measured), measured), measured)),
        rows=tuple(sources.rows(measured)),
        order_range=(int(low), int(high)) if low is not None and high is not None else None,
    )


def _without_misfits(plan: Plan, measured: Mapping[str, Any]) -> Plan:
    """Take a role from a column that was found by its name alone and holds something else."""
    misfits = {r: n for r in plan.roles if (n := int(measured.get(f"unread {r}") or 0))}
    for role in misfits.keys() & plan.given:
        raise misfit(plan.roles[role], role, misfits[role])
    return _without(plan, list(misfits))


def _without_texts(plan: Plan, measured: Mapping[str, Any]) -> Plan:
    """Leave a column that is only declared to be times as text if not all of it is."""
    used = set(plan.roles.values())
    times = {n: t for n, t in plan.times.items() if n in used or not t.leaves(measured)}
    return replace(plan, times=times)


def _without(plan: Plan, roles: Sequence[str]) -> Plan:
    notes = [not_taken(plan.roles[r], r) for r in roles]
    kept = {r: c for r, c in plan.roles.items() if r not in roles}
    gone = {plan.roles[r] for r in roles} - set(kept.values())
    times = {n: t for n, t in plan.times.items() if n not in gone}
    return replace(plan, roles=kept, times=times, notes=(*plan.notes, *notes))


def _readable(plan: Plan) -> Plan:
    """Return the plan without a start that was only taken for one by its name."""
    for role in (TIMESTAMP, START):
        time = plan.times.get(plan.roles.get(role, ""))
        if time is None or not time.is_text or not time.examples or time.shapes:
            continue
        if role == START and role not in plan.given:
            plan = _without(plan, [role])
            continue
        row, text = time.examples[0]
        raise TimestampError(
            f"The times in column '{time.name}' can't be read: '{text}' (row {figure(row)}).",
            "Give the column that holds the times, or write them as 2026-01-31 13:45:00.",
        )
    return plan


def refuse_undecided_times(plan: Plan) -> None:
    """Refuse to guess the order of day and month once the plan has been held against every row.

    Raises:
        TimestampError: No value decides it, and nobody did.
    """
    used = set(plan.roles.values())
    refuse_undecided([t for n, t in plan.times.items() if n in used])
