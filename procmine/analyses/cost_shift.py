"""Did a department save at the expense of others? What changed, for whom, by how much?"""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.bootstrap import sums_by_block
from procmine.collecting import collect_all
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.filters import one_of
from procmine.periods import instant
from procmine.quantiles import seconds, sum_of
from procmine.reasons.kinds import PRICE, UNCOSTED, marked
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    CASE,
    CASE_START,
    COST,
    CUSTOMER,
    DEPARTMENT,
    ELAPSED,
    JOURNEY_TYPE,
)
from procmine.shift.cohorts import AFTER, Cohorts, cohorts
from procmine.wording import count, duration, number, parse_duration, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.shift.tables import Costs

_LEVEL: Final = 0.05
_FEWER_OVER: Final = 0.01
"""From so many fewer that are over, what isn't counted is said."""


@analysis_of_all  # reasons may name contacts outside journeys, which aren't counted
def cost_shift(
    log: EventLog,
    *,
    date: str | None = None,
    changed: str | None = None,
    journey_type: list[str] | None = None,
    within: str | None = None,
    reasons: Path | None = None,
    permutations: int = 499,
    seed: int = 1,
) -> Result:
    """Compare what journeys cost each department before and after a change in one of them.

    Journeys belong to the side on which they began, and each is followed for the same time. Where
    there are journeys of other kinds that the department takes no part in, what changed for these
    too is taken off (a difference in differences).

    Formula: change = mean cost per journey after - before; against untouched journeys: that - the
    same of theirs. The verdict is "local saving, others pay" where the department's change is below
    zero and that of another above, each at 5 % (the others adjusted by Holm; both must hold, so
    their two tests aren't), and "local saving, global loss" where it and those who pay more cost
    more together.

    Source: a department's saving that returns as others' calls and returns, D. Rance, "Have a Plan:
    Customer-Centricity Doesn't Happen by Osmosis"; difference in differences, Card & Krueger 1994;
    shuffles of customers, Good 2005.

    Args:
        log: The event log.
        date: When it changed, 2025-07-13.
        changed: Which department changed.
        journey_type: Which kinds of journeys it concerns; those in most of which the department
            takes part where it isn't given.
        within: For how long each journey is followed, 60 days; where it isn't given, as long as 95
            of 100 take, and no longer than half of those that began after the change can be.
        reasons: A map of reasons (TOML) with rates of work that has no cost of its own.
        permutations: How many shuffles: 499 tell a p-value of 0.002 at the least.
        seed: Another number shuffles otherwise.

    Returns:
        `summary` (one row): `date, department, followed_seconds, cases, customers, cases_before,
        cases_after, untouched_cases, uncosted_events, verdict`; `shift`: `who` (the department, all
        others, together), `cases, customers, before_cost, after_cost, change, low_change,
        high_change, p_value`, money per journey, and `against_untouched` with its interval and
        p-value; `departments`: the same of each other department, with `adjusted_p_value`;
        `activities`: `department, activity, cases, customers, before_events, after_events,
        events_change` (per journey) and the change of the cost, each with its interval; `checks`:
        `check, who, cases, customers, change, low_change, high_change, p_value, verdict`, a made-up
        date before the change, and the trend in 30 days before it; `months`: `month, cases,
        customers, own_cost, others_cost`, by when journeys began.

    Raises:
        OptionError: The date, the department or another option makes no sense for this log.
        ConfigurationError: The map of reasons can't be used.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1", "2", "2"],
        ...         "activity": ["ship", "call"] * 2,
        ...         "time": [f"2026-01-0{day}T09:00Z" for day in (1, 2, 5, 6)],
        ...         "department": ["Store", "Care"] * 2,
        ...         "cost": [9.0, 1.0, 5.0, 7.0],
        ...     }
        ... )
        >>> shift = pm.cost_shift(pm.read(table), date="2026-01-04", changed="Store").shift
        >>> shift.select("who", "change").rows()
        [('Store', -4.0), ('all others', 6.0), ('together', 2.0)]
    """
    if permutations < 19:
        raise OptionError(f"{permutations} shuffles tell nothing.", "Give at least 19.")
    at = instant(date, log.meta.timezone)
    if DEPARTMENT not in log.columns or at is None or changed is None:
        return _unasked(log)
    for column, names in ((DEPARTMENT, [changed]), (JOURNEY_TYPE, journey_type)):
        if names:
            one_of(log.table, column, names)
    from procmine.reasons.document import read_reasons

    named = read_reasons(reasons, log)[0]
    log = log.inside()
    horizon = parse_duration(within) if within else None
    own = cohorts(log, at.astimezone(UTC), changed, kinds=journey_type, horizon_us=horizon)
    table = marked(log, named)
    return _answer(log, own, changed, table, {"permutations": permutations, "seed": seed})


def _unasked(log: EventLog) -> Result:
    """Say what is missing, with the tables empty."""
    from procmine.shift.tables import SCHEMAS

    if DEPARTMENT not in log.columns:
        headline, advice = "The log names no department.", caveats.no_departments(log)
    else:
        headline = "Nobody said which department changed, and when."
        advice = ["Give the day and the department (date, --date; changed, --changed)."]
    tables = {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}
    return Result("cost_shift", headline, tuple(advice), tables, chart_of=_chart)


def _costs(log: EventLog, own: Cohorts, table: nw.LazyFrame[Any]) -> "tuple[Costs, int]":
    """Add up what journeys cost while they are followed; and count what has no known cost."""
    from procmine.shift.tables import Costs

    priced = table.with_columns(nw.col(PRICE).fill_null(0).cast(nw.Int64))
    rows = own.of(priced)
    while_followed = priced.filter(nw.col(ELAPSED) <= own.horizon_us)
    people = nw.col(CUSTOMER if CUSTOMER in log.columns else CASE).n_unique().alias("customers")
    keys = [DEPARTMENT, ACTIVITY]
    by_case, counted, left = collect_all(
        while_followed.group_by(CASE, DEPARTMENT).agg(*sum_of(nw.col(PRICE), "cost")),
        rows.group_by(keys).agg(nw.col(CASE).n_unique().alias("cases"), people),
        own.of(table).select(nw.col(UNCOSTED).sum()),
    )
    ends = own.of_kinds(log.ends.with_columns(nw.lit(0, nw.Int64).alias(PRICE)))
    found = Costs(
        by_case.select(CASE, DEPARTMENT, seconds("cost").alias("cost")),
        sums_by_block(log, rows, keys, PRICE, own.at, time=CASE_START),
        sums_by_block(log, ends, [], PRICE, own.at, time=CASE_START),
        counted,
    )
    return found, int(left.item() or 0)


def _answer(
    log: EventLog,
    own: Cohorts,
    department: str,
    table: nw.LazyFrame[Any],
    chance: dict[str, int],
) -> Result:
    from procmine.shift.change import customers
    from procmine.shift.tables import tables

    costs, uncosted = _costs(log, own, table)
    found = tables(own, costs, department, log.meta.timezone, **chance)
    concerned = own.journeys.filter("concerned")
    after = int(concerned[AFTER].sum())
    summary = pl.DataFrame(
        {
            "date": [own.at.astimezone(ZoneInfo(log.meta.timezone)).date()],
            "department": [department],
            "followed_seconds": [own.horizon_us / 1e6],
            "cases": [concerned.height],
            "customers": [customers(concerned)],
            "cases_before": [concerned.height - after],
            "cases_after": [after],
            "untouched_cases": [own.journeys.height - concerned.height],
            "uncosted_events": [uncosted],
            "verdict": [_verdict(found["shift"])],
        }
    )
    found = {"summary": summary} | found
    said = tuple(_caveats(log, own, found))
    return Result("cost_shift", _headline(found), said, found, chart_of=_chart)


def _verdict(shift: pl.DataFrame) -> str:
    """Say whether the department saved while others paid, each beyond chance."""
    rows = {row["who"]: row for row in shift.iter_rows(named=True)}
    own = next(iter(rows.values()))
    if own["p_value"] is None:
        return "not enough data"
    saved = own["p_value"] <= _LEVEL and own["change"] < 0
    paid = rows.get("it and those who pay more")
    if saved and paid:
        lost = paid["p_value"] <= _LEVEL and paid["change"] > 0
        return "local saving, global loss" if lost else "local saving, others pay"
    return "others pay more" if paid else "local saving" if saved else "nothing beyond chance"


def _headline(tables: dict[str, pl.DataFrame]) -> str:
    row = tables["summary"].row(0, named=True)
    for side in ("before", "after"):
        if not row[f"cases_{side}"]:
            return f"No journey that began {side} the change could be followed long enough."
    from procmine.shift.tables import paying

    own, others, whole = tables["shift"]["change"].head(3)
    name = row["department"]
    payers = paying(tables["departments"].rename({"department": "who"}), name)
    rising = tables["departments"].filter(pl.col("department").is_in(payers))
    who = [f"{d} {_moved(c)}" for d, c in rising.select("department", "change").iter_rows()]
    said = " and ".join(who or [f"all others {_moved(others)}"])
    return (
        f"After {row['date']:%-d %B %Y} a journey costs {name} {_moved(own)} and {said}, "
        f"{_moved(whole)} in all: {row['verdict']}."
    )


def _moved(change: float) -> str:
    return f"{number(abs(change))} {'less' if change < 0 else 'more'}"


def _caveats(log: EventLog, own: Cohorts, tables: dict[str, pl.DataFrame]) -> Iterator[str]:
    row = tables["summary"].row(0, named=True)
    of = f" ({', '.join(own.kinds)})" if own.kinds else ""
    long = duration(row["followed_seconds"])
    yield (
        f"{count(row['cases'], 'journey')}{of} counted, each for {long} from its start; "
        f"{count(own.left_out, 'began', 'began')} too late for that."
    )
    before, after = own.over
    if before is not None and after is not None and before - after > _FEWER_OVER:
        yield (
            f"Of those begun before {share(before)} were over by then, of those after "
            f"{share(after)}: what the others cost later isn't counted, so that journeys after the "
            "change look cheaper than they turn out."
        )
    if COST not in log.columns and not tables["shift"]["before_cost"].sum():
        yield "The log has no costs; add a column of costs, or rates to the reasons ([[rates]])."
    elif row["uncosted_events"]:
        yield f"{count(row['uncosted_events'], 'event has', 'events have')} no known cost."
    if own.kinds is None:
        yield "The log knows no kinds of journeys, so none is known that the change can't touch."
    elif tables["shift"]["against_untouched"].null_count():
        yield "Too few journeys of other kinds are untouched by the department to compare with."
    else:
        n = count(row["untouched_cases"], "journey")
        yield f"Against {n} of other kinds in which {row['department']} takes no part: see shift."
    if tables["shift"].height > 3:
        yield "Those who pay more are picked by their rise, which is rather said too high for that."
    checks = tables["checks"]
    failed = checks.filter(pl.col("verdict") == "moved before")
    if failed.height:
        named = ", ".join(f"{c} ({who})" for c, who in failed.select("check", "who").rows())
        yield f"Costs moved before the change as well, so it may not be the cause: {named}."
    elif (checks["verdict"] == "not enough data").any():
        yield "There is not enough data before the change to see whether costs moved by themselves."
    yield "What else changed on the same day can't be told apart from it."


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.cost_shift import cost_shift_bars

    return cost_shift_bars(result.tables, result.headline, **options)
