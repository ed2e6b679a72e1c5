"""How long journeys take when some are still open: survival curves from counts, by group.

A journey leaves in one of three ways: it closes, it is abandoned, or the log ends before either
(it is censored: nobody knows yet). Three shares add up to one at any time since the start:

- `open_share`, neither closed nor abandoned yet: Kaplan & Meier (1958), the variance by Greenwood.
- `closed_share` and `abandoned_share`: cumulative incidences by Aalen & Johansen (1978), since a
  journey that was abandoned can't close any more; the variance by the delta method (Marubini &
  Valsecchi 1995, chapter 10; Collett, Modelling Survival Data in Medical Research, 3rd ed., 12.3).

A journey that was already running when the log began enters late: it is at risk from its entry on,
not before (left truncation; Klein & Moeschberger, Survival Analysis, 2nd ed. 2003, 4.6). Intervals
are pointwise, symmetric for the log of the cumulative hazard: "log-log", Kalbfleisch & Prentice.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from procmine.result import HIGH, LOW

OPEN_SHARE: Final = "open_share"
CLOSED_SHARE: Final = "closed_share"
ABANDONED_SHARE: Final = "abandoned_share"
SHARES: Final = (CLOSED_SHARE, OPEN_SHARE, ABANDONED_SHARE)

WAYS: Final = ("closed", "abandoned", "open")
"""How a journey leaves, as columns that count who left so."""

_FIGURES: Final = tuple(p + name for name in SHARES for p in ("", "variance_", LOW, HIGH))
_AT_THE_START: Final = {
    n: float(n.endswith(OPEN_SHARE) and not n.startswith("variance_")) for n in _FIGURES
}
_SPREAD, _BEFORE, _ASKED = "__spread", "__before", "__asked"

_NORMAL: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

_ROUNDING: Final = 1e-12
"""Half of the journeys is half of them, whichever way the floats round."""


def curves(journeys: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Follow each group's journeys from their start until all have left.

    Args:
        journeys: `*keys, exit, entry, closed, abandoned, open`: how many journeys left in which way
            at the time `exit` since their start, having been watched since `entry`; null is since
            their start. Times are numbers of one unit. Who enters no earlier than he leaves was
            never watched and is left out.
        keys: The columns of the groups, at least one.

    Returns:
        A row for each time at which journeys of a group left, in order: `*keys, time, at_risk,
        closed, abandoned, open`, and for each of `SHARES` the share just after that time, its
        variance (`variance_…`) and its 95 % interval (`low_…`, `high_…`).

    Example:
        >>> counted = pl.DataFrame(
        ...     {
        ...         "group": ["all"] * 3,
        ...         "exit": [1, 2, 3],
        ...         "entry": pl.Series([None, None, None], dtype=pl.Int64),
        ...         "closed": [1, 0, 1],
        ...         "abandoned": [0, 0, 0],
        ...         "open": [0, 1, 0],
        ...     }
        ... )
        >>> curves(counted, ["group"])["closed_share"].round(3).to_list()
        [0.333, 0.333, 1.0]
    """
    seen = journeys.filter((pl.col("entry") < pl.col("exit")).fill_null(True)).sort(keys)
    groups = seen.partition_by(keys, maintain_order=True) or [seen]
    return pl.concat(
        [group.select(keys).head(1).join(_curve(group.drop(keys)), how="cross") for group in groups]
    )


def _curve(journeys: pl.DataFrame) -> pl.DataFrame:
    """Follow one group: products and sums run down its times."""
    risk, ended = pl.col("at_risk"), pl.col("closed") + pl.col("abandoned")
    spread = pl.when(risk > ended).then(ended / (risk * (risk - ended))).otherwise(0.0)
    survived = (1 - ended / risk).cum_prod()
    table = (
        _at_risk(journeys)
        .with_columns(survived.alias(OPEN_SHARE), spread.alias(_SPREAD))
        .with_columns(
            pl.col(OPEN_SHARE).shift(1, fill_value=1.0).alias(_BEFORE),
            (pl.col(OPEN_SHARE) ** 2 * pl.col(_SPREAD).cum_sum()).alias(f"variance_{OPEN_SHARE}"),
        )
        .with_columns(_incidence("closed", CLOSED_SHARE), _incidence("abandoned", ABANDONED_SHARE))
        .with_columns(_variance("closed", CLOSED_SHARE), _variance("abandoned", ABANDONED_SHARE))
        .with_columns(end for name in SHARES for end in interval(name))
    )
    return table.select("time", "at_risk", *WAYS, *_FIGURES)


def _at_risk(journeys: pl.DataFrame) -> pl.DataFrame:
    """Count who left at each time, and who was there to leave: `entry < time <= exit`."""
    gone = pl.sum_horizontal(WAYS)
    late = journeys.filter(pl.col("entry").is_not_null()).select(
        pl.col("entry").alias("time"), gone.alias("entered")
    )
    left = journeys.select(pl.col("exit").alias("time"), *WAYS)
    from_the_start = gone.sum() - pl.col("entered").sum()
    entered_before, gone_before = (c.cum_sum() - c for c in (pl.col("entered"), gone))
    return (
        pl.concat([left, late], how="diagonal_relaxed")
        .group_by("time")
        .agg(pl.col(*WAYS, "entered").fill_null(0).sum().cast(pl.Int64))
        .sort("time")
        .with_columns(
            (from_the_start + entered_before - gone_before).cast(pl.Float64).alias("at_risk")
        )
        .filter(gone > 0)
    )


def _incidence(way: str, name: str) -> pl.Expr:
    """The share that left in one way: of those still there, the part that left so."""
    return (pl.col(_BEFORE) * pl.col(way) / pl.col("at_risk")).cum_sum().alias(name)


def _variance(way: str, name: str) -> pl.Expr:
    """The variance of the share that left in one way, by the delta method.

    The sums over the times s up to t of (F(t) - F(s))² a, and of (F(t) - F(s)) b, are running sums
    once the brackets are multiplied out.
    """
    risk, before, part = pl.col("at_risk"), pl.col(_BEFORE), pl.col(way)
    share, spread, step = pl.col(name), pl.col(_SPREAD), before * part / risk**2
    squares = (
        share**2 * spread.cum_sum()
        - 2 * share * (spread * share).cum_sum()
        + (spread * share**2).cum_sum()
    )
    own = (before**2 * part * (risk - part) / risk**3).cum_sum()
    crossed = share * step.cum_sum() - (step * share).cum_sum()
    return (squares + own - 2 * crossed).clip(lower_bound=0.0).alias(f"variance_{name}")


def interval(name: str) -> list[pl.Expr]:
    """Return the ends of a share's 95 % interval, `low_…` and `high_…`, from its variance.

    Log-log of what is left: for the open share lifelines' and R's "log-log", and for the closed
    share of a group that abandons nothing the same interval seen from the other side.

    Args:
        name: The column of the share; its variance stands in `variance_…`.
    """
    share, variance = pl.col(name), pl.col(f"variance_{name}")
    left = share if name == OPEN_SHARE else 1 - share
    slope = _NORMAL * variance.sqrt() / (left * left.log())
    certain = (left <= _ROUNDING) | (left >= 1 - _ROUNDING)
    near, far = (
        pl.when(certain).then(left).otherwise(left ** (sign * slope).exp()) for sign in (1, -1)
    )
    low, high = (far, near) if name == OPEN_SHARE else (1 - near, 1 - far)
    return [low.alias(LOW + name), high.alias(HIGH + name)]


def thinned(curve: pl.DataFrame, keys: Sequence[str], points: int = 200) -> pl.DataFrame:
    """Keep of each group's curve the last time at each level of its open share, and its end.

    Args:
        curve: What `curves` returns.
        keys: The columns of the groups.
        points: How many levels there are from all to none.
    """
    level = (pl.col(OPEN_SHARE) * points).ceil()
    return curve.filter((level != level.shift(-1)).fill_null(True).over(keys))


def at(curve: pl.DataFrame, keys: Sequence[str], times: pl.DataFrame) -> pl.DataFrame:
    """Read each group's curve at a time of its own.

    Args:
        curve: What `curves` returns.
        keys: The columns of the groups.
        times: `*keys, time`, one row a group, of the same unit.

    Returns:
        `times` with the shares, their variances and intervals, and `most_closed_share`. Before
        anybody left all are open. After the last journey was seen the shares stay as they were, and
        whoever was still open may have closed since, which `most_closed_share` counts.
    """
    asked = times.rename({"time": _ASKED})
    last = curve.group_by(*keys).agg(pl.col("time").max().alias("__last"))
    read = (
        curve.join(asked, on=list(keys), how="inner", nulls_equal=True)
        .filter(pl.col("time") <= pl.col(_ASKED))
        .sort("time")
        .group_by(*keys, maintain_order=True)
        .last()
        .drop(_ASKED)
    )
    found = asked.join(last, on=list(keys), how="left", nulls_equal=True, maintain_order="left")
    found = found.join(read, on=list(keys), how="left", nulls_equal=True, maintain_order="left")
    filled = found.with_columns(pl.col(n).fill_null(v) for n, v in _AT_THE_START.items())
    unseen = pl.when(pl.col(_ASKED) > pl.col("__last")).then(OPEN_SHARE).otherwise(0.0)
    most = (pl.col(CLOSED_SHARE) + unseen).alias("most_closed_share")
    return filled.select(*keys, pl.col(_ASKED).alias("time"), *_FIGURES, most)


def reached(curve: pl.DataFrame, keys: Sequence[str], share: float, name: str) -> pl.DataFrame:
    """Say by when a share of a group's journeys has closed, with its interval.

    Args:
        curve: What `curves` returns.
        keys: The columns of the groups.
        share: Above 0, at most 1: one half for the median.
        name: What to call the time.

    Returns:
        One row a group: `*keys, name, low_name, high_name`; null where the share isn't reached as
        long as anybody was watched. The ends are where the interval of the share reaches it
        (Brookmeyer & Crowley 1982).
    """

    def first(column: str) -> pl.Expr:
        return pl.col("time").filter(pl.col(column) >= share - _ROUNDING).min()

    return (
        curve.group_by(*keys)
        .agg(
            first(CLOSED_SHARE).alias(name),
            first(HIGH + CLOSED_SHARE).alias(LOW + name),
            first(LOW + CLOSED_SHARE).alias(HIGH + name),
        )
        .sort(*keys, nulls_last=True)
    )
