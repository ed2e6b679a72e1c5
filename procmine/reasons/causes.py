"""Who caused it: the event upstream that the map of reasons blames, or that was late or defective.

Times inside a journey are whole microseconds since its start, so that every engine compares them
alike.

Source: Seddon, Freedom from Command and Control, 2003 (failure demand is caused upstream); the
latest event before, as an as-of join.
"""

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from procmine.eventlog import EventLog
from procmine.schema import ACTIVITY, CASE, DEPARTMENT, ELAPSED, EVENT_NUMBER

if TYPE_CHECKING:
    from procmine.reasons.document import Cause, Late, Reasons

WHY: Final = "__why"
"""The way of attribution, the department to blame and the evidence, with `SPLIT` in between."""
SPLIT: Final = "\x1f"

LINK: Final = "link"
UPSTREAM: Final = "late or defective"

_AT, _NUMBER = "__at", "__number"
_EVENT = [CASE, EVENT_NUMBER]


def with_causes(log: EventLog, events: nw.LazyFrame[Any], reasons: "Reasons") -> nw.LazyFrame[Any]:
    """Add to self-inflicted events who caused them, in `WHY`; null where the map doesn't say.

    An explicit link goes first: the latest of the blamed events before it on the same journey.
    Else it is the latest event that was late or showed a defect: something late is at fault from
    the moment at which it should have been there.

    Args:
        log: The log that they are from.
        events: Self-inflicted events, activity and department as text.
        reasons: Who is to blame.
    """
    table = log.table.with_columns(nw.col(ACTIVITY).cast(nw.String), _department(log))
    linked = [_linked(table, events, link) for link in reasons.causes]
    faults = [_late(log, table, late) for late in reasons.late] + _defects(table, reasons)
    found = [events.with_columns(nw.lit(None, nw.String).alias(WHY))]
    if linked:
        found.append(_latest(_within_one(linked)))
    if faults:
        found.append(_latest(_after(events, _within_one(faults), reasons.blamed_within)))
    table = found[0]
    for more in found[1:]:
        joined = table.join(more.rename({WHY: "__more"}), on=_EVENT, how="left")
        table = joined.with_columns(nw.coalesce(WHY, "__more").alias(WHY)).drop("__more")
    return table


def _within_one(frames: list[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
    return frames[0] if len(frames) == 1 else nw.concat(frames, how="vertical")


def _department(log: EventLog) -> nw.Expr:
    known = nw.col(DEPARTMENT) if DEPARTMENT in log.columns else nw.lit(None, nw.String)
    return known.cast(nw.String).alias(DEPARTMENT)


def _why(way: str, department: nw.Expr, evidence: nw.Expr) -> nw.Expr:
    said = nw.concat_str(nw.lit(way), department, evidence, separator=SPLIT)
    return nw.when(~department.is_null()).then(said).alias(WHY)


def _linked(
    table: nw.LazyFrame[Any], events: nw.LazyFrame[Any], link: "Cause"
) -> nw.LazyFrame[Any]:
    """Pair events with those that a link blames: `case_id, event_number, __at, __why`."""
    caused = events.filter(nw.col(ACTIVITY).is_in(link.of)).select(*_EVENT, ELAPSED)
    blamed = nw.lit(link.department) if link.department else nw.col(DEPARTMENT)
    if not link.activities and link.within is None:
        why = _why(LINK, blamed, nw.lit("the reasons say so"))
        return caused.select(*_EVENT, nw.lit(0, nw.Int64).alias(_AT), why)
    upstream = table.filter(
        nw.col(ACTIVITY).is_in(link.activities)
        if link.activities
        else nw.col(DEPARTMENT) == link.department
    ).select(
        CASE,
        nw.col(ELAPSED).cast(nw.Int64).alias(_AT),
        nw.col(EVENT_NUMBER).alias(_NUMBER),
        _why(LINK, blamed, nw.concat_str(nw.lit("after "), nw.col(ACTIVITY))),
    )
    return _before(caused, upstream, link.within)


def _before(
    caused: nw.LazyFrame[Any], upstream: nw.LazyFrame[Any], within: int | None
) -> nw.LazyFrame[Any]:
    pairs = caused.join(upstream, on=CASE).filter(
        nw.col(_NUMBER) < nw.col(EVENT_NUMBER), nw.col(_AT) <= nw.col(ELAPSED)
    )
    if within is not None:
        pairs = pairs.filter(nw.col(ELAPSED) - nw.col(_AT) <= within)
    return pairs.select(*_EVENT, _AT, WHY)


def _latest(pairs: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Keep for each event the latest that is to blame; of two at once, the last by name."""
    known = pairs.filter(~nw.col(WHY).is_null())
    dated = nw.concat_str(nw.col(_AT).cast(nw.String).str.zfill(20), WHY, separator=SPLIT)
    last = known.select(*_EVENT, dated.alias(WHY)).group_by(_EVENT).agg(nw.col(WHY).max())
    return last.with_columns(nw.col(WHY).str.slice(20 + len(SPLIT)))


def _after(
    events: nw.LazyFrame[Any], faults: nw.LazyFrame[Any], within: int | None
) -> nw.LazyFrame[Any]:
    return _before(events.select(*_EVENT, ELAPSED), faults, within)


def _defects(table: nw.LazyFrame[Any], reasons: "Reasons") -> list[nw.LazyFrame[Any]]:
    if not reasons.defects:
        return []
    evidence = nw.concat_str(nw.lit("after "), nw.col(ACTIVITY))
    return [
        table.filter(nw.col(ACTIVITY).is_in(reasons.defects)).select(
            CASE,
            nw.col(ELAPSED).cast(nw.Int64).alias(_AT),
            nw.col(EVENT_NUMBER).alias(_NUMBER),
            _why(UPSTREAM, nw.col(DEPARTMENT), evidence),
        )
    ]


def _late(log: EventLog, table: nw.LazyFrame[Any], rule: "Late") -> nw.LazyFrame[Any]:
    """Say when an activity became late: `case_id, __at, __number, __why`."""
    number = nw.col(EVENT_NUMBER)
    if rule.since is None:
        since = log.ends.select(
            CASE, nw.lit(0, nw.Int64).alias(_AT), nw.lit(0, nw.Int64).alias(_NUMBER)
        )
    else:
        since = table.filter(nw.col(ACTIVITY) == rule.since).select(
            CASE, nw.col(ELAPSED).cast(nw.Int64).alias(_AT), number.cast(nw.Int64).alias(_NUMBER)
        )
    came = table.filter(nw.col(ACTIVITY) == rule.activity).select(
        CASE, nw.col(ELAPSED).alias("__came"), number.alias("__came_number")
    )
    later = nw.when(nw.col("__came_number") > nw.col(_NUMBER)).then(nw.col("__came"))
    waited = (
        since.join(came, on=CASE, how="left")
        .with_columns(later.alias("__came"))
        .group_by(CASE, _AT, _NUMBER)
        .agg(nw.col("__came").min())
        .with_columns((nw.col(_AT) + rule.within).alias(_AT))
    )
    late = waited.filter(nw.col("__came").is_null() | (nw.col("__came") > nw.col(_AT)))
    department = rule.department or _main_department(table, rule.activity)
    why = _why(UPSTREAM, nw.lit(department, nw.String), nw.lit(f"{rule.activity} was late"))
    return late.select(CASE, _AT, nw.lit(0, nw.Int64).alias(_NUMBER), why)


def _main_department(table: nw.LazyFrame[Any], activity: str) -> str | None:
    """Return the department that does an activity most often."""
    known = table.filter(nw.col(ACTIVITY) == activity, ~nw.col(DEPARTMENT).is_null())
    counted = known.group_by(DEPARTMENT).agg(nw.len().alias("events")).collect("polars")
    ranked = counted.sort("events", DEPARTMENT, descending=[True, False])
    return ranked[DEPARTMENT].to_list()[0] if len(ranked) else None
