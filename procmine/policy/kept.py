"""How many journeys close inside the promise, the open and the abandoned ones counted honestly."""

from collections.abc import Mapping, Sequence

import polars as pl

from procmine.errors import OptionError, nearest
from procmine.policy.promises import Promise
from procmine.result import HIGH, LOW
from procmine.schema import SEGMENT
from procmine.survival import CLOSED_SHARE, WAYS, at, curves, interval

INSIDE = "inside_share"


def promised(
    promises: Mapping[str | None, Promise],
    segments: Sequence[str | None],
    business_day_us: int | None = None,
) -> pl.DataFrame:
    """Say what is promised to each segment.

    Args:
        promises: What `procmine.policy.promises.read_promises` read.
        segments: The segments that there are.
        business_day_us: The business time of a working day; None where no calendar is given.

    Returns:
        `segment, promise, limit, business`: the limit in microseconds on the promise's clock. A
        segment without a promise has no row.

    Raises:
        OptionError: A segment that never occurs is promised something.
    """
    for named in promises:
        if named is not None and named not in segments:
            raise OptionError(
                f"'{named}' is promised something, and never occurs in {SEGMENT}.",
                nearest(named, [s for s in segments if s is not None]),
            )
    rows = [(s, promises.get(s, promises.get(None))) for s in segments]
    return pl.DataFrame(
        [(s, p.said, p.within(business_day_us), p.business) for s, p in rows if p is not None],
        schema={
            SEGMENT: pl.String,
            "promise": pl.String,
            "limit": pl.Int64,
            "business": pl.Boolean,
        },
        orient="row",
    )


def inside(
    counted: Mapping[bool, pl.DataFrame], limits: pl.DataFrame, keys: Sequence[str]
) -> pl.DataFrame:
    """Estimate for each group the share of journeys that close inside their promise.

    Where segments are promised different times, the share is the mean of the segments' shares by
    their journeys; their variances add up alike (a stratified estimate).

    Args:
        counted: For the clocks, business time (True) or not, what `procmine.followup.counted`
            returns by the keys and the segment.
        limits: What `promised` returns.
        keys: The columns of the groups; may be the segment itself.

    Returns:
        `*keys, cases, kept_cases, broken_cases, undecided_cases, inside_share, low_inside_share,
        high_inside_share`. Kept is what closed in time; broken what is late already, or was
        abandoned; undecided what is open and still in time.
    """
    strata = list(dict.fromkeys([*keys, SEGMENT]))
    found = [
        _strata(frame, limits.filter(pl.col("business") == business), strata)
        for business, frame in counted.items()
    ]
    weight = pl.col("cases") / pl.col("cases").sum()
    pooled = (
        pl.concat(found)
        .group_by(*keys)
        .agg(
            pl.col("cases", "kept_cases", "broken_cases", "undecided_cases").sum(),
            (weight * pl.col(CLOSED_SHARE)).sum().alias(INSIDE),
            (weight**2 * pl.col(f"variance_{CLOSED_SHARE}")).sum().alias(f"variance_{INSIDE}"),
            (weight * pl.col("most_closed_share")).sum().alias("most"),
        )
    )
    return (
        pooled.with_columns(interval(INSIDE))
        .with_columns(
            pl.max_horizontal(HIGH + INSIDE, "most").clip(upper_bound=1.0).alias(HIGH + INSIDE)
        )
        .drop("most", f"variance_{INSIDE}")
        .select(
            pl.exclude(INSIDE, LOW + INSIDE, HIGH + INSIDE), INSIDE, LOW + INSIDE, HIGH + INSIDE
        )
        .sort(*keys, nulls_last=True)
    )


def _strata(frame: pl.DataFrame, limits: pl.DataFrame, strata: list[str]) -> pl.DataFrame:
    """Read each stratum's curve at its limit, and count who kept the promise."""
    own = watched(frame.join(limits, on=SEGMENT, how="inner", nulls_equal=True))
    return standing(own, curves(own, strata), strata)


def watched(journeys: pl.DataFrame) -> pl.DataFrame:
    """Leave out who entered no earlier than he left: nobody saw him."""
    return journeys.filter((pl.col("entry") < pl.col("exit")).fill_null(True))


def standing(journeys: pl.DataFrame, curve: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Count who kept the promise, and estimate the share that does.

    Args:
        journeys: `*keys, exit, entry, closed, abandoned, open, limit`, one limit a group.
        curve: What `procmine.survival.curves` returns for them.
        keys: The columns of the groups.

    Returns:
        `*keys, cases, kept_cases, broken_cases, undecided_cases` as `inside` has them, and the
        shares at the limit as `procmine.survival.at` has them.
    """
    number, late = pl.sum_horizontal(WAYS), pl.col("exit") > pl.col("limit")
    kept = pl.when(~late).then("closed").otherwise(0)
    undecided = pl.when(~late).then("open").otherwise(0)
    counts = journeys.group_by(keys).agg(
        number.sum().alias("cases"),
        kept.sum().alias("kept_cases"),
        (number - kept - undecided).sum().alias("broken_cases"),
        undecided.sum().alias("undecided_cases"),
        pl.col("limit").first().cast(journeys.schema["exit"]).alias("time"),
    )
    read = at(curve, keys, counts.select(*keys, "time"))
    return counts.drop("time").join(read.drop("time"), on=keys, nulls_equal=True)
