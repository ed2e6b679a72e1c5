"""How far a sample's figures may lie from the whole log's: 95 % intervals by random groups.

The sample's customers fell at random into groups of equal size. Each group answers the same
question for itself, and how far the groups' figures scatter says how far the sample's own may be
off, whatever the figure is and however a customer's journeys resemble each other.

Source: Wolter, Introduction to Variance Estimation, 2nd ed. 2007, chapter 2: the variance of the
sample's figure is the mean square distance of the G groups' figures from it, over G - 1, times the
finite population correction 1 - n/N; the interval has Student's quantile with G - 1 degrees.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import narwhals as nw
import polars as pl

from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.metadata import Sample
from procmine.result import HIGH, LOW, Result
from procmine.sampling import GROUPS, said
from procmine.schema import SAMPLE_GROUP, VARIANT
from procmine.wording import figure, number

_ENOUGH: Final = 15
"""Groups that must know a figure: fewer say too little of how it scatters."""

_STUDENT: Final = (2.145, 2.131, 2.120, 2.110, 2.101, 2.093)
"""The 97.5 % quantiles of Student's t with 14 to 19 degrees of freedom."""

_ROWS: Final = {"mean_seconds": 20, "median_seconds": 10, "p90_seconds": 20}
"""Rows that a group must have on average for its figure of a long-tailed time to mean something.

Simulated with log-normal waits (sigma 1.5): with 5 rows a group the interval of a mean holds the
truth in 87 % of the samples and that of a 90th percentile in 89 %, with 20 in 92 and 94 %.
"""

_COUNTS: Final = ("count", "cases", "events")
"""The columns that say how many rows are behind a figure, the nearest to it first."""

_OF_ITS_RANK: Final = {"cumulative_share", "department_share"}
"""Shares of what comes first, or of all down to here: in another group that is something else."""


def estimated(log: EventLog, ask: Callable[[EventLog], Result]) -> Result:
    """Ask a log; if it is a sample, say so and give its figures intervals.

    Counts and totals have none: they are the sample's own. Means, medians, percentiles and shares
    get two columns each, `low_median_seconds, high_median_seconds` behind `median_seconds`; null
    where there are too few rows behind the figure, fewer than 15 of the 20 groups know it, or all
    say the same.

    Args:
        log: The event log.
        ask: The analysis.

    Returns:
        The answer; unchanged where the log is no sample.
    """
    result = ask(log)
    sample = log.meta.sample
    if sample is None:
        return result
    parts = list(_answers(log, ask))
    tables = {
        name: with_intervals(table, [p.tables[name] for p in parts], sample)
        for name, table in result.tables.items()
    }
    return replace(
        result,
        headline=f"In {said(sample)}: {result.headline}",
        caveats=(*_caveats(sample, list(tables.values())), *result.caveats),
        tables=tables,
    )


def _answers(log: EventLog, ask: Callable[[EventLog], Result]) -> Iterator[Result]:
    """Ask each random group the same question."""
    meta = replace(log.meta, sample=None, events=None, cases=None)
    for group in range(GROUPS):
        events = nw.to_native(log.table.filter(nw.col(SAMPLE_GROUP) == group))
        try:
            yield ask(EventLog(events, meta, log.storage))
        except OptionError:  # a name that was asked for never occurs in this group
            continue


def with_intervals(
    table: pl.DataFrame, parts: Sequence[pl.DataFrame], sample: Sample
) -> pl.DataFrame:
    """Put the ends of its interval behind each figure that doesn't grow with the sample.

    A figure for which the analysis itself gave an interval keeps that.

    Args:
        table: A table of the sample's answer.
        parts: The same table of each group's answer; a group that can't answer is left out.
        sample: How many of how many were drawn.

    Example:
        >>> parts = [pl.DataFrame({"mean_seconds": [float(s)]}) for s in range(20)]
        >>> drawn = Sample("customer", 400, 40_000, exact=True, seed=1)
        >>> with_intervals(pl.DataFrame({"mean_seconds": [9.5]}), parts, drawn).row(0)
        (9.5, 6.745..., 12.254...)
    """
    bare = {c.removeprefix(end) for end in (LOW, HIGH) for c in table.columns if c.startswith(end)}
    own = {end + c for c in bare for end in ("", LOW, HIGH)}
    figures = [c for c in table.columns if _is_figure(c) and c not in own]
    keys = _keys(table)
    if not figures or keys is None or not parts:
        return table
    spread = _spread(table, parts, keys, figures)
    left_out = 1 - sample.taken / max(sample.taken, sample.of)
    columns: list[pl.Expr] = []
    for column in table.columns:
        columns.append(pl.col(column))
        if column in figures:
            columns += _ends(column, left_out, _enough(column, table))
    return spread.select(columns)


def _is_figure(column: str) -> bool:
    is_share = column == "share" or column.endswith("_share")
    return column in _ROWS or (is_share and column not in _OF_ITS_RANK)


def _keys(table: pl.DataFrame) -> list[str] | None:
    """Return the first columns that tell its rows apart, in the groups' tables as well.

    The rows of a group are among those of the sample, so what is unique there is unique here.
    """
    keys: list[str] = []
    words = [c for c, kind in table.schema.items() if kind == pl.String or c == VARIANT]
    for column in [None, *words]:
        keys += [column] if column else []
        if table.height <= 1 or (keys and not table.select(keys).is_duplicated().any()):
            return keys
    return None


def _spread(
    table: pl.DataFrame, parts: Sequence[pl.DataFrame], keys: list[str], figures: list[str]
) -> pl.DataFrame:
    """Add for each figure how many groups know it and how far theirs lie from it, squared."""
    one = pl.lit(0).alias("__one")
    all_keys = ["__one", *keys]
    stacked = pl.concat([p.select(one, *keys, *figures) for p in parts], how="vertical_relaxed")
    sample = table.with_columns(one)
    apart = stacked.join(
        sample.select(all_keys + figures), on=all_keys, how="inner", nulls_equal=True, suffix="__of"
    )
    grouped = apart.group_by(all_keys).agg(
        expression
        for f in figures
        for expression in (
            pl.col(f).count().alias(f"{f}__known"),
            (pl.col(f) - pl.col(f"{f}__of")).pow(2).sum().alias(f"{f}__squares"),
        )
    )
    return sample.join(grouped, on=all_keys, how="left", nulls_equal=True, maintain_order="left")


def _enough(figure: str, table: pl.DataFrame) -> pl.Expr:
    """Whether there are rows enough behind a figure, where the table counts them."""
    counts = next((c for c in _COUNTS if c in table.columns), None)
    return pl.lit(True) if counts is None else pl.col(counts) >= GROUPS * _ROWS.get(figure, 0)


def _ends(figure: str, left_out: float, enough: pl.Expr) -> list[pl.Expr]:
    """The ends of a figure's interval; no time is below zero and no share above one."""
    known = pl.col(f"{figure}__known")
    student = pl.lit(None, pl.Float64)
    for degrees, quantile in enumerate(_STUDENT, _ENOUGH - 1):
        student = pl.when(known == degrees + 1).then(quantile).otherwise(student)
    # a figure that is the same in all groups, as a share of nothing is, tells no spread
    spread = pl.col(f"{figure}__squares") > 0
    squares = pl.when(spread & enough).then(pl.col(f"{figure}__squares"))
    error = (squares / (known * (known - 1)) * left_out).sqrt() * student
    most = None if figure in _ROWS else 1.0
    return [
        (pl.col(figure) - error).clip(0.0, most).alias(LOW + figure),
        (pl.col(figure) + error).clip(0.0, most).alias(HIGH + figure),
    ]


def _caveats(sample: Sample, tables: Sequence[pl.DataFrame]) -> list[str]:
    """Say what a sample's figures are, and what their intervals mean."""
    factor = sample.of / sample.taken
    times = number(factor) if factor >= 100 else figure(factor, ".3g")
    fact = f"Counts and totals are the sample's own (seed {sample.seed}); times {times} they are"
    rare = "What is rare in the log, a variant for one, may be missing here."
    sentences = [f"{fact} about the whole log's. {rare}"]
    lows = [table[c] for table in tables for c in table.columns if c.startswith(LOW)]
    if not lows:
        return sentences
    sentences.append(
        "The interval below a figure holds the whole log's in about 95 of 100 such samples."
    )
    if any(low.null_count() for low in lows):
        sentences.append(
            "A figure without an interval comes from too few customers, or is the same in every "
            "part of the sample."
        )
    return sentences
