"""What must hold, and whether it does: limits of figures, promises, rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from procmine.errors import ColumnError, ConfigurationError, OptionError, nearest
from procmine.eventlog import EventLog
from procmine.filters import one_of
from procmine.report.asking import Asking
from procmine.report.document import Threshold
from procmine.result import Result, shown

_VERBS: Final = {
    "violation_share": "is broken by {} of journeys{}, and {} is tolerated",
    "inside_share": "is kept for {} of journeys{}, and {} is asked",
}
"""How a figure is said of what it belongs to."""

SEVERITIES: Final = ("high", "medium", "low")


@dataclass(frozen=True)
class Check:
    """Something that must hold, and how it stands.

    Attributes:
        name: What people call it.
        kind: `threshold`, `promise`, or the kind of rule.
        figure: What is measured, a column's name: its ending tells the unit.
        value: The figure; None where there is none.
        limit: What it is held against.
        at_most: Whether the figure may not exceed the limit, or must reach it.
        kept: Whether it holds; None where it couldn't be tested.
        severity: How bad it is if it doesn't: high, medium or low.
        owner: Who answers for it.
        note: What else is to be said in a phrase: the worst row, or why it wasn't tested.
    """

    name: str
    kind: str
    figure: str
    value: float | None
    limit: float
    at_most: bool
    kept: bool | None
    severity: str = "medium"
    owner: str | None = None
    note: str = ""

    @property
    def miss(self) -> float:
        """How far the figure lies beyond the limit; negative where the limit is kept.

        Example:
            >>> Check("p", "promise", "inside_share", 0.5, 0.9, False, False).miss
            0.4
        """
        beyond = (self.value or 0.0) - self.limit
        return beyond if self.at_most else -beyond

    def say(self, value: float | None) -> str:
        """Say a figure of this check as a person reads it.

        Example:
            >>> Check("p", "promise", "inside_share", 0.5, 0.9, False, False).say(0.5)
            '50 %'
        """
        return shown(self.figure, value)

    @property
    def limited(self) -> str:
        """The limit in words.

        Example:
            >>> Check("p", "promise", "inside_share", 0.5, 0.9, False, False).limited
            'at least 90 %'
        """
        return f"{'at most' if self.at_most else 'at least'} {self.say(self.limit)}"


def thresholds(
    asking: Asking,
    whole: EventLog,
    limits: Sequence[tuple[Threshold, Mapping[str, Any] | None]],
    owner: str | None,
) -> list[Check]:
    """Hold figures against their limits.

    Args:
        asking: The log's answers.
        whole: The log before any filter: a value that occurs there was written right.
        limits: Each threshold with the options its analysis is asked with.
        owner: Who answers for what has no owner of its own.

    Raises:
        ConfigurationError: A table, column or value isn't there, or isn't a figure.
    """
    return [
        _threshold(at, limit, asking.ask(limit.analysis, options), whole, owner)
        for at, (limit, options) in enumerate(limits)
    ]


def _threshold(
    at: int, limit: Threshold, result: Result, whole: EventLog, owner: str | None
) -> Check:
    key = f"thresholds[{at}]"
    table = _table(key, limit, result)
    rows = _rows(key, limit, table, whole).drop_nulls(limit.column)
    at_most = limit.at_most is not None
    worst = rows.sort(limit.column, descending=at_most).head(1)
    value = None if worst.is_empty() else float(worst[limit.column].item())
    kept = None if value is None else value <= limit.limit if at_most else value >= limit.limit
    note = "no journey tells it" if value is None else _worst(limit, worst, rows.height)
    return Check(
        limit.name,
        "threshold",
        limit.column,
        value,
        limit.limit,
        at_most,
        kept,
        limit.severity,
        limit.owner or owner,
        note,
    )


def _table(key: str, limit: Threshold, result: Result) -> pl.DataFrame:
    if limit.table not in result.tables:
        fact = f"{key}.table: {limit.analysis} has no table '{limit.table}'."
        raise ConfigurationError(fact, nearest(limit.table, result.tables))
    table = result.tables[limit.table]
    numeric = [c for c, kind in table.schema.items() if kind.is_numeric()]
    if limit.column not in numeric:
        there = limit.column in table.columns
        fact = f"its table '{limit.table}' has no column '{limit.column}'"
        fact = f"'{limit.column}' isn't a figure" if there else fact
        raise ConfigurationError(f"{key}.column: {fact}.", nearest(limit.column, numeric))
    return table


def _rows(key: str, limit: Threshold, table: pl.DataFrame, whole: EventLog) -> pl.DataFrame:
    """Return the rows the threshold is about; none if none stands for a value that is right."""
    rows = table
    for column, value in limit.where.items():
        if column not in table.columns:
            fact = f"{key}.where: '{limit.table}' has no column '{column}'."
            raise ConfigurationError(fact, nearest(column, table.columns))
        text = pl.col(column).cast(pl.String)
        said = str(value).lower() if isinstance(value, bool) else str(value)
        if said not in table[column].cast(pl.String):
            _refuse_unknown(f"{key}.where.{column}", column, said, table, whole)
        rows = rows.filter(text == said)
    return rows


def _refuse_unknown(
    key: str, column: str, value: str, table: pl.DataFrame, whole: EventLog
) -> None:
    """Refuse a value that occurs neither in the table nor anywhere in the log."""
    name = column.removeprefix("next_")
    try:
        one_of(whole.table, name, value)
    except ColumnError:
        known = [str(v) for v in table[column].unique().sort() if v is not None]
        raise ConfigurationError(
            f"{key}: there is no row with '{value}'.", nearest(value, known)
        ) from None
    except OptionError as error:
        raise ConfigurationError(f"{key}: {error.fact}", error.help) from None


def _worst(limit: Threshold, worst: pl.DataFrame, rows: int) -> str:
    """Name the row that decides, where there were several."""
    if rows < 2:
        return ""
    row = worst.row(0, named=True)
    said = [str(v) for c, v in row.items() if isinstance(v, str) and c not in limit.where]
    return f"worst of {rows} rows: {' → '.join(said)}" if said else f"worst of {rows} rows"


def figured(check: Check, was: float | None = None) -> str:
    """Say a check's figure, what it was, and what it is held against.

    Args:
        check: The check, which has a figure.
        was: What it was.

    Example:
        >>> figured(Check("In time", "promise", "inside_share", 0.5, 0.9, False, False), 0.8)
        'is kept for 50 % of journeys (was 80 %), and at least 90 % is asked'
    """
    before = "" if was is None else f" (was {check.say(was)})"
    verb = _VERBS.get(check.figure, "is at {}{}, and {} is asked")
    return verb.format(check.say(check.value), before, check.limited)


def described(check: Check) -> str:
    """Say how a check stands.

    Example:
        >>> described(Check("In time", "promise", "inside_share", 0.5, 0.9, False, False))
        '“In time” is broken: it is kept for 50 % of journeys, and at least 90 % is asked'
    """
    state = {True: "is kept", False: "is broken", None: "wasn't tested"}[check.kept]
    said = check.note if check.value is None else f"it {figured(check)}"
    return f"“{check.name}” {state}: {said}"
