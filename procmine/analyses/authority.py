"""How often does the first team that a customer meets solve it, and how long do approvals take?"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from procmine import caveats, hops
from procmine.business import open_calendars, said
from procmine.by_type import before_and_after
from procmine.clusters import UNIT
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.meetings import NONE_MARKED, moments
from procmine.periods import instant
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    CASE,
    CASE_START,
    DEPARTMENT,
    JOURNEY_TYPE,
    NEXT_DEPARTMENT,
    RESOURCE,
    WAIT,
)
from procmine.wording import count, duration, share

if TYPE_CHECKING:
    import altair as alt

_SOLVED = "solved"
_MEASURES: Final = {"solved share": _SOLVED, "hop share": "hop"}


@analysis
def authority(
    log: EventLog,
    *,
    approvals: list[str] | None = None,
    escalations: list[str] | None = None,
    since: str | None = None,
    calendar: Path | None = None,
) -> Result:
    """Say how often the first team that a customer meets solves it, without asking anybody.

    A journey is solved by the first team if no other team meets its customer, and it holds no hop.
    A hop is an event of `approvals` or `escalations`; where neither is named it is recognised by
    its shape: the first team hands the journey over to another department and gets it back before
    the customer meets anybody else. Its wait runs from its completion until another department
    begins (of its shape: until the return), in elapsed time, and with a calendar in business time
    of the department that is asked as well. Open journeys are left out of shares, for they may
    still be handed on.

    Formula: solved share = closed journeys with one customer-facing team and no hop / closed
    journeys that meet a customer; the change is that of journeys begun from `since` on less that of
    those before, its interval by Student's t with the linearised variance over customers; that of
    a median wait from the share of waits below it, customers being the units (Woodruff).

    Source: seeds 000 and 001 (decision-making authority of front-line teams); METHODS i; Binder
    1983; Woodruff 1952.

    Args:
        log: The event log.
        approvals: Activities in which somebody asks for an approval.
        escalations: Activities in which a journey is handed up.
        since: The day from which on the first team may decide, 2025-06-17.
        calendar: A file of working hours (TOML): hops take business time beside elapsed time.

    Returns:
        `summary`: `journey_type, cases, customers, solved_cases, solved_share, hop_cases,
        hop_share`, the first row of all types (null); `months`: `journey_type, month, cases,
        customers, solved_share, hop_share` by the journeys' start; `change` (where `since` is
        given): `journey_type, measure, cases, customers, after, other_cases, other_customers,
        before, difference, low_difference, high_difference, ratio, low_ratio, high_ratio, p_value`;
        `hops`: `kind, activity, department, next_department, count, cases, customers,
        median_seconds, low_median_seconds, high_median_seconds, p90_seconds, total_seconds,
        total_cost, costed_events`, with a calendar the times as `business_…` as well.

    Raises:
        ConfigurationError: The calendar can't be used.
        OptionError: An activity never occurs, or the day makes no sense.
        UnavailableError: A calendar is given, and the log isn't on Polars.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1", "2", "2"],
        ...         "activity": ["ask", "approve", "ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"] * 2,
        ...         "department": ["Desk", "Office", "Desk", "Desk"],
        ...         "customer_facing": [True, False, True, True],
        ...     }
        ... )
        >>> pm.authority(pm.read(table), approvals=["approve"]).headline
        'The first team that a customer meets solves 50 % of journeys without asking anybody.'
    """
    day = instant(since, log.meta.timezone)
    calendars, met = open_calendars(log, calendar), moments(log)
    asked = (
        hops.named(log, approvals, escalations)
        if approvals or escalations
        else hops.shaped(log, met)
    )
    journeys = _journeys(log, met, asked)
    tables = {
        "summary": _summary(journeys),
        "months": _months(journeys, log.meta.timezone),
        "change": before_and_after(_closed(journeys), _MEASURES, day),
        "hops": hops.summed(asked, journeys, calendars),
    }
    sentences = (
        *_caveats(log, tables, approvals, escalations),
        *said(calendars, tables["hops"][NEXT_DEPARTMENT].unique()),
    )
    return Result("authority", _headline(tables), sentences, tables, chart_of=_chart)


def _journeys(log: EventLog, met: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return a row a journey that meets its customer: start, type, whether solved and hopped."""
    last = log.table.filter(nw.col(WAIT).is_null()).with_columns(log.is_open().alias("open"))
    spans = collect(last.select(CASE, CASE_START, "open")).cast({CASE: pl.String})
    team = pl.coalesce(DEPARTMENT, RESOURCE) if DEPARTMENT in met.columns else pl.col(RESOURCE)
    of_cases = met.group_by(CASE).agg(
        pl.col(UNIT).first(),
        pl.col(JOURNEY_TYPE).first(),
        team.drop_nulls().n_unique().alias("teams"),
    )
    hopped = pl.col(CASE).is_in(asked[CASE].unique().implode())
    return (
        of_cases.join(spans, on=CASE)
        .with_columns(hopped.alias("hop"))
        .with_columns(((pl.col("teams") == 1) & ~pl.col("hop")).alias(_SOLVED))
        .sort(CASE)
    )


def _figures() -> list[pl.Expr]:
    return [
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers"),
        pl.col(_SOLVED).sum().cast(pl.Int64).alias("solved_cases"),
        pl.col(_SOLVED).mean().alias("solved_share"),
        pl.col("hop").sum().cast(pl.Int64).alias("hop_cases"),
        pl.col("hop").mean().alias("hop_share"),
    ]


def _closed(journeys: pl.DataFrame) -> pl.DataFrame:
    return journeys.filter(~pl.col("open").fill_null(False))


def _summary(journeys: pl.DataFrame) -> pl.DataFrame:
    closed = _closed(journeys)
    whole = closed.select(pl.lit(None, pl.String).alias(JOURNEY_TYPE), *_figures())
    types = closed.drop_nulls(JOURNEY_TYPE).group_by(JOURNEY_TYPE).agg(_figures())
    return pl.concat([whole, types.sort(JOURNEY_TYPE)])


def _months(journeys: pl.DataFrame, zone: str) -> pl.DataFrame:
    month = pl.col(CASE_START).dt.convert_time_zone(zone).dt.strftime("%Y-%m").alias("month")
    keys = [JOURNEY_TYPE, "month"]
    found = _closed(journeys).with_columns(month).group_by(keys).agg(_figures())
    return found.drop("solved_cases", "hop_cases").sort(keys)


def _headline(tables: dict[str, pl.DataFrame]) -> str:
    summary = tables["summary"]
    row = summary.row(0, named=True)
    if not row["cases"]:
        return "Nobody can say who meets the customer first: no event is marked as customer-facing."
    if summary.height > 1 and summary["hop_cases"][0]:
        row = summary[1:].sort("hop_cases", descending=True).row(0, named=True)
    kind = f" of the type '{row[JOURNEY_TYPE]}'" if row[JOURNEY_TYPE] else ""
    solves = (
        f"The first team that a customer meets solves {share(row['solved_share'])} of journeys"
        f"{kind} without asking anybody"
    )
    table = tables["hops"]
    if table.is_empty() or not table["total_seconds"].sum():
        return f"{solves}."
    worst = table.row(0, named=True)
    wait = duration(worst["median_seconds"])
    of_work = worst.get("business_median_seconds")
    hours = f" ({duration(of_work)} of working time)" if of_work is not None else ""
    return f"{solves}; half of the hops at '{worst['activity']}' take {wait}{hours} or longer."


def _caveats(
    log: EventLog,
    tables: dict[str, pl.DataFrame],
    approvals: Sequence[str] | None,
    escalations: Sequence[str] | None,
) -> Iterator[str]:
    if not tables["summary"]["cases"][0]:
        yield NONE_MARKED
        return
    yield from caveats.no_departments(log)
    yield from caveats.open_unknown(log)
    named = [*(approvals or []), *(escalations or [])]
    if named:
        yield f"A hop is here: {' or '.join(repr(n) for n in named)}."
    else:
        yield (
            "No approval is named, so a hop is recognised by its shape: the first team hands over "
            "to another department and gets it back before the customer meets anybody else; its "
            "cost isn't told apart. Name them: approvals=[…], escalations=[…]."
        )
    if tables["change"].height:
        yield "The change is an association: something else may have changed on that day."
    costed = int(tables["hops"]["costed_events"].sum())
    if named and costed < tables["hops"]["count"].sum():
        left = int(tables["hops"]["count"].sum()) - costed
        yield f"The cost of {count(left, 'hop')} isn't known and not in total_cost."


def _chart(result: Result, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    from procmine.draw.experience import hop_bars

    return hop_bars(result.tables["hops"], top=top)
