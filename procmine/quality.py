"""Which events are accepted, which are set aside, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import polars as pl

from procmine.errors import OptionError, QualityError
from procmine.schema import (
    ACTIVITY,
    CASE,
    MADE,
    MERGED,
    ORDER,
    PAIRED_EVENTS,
    PAIRING,
    SUSPENDED,
    TIMESTAMP,
)
from procmine.wording import count, number, share

FIRST_SANE: Final = datetime(1970, 1, 2, tzinfo=UTC)
"""Earlier times come from a clock or a default at zero, in whatever zone it stood."""
LAST_SANE: Final = datetime(2100, 1, 1, tzinfo=UTC)

REASONS: Final[Mapping[str, str]] = {
    "broken_row": "a record that can't be split into the columns",
    "no_case": "no case",
    "no_activity": "no activity",
    "no_timestamp": "no time",
    "unreadable_timestamp": "a time that can't be read",
    "timestamp_out_of_range": "a time before 1970 or after 2099",
    "no_object": "no object of the type chosen as the case",
    "missing_reference": "a reference to an event or object that isn't there",
}
"""Why a record is set aside: code to words; the first that applies counts."""

TOLERATED: Final = frozenset({"no_object", "missing_reference"})
"""Reasons that need no tolerance: somebody chose the object, and references are no events."""


@dataclass(frozen=True)
class Quality:
    """What became of the rows that were read; accepted + set_aside = rows_read.

    Attributes:
        rows_read: Records in the sources.
        accepted: Those that are events of the log.
        set_aside: Those that can't be used.
        reasons: Code of `REASONS` to the number of rows, the rows set aside alone.
        ambiguous_times: Local times that occur twice; the earlier was taken.
        shifted_times: Local times that don't occur; an hour was added.
        unreadable_starts: Accepted events whose start can't be read; it is unknown.
        negative_durations: Accepted events that start after their completion; the start is unknown.
    """

    rows_read: int
    accepted: int
    set_aside: int
    reasons: Mapping[str, int] = field(default_factory=dict[str, int])
    ambiguous_times: int = 0
    shifted_times: int = 0
    unreadable_starts: int = 0
    negative_durations: int = 0


def faults(
    filled: pl.Expr, instant: pl.Expr, case: pl.Expr, activity: pl.Expr
) -> dict[str, pl.Expr]:
    """Return the rules an event can break, in the order in which they are tried.

    Args:
        filled: Whether the source gives a time.
        instant: The time that was read from it.
        case: The case, null where it is missing.
        activity: The activity, null where it is missing.
    """
    return {
        "no_case": case.is_null(),
        "no_activity": activity.is_null(),
        "no_timestamp": ~filled,
        "unreadable_timestamp": instant.is_null(),
        "timestamp_out_of_range": ~instant.is_between(FIRST_SANE, LAST_SANE, closed="left"),
    }


def reason(rules: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the code of the first rule that a row breaks, null where it breaks none."""
    codes = [pl.when(broken).then(pl.lit(code)) for code, broken in rules.items()]
    return pl.coalesce(codes)


def check_tolerance(quality: Quality, tolerance: float) -> None:
    """Refuse a source of which too little can be used.

    Args:
        quality: The counts.
        tolerance: The largest share of rows that may be set aside, 0 to 1.

    Raises:
        OptionError: The tolerance isn't a share.
        QualityError: More is set aside, or nothing is left.

    Example:
        >>> check_tolerance(Quality(100, 98, 2, {"no_case": 2}), 0.05)
    """
    if not 0 <= tolerance <= 1:
        raise OptionError(
            f"A tolerance of {tolerance} makes no sense.", "Give a share from 0 to 1."
        )
    if not quality.rows_read:
        raise QualityError("There is no event to read.", "Give a source with events.")
    why = "; ".join(
        f"{number(n)} with {REASONS[code]} ({code})" for code, n in quality.reasons.items()
    )
    if not quality.accepted:
        raise QualityError(
            f"None of {count(quality.rows_read, 'event')} can be used: {why}.",
            "Check that the columns taken for case, activity and time are the right ones.",
        )
    chosen = sum(n for code, n in quality.reasons.items() if code in TOLERATED)
    faulty, events = quality.set_aside - chosen, quality.rows_read - chosen
    part = faulty / events
    if part > tolerance:
        raise QualityError(
            f"{number(faulty)} of {number(events)} events ({share(part)}) can't be used: {why}.",
            f"Mend the source, or accept that much (tolerance={_above(part)}, "
            f"--tolerance {_above(part)}).",
        )


def _above(part: float) -> float:
    """The smallest tolerance in hundredths that lets this share pass."""
    return min(1.0, -(-part * 100 // 1) / 100)


def count_irregularities(events: pl.LazyFrame) -> dict[str, int]:
    """Count what is odd but usable in a prepared log.

    Args:
        events: Sorted by case, timestamp and order, the rows of a case together.

    Returns:
        `duplicates`: events that repeat another in every column but the position;
        `ties`: events at the same time as the one before in their case;
        `out_of_order`: events that the source has before the one that time puts before them. Of a
        log whose lifecycles are paired also how many events each outcome of pairing has, and
        `merged`: the source's events that went into another, and `suspended_us` of all together.

    Example:
        >>> from datetime import datetime
        >>> count_irregularities(
        ...     pl.LazyFrame(
        ...         {
        ...             "case_id": ["1", "1"],
        ...             "activity": ["a", "a"],
        ...             "timestamp": [datetime(2026, 1, 5)] * 2,
        ...             "order": [1, 2],
        ...         }
        ...     )
        ... )
        {'duplicates': 1, 'ties': 1, 'out_of_order': 0}
    """
    same = pl.col(CASE) == pl.col(CASE).shift(1)
    tied = (same & (pl.col(TIMESTAMP) == pl.col(TIMESTAMP).shift(1))).fill_null(False)
    backward = (same & (pl.col(ORDER) < pl.col(ORDER).shift(1))).fill_null(False)
    counts = events.select(tied.sum().alias("ties"), backward.sum().alias("out_of_order"))
    ties, backwards = counts.collect(engine="streaming").row(0)
    odd = {
        "duplicates": _duplicates(events, tied) if ties else 0,
        "ties": int(ties or 0),
        "out_of_order": int(backwards or 0),
    }
    return odd | (_pairs(events) if PAIRING in events.collect_schema() else {})


def _pairs(events: pl.LazyFrame) -> dict[str, int]:
    """Count what became of paired lifecycles, and the events that went into others."""
    merged = (pl.col(PAIRED_EVENTS).sum() - pl.len()).alias(MERGED)
    became = events.group_by(PAIRING).agg(pl.len(), merged, pl.col(SUSPENDED).sum())
    counts = became.collect(engine="streaming")
    words = dict(zip(counts[PAIRING].cast(pl.String), counts["len"], strict=True))
    return words | {c: int(counts[c].sum()) for c in (MERGED, SUSPENDED)}


def _duplicates(events: pl.LazyFrame, tied: pl.Expr) -> int:
    """Count repeats among the tied events: an exact duplicate has the same case and time."""
    among = tied | tied.shift(-1, fill_value=False)
    columns = [c for c in events.collect_schema().names() if c not in {*MADE, ORDER}]
    repeated = events.select(*columns, among.alias("__tied")).filter("__tied").drop("__tied")
    distinct = repeated.group_by(CASE, TIMESTAMP, ACTIVITY, pl.struct(columns).hash().alias("h"))
    counts = distinct.len().select(pl.col("len").sum() - pl.len())
    return int(counts.collect(engine="streaming").item() or 0)
