"""What came of journeys for the customer and the company: scores, returning, and value."""

from datetime import datetime
from typing import Final

import narwhals as nw
import polars as pl

from procmine.clusters import UNIT, known
from procmine.collecting import collect
from procmine.errors import ColumnError, nearest
from procmine.eventlog import EventLog
from procmine.schema import CASE, JOURNEY_TYPE, OPEN
from procmine.teams.links import OUTCOME
from procmine.teams.work import MICRO

SCORED, RETURN, BROUGHT_IN = "score", "came again", "brought in"

_VALUES: Final = ("margin", "revenue", "amount")


def returned(journeys: pl.DataFrame, until: datetime, within_us: int) -> pl.DataFrame:
    """Say of each journey whether its customer began another one of its type soon after its end.

    Args:
        journeys: `Work.journeys`.
        until: Until when journeys were watched.
        within_us: How soon, in microseconds.

    Returns:
        `case_id, outcome, value` (1 or 0) of the journeys that are over and whose customers were
        watched for so long after; none where nobody knows the customers.
    """
    again = pl.duration(microseconds=within_us)
    over = journeys.filter(pl.col("state") != OPEN, known()).with_columns(
        (pl.col("start") + pl.duration(microseconds=pl.col("elapsed"))).alias("end")
    )
    by = [UNIT, JOURNEY_TYPE]
    starts = journeys.select(*by, pl.col("start").alias("next")).sort("next")
    seen = over.filter(pl.col("end") + again <= pl.lit(until)).with_columns(
        pl.col(JOURNEY_TYPE).fill_null("")
    )
    joined = seen.sort("end").join_asof(
        starts.with_columns(pl.col(JOURNEY_TYPE).fill_null("")),
        left_on="end",
        right_on="next",
        by=by,
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    came = (pl.col("next") <= pl.col("end") + again).fill_null(False)
    return joined.select(CASE, _named(RETURN), came.cast(pl.Float64).alias("value"))


def scored(answered: pl.DataFrame) -> pl.DataFrame:
    """Say what score each journey got.

    Args:
        answered: `procmine.experience.Answers.journeys`.

    Returns:
        `case_id, outcome, value`.
    """
    return answered.select(CASE, _named(SCORED), pl.col("score").cast(pl.Float64).alias("value"))


def value_column(log: EventLog, value: str | None) -> str | None:
    """Return the column of what events brought in; None where the log has none.

    Args:
        log: The event log.
        value: The column that was asked for; margin, revenue or amount where none was.

    Raises:
        ColumnError: There is no such column of numbers; the nearest is named.
    """
    schema = log.table.collect_schema()
    numbers = [c for c in log.columns if schema[c].is_numeric()]
    if value is not None and value not in numbers:
        raise ColumnError(f"There is no column of numbers '{value}'.", nearest(value, numbers))
    return value or next((c for c in _VALUES if c in numbers), None)


def brought_in(log: EventLog, column: str) -> pl.DataFrame:
    """Say what each journey brought in; costs aren't taken off, which would link them to it.

    Args:
        log: The event log.
        column: What an event brought in, a number.

    Returns:
        `case_id, outcome, value`.
    """
    there = log.table.filter(~nw.col(column).is_null())
    # in millionths, as integers: a sum of floats depends on the order
    parts = there.select(CASE, (nw.col(column) * MICRO).round().cast(nw.Int64).alias("value"))
    sums = collect(parts.group_by(CASE).agg(nw.col("value").sum()))
    return sums.select(CASE, _named(BROUGHT_IN), pl.col("value") / MICRO)


def _named(outcome: str) -> pl.Expr:
    return pl.lit(outcome).alias(OUTCOME)
