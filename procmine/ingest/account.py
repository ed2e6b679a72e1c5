"""What became of the events: counted, and said in sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from procmine.ingest import lookalikes as looks
from procmine.ingest.canonical import BEGIN, INSTANT, REASON, starts_sane
from procmine.ingest.lifecycle import transitions
from procmine.ingest.plan import Plan
from procmine.ingest.sentences import (
    about_lifecycles,
    about_times,
    about_values,
    taken_as,
)
from procmine.ingest.sources import Sources, collected
from procmine.ingest.values import text
from procmine.quality import REASONS, Quality
from procmine.schema import START, TIMESTAMP
from procmine.timestamps.zones import UTC, ambiguous, non_existent


def measures(sources: Sources, plan: Plan) -> list[pl.Expr]:
    """Return everything that is counted over the marked rows, in one pass."""
    usable = pl.col(REASON).is_null()
    found = [(pl.col(REASON) == code).sum().alias(f"reason {code}") for code in REASONS]
    found += [usable.sum().alias("accepted"), *_clock_changes(plan)]
    if START in plan.roles:
        unread = plan.times[plan.roles[START]].unread(pl.col(BEGIN)).is_not_null()
        insane = pl.col(BEGIN).is_not_null() & ~starts_sane()
        late = usable & (pl.col(BEGIN) > pl.col(INSTANT)).fill_null(False)
        found.append(late.sum().alias("negative"))
        found.append((usable & ~late & (unread | insane)).sum().alias("unread starts"))
    found += [looks.measure(role, values) for role, values in _texts(sources, plan)]
    return found + _lifecycle(sources)


def _texts(sources: Sources, plan: Plan) -> Iterator[tuple[str, pl.Expr]]:
    """Yield the roles whose values may look like missing ones, and those values."""
    for role, column in plan.roles.items():
        if role in looks.ROLES:
            yield role, text(column, sources.columns[column], plan.null_values)


def lookalikes(
    marked: pl.LazyFrame, sources: Sources, plan: Plan, measured: Mapping[str, Any]
) -> dict[str, Any]:
    """Fetch the values that look like missing ones, if there are any."""
    queries = [
        looks.query(marked, role, values)
        for role, values in _texts(sources, plan)
        if looks.are_there(role, measured)
    ]
    found = [collected([query], sources.name)[0].to_series() for query in queries]
    return {values.name: values.to_list() for values in found}


def _clock_changes(plan: Plan) -> list[pl.Expr]:
    time = plan.times[plan.roles[TIMESTAMP]]
    if plan.zone == UTC or not time.naive:
        return []
    wall = time.walls()
    return [
        ambiguous(wall, plan.zone).sum().alias("ambiguous"),
        non_existent(wall, plan.zone).sum().alias("shifted"),
    ]


def _lifecycle(sources: Sources) -> list[pl.Expr]:
    column = transitions(sources.columns)
    if column is None or sources.columns[column].is_nested():
        return []
    value = pl.col(column).cast(pl.String)
    return [
        value.is_in([w, w.upper(), w.title()]).any().alias(f"lifecycle {w}")
        for w in ("start", "complete")
    ]


def count(sources: Sources, plan: Plan, measured: Mapping[str, Any]) -> Quality:
    """Return the counts of what was measured."""
    unread = {f"reason {code}": n for code, n in sources.unread.items()}
    return quality_of(sum(plan.rows), {**measured, **unread})


def quality_of(rows: int, measured: Mapping[str, Any]) -> Quality:
    """Return the counts of what was measured over so many records, broken ones among them."""

    def counted(name: str) -> int:
        return int(measured.get(name) or 0)

    reasons = {code: n for code in REASONS if (n := counted(f"reason {code}"))}
    return Quality(
        rows_read=rows,
        accepted=counted("accepted"),
        set_aside=sum(reasons.values()),
        reasons=reasons,
        ambiguous_times=counted("ambiguous"),
        shifted_times=counted("shifted"),
        unreadable_starts=counted("unread starts"),
        negative_durations=counted("negative"),
    )


def time_origin(plan: Plan, *, stated: bool) -> str:
    """Say where the zone comes from."""
    if stated:
        return "stated"
    naive = plan.times[plan.roles[TIMESTAMP]].naive
    return "assumed" if naive else "offsets in the data"


def notes(
    sources: Sources,
    plan: Plan,
    origin: str,
    quality: Quality,
    measured: Mapping[str, Any],
) -> tuple[str, ...]:
    """Say what was recognised, assumed and noticed."""
    return (
        *(note for raw in sources.raws for note in raw.notes),
        *taken_as(plan.roles, plan.given),
        *plan.notes,
        *_about_shapes(plan),
        *about_times(plan.roles[TIMESTAMP], plan.zone, origin, quality),
        *(() if plan.lifecycle else about_lifecycles(measured)),
        *about_values(measured),
    )


def _about_shapes(plan: Plan) -> Iterator[str]:
    for time in plan.times.values():
        if time.is_ambiguous:
            yield f"In '{time.name}' the {'month' if time.month_first else 'day'} comes first."
        if any(s.short_year for s in time.shapes):
            yield f"Years of two digits in '{time.name}' are read as 1970 to 2069."
