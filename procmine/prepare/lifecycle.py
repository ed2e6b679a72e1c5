"""Lifecycles paired: the events of one piece of work become one, from its start to its end.

A source that follows the lifecycles of XES says of each piece of work when it was scheduled,
started, suspended, resumed and completed, each in an event of its own. Events of one case, one
activity and one instance (where the source names instances) belong together. What was started first
is ended first, as bupaR and pm4py have it, and what is suspended is the oldest in progress.
Reference: IEEE Std 1849-2016, lifecycle extension, standard model.
"""

from typing import Final

import polars as pl

from procmine.schema import (
    ACTIVITY,
    CASE,
    INSTANCE,
    ORDER,
    PAIRED_EVENTS,
    PAIRING,
    START,
    SUSPENDED,
    TIMESTAMP,
    TRANSITION,
)

PAIRED: Final = "paired"
END_ALONE: Final = "end alone"
START_ALONE: Final = "start alone"
NEVER_BEGUN: Final = "never begun"
OTHER: Final = "other transition"

_START, _END, _SUSPEND, _RESUME, _BEFORE, _OTHER = range(6)
_KINDS: Final = {
    "schedule": _BEFORE, "assign": _BEFORE, "reassign": _BEFORE,
    "start": _START, "suspend": _SUSPEND, "resume": _RESUME,
    "complete": _END, "ate_abort": _END, "pi_abort": _END, "withdraw": _END,
    "manualskip": _END, "autoskip": _END,
}  # fmt: skip

_KEY: Final = "__key"
_ITEM: Final = "__item"
_ROW: Final = "__row"
_KIND: Final = "__kind"
_FIRST: Final = "__first"
_STARTED: Final = "__started"
_ENDED: Final = "__ended"
_ALONE: Final = "__alone"


def pair(events: pl.DataFrame) -> pl.DataFrame:
    """Make one event of the events of each piece of work.

    Its time is that of its end, its start that of its start event; what else is known of it is what
    its end says, and where that says nothing, its start. Nothing is lost: an end without a start is
    an event whose start is unknown; a start without an end is an event at its own time, so that
    unfinished work has its place in the case; what was scheduled or assigned and never begun is one
    event at the last of these times; a transition that XES doesn't know is an event of its own. An
    event that names no transition counts as complete.

    Args:
        events: The canonical columns with `TRANSITION` (lower case) and, where the source names
            instances, `INSTANCE`; whole cases, in any order of rows.

    Returns:
        The events without these two, with `start_timestamp`, `suspended_us` (of paired ones: how
        long the work was suspended between start and end), `pairing` (what became of it) and
        `paired_events` (for how many of the source's events it stands; they add up).
    """
    items = _items(_numbered(_sorted(events)))
    kept = events.drop(TRANSITION, INSTANCE, strict=False)
    chosen = kept.select(pl.all().gather(items[_ROW]))
    silent = [c for c in kept.columns if chosen[c].has_nulls()]
    starts = kept.select(pl.col(TIMESTAMP, *silent).gather(items[_STARTED]))
    paired = items[PAIRING] == PAIRED
    own = pl.col(START) if START in kept.columns else None
    return chosen.with_columns(
        *(pl.col(c).fill_null(starts[c]) for c in silent),
        pl.when(paired).then(starts[TIMESTAMP]).otherwise(own).alias(START),
        pl.when(paired).then(items[SUSPENDED]).alias(SUSPENDED),
        items[PAIRING].cast(pl.Categorical),
        items[PAIRED_EVENTS],
    )


def _sorted(events: pl.DataFrame) -> pl.DataFrame:
    """Return what pairing needs, the events that may belong together below each other."""
    kind = pl.col(TRANSITION).fill_null("complete").replace_strict(_KINDS, default=_OTHER)
    return (
        events.select(_together(events.columns), TIMESTAMP, ORDER, kind.alias(_KIND))
        .with_row_index(_ROW)
        .sort(_KEY, TIMESTAMP, ORDER)
        .with_columns(pl.col(_ROW).cast(pl.Int64), pl.col(_KEY).rle_id().cast(pl.Int64))
        .with_columns((pl.col(_KEY) != pl.col(_KEY).shift(1)).fill_null(True).alias(_FIRST))
    )


def _together(columns: list[str]) -> pl.Expr:
    """Return one number for a case, an activity and an instance: it sorts faster than these do."""
    key = pl.col(CASE).rank("dense").cast(pl.UInt64)
    for name in (ACTIVITY, INSTANCE):
        if name in columns:
            code = pl.col(name).rank("dense").cast(pl.UInt64).fill_null(0)
            key = key * (code.max() + 1) + code
    return key.alias(_KEY)


def _numbered(table: pl.DataFrame) -> pl.DataFrame:
    """Number the pieces of work, and say to which an event belongs.

    In each key the k-th start and the k-th end that finds one in progress make piece k. How many
    ends found none is how far the number in progress would have gone below zero.
    """
    started, ended = pl.col(_KIND) == _START, pl.col(_KIND) == _END
    table = table.with_columns(_so_far(started).alias(_STARTED), _so_far(ended).alias(_ENDED))
    apart = pl.col(_KEY) * (2 * table.height + 1)  # each key's numbers lie below those before
    balance = pl.col(_STARTED) - pl.col(_ENDED)
    lowest = ((balance - apart).cum_min() + apart).clip(upper_bound=0)
    table = table.with_columns((-lowest).alias(_ALONE))
    before = pl.when(_FIRST).then(0).otherwise(pl.col(_ALONE).shift(1))
    alone = ended & (pl.col(_ALONE) > before)
    matched = pl.col(_ENDED) - pl.col(_ALONE)
    in_progress = pl.col(_STARTED) > matched
    begun = pl.when(started).then(pl.col(_STARTED)).when(alone).then(-pl.col(_ALONE))
    within = pl.col(_KIND).is_in([_SUSPEND, _RESUME]) & in_progress
    item = (
        pl.when(pl.col(_KIND) == _OTHER)
        .then(-table.height - 1 - pl.col(_ROW))
        .when(within)
        .then(matched + 1)
        .when(ended & ~alone)
        .then(matched)
        .otherwise(_next(begun).fill_null(0))
    )
    return table.with_columns(
        (pl.col(_KEY) * (4 * table.height) + item).alias(_ITEM),
        _suspended(in_progress).alias(SUSPENDED),
    )


def _so_far(flag: pl.Expr) -> pl.Expr:
    """Count the rows of the key for which something holds, up to each."""
    total = flag.cast(pl.Int64).cum_sum()
    return total - pl.when(_FIRST).then(total - flag.cast(pl.Int64)).forward_fill()


def _next(value: pl.Expr) -> pl.Expr:
    """Return the value of this row or of the next of the key that has one."""
    of = pl.when(value.is_not_null()).then(_KEY).backward_fill()
    return pl.when(of == pl.col(_KEY)).then(value.backward_fill())


def _suspended(in_progress: pl.Expr) -> pl.Expr:
    """Return how long an event suspends the work: until it is resumed or ended."""
    change = pl.when(pl.col(_KIND).is_in([_SUSPEND, _RESUME, _END])).then(TIMESTAMP)
    of = pl.when(change.is_not_null()).then(_KEY).shift(-1).backward_fill()
    until = pl.when(of == pl.col(_KEY)).then(change.shift(-1).backward_fill())
    lasts = (until - pl.col(TIMESTAMP)).dt.total_microseconds()
    return pl.when((pl.col(_KIND) == _SUSPEND) & in_progress).then(lasts)


def _items(table: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each piece of work: the rows of its start and of the event it becomes."""
    kind = pl.col(_KIND)
    found = table.group_by(_ITEM).agg(
        pl.when(kind == _START).then(_ROW).max().alias(_STARTED),
        pl.when(kind == _END).then(_ROW).max().alias(_ENDED),
        pl.col(_ROW).last().alias("__last"),
        (kind == _OTHER).first().alias(OTHER),
        pl.col(SUSPENDED).sum(),
        pl.len().cast(pl.Int64).alias(PAIRED_EVENTS),
    )
    has_start, has_end = pl.col(_STARTED).is_not_null(), pl.col(_ENDED).is_not_null()
    became = (
        pl.when(has_start & has_end).then(pl.lit(PAIRED))
        .when(has_end).then(pl.lit(END_ALONE))
        .when(has_start).then(pl.lit(START_ALONE))
        .when(OTHER).then(pl.lit(OTHER))
        .otherwise(pl.lit(NEVER_BEGUN))
    )  # fmt: skip
    return found.with_columns(
        became.alias(PAIRING), pl.coalesce(_ENDED, _STARTED, "__last").alias(_ROW)
    ).sort(_ROW)
