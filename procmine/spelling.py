"""Variants spelled out: the activities of each, in order."""

from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.schema import ACTIVITY, EVENT_NUMBER, VARIANT

ACTIVITIES: Final = "activities"

_HEAD: Final = 100_000
"""Events that are looked at first for how variants are spelled."""


def spelled(log: EventLog, lengths: pl.DataFrame | None = None) -> pl.DataFrame:
    """Spell each variant out.

    The first events of the log spell most variants; only the others are looked for in all of it.

    Args:
        log: The event log.
        lengths: The variants that are asked for, with the number of their `events`; all of the
            log's if not given.

    Returns:
        `variant, activities`, the activities as a list of names.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> spelled(pm.read(table))["activities"].to_list()
        [['ask', 'answer']]
    """
    if lengths is None:
        events = nw.col(EVENT_NUMBER).max().alias("events")
        lengths = collect(log.ends.group_by(VARIANT).agg(events))
    head = _in_order(log.table.head(_HEAD))
    whole = head.join(lengths, on=VARIANT).filter(pl.col(ACTIVITIES).list.len() == pl.col("events"))
    left = lengths.join(whole, on=VARIANT, how="anti")[VARIANT].to_list()
    if not left:
        return whole.drop("events")
    rest = _in_order(log.table.filter(nw.col(VARIANT).is_in(left)))
    return pl.concat([whole.drop("events"), rest])


def counted(log: EventLog) -> pl.DataFrame:
    """Count the journeys of each variant, the commonest first.

    Args:
        log: The event log.

    Returns:
        `variant, activities, cases, share`.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {"case": ["1"], "activity": ["ask"], "time": ["2026-01-05T09:00Z"]}
        ... )
        >>> counted(pm.read(table)).select("activities", "cases").rows()
        [(['ask'], 1)]
    """
    sums = [nw.col(EVENT_NUMBER).max().alias("events"), nw.len().alias("cases")]
    found = collect(log.ends.group_by(VARIANT).agg(*sums))
    return (
        found.join(spelled(log, found.select(VARIANT, "events")), on=VARIANT)
        .sort("cases", VARIANT, descending=[True, False])
        .select(VARIANT, ACTIVITIES, "cases", (pl.col("cases") / pl.sum("cases")).alias("share"))
    )


def _in_order(events: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Put the activities of variants in order: all cases of one have the same at each place."""
    places = collect(events.group_by(VARIANT, EVENT_NUMBER).agg(nw.col(ACTIVITY).any_value()))
    return (
        places.sort(VARIANT, EVENT_NUMBER)
        .group_by(VARIANT, maintain_order=True)
        .agg(pl.col(ACTIVITY).cast(pl.String).alias(ACTIVITIES))
    )
