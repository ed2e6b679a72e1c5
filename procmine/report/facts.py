"""The figures each run keeps beside its checks: where a journey's time goes, and for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from procmine.errors import ColumnError, UnavailableError, nearest
from procmine.eventlog import EventLog
from procmine.report.asking import Asking
from procmine.result import Result, heading
from procmine.schema import CHANNEL, DEPARTMENT, JOURNEY_TYPE, NEXT_DEPARTMENT, SEGMENT

WHOLE, WHERE, WHOM = "whole", "where", "whom"
_GROUPS: Final = (SEGMENT, CHANNEL, JOURNEY_TYPE)
"""Who customers are, in the order in which it is looked for."""


@dataclass(frozen=True)
class Fact:
    """A figure of a run.

    Attributes:
        kind: `whole`: of all journeys; `where`: a mean journey's time in one place, which add up;
            `whom`: by when half of a group's journeys close.
        name: What it is of.
        column: What is measured; its ending tells the unit.
        value: The figure; None where nobody knows.
        low: The lower end of its interval, where it has one.
        high: The upper end.
        cases: Of how many journeys.
    """

    kind: str
    name: str
    column: str
    value: float | None
    low: float | None = None
    high: float | None = None
    cases: int | None = None


def facts(asking: Asking, for_whom: str | None) -> list[Fact]:
    """Gather the figures that every run keeps.

    Args:
        asking: The log's answers.
        for_whom: The column of the groups; segment, channel or journey type where not given.

    Raises:
        ColumnError: There is no such column.
    """
    by = _group(asking.log, for_whom)
    cycle = asking.ask("cycle_time", {"by": by} if by else None)
    found = [*_whole(asking, cycle), *_whom(cycle, by)]
    try:
        found += _where(asking.ask("ledger"))
    except UnavailableError:  # prepared before ledgers were made: the report says the rest
        return found
    return found


def _group(log: EventLog, for_whom: str | None) -> str | None:
    if for_whom is not None and for_whom not in log.columns:
        fact = f"for_whom: the log has no column '{for_whom}'."
        raise ColumnError(fact, nearest(for_whom, log.columns))
    return for_whom or next((c for c in _GROUPS if c in log.columns), None)


def _whole(asking: Asking, cycle: Result) -> Iterator[Fact]:
    row = cycle.summary.row(0, named=True)
    events, cases = asking.log.inside().size
    yield Fact(WHOLE, "journeys", "cases", float(cases))
    yield Fact(WHOLE, "events", "events", float(events))
    name = "closing_median_seconds"
    ends = row[f"low_{name}"], row[f"high_{name}"]
    yield Fact(WHOLE, "half close within", name, row[name], *ends, cases)
    handoffs = asking.ask("overview", {}).summary["handoffs"].item()
    if handoffs is not None and cases:
        yield Fact(WHOLE, "handoffs in a journey", "handoffs", handoffs / cases, cases=cases)


def _whom(cycle: Result, by: str | None) -> Iterator[Fact]:
    if by is None:
        return
    name = "closing_median_seconds"
    for row in cycle.groups.drop_nulls(by).iter_rows(named=True):
        ends = row[f"low_{name}"], row[f"high_{name}"]
        yield Fact(WHOM, _customers(by, str(row[by])), name, row[name], *ends, row["cases"])


def _customers(by: str, value: str) -> str:
    """Say whose journeys they are.

    Example:
        >>> _customers("segment", "Business"), _customers("journey_type", "refund")
        ('Business customers', 'customers with journey type refund')
    """
    return f"{value} customers" if by == SEGMENT else f"customers with {heading(by)} {value}"


def _where(ledger: Result) -> Iterator[Fact]:
    """Divide a mean journey's time among the places where it is spent."""
    cases = int(ledger.summary["cases"].item())
    if not cases:
        return
    yield Fact(WHOLE, "a mean journey", "mean_seconds", ledger.summary["mean_seconds"].item())
    for name, total in _places(ledger):
        yield Fact(WHERE, name, "mean_seconds", total / cases, cases=cases)


def _places(ledger: Result) -> Iterator[tuple[str, float]]:
    for row in ledger.departments.iter_rows(named=True):
        name = row[DEPARTMENT]
        yield f"waiting in {name}" if name else "waiting inside departments", row["inside_seconds"]
        yield f"work in {name}" if name else "work", row["service_seconds"]
    for row in ledger.handoffs.iter_rows(named=True):
        yield (
            f"the handoff from {row[DEPARTMENT]} to {row[NEXT_DEPARTMENT]}",
            row["total_seconds"],
        )
    own: Any = ledger.parts.filter(pl.col("part") == "customer")["total_seconds"].sum()
    yield "waiting for the customer", own
