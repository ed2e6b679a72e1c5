"""Which of the teams' metrics go with what customers value, and which can be retired?"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import caveats, followup
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.experience import answers
from procmine.prepare.times import PERIODS
from procmine.registry import analysis_of_all
from procmine.result import HIGH, LOW, Result
from procmine.schema import CASE, CUSTOMER, DEPARTMENT, START
from procmine.teams.links import (
    AGAINST,
    CORRELATION,
    METRIC,
    NONE,
    OUTCOME,
    WITH,
    by_period,
    exposures,
    links,
    products,
)
from procmine.teams.outcomes import brought_in, returned, scored, value_column
from procmine.teams.targets import held, targets
from procmine.teams.work import Work, work_of
from procmine.wording import count, figure, number, parse_duration

if TYPE_CHECKING:
    import altair as alt

_USUAL, _GOAL = 0.95, 0.9


@analysis_of_all
def metric_value(
    log: EventLog, *, period: str = "quarter", again: str = "90 days", value: str | None = None
) -> Result:
    """Tell which metrics of the teams go with value, which against the customer, and which neither.

    Each metric of a department is measured on each journey that it took part in: events, service
    time per event, wait inside, on target (within its usual, the time of 95 % of its journeys in
    the first period with 20 of them), cost per event, rework share and handoffs given. It is held
    beside what came of the journey: the customer's score, whether the customer came again, and what
    the journey brought in, as far as the log knows these. The link is their rank correlation among
    journeys of the same type that began in the same period, so that what changes for everybody is
    no link.

    A metric goes with value where better figures come with better outcomes, and runs against the
    customer where they come with worse ones: 5 %, by Benjamini & Hochberg for the first and by Holm
    for the second, which is an alarm. One with no link to any outcome is listed for retirement,
    with the strongest link that its intervals leave room for. All of these are associations: what
    makes a journey hard moves metric and outcome alike. Intervals draw customers anew 500 times.

    Formula: correlation = sum over periods of centred rank(metric) x centred rank(outcome) / root
    of the product of their sums of squares (Spearman's, within periods).

    Source: Packer, "How to drive Customer Centricity through the back office": review metrics and
    validate them in terms of value creation; Spearman 1904; Cameron, Gelbach & Miller 2008.

    Args:
        log: The event log.
        period: The period in which journeys began: month, quarter or year.
        again: How soon after its end a customer must begin another journey of the same type to have
            come again.
        value: The column of what an event brought in; margin, revenue or amount where not given.

    Returns:
        `links`: `department, metric, outcome, cases, customers, correlation, p_value,
        adjusted_p_value, verdict`, the strongest first; `alarms`: those that run against the
        customer; `retire`: `department, metric, outcomes, cases, customers, beyond`: no link is
        seen, and one beyond that correlation would have shown; `periods`: `department, metric,
        outcome, period, cases, customers, correlation`. Intervals stand in `low_…` and `high_…`.

    Raises:
        ColumnError: There is no such column of values.
        OptionError: The period or the length of time makes no sense.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {"case": ["1"], "activity": ["ask"], "time": ["2026-01-05T09:00Z"]}
        ... )
        >>> pm.metric_value(pm.read(table)).headline
        'Nothing is known of what came of journeys, so no metric can be held beside it.'
    """
    if period not in PERIODS:
        raise OptionError(f"Journeys can't be taken by '{period}'.", nearest(period, PERIODS))
    inside, column = log.inside(), value_column(log, value)
    work = work_of(inside, period)
    outcomes, notes = _outcomes(log, inside, work, parse_duration(again), column)
    told = work.told()
    aims = targets(told, _NO_LEVELS, _USUAL, _GOAL)
    on_target = held(told, aims).select(CASE, DEPARTMENT, "on_target")
    shares = told.join(on_target, on=[CASE, DEPARTMENT], how="left", maintain_order="left")
    multiplied = products(exposures(shares), outcomes)
    found = links(multiplied).sort(
        pl.col(CORRELATION).abs(), DEPARTMENT, METRIC, OUTCOME, descending=[True, *[False] * 3]
    )
    tables = {
        "links": found,
        "alarms": found.filter(pl.col("verdict") == AGAINST),
        "retire": _retired(found),
        "periods": by_period(multiplied),
    }
    return Result(
        "metric_value",
        _headline(tables, outcomes),
        (*_caveats(log, found, outcomes), *notes),
        tables,
        chart_of=_chart,
    )


_NO_LEVELS: Final = pl.DataFrame(
    schema={
        "journey_type": pl.String,
        "segment": pl.String,
        DEPARTMENT: pl.String,
        "limit": pl.Int64,
        "business": pl.Boolean,
        "goal": pl.Float64,
    }
)


def _outcomes(
    log: EventLog, inside: EventLog, work: Work, again_us: int, column: str | None
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Say what came of each journey: `case_id, outcome, value`; and what that can't say."""
    known = {CASE: pl.String, OUTCOME: pl.String, "value": pl.Float64}
    answered = answers(log)
    found = [pl.DataFrame(schema=known), scored(answered.journeys)]
    if work.journeys.height:
        until = followup.watched_until(inside)
        found.append(returned(work.journeys, until, again_us))
    if column is not None:
        found.append(brought_in(inside, column))
    return pl.concat([frame.cast({CASE: pl.String}) for frame in found]), answered.caveats


def _retired(found: pl.DataFrame) -> pl.DataFrame:
    """List the metrics without a link to any outcome."""
    ends = pl.max_horizontal(pl.col(LOW + CORRELATION).abs(), pl.col(HIGH + CORRELATION).abs())
    return (
        found.sort(DEPARTMENT, METRIC, OUTCOME)
        .group_by(DEPARTMENT, METRIC, maintain_order=True)
        .agg(
            pl.col(OUTCOME).str.join(", ").alias("outcomes"),
            pl.col("cases", "customers").min(),
            ends.max().alias("beyond"),
            (pl.col("verdict") == NONE).all().alias("none"),
        )
        .filter("none")
        .drop("none")
    )


def _headline(tables: Mapping[str, pl.DataFrame], outcomes: pl.DataFrame) -> str:
    found, ringing = tables["links"], tables["alarms"]
    if outcomes.is_empty():
        return "Nothing is known of what came of journeys, so no metric can be held beside it."
    if found.is_empty():
        return "Too few customers are known to hold any metric beside what came of journeys."
    helps = found.filter(pl.col("verdict") == WITH).select(DEPARTMENT, METRIC).n_unique()
    metrics = found.select(DEPARTMENT, METRIC).n_unique()
    fact = (
        f"Of {count(metrics, 'metric')} {helps} {'goes' if helps == 1 else 'go'} with value, and "
        f"{tables['retire'].height} show no link to it."
    )
    if ringing.is_empty():
        return fact
    return f"{fact} Against the customer runs {link_name(ringing.row(0, named=True))}."


def link_name(row: Mapping[str, Any]) -> str:
    """Say which metric is held beside what, and how strongly they go together.

    Args:
        row: A row of the table `links`.
    """
    strength = f"correlation {figure(row[CORRELATION], '.2f')}"
    return f"{row[METRIC]} of {row[DEPARTMENT]} beside {row[OUTCOME]} ({strength})"


def _caveats(log: EventLog, found: pl.DataFrame, outcomes: pl.DataFrame) -> Iterator[str]:
    yield from caveats.no_departments(log)
    if outcomes.is_empty():
        fact = "The log has no scores, no customers who could come again and no column of value"
        yield f"{fact}; add a survey to the mapping, or name the column (value, --value)."
    if found.height:
        beyond = _retired(found)["beyond"]
        yield "A link is an association: what makes a journey hard, or large, moves both alike."
        if beyond.count():
            room = number(float(beyond.max() or 0))  # type: ignore[arg-type]
            yield f"Of those without a link, one beyond {room} would have shown for each."
    if START not in log.columns:
        yield "The log has no start times, so service time is unknown and sits in the waits."
    if CUSTOMER not in log.columns:
        yield "The log names no customers, so nobody knows who came again."


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.metric_links import metric_links

    return metric_links(result.links, **options)
