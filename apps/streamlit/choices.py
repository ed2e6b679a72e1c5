"""What a person can choose from in a log: what the filters, and the pages, offer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl
import texts

import procmine as pm
from procmine.collecting import collect
from procmine.draw.theme import department_colours
from procmine.errors import ConfigurationError
from procmine.eventlog import EventLog
from procmine.policy.document import read_policy
from procmine.schema import (
    ACTIVITY,
    CASE,
    CHANNEL,
    CUSTOMER,
    DEPARTMENT,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    MADE,
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    RESOURCE,
    SEGMENT,
    TIMESTAMP,
    VARIANT,
)

MOST_VALUES = 60
"""A column with more values than a person can choose from is no filter."""
MOST_COLUMNS = 12


@dataclass(frozen=True)
class Choices:
    """What a person can choose from in a log.

    Attributes:
        first: The day of the first event.
        last: The day of the last one.
        activities: All activities, the commonest first.
        starts: Those that journeys start with.
        ends: Those that journeys end with.
        steps: The two activities of each step that journeys take, by what the link calls it.
        handovers: The two departments of each handoff, likewise.
        ways: The rank of each variant, the commonest first, by its number.
        knows_open: Whether the log says which journeys are open, and not in a column.
        rules: The names of the rules in the policy beside it.
        values: For each column that makes a filter, its values.
        departments: The colour of each department.
        colours: The colour of each activity.
    """

    first: date
    last: date
    activities: tuple[str, ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    steps: dict[str, tuple[str, str]]
    handovers: dict[str, tuple[str, str]]
    ways: dict[str, int]
    knows_open: bool
    rules: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    departments: dict[str, str]
    colours: dict[str, str]


def choices_of(
    log: EventLog, ask: Callable[[str], pm.Result], policy: Path | None = None
) -> Choices:
    """Return what a person can choose from in a log.

    Args:
        log: The log.
        ask: Answers an analysis, by its name, of that log.
        policy: The policy beside it, if there is one.
    """
    overview, steps, handoffs, variants = map(
        ask, ("overview", "process_map", "handoffs", "variants")
    )
    nodes, events = steps.nodes, log.table
    zone = ZoneInfo(log.meta.timezone)
    # not of the overview: where a log is protected that doesn't say it to the second, or at all
    ends = events.select(first=nw.col(TIMESTAMP).min(), last=nw.col(TIMESTAMP).max())
    first, last = collect(ends).row(0)
    activities = tuple(overview.activities[ACTIVITY].to_list())
    values = _values_by_column(log)
    return Choices(
        first=first.astimezone(zone).date(),
        last=last.astimezone(zone).date(),
        activities=activities,
        starts=tuple(nodes.filter(pl.col("starts") > 0)[ACTIVITY].to_list()),
        ends=tuple(nodes.filter(pl.col("ends") > 0)[ACTIVITY].to_list()),
        steps=_pairs(steps.edges, ACTIVITY, NEXT_ACTIVITY),
        handovers=_pairs(handoffs.handoffs, DEPARTMENT, NEXT_DEPARTMENT),
        ways=_ranks(variants.variants[VARIANT]),
        knows_open=bool(log.meta.outcomes) and JOURNEY_STATE not in log.columns,
        rules=() if log.meta.protected else _rules(policy),
        values={c: v for c, v in values.items() if 1 < len(v) <= MOST_VALUES},
        departments=department_colours(values.get(DEPARTMENT, ())),
        colours=department_colours(activities),
    )


def _pairs(rows: pl.DataFrame, column: str, next_column: str) -> dict[str, tuple[str, str]]:
    known = rows.select(column, next_column).drop_nulls().rows()
    return {texts.step(*pair): pair for pair in known}


def _rules(policy: Path | None) -> tuple[str, ...]:
    if policy is None:
        return ()
    try:
        return tuple(rule.name for rule in read_policy(policy).rules)
    except ConfigurationError:  # the page of conformance says what is wrong with it
        return ()


def _ranks(variants: pl.Series) -> dict[str, int]:
    # where a log is protected, the rows that became one come last and have no number
    return {str(number): rank for rank, number in enumerate(variants.drop_nulls(), start=1)}


def _values_by_column(log: EventLog) -> dict[str, tuple[str, ...]]:
    """Return the values of the columns that may become filters, the best-known columns first."""
    schema = log.table.collect_schema()
    never = {CASE, CUSTOMER, ACTIVITY, RESOURCE, *MADE}
    texts_of = [c for c, t in schema.items() if t in (nw.String, nw.Categorical) and c not in never]
    first = (JOURNEY_TYPE, JOURNEY_STATE, SEGMENT, CHANNEL, DEPARTMENT)
    known = [c for c in first if c in texts_of]
    others = [c for c in texts_of if c not in known and not c.startswith("_")]
    counts = collect(log.table.select(nw.col(c).n_unique() for c in texts_of)) if texts_of else None
    few = [c for c in others if counts is not None and 1 < counts[c].item() <= MOST_VALUES]
    return {c: values_of(log, c) for c in [*known, *few[:MOST_COLUMNS]]}


def values_of(log: EventLog, column: str) -> tuple[str, ...]:
    """Return the values of a column, in order."""
    found = collect(log.table.select(nw.col(column).cast(nw.String)).drop_nulls().unique())
    return tuple(found[column].sort().to_list())
