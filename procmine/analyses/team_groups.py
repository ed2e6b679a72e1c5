"""Which teams meet the customer, which serve those, and how do customers fare with each?"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.clusters import UNIT
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog, collect
from procmine.experience import Answers, answers
from procmine.filters import one_of
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import ACTIVITY, CASE, CUSTOMER, CUSTOMER_FACING, DEPARTMENT, START
from procmine.teams import alarms
from procmine.teams.groups import GROUPS, grouped, links, successions
from procmine.teams.peers import FEWEST, read_peers
from procmine.teams.pledges import Pledges, judged, promised, read_pledges
from procmine.teams.scorecard import scorecard
from procmine.teams.work import work_of
from procmine.wording import count, duration, number, share

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
    independent units, both must hold (the larger p-value counts), and the level of 5 % holds for
    all pairs of all departments together (Holm).

    Formula: facing share = events the customer takes part in / events; creator if facing share >=
    theta, enabler if 1 handoff from a creator or the customer; p(alarm) = max(p(operational figure
    falls), p(customers' figure gets worse)).

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
        the earlier and the later
        half of the log's time; `alarms`: `department, operational, …_early, …_late, customer,
        …_early, …_late, since, cases, customers, p_value, adjusted_p_value`. What fewer than five
        people answered is never shown. `graph()` draws the teams, `chart()` their cards.

    Raises:
        OptionError: An activity never occurs, or theta or the period makes no sense.
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
    followed = collect(successions(log)).cast(dict.fromkeys(_KEYS, pl.String))
    linked = links(followed)
    teams = grouped(followed, linked, theta)
    pledges = read_pledges(log, policy, promise, _GOAL, calendar)
    told, unhappy = _told(log, period, complaints or [], answered, pledges)
    told = told.join(teams.select(DEPARTMENT, "group"), on=DEPARTMENT, maintain_order="left")
    asked = read_peers(peers) if peers else None
    known = None if asked is None else _of_teams(asked, teams, period)
    tested = alarms.figures_over_time(told, unhappy, _timed(known, told))
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
    }
    return Result(
        "team_groups",
        _headline(log, tables),
        (*_caveats(log, tables, asked, complaints), *answered.caveats),
        tables,
        chart_of=_chart,
        graph_of=_graph,
    )


def _check(theta: float, period: str) -> None:
    if not 0 < theta <= 1:
        raise OptionError(f"theta can't be {number(theta)}.", "Give a share over 0, at most 1.")
    if period not in PERIODS:
        raise OptionError(f"Cards can't be made by '{period}'.", nearest(period, PERIODS))


def _told(
    log: EventLog, period: str, complaints: list[str], answered: Answers, pledges: Pledges
) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """Return each department's share in each journey with how the journey went for the customer.

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


def _of_teams(asked: pl.DataFrame, teams: pl.DataFrame, period: str) -> pl.DataFrame:
    """Give each answer its team and its period."""
    said = {"month": "%Y-%m", "year": "%Y"}
    month = pl.col("month")
    named = (
        month.dt.strftime(said[period])
        if period in said
        else pl.format("{}-Q{}", month.dt.year(), month.dt.quarter())
    )
    known = asked.join(teams.select(DEPARTMENT, "group"), on=DEPARTMENT, maintain_order="left")
    return known.with_columns(named.alias("period"))


def _timed(known: pl.DataFrame | None, told: pl.DataFrame) -> pl.DataFrame | None:
    """Put the answers on the log's time: in its later half, or in the earlier one."""
    if known is None or told.is_empty():
        return None
    first_later = told.filter("later")["start"].min()
    start = pl.col("month").cast(told.schema["start"]).dt.offset_by("14d")
    return known.with_columns(start.alias("start"), (start >= pl.lit(first_later)).alias("later"))


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


def _headline(log: EventLog, tables: Mapping[str, pl.DataFrame]) -> str:
    departments, ringing = tables["departments"], tables["alarms"]
    if departments.is_empty():
        return "The log names no department, so there are no teams to tell apart."
    groups = _counted(departments)
    if CUSTOMER_FACING not in log.columns:
        groups = (
            f"Nobody knows which of {count(departments.height, 'team')} meet the customer: this "
            "log marks no customer-facing events."
        )
    if ringing.height:
        return f"{alarm_sentence(ringing.row(0, named=True))} {groups}"
    if alarms.pairs(tables["trends"]).is_empty() or CUSTOMER_FACING not in log.columns:
        return groups
    return f"{groups} No team's figures look good while its customers fare worse."


def _counted(departments: pl.DataFrame) -> str:
    creators, enablers, others = (
        departments.filter(pl.col("group") == group).height for group in GROUPS
    )
    meets = count(creators, "team meets", "teams meet")
    serves = count(enablers, "works", "work")
    return f"{meets} customers, {serves} directly for those, {others} behind them."


def alarm_sentence(row: Mapping[str, Any]) -> str:
    """Say an alarm in words.

    Args:
        row: A row of the table `alarms`.
    """
    better = _change(row, "operational")
    worse = _change(row, "customer")
    return f"{row[DEPARTMENT]} looks better while customers fare worse: {better}, {worse}."


def _change(row: Mapping[str, Any], side: str) -> str:
    measure, early, late = (row[f"{side}{end}"] for end in ("", "_early", "_late"))
    if measure.startswith(("journeys with", alarms.BROKEN)):
        says = share
    elif measure.startswith(("service", "wait")):
        says = duration
    else:
        says = number
    way = "rose" if late > early else "fell"
    return f"{measure} {way} from {says(early)} to {says(late)}"


def _caveats(
    log: EventLog,
    tables: Mapping[str, pl.DataFrame],
    asked: pl.DataFrame | None,
    complaints: list[str] | None,
) -> Iterator[str]:
    yield from caveats.no_departments(log)
    if CUSTOMER_FACING not in log.columns:
        fact = "Without customer-facing events all teams are back office"
        yield f"{fact}; add customer_facing = [...] to the mapping."
    elif tables["departments"].filter(pl.col("distance") == 0).is_empty():
        yield "No team reaches theta, so none is a creator and all are back office."
    if not complaints:
        fact = "No activity is known to tell of an unhappy customer"
        yield f"{fact}; name them: complaints=[…] (--complaints …)."
    if tables["scorecard"]["kept_share"].count() == 0:
        fact = "No promise to customers is known"
        yield f"{fact}; give one: promise='12 days' (--promise), or a policy (--policy FILE)."
    if START not in log.columns:
        yield "The log has no start times, so service time is unknown and sits in the waits."
    if CUSTOMER not in log.columns:
        yield "The log names no customers, so each journey counts as one of its own."
    yield from _of_alarms(tables)
    yield from _of_peers(tables["departments"], asked)
    yield from caveats.lookalikes(log, DEPARTMENT)


def _of_alarms(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    if alarms.pairs(tables["trends"]).height:
        yield (
            "Alarms hold at the 5 % level for all pairs of figures together (Holm). That a figure "
            "rises while another falls is an association; what is done may have changed as well "
            "(service time per event is over whatever the team did)."
        )


def _of_peers(departments: pl.DataFrame, asked: pl.DataFrame | None) -> Iterator[str]:
    if asked is None:
        return
    others = sorted(set(asked[DEPARTMENT]) - set(departments[DEPARTMENT]))
    if others:
        yield f"The survey speaks of {', '.join(others)}, who do nothing in this log: left out."
    few = asked.group_by("month", DEPARTMENT).len().filter(pl.col("len") < FEWEST).height
    if few:
        fact = count(few, "department and month has", "departments and months have")
        yield f"{fact} fewer than five answers of colleagues, and such cards show none."
    yield "Nobody knows which answers are of one colleague, so each counts for itself."


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.scorecards import scorecards

    return scorecards(result.scorecard, result.alarms, **options)


def _graph(result: Result, **options: Any) -> "Graph":
    from procmine.draw.team_map import team_map

    return team_map(result.departments, result.links, **options)
