"""Which teams meet the customer, which serve those, and how do customers fare with each?"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine.clusters import UNIT
from procmine.collecting import collect
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.experience import answers
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import ACTIVITY, CASE, DEPARTMENT
from procmine.since import since_day
from procmine.teams import alarms
from procmine.teams.groups import grouped, links, successions
from procmine.teams.peers import read_peers
from procmine.teams.pledges import read_pledges
from procmine.teams.saying import headline, unsaid
from procmine.teams.scorecard import scorecard
from procmine.teams.since import changes
from procmine.teams.told import of_teams, timed, told_of
from procmine.wording import number

if TYPE_CHECKING:
    import altair as alt

    from procmine.draw.graph import Graph

PERIODS: Final = ("month", "quarter", "year")

_GOAL: Final = 0.9
_KEYS: Final = (DEPARTMENT, ACTIVITY, "next_department", "next_activity")


@analysis_of_all
def team_groups(
    log: EventLog,
    *,
    theta: float = 0.5,
    groups: Path | None = None,
    peers: Path | None = None,
    complaints: list[str] | None = None,
    policy: Path | None = None,
    promise: str | None = None,
    calendar: Path | None = None,
    period: str = "month",
    since: str | None = None,
) -> Result:
    """Tell the teams that meet customers from those behind them, and card how each is doing.

    A creator is a department whose events the customer takes part in to a share of `theta` or more.
    An enabler hands work directly to a creator, gets it from one, or hands it to the customer, who
    acts on it next. All others are back office. An event without duration of a department whose
    other work takes time is a mark and no work, and a pair that makes less than 1 % of a
    department's handoffs is no link. The distance is how many handoffs lie between a department and
    one that meets customers.

    Each has a card for each period in which journeys began: how customers fare on the journeys that
    it took part in, what its colleagues say of it, and how it works. An alarm is raised where an
    operational figure gets better over the log's time while a figure of its customers, or of its
    colleagues, gets worse: each is tested by its rank correlation with time, customers being the
    independent units, adjusted for the figures of its kind (Holm); both must hold (the larger
    p-value counts), and the level of 5 % holds for all departments together (Bonferroni).

    Formula: facing share = events the customer takes part in / events; creator if facing share >=
    theta, enabler if 1 handoff from a creator or the customer; p(alarm) = max(p(operational figure
    falls), p(customers' figure gets worse)) x departments.

    Source: Packer, "How to drive Customer Centricity through the back office" (the groups and their
    three kinds of metrics); Berger, "Multiparameter hypothesis testing and acceptance sampling",
    Technometrics 24 (1982), for the intersection-union test; Holm 1979.

    Args:
        log: The event log.
        theta: The share of a department's events from which on it is a creator.
        groups: A file that says which department belongs to which group (TOML): `[groups]` with
            `creator`, `enabler` and `back_office`, each a list; differences are listed.
        peers: A survey among colleagues (CSV): `month, department, score`, a row an answer.
        complaints: Activities that tell of an unhappy customer: complaints, chasers, returns.
        policy: A file of promises (TOML), for the promises kept on the journeys of each team.
        promise: A promise in words instead: "12 days", or by segment
            "Business=12 days,Consumer=21 days".
        calendar: A file of business hours (TOML), for promises in business time; the policy's where
            this isn't given.
        period: The periods of the cards: month, quarter or year.
        since: A day, 2025-06-17: figures of journeys begun from it on, and answers of colleagues
            in months whose middle isn't before it, are compared with those before.

    Returns:
        `departments`: `department, group, distance, declared, cases, customers, events,
        facing_share`, the nearest to the customer first; `disagreements`: those declared to be in
        another group; `links`: `department, next_department, count, cases, customers`, who hands
        work to whom, to the customer where the next is null; `scorecard`: `period, department,
        group, cases, customers, events, mean_service_seconds, mean_inside_seconds, cost_per_event,
        answers, mean_score, complaint_share, judged_cases, kept_share, peer_answers,
        mean_peer_score`, promises kept of the journeys that began before any that is still in time;
        `group_scorecard`: the same of each group, in which a journey counts once; `trends`:
        `department, kind, measure, cases, customers, early, late, p_better, p_worse`, the means of
        the earlier and the later half of the log's time; `alarms`: `department, operational,
        …_early, …_late, customer, …_early, …_late, since, cases, customers, p_value,
        adjusted_p_value`; `change` (where the option `since` is given): `department, kind, measure,
        cases, customers, after, other_cases, other_customers, before, difference, low_difference,
        high_difference, ratio, low_ratio, high_ratio, p_value, adjusted_p_value` (Holm, over the
        rows). What fewer than five people answered is never shown. `graph()` draws the teams,
        `chart()` their cards.

    Raises:
        OptionError: An activity never occurs, or theta, the period or the day makes no sense: one
            with journeys on both sides of it is needed.
        ConfigurationError: The file of groups can't be used.
        InputError: The survey can't be used.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["cook", "serve"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...         "department": ["Kitchen", "Hall"],
        ...         "customer_facing": [False, True],
        ...     }
        ... )
        >>> pm.team_groups(pm.read(table)).departments.select("department", "group").rows()
        [('Hall', 'creator'), ('Kitchen', 'enabler')]
    """
    _check(theta, period)
    answered, log = answers(log), log.inside()
    at = since_day(log, since)
    followed = collect(successions(log)).cast(dict.fromkeys(_KEYS, pl.String))
    linked = links(followed)
    teams = grouped(followed, linked, theta)
    pledges = read_pledges(log, policy, promise, _GOAL, calendar)
    told, unhappy = told_of(log, period, complaints or [], answered, pledges)
    told = told.join(teams.select(DEPARTMENT, "group"), on=DEPARTMENT, maintain_order="left")
    asked = read_peers(peers) if peers else None
    known = None if asked is None else of_teams(asked, teams, period)
    figures = alarms.figures(told, unhappy, timed(known, told))
    tested = alarms.over_time(figures)
    declared = _declared(groups, teams)
    found = alarms.alarms(tested)
    ringing = found.with_columns(
        pl.Series("since", alarms.since(told, found), pl.Datetime("us", "UTC"))
    )
    departments = _departments(teams, told, declared)
    tables = {
        "departments": departments,
        "disagreements": departments.filter(pl.col("declared") != pl.col("group")),
        "links": _links(log, linked, told),
        "scorecard": scorecard(told, known, ("period", DEPARTMENT, "group")),
        "group_scorecard": scorecard(told, known, ("period", "group")),
        "trends": tested,
        "alarms": ringing,
        "change": changes(figures, at),
    }
    return Result(
        "team_groups",
        headline(log, tables),
        (*unsaid(log, tables, asked, complaints), *answered.caveats),
        tables,
        chart_of=_chart,
        graph_of=_graph,
    )


def _check(theta: float, period: str) -> None:
    if not 0 < theta <= 1:
        raise OptionError(f"theta can't be {number(theta)}.", "Give a share over 0, at most 1.")
    if period not in PERIODS:
        raise OptionError(f"Cards can't be made by '{period}'.", nearest(period, PERIODS))


def _declared(groups: Path | None, teams: pl.DataFrame) -> Mapping[str, str]:
    if groups is None:
        return {}
    from procmine.teams.document import read_groups

    return read_groups(groups, teams[DEPARTMENT].to_list())


def _departments(
    teams: pl.DataFrame, told: pl.DataFrame, declared: Mapping[str, str]
) -> pl.DataFrame:
    seen = told.group_by(DEPARTMENT).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers"),
    )
    said = pl.col(DEPARTMENT).replace_strict(declared, default=None, return_dtype=pl.String)
    return teams.join(seen, on=DEPARTMENT, how="left", maintain_order="left").select(
        *(DEPARTMENT, "group", "distance"),
        said.alias("declared"),
        *("cases", "customers", "events", "facing_share"),
    )


def _links(log: EventLog, linked: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add on how many journeys of how many customers each link is."""
    if DEPARTMENT not in log.columns:
        return linked.with_columns(cases=pl.lit(0, pl.Int64), customers=pl.lit(0, pl.Int64))
    keys = [DEPARTMENT, "next_department"]
    known = log.steps.filter(~nw.col(DEPARTMENT).is_null())
    pairs = collect(known.select(CASE, *keys).unique()).cast(dict.fromkeys(keys, pl.String))
    units = told.select(CASE, UNIT).unique()
    seen = (
        pairs.join(units, on=CASE)
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("cases"),
            pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers"),
        )
    )
    return linked.join(seen, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.scorecards import scorecards

    return scorecards(result.scorecard, result.alarms, **options)


def _graph(result: Result, **options: Any) -> "Graph":
    from procmine.draw.team_map import team_map

    return team_map(result.departments, result.links, **options)
