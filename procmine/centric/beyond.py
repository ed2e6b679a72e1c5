"""The gates beyond: customers treated by what they are worth, and customers in control."""

from collections.abc import Iterator
from typing import Final

import narwhals as nw
import polars as pl

from procmine.centric.asked import Asked
from procmine.centric.experience import SURE, alike
from procmine.centric.gate import CONTROL, VALUE, Gate, decided, unknown
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.schema import ACTIVITY, BY_CUSTOMER, GAP_BY_CUSTOMER, NEXT_ACTIVITY
from procmine.wording import count, share

CONTROL_SHARE: Final = 0.5
"""From this share of decisions on the customer counts as in control."""

WAY_SHARE: Final = 0.05
"""A way that fewer go on is no choice."""


def gates(asked: Asked) -> Iterator[Gate]:
    """Assess the gates of the two upper levels, in order.

    Args:
        asked: The log and what the company says of itself.
    """
    yield _differs(asked)
    yield alike(asked, VALUE)
    yield _controls(asked.log)


def _differs(asked: Asked) -> Gate:
    gate, least = "Segments treated by worth", "a difference, p at most 5 %"
    if not asked.has_segments:
        why = "The log names no segment; read it with the column that does."
        return unknown(VALUE, gate, least, why)
    queue, differs = asked.promises.queue, asked.between_segments
    if "reversed" in set(queue["verdict"]):
        evidence = "The queue serves the less valued segments first."
        return decided(VALUE, gate, least, met=False, evidence=evidence, figure=None)
    sure = differs.summary.filter(pl.col("adjusted_p_value") <= SURE)
    if "honoured" in set(queue["verdict"]):
        tau = min(queue.filter(verdict="honoured")["tau"].to_list())
        evidence = "The queue serves the more valued segments first."
        return decided(VALUE, gate, least, met=True, evidence=evidence, figure=tau)
    if differs.summary.is_empty():
        return unknown(VALUE, gate, least, "There are no two segments to compare.")
    bits = max(sure["excess_bits"].to_list(), default=0.0)
    return decided(VALUE, gate, least, met=sure.height > 0, evidence=differs.headline, figure=bits)


def _controls(log: EventLog) -> Gate:
    gate, least = "Customers decide", f"{share(CONTROL_SHARE)} of decisions"
    if BY_CUSTOMER not in log.columns or GAP_BY_CUSTOMER not in log.columns:
        why = "The log doesn't say which events the customer does; its mapping can."
        return unknown(CONTROL, gate, least, why)
    ways = _ways(log.inside())
    chosen = ways.filter(pl.col("ways") > 1)
    decisions, own = int(chosen["count"].sum()), int(chosen["own"].sum())
    if not decisions:
        return unknown(CONTROL, gate, least, "All journeys go on alike: there is no decision.")
    part, points = own / decisions, chosen[ACTIVITY].n_unique()
    evidence = (
        f"After {count(points, 'activity', 'activities')} journeys go on in several ways; the "
        f"customer takes {share(part)} of {count(decisions, 'such step')}."
    )
    return decided(CONTROL, gate, least, met=part >= CONTROL_SHARE, evidence=evidence, figure=part)


def _ways(log: EventLog) -> pl.DataFrame:
    """Count the steps after each activity, and the customer's own: `activity, ways, count, own`."""
    own = nw.col(GAP_BY_CUSTOMER).fill_null(False).cast(nw.Int64)
    steps = log.steps.group_by(ACTIVITY, NEXT_ACTIVITY).agg(
        nw.len().alias("count"), own.sum().alias("own")
    )
    found = collect(steps).cast({ACTIVITY: pl.String, NEXT_ACTIVITY: pl.String})
    often = pl.col("count") >= WAY_SHARE * pl.col("count").sum()
    return (
        found.group_by(ACTIVITY)
        .agg(often.sum().cast(pl.Int64).alias("ways"), pl.col("count").sum(), pl.col("own").sum())
        .sort(ACTIVITY)
    )
