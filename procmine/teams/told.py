"""How journeys went for the customers of each department, and what its colleagues say."""

from collections.abc import Mapping

import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.experience import Answers
from procmine.filters import one_of
from procmine.schema import ACTIVITY, CASE, DEPARTMENT
from procmine.teams import alarms
from procmine.teams.pledges import Pledges, judged, promised
from procmine.teams.work import work_of


def told_of(
    log: EventLog, period: str, complaints: list[str], answered: Answers, pledges: Pledges
) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """Return each department's share in each journey with how the journey went for the customer.

    Args:
        log: The event log.
        period: In what periods journeys begin.
        complaints: Activities that tell of an unhappy customer.
        answered: What customers answered.
        pledges: What they were promised.

    Returns:
        `Work.told()` with `later, kept, score, complained` and a column for each complaint; and
        what to call these columns.
    """
    work = work_of(log, period, pledges.calendars)
    kept = judged(promised(work.journeys, pledges.spread(log, work))).select(CASE, "kept")
    told = alarms.with_halves(work.told()).join(kept, on=CASE, how="left", maintain_order="left")
    columns = {f"complaint {n}": name for n, name in enumerate(dict.fromkeys(complaints))}
    scores = answered.journeys.select(CASE, "score")
    told = told.join(scores, on=CASE, how="left", maintain_order="left")
    for column, name in columns.items():
        there = log.table.filter(one_of(log.table, ACTIVITY, [name])).select(CASE).unique()
        cases = collect(there).with_columns(pl.lit(True).alias(column))
        told = told.join(cases, on=CASE, how="left", maintain_order="left")
    told = told.with_columns(pl.col(list(columns)).fill_null(False))
    complained = pl.any_horizontal(list(columns)) if columns else pl.lit(None, pl.Boolean)
    said = {column: f"journeys with '{name}'" for column, name in columns.items()}
    return told.with_columns(complained.alias("complained")), said


def of_teams(asked: pl.DataFrame, teams: pl.DataFrame, period: str) -> pl.DataFrame:
    """Give each answer of a colleague its team and its period.

    Args:
        asked: What `procmine.teams.peers.read_peers` returns.
        teams: `department, group`.
        period: The periods of the cards.
    """
    said = {"month": "%Y-%m", "year": "%Y"}
    month = pl.col("month")
    named = (
        month.dt.strftime(said[period])
        if period in said
        else pl.format("{}-Q{}", month.dt.year(), month.dt.quarter())
    )
    known = asked.join(teams.select(DEPARTMENT, "group"), on=DEPARTMENT, maintain_order="left")
    return known.with_columns(named.alias("period"))


def timed(known: pl.DataFrame | None, told: pl.DataFrame) -> pl.DataFrame | None:
    """Put the answers of colleagues on the log's time: in its later half, or in the earlier one.

    Args:
        known: What `of_teams` returns.
        told: What `told_of` returns.
    """
    if known is None or told.is_empty():
        return None
    first_later = told.filter("later")["start"].min()
    start = pl.col("month").cast(told.schema["start"]).dt.offset_by("14d")
    return known.with_columns(start.alias("start"), (start >= pl.lit(first_later)).alias("later"))
