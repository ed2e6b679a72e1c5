"""The journeys that break rules, as a log."""

from collections.abc import Iterable
from dataclasses import replace

import narwhals as nw
import polars as pl

from procmine.eventlog import EventLog
from procmine.filters import of_cases
from procmine.schema import CASE


def breaking(log: EventLog, violations: pl.DataFrame, rules: Iterable[str]) -> EventLog:
    """Keep the journeys that break each of some rules.

    Args:
        log: The event log.
        violations: The table of that name that the analysis of conformance gives of it.
        rules: The names of rules.

    Returns:
        The log of those journeys, complete.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {"case": ["1", "2"], "activity": ["ask"] * 2, "time": ["2026-01-05T09:00Z"] * 2}
        ... )
        >>> broken = pl.DataFrame({"rule": ["in time"], "case_id": ["2"]})
        >>> breaking(pm.read(table), broken, ["in time"]).size
        (1, 1)
    """
    for rule in rules:
        cases = violations.filter(pl.col("rule") == rule)[CASE]
        kept = nw.to_native(of_cases(log.table, cases))
        log = replace(log, events=kept, meta=log.meta.selected(f"journeys that break '{rule}'"))
    return log
