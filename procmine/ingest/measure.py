"""Hold the plan against every row, and revise it until nothing contradicts it.

Where the events fit in memory they are read in the very pass that checks them, so that a file is
gone through once; where they don't, they stay a query on the source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final

import polars as pl

from procmine.ingest.account import lookalikes, measures
from procmine.ingest.canonical import MADE_TIMES, REASON, accepted, mark
from procmine.ingest.plan import (
    Plan,
    count_measures,
    learned,
    refuse_undecided_times,
    revised,
    shape_measures,
    unread_times,
)
from procmine.ingest.sources import Sources, collected
from procmine.ingest.values import type_measures
from procmine.schema import ORDER

_ROUNDS: Final = 6
"""How often values left over may teach another shape of time."""


@dataclass(frozen=True)
class Done:
    """A source, read by a plan that nothing contradicts.

    Attributes:
        sources: The sources.
        plan: How they are read.
        measured: What was counted over all rows.
        accepted: The usable events, canonical; in memory if they fit.
        set_aside: The others.
    """

    sources: Sources
    plan: Plan
    measured: Mapping[str, Any]
    accepted: pl.LazyFrame
    set_aside: pl.LazyFrame


def read(sources: Sources, first: Plan) -> Done:
    """Read a source.

    Args:
        sources: The sources.
        first: The plan to begin with; the sample refines it before the whole source is read.

    Raises:
        InputError: The source can't be read as an event log.
    """
    plan = _rehearsed(sources, first)
    for number in count(1):
        marked = mark(sources.table, sources, plan)
        events = accepted(marked, sources, plan)
        queries = [marked.select(_all_measures(sources, plan))]
        queries += [events] if sources.fits_in_memory else []
        counted, *held = collected(queries, sources.name)
        measured = counted.row(0, named=True)
        measured |= _unread(marked, plan, _made(plan), measured, sources.name)
        better = revised(sources, plan, measured)
        if number >= _ROUNDS:  # whatever is still unread is set aside
            better = replace(better, times=plan.times)
        if _reads_alike(better, plan):
            refuse_undecided_times(better)
            measured |= lookalikes(marked, sources, better, measured)
            events = held[0].lazy() if held else events
            aside = sources.aside(marked, REASON, list(sources.columns))
            return Done(sources, better, measured, events, aside)
        plan = better
    raise AssertionError("types and roles can only become fewer")


def _reads_alike(one: Plan, other: Plan) -> bool:
    """Whether plans give the same events: possible types beyond the first don't matter.

    Nor does the number of rows of a single source whose order isn't given.
    """
    rows = other.rows if len(one.rows) == 1 and ORDER not in one.roles else one.rows
    same_types = [t[:1] for t in one.types.values()] == [t[:1] for t in other.types.values()]
    return same_types and replace(one, rows=rows, types=other.types) == other


def _rehearsed(sources: Sources, plan: Plan) -> Plan:
    """Refine the plan on the sample, which costs nothing."""
    for _ in range(_ROUNDS):
        sample = sources.sample.lazy()
        shapes = shape_measures(plan, {}, type_measures)
        measured = sample.select(pl.len(), *shapes).collect().row(0, named=True)
        measured |= _unread(sample, plan, {}, measured, sources.name)
        better = learned(plan, measured)
        if better == plan:
            break
        plan = better
    return plan


def _all_measures(sources: Sources, plan: Plan) -> list[pl.Expr]:
    return [
        *count_measures(sources, plan),
        *shape_measures(plan, _made(plan)),
        *measures(sources, plan),
    ]


def _made(plan: Plan) -> dict[str, pl.Expr]:
    return {plan.roles[r]: pl.col(c) for r, c in MADE_TIMES.items() if r in plan.roles}


def _unread(
    table: pl.LazyFrame,
    plan: Plan,
    made: Mapping[str, pl.Expr],
    measured: Mapping[str, Any],
    name: str,
) -> dict[str, Any]:
    """Fetch some of the times that can't be read, if there are any."""
    queries = [table.select(shown) for shown in unread_times(plan, made, measured).values()]
    rows = [row for query in queries for row in collected([query], name)]
    return {column: value for row in rows for column, value in row.row(0, named=True).items()}
