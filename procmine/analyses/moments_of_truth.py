"""How often and by whom is a customer met, after what wait, and what does a bad first moment do?"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from procmine import caveats
from procmine.beginnings import BAD, END, begun_and_ended
from procmine.by_type import before_and_after, contrasts
from procmine.clusters import UNIT
from procmine.eventlog import EventLog
from procmine.experience import answers
from procmine.meanwhile import MOST_JOURNEYS, waits_in
from procmine.meetings import NONE_MARKED, WAITED, moments
from procmine.multiplicity import holm
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    CASE,
    DEPARTMENT,
    JOURNEY_TYPE,
    RESOURCE,
    SCORE,
)
from procmine.since import since_day
from procmine.teams.outcomes import BROUGHT_IN, brought_in, value_column
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt

_LEVEL: Final = 0.05
_AGAIN: Final = "again"
_GAINED: Final = "value"
_MEASURES: Final = {"bad end": END, "bad first moment": BAD, "score": SCORE}


@analysis_of_all
def moments_of_truth(
    log: EventLog,
    *,
    bad_first: list[str] | None = None,
    bad_end: list[str] | None = None,
    since: str | None = None,
    value: str | None = None,
) -> Result:
    """Count the moments in which customers meet somebody, and say what a bad first one does.

    A moment is a customer-facing event, a team its department. Where the same activity comes again
    in a journey the customer is asked again. The first moment of a journey is bad if it is one of
    `bad_first`; unless they are said, if it isn't the commonest first one of its journey type, or
    the wait before it is unusually long (above Tukey's fence). The end is bad if one of `bad_end`
    occurs in the journey; unless they are said, if the journey was abandoned or its last event
    isn't the commonest last one of its type. Open journeys have no end yet and are left out there.
    Effects are tested with customers as the independent units, p-values adjusted for the number of
    effects (Holm).

    Formula: P(bad end | bad first moment) - P(bad end | good first moment), and their ratio; the
    same with mean scores where there are answers to a survey.

    Source: seed 002 (five employees met per passenger, fifty million moments of truth); METHODS i;
    Binder 1983; Holm 1979; Tukey, Exploratory Data Analysis, 1977; Woodruff 1952 (the median).

    Args:
        log: The event log.
        bad_first: Activities that are a bad first moment.
        bad_end: Activities that tell of a bad end.
        since: A day, 2025-06-17: journeys begun from it on are compared with those before.
        value: The column of what an event brought in, for the same comparison; margin, revenue or
            amount where not given.

    Returns:
        `summary` (1 row): `cases, customers, moments, mean_moments, mean_teams, mean_people,
        asked_again_cases, asked_again_share`; `distribution`: `met` (moments in a journey), `cases,
        customers, share`; `moments`: `activity, department, count, cases, customers,
        mean_wait_seconds, median_wait_seconds, p90_wait_seconds, repetitions,
        repetitions_elsewhere` (asked before by another department); `between`: `previous_activity,
        activity, between, cases, customers, other_cases, other_customers, share, low_share,
        high_share, median_seconds, low_median_seconds, high_median_seconds, other_median_seconds`,
        what happens between two moments (the later not the customer's own) in some cases and not in
        others, and how long the customer waits from the one to the other; `effects`: `measure` (bad
        end or score), `journey_type` (null for all), `cases, customers, after_bad, other_cases,
        other_customers, after_good, difference, low_difference, high_difference, ratio, low_ratio,
        high_ratio, p_value, adjusted_p_value`; `change` (where `since` is given), the same of
        journeys begun before and `after`: `journey_type, measure` (bad end, bad first moment, score
        or brought in: what a journey brought in of those that did), `…, before, difference, …,
        ratio, …, p_value`.

    Raises:
        ColumnError: There is no such column of values.
        OptionError: An activity never occurs (the nearest is named), or the day is none, or
            has no journeys on one side of it.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...         "department": ["Desk", "Office"],
        ...         "customer_facing": [True, True],
        ...     }
        ... )
        >>> pm.moments_of_truth(pm.read(table)).headline
        'A customer has 2 moments of truth a journey, with 2 teams; no journey asks the same again.'
    """
    inside, column = log.inside(), value_column(log, value)
    at = since_day(inside, since)
    met = _asked_again(moments(inside))
    journeys = begun_and_ended(inside, met, bad_first, bad_end)
    scored = answers(log).journeys.select(CASE, SCORE)
    journeys = journeys.join(scored, on=CASE, how="left", maintain_order="left")
    measures = _MEASURES
    if column is not None and since is not None:
        gains = brought_in(inside, column).cast({CASE: pl.String}).select(CASE, _GAINED)
        journeys = journeys.join(gains, on=CASE, how="left", maintain_order="left")
        measures = _MEASURES | {BROUGHT_IN: _GAINED}
    tables = {
        "summary": _summary(met),
        "distribution": _distribution(met),
        "moments": _of_activities(met),
        "between": waits_in(inside),
        "effects": _effects(journeys),
        "change": before_and_after(journeys, measures, at),
    }
    said = tuple(_caveats(inside, tables, bad_first, bad_end))
    return Result("moments_of_truth", _headline(tables), said, tables, chart_of=_chart)


def _asked_again(met: pl.DataFrame) -> pl.DataFrame:
    """Mark the moments whose activity came before in the journey, and with another team."""
    before = pl.int_range(pl.len()).over(CASE, ACTIVITY)
    first = pl.col(DEPARTMENT).first().over(CASE, ACTIVITY)
    return met.with_columns(
        (before > 0).alias(_AGAIN),
        ((before > 0) & (pl.col(DEPARTMENT) != first)).fill_null(False).alias("elsewhere"),
    )


def _people() -> pl.Expr:
    return pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers")


def _summary(met: pl.DataFrame) -> pl.DataFrame:
    of_cases = met.group_by(CASE).agg(
        pl.len().alias("moments"),
        pl.col(DEPARTMENT).drop_nulls().n_unique().alias("teams"),
        pl.col(RESOURCE).drop_nulls().n_unique().alias("people"),
        pl.col(_AGAIN).any(),
        pl.col(UNIT).first(),
    )
    return of_cases.select(
        pl.len().cast(pl.Int64).alias("cases"),
        _people(),
        pl.col("moments").sum().cast(pl.Int64),
        pl.col("moments").mean().alias("mean_moments"),
        pl.col("teams").mean().alias("mean_teams"),
        pl.col("people").mean().alias("mean_people"),
        pl.col(_AGAIN).sum().cast(pl.Int64).alias("asked_again_cases"),
        pl.col(_AGAIN).mean().alias("asked_again_share"),
    )


def _distribution(met: pl.DataFrame) -> pl.DataFrame:
    of_cases = met.group_by(CASE).agg(pl.len().cast(pl.Int64).alias("met"), pl.col(UNIT).first())
    counted = of_cases.group_by("met").agg(pl.len().cast(pl.Int64).alias("cases"), _people())
    return counted.with_columns((pl.col("cases") / pl.col("cases").sum()).alias("share")).sort(
        "met"
    )


def _of_activities(met: pl.DataFrame) -> pl.DataFrame:
    waited = pl.col(WAITED) / 1e6
    keys = [ACTIVITY, DEPARTMENT]
    counted = met.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("count"),
        pl.col(CASE).n_unique().cast(pl.Int64).alias("cases"),
        _people(),
        waited.mean().alias("mean_wait_seconds"),
        waited.median().alias("median_wait_seconds"),
        waited.quantile(0.9, "linear").alias("p90_wait_seconds"),
        pl.col(_AGAIN).sum().cast(pl.Int64).alias("repetitions"),
        pl.col("elsewhere").sum().cast(pl.Int64).alias("repetitions_elsewhere"),
    )
    return counted.sort("count", *keys, descending=[True, False, False], nulls_last=True)


def _effects(journeys: pl.DataFrame) -> pl.DataFrame:
    """Compare what follows a bad first moment with what follows a good one."""
    measures = {name: column for name, column in _MEASURES.items() if column != BAD}
    found = contrasts(journeys, measures, BAD)
    found = found.filter(pl.col("cases") > 0, pl.col("other_cases") > 0)
    return found.rename({"mean": "after_bad", "other_mean": "after_good"}).with_columns(
        holm(pl.col("p_value")).alias("adjusted_p_value")
    )


def _headline(tables: dict[str, pl.DataFrame]) -> str:
    row = tables["summary"].row(0, named=True)
    if not row["cases"]:
        return "Nobody can say how often a customer is met: no event is marked as customer-facing."
    begin = f"A customer has {number(row['mean_moments'])} moments of truth a journey"
    of = number(row["mean_teams"])
    teams = f", with {of} team{'' if of == '1' else 's'}" if row["mean_teams"] else ""
    sure = tables["effects"].filter(
        (pl.col("measure") == "bad end")
        & (pl.col("adjusted_p_value") <= _LEVEL)
        & (pl.col("difference") > 0)
    )
    if not sure.is_empty():
        worst = sure.row(0, named=True)
        kind = f" of a {worst[JOURNEY_TYPE]}" if worst[JOURNEY_TYPE] else ""
        return (
            f"{begin}{teams}; after a bad first moment{kind} {share(worst['after_bad'])} end "
            f"badly, after a good one {share(worst['after_good'])}."
        )
    again = row["asked_again_share"]
    asked = f"{share(again)} of journeys ask" if again else "no journey asks"
    return f"{begin}{teams}; {asked} the same again."


def _caveats(
    log: EventLog,
    tables: dict[str, pl.DataFrame],
    bad_first: Sequence[str] | None,
    bad_end: Sequence[str] | None,
) -> Iterator[str]:
    if not tables["summary"]["cases"].item():
        yield NONE_MARKED
        return
    yield from caveats.no_departments(log)
    yield from caveats.open_unknown(log)
    first = f"it is {_listed(bad_first)}" if bad_first else (
        "it isn't the commonest first one of its journey type, or the wait before it is unusually "
        "long (above Tukey's fence)"
    )  # fmt: skip
    end = f"{_listed(bad_end)} occurs" if bad_end else (
        "the journey was abandoned or its last event isn't the commonest last one of its type"
    )  # fmt: skip
    yield f"Here a first moment is bad if {first}; an end is bad if {end}."
    if log.size[1] > MOST_JOURNEYS:
        yield (
            f"What happens between moments is looked at in the journeys of {number(MOST_JOURNEYS)} "
            "customers drawn at random; on another engine than Polars, in none."
        )
    if tables["change"].height:
        yield "The change is an association: something else may have changed on that day."
    tested = tables["effects"]["p_value"].count()
    yield (
        f"A bad end after a bad first moment is an association; {count(tested, 'effect')} tested "
        "at a level of 5 % for all together (Holm), customers being the independent units."
    )


def _listed(names: Sequence[str]) -> str:
    return " or ".join(f"'{n}'" for n in names)


def _chart(result: Result) -> "alt.Chart | alt.LayerChart":
    from procmine.draw.experience import moment_bars

    return moment_bars(result.tables["moments"])
