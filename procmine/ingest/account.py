"""What became of the events: counted, and said in sentences."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from procmine.ingest import lookalikes as looks
from procmine.ingest.canonical import BEGIN, INSTANT, REASON, starts_sane
from procmine.ingest.plan import Plan
from procmine.ingest.sources import Sources
from procmine.ingest.values import text
from procmine.quality import REASONS, Quality
from procmine.schema import START, TIMESTAMP, plain
from procmine.timestamps.zones import UTC, ambiguous, non_existent

_LIFECYCLES: Final = frozenset(
    {"lifecycletransition", "lifecycle", "lifecycleid", "eventlifecyclestate"}
)


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
    for role, column in plan.roles.items():
        if role in looks.ROLES:
            values = text(column, sources.columns[column], plan.null_values)
            found.append(looks.measure(role, values))
    return found + _lifecycle(sources)


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
    column = next((c for c in sources.columns if plain(c) in _LIFECYCLES), None)
    if column is None or sources.columns[column].is_nested():
        return []
    value = pl.col(column).cast(pl.String)
    return [
        value.is_in([w, w.upper(), w.title()]).any().alias(f"lifecycle {w}")
        for w in ("start", "complete")
    ]


def count(sources: Sources, plan: Plan, measured: Mapping[str, Any]) -> Quality:
    """Return the counts of what was measured."""

    def counted(name: str) -> int:
        return int(measured.get(name) or 0)

    reasons = {code: counted(f"reason {code}") for code in REASONS}
    reasons["broken_row"] = sources.broken
    return Quality(
        rows_read=sum(plan.rows),
        accepted=counted("accepted"),
        set_aside=sum(reasons.values()),
        reasons={code: n for code, n in reasons.items() if n},
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
    recognised = {r: c for r, c in plan.roles.items() if r not in plan.given}
    found = [note for raw in sources.raws for note in raw.notes]
    if recognised:
        found.append("Taken as " + ", ".join(f"{r}: '{c}'" for r, c in recognised.items()) + ".")
    found += plan.notes
    found += _about_times(plan, origin, quality)
    if measured.get("lifecycle start") and measured.get("lifecycle complete"):
        found.append(
            "The log says start and complete of an activity in two events; "
            "each is counted as an event of its own."
        )
    found += list(_about_values(measured))
    return tuple(found)


def _about_times(plan: Plan, origin: str, quality: Quality) -> Iterator[str]:
    column = plan.roles[TIMESTAMP]
    for time in plan.times.values():
        if time.is_ambiguous:
            yield f"In '{time.name}' the {'month' if time.month_first else 'day'} comes first."
        if any(s.short_year for s in time.shapes):
            yield f"Years of two digits in '{time.name}' are read as 1970 to 2069."
    if origin == "assumed":
        yield (
            f"The times in '{column}' name no zone and are taken as UTC; if they are local, say "
            "where: timezone='Europe/Amsterdam' (--timezone Europe/Amsterdam)."
        )
    if quality.ambiguous_times:
        yield (
            f"{quality.ambiguous_times:,} local times occur twice where clocks go back; "
            "the earlier was taken."
        )
    if quality.shifted_times:
        yield (
            f"{quality.shifted_times:,} local times don't occur in {plan.zone}, where clocks go "
            "forward; they were read as if the clocks hadn't, an hour later."
        )
    if quality.negative_durations:
        yield (
            f"{quality.negative_durations:,} events start after their completion; "
            "their start is taken as unknown."
        )
    if quality.unreadable_starts:
        yield f"{quality.unreadable_starts:,} start times can't be used and are taken as unknown."


def _about_values(measured: Mapping[str, Any]) -> Iterator[str]:
    for role, values in looks.lookalikes(measured).items():
        shown = ", ".join(f"'{v}'" for v in values)
        yield (
            f"In {role} {shown} may stand for a missing value and is kept; say so with "
            f"null_values={list(values)} ({' '.join(f'--null-value {v!r}' for v in values)})."
        )
