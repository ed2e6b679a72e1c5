"""Estimate when work began, where a log knows completions alone."""

from dataclasses import replace

import polars as pl

from procmine.eventlog import EventLog, prepared
from procmine.schema import CASE, EVENT_NUMBER, START


def estimate_starts(log: EventLog) -> EventLog:
    """Estimate the unknown start times: when both the case and the resource were free for it.

    The estimate is the latest earlier completion in the case, of activities that aren't concurrent
    with it (else the case's beginning), or the latest earlier completion of the same resource,
    whichever is later. It is the earliest start that the log allows, so service times come out too
    long rather than too short, and no wait is left for a busy colleague. Every figure of such a log
    says so. On a public purchasing log the estimate was 0.78 hours off in half of the events, and
    5.3 hours on average.

    Source: Chapela-Campa & Dumas, "Enhancing business process simulation models with extraneous
    activity delays", Information Systems 2024.

    Args:
        log: The event log; known starts stay as they are.

    Returns:
        The log with start times; the log itself where none is missing.

    Raises:
        UnavailableError: The log isn't on Polars.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> pm.estimate_starts(pm.read(table)).events.collect()["service_us"].to_list()
        [0, 3600000000]
    """
    from procmine.waiting.work import estimates  # NumPy is loaded where it is used

    events = estimates(log)
    missing = events[START].null_count()
    if not missing:
        return log
    known = events.select(CASE, EVENT_NUMBER, pl.coalesce(START, "estimate").alias(START))
    started = log.events.drop(START, strict=False).join(
        known.lazy(), on=[CASE, EVENT_NUMBER], how="inner", maintain_order="left"
    )
    meta = replace(log.meta, estimated_starts=log.meta.estimated_starts + missing)
    return prepared(started, log.size[0], meta)
