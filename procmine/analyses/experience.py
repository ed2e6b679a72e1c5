"""What do customers answer when they are asked, and with which journeys do their scores fall?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine.clusters import UNIT, with_units
from procmine.collecting import collect
from procmine.contrast import FEWEST, SCHEMA, contrast
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.experience import Answers, answers
from procmine.filters import of_cases
from procmine.meanwhile import BEFORE, BETWEEN, pairs
from procmine.multiplicity import holm
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    CASE,
    DEPARTMENT,
    EVENT_NUMBER,
    HANDOFF_NUMBER,
    JOURNEY_TYPE,
    NEXT_ACTIVITY,
    SCORE,
    WAIT,
)
from procmine.wording import count, number, parse_duration

if TYPE_CHECKING:
    import altair as alt

_LEVEL: Final = 0.05
_GROUPS: Final = 15
"""So many of the commonest groups of a kind are looked at."""


@analysis_of_all
def experience(log: EventLog, *, window: str = "30 days", fewest: int = 5) -> Result:
    """Join the answers to surveys to the journeys they speak of, and say with what scores fall.

    An answer that carries the key of a journey speaks of that journey, any other of the one in
    which its customer last met somebody before. Then the mean score of the journeys with something
    is compared with that of the other answered ones: of a variant, with a number of handoffs, of a
    journey type, with a department or an activity in it, with a wait of the longest third in all or
    of the longest tenth before an activity, with an activity between two moments, while the
    customer waited, and with a comment that several gave alike; what tells the same journeys apart
    as something else is looked at once. Customers are the independent units, and p-values are
    adjusted for the number of looks (Holm): the level of 5 % holds for all together.

    Formula: difference = mean score of the journeys with it - mean score of those without; its
    interval by Student's t with the linearised variance over customers.

    Source: seed 002 (moments of truth); Binder 1983; Holm 1979.

    Args:
        log: The event log.
        window: How long after a journey an answer still speaks of it.
        fewest: A group of fewer answers, or one that leaves fewer others, isn't looked at.

    Returns:
        `summary` (1 row): `answers, joined_answers, cases, customers, mean_score, median_score,
        commented_cases`; `scores`: `score, cases, customers, share`; `differences`, the surest
        first: `kind, group, cases, customers, mean_score, other_cases, other_customers,
        other_mean_score, difference, low_difference, high_difference, p_value, adjusted_p_value`;
        `answered`: a row an answered journey, with its comment.

    Raises:
        OptionError: The window or the number makes no sense.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1", "2"],
        ...         "activity": ["serve", "Survey answered", "serve"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-05T11:00Z"],
        ...         "score": [None, 9, None],
        ...     }
        ... )
        >>> pm.experience(pm.read(table)).headline
        '1 answer, a mean score of 9: too few to tell with what scores fall.'
    """
    if fewest < FEWEST:
        raise OptionError(f"fewest can't be {fewest}.", f"Give {FEWEST} or more.")
    said = answers(log, timedelta(microseconds=parse_duration(window)))
    journeys = log.inside()
    scored = _with_units(journeys, said)
    tables = {
        "summary": _summary(said, scored),
        "scores": _scores(scored),
        "differences": _differences(journeys, scored, fewest),
        "answered": said.journeys,
    }
    return Result(
        "experience", _headline(said, tables), tuple(_caveats(log, said)), tables, chart_of=_chart
    )


def _with_units(log: EventLog, said: Answers) -> pl.DataFrame:
    """Return `case_id, unit, score, comment, customer_id` and the facts of answered journeys."""
    last = log.table.filter(nw.col(WAIT).is_null())
    types = [JOURNEY_TYPE] if JOURNEY_TYPE in log.columns else []
    facts = collect(with_units(log, last).select(CASE, UNIT, *types))
    handoffs = collect(
        log.table.group_by(CASE).agg(nw.col(HANDOFF_NUMBER).count(), nw.col(WAIT).sum())
    )
    facts = facts.join(handoffs, on=CASE).cast({CASE: pl.String})
    if not types:
        facts = facts.with_columns(pl.lit(None, pl.String).alias(JOURNEY_TYPE))
    return said.journeys.join(facts, on=CASE, maintain_order="left").sort(CASE)


def _people(unit: str = UNIT) -> pl.Expr:
    return pl.col(unit).n_unique().cast(pl.Int64).alias("customers")


def _summary(said: Answers, scored: pl.DataFrame) -> pl.DataFrame:
    return scored.select(
        pl.lit(said.count, pl.Int64).alias("answers"),
        pl.lit(said.joined, pl.Int64).alias("joined_answers"),
        pl.len().cast(pl.Int64).alias("cases"),
        _people(),
        pl.col(SCORE).mean().alias("mean_score"),
        pl.col(SCORE).median().alias("median_score"),
        pl.col("comment").is_not_null().sum().cast(pl.Int64).alias("commented_cases"),
    )


def _scores(scored: pl.DataFrame) -> pl.DataFrame:
    counted = scored.group_by(SCORE).agg(pl.len().cast(pl.Int64).alias("cases"), _people())
    share = (pl.col("cases") / pl.col("cases").sum()).alias("share")
    return counted.with_columns(share).sort(SCORE)


def _differences(log: EventLog, scored: pl.DataFrame, fewest: int) -> pl.DataFrame:
    """Compare the journeys of each group with the others."""
    rows: list[dict[str, Any]] = []
    for kind, group, within in _splits(log, scored, fewest):
        row = contrast(scored.with_columns(within), SCORE, within.name, UNIT)
        if row["other_cases"] >= fewest:
            rows.append({"kind": kind, "group": group, **row})
    schema = {"kind": pl.String, "group": pl.String, **SCHEMA}
    found = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        holm(pl.col("p_value")).alias("adjusted_p_value")
    )
    shown = found.drop("ratio", "low_ratio", "high_ratio")
    named = shown.rename({"mean": "mean_score", "other_mean": "other_mean_score"})
    return named.sort("p_value", "kind", "group", nulls_last=True)


def _splits(
    log: EventLog, scored: pl.DataFrame, fewest: int
) -> Iterator[tuple[str, str, pl.Series]]:
    """Yield kind, group and who is in it; of groups that tell the same journeys apart only one.

    To compare the same journeys under several names would be several looks at one thing. The
    smaller side gives the name, and of several the first kind.
    """
    found: list[tuple[str, str, pl.Series]] = []
    for kind, groups in _kinds(log, scored):
        common = groups.group_by("group").len().filter(pl.col("len") >= fewest)
        common = common.sort("len", "group", descending=[True, False]).head(_GROUPS)
        for group in common["group"].to_list():
            cases = groups.filter(pl.col("group") == group)[CASE]
            within = scored.select(pl.col(CASE).is_in(cases.implode()).alias("within"))
            found.append((kind, group, within.to_series()))
    found.sort(key=lambda split: int(split[2].sum()) > scored.height / 2)
    seen: set[bytes] = set()
    for kind, group, within in found:
        sides = {side.to_numpy().tobytes() for side in (within, ~within)}
        if seen.isdisjoint(sides):
            seen |= sides
            yield kind, group, within


def _kinds(log: EventLog, scored: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each kind of group with `case_id, group`, the most telling first."""
    met = _events(log, scored)
    for kind, column in (("activity", ACTIVITY), ("department", DEPARTMENT)):
        if column in met.columns:
            yield kind, met.select(CASE, group=column).drop_nulls().unique()
    said = pl.col("comment").str.strip_chars()
    yield "comment", scored.select(CASE, group=said).filter(pl.col("group") != "")
    types = scored.select(CASE, group=pl.col(JOURNEY_TYPE).cast(pl.String))
    yield "journey type", types.drop_nulls()
    apart = pairs(log, scored[CASE]).explode(BETWEEN).drop_nulls(BETWEEN)
    named = pl.format("{} between {} and {}", BETWEEN, BEFORE, ACTIVITY)
    yield "meanwhile", apart.select(CASE, group=named).unique()
    handed = pl.col(HANDOFF_NUMBER).clip(upper_bound=10)
    yield "handoffs", scored.select(CASE, group=pl.format("{} handoffs", handed))
    long = pl.col(WAIT) > pl.col(WAIT).quantile(2 / 3)
    yield "wait", scored.filter(long).select(CASE, group=pl.lit("longest third of waits"))
    waits = met.filter(pl.col(NEXT_ACTIVITY).is_not_null())
    long = pl.col(WAIT) > pl.col(WAIT).quantile(0.9).over(NEXT_ACTIVITY)
    yield "long wait before", waits.filter(long).select(CASE, group=NEXT_ACTIVITY).unique()
    yield "variant", met.group_by(CASE).agg(group=pl.col(ACTIVITY).str.join(" → "))


def _events(log: EventLog, scored: pl.DataFrame) -> pl.DataFrame:
    """Return the events of answered journeys."""
    columns = [c for c in (ACTIVITY, DEPARTMENT, NEXT_ACTIVITY) if c in log.columns]
    kept = of_cases(log.table, scored[CASE])
    table = collect(
        kept.select(CASE, EVENT_NUMBER, *(nw.col(c).cast(nw.String) for c in columns), WAIT)
    )
    return table.cast({CASE: pl.String}).sort(CASE, EVENT_NUMBER)


def _headline(said: Answers, tables: dict[str, pl.DataFrame]) -> str:
    if not said.count:
        return "This log has no answers of customers: nobody can say how they felt."
    row = tables["summary"].row(0, named=True)
    if not row["cases"]:
        return f"None of {count(said.count, 'answer')} speaks of a journey."
    begin = f"{count(row['cases'], 'answer')}, a mean score of {number(row['mean_score'])}"
    found = tables["differences"]
    if found.is_empty():
        return f"{begin}: too few to tell with what scores fall."
    sure = found.filter((pl.col("adjusted_p_value") <= _LEVEL) & (pl.col("difference") < 0))
    if sure.is_empty():
        return f"{begin}: they are alike on all journeys, as far as these answers tell."
    worst = sure.row(0, named=True)
    return (
        f"{begin}; journeys with {_named(worst)} score {number(-worst['difference'])} points less "
        f"({number(-worst['high_difference'])} to {number(-worst['low_difference'])}) than others."
    )


def _named(row: dict[str, Any]) -> str:
    if row["kind"] in {"activity", "comment", "department"}:
        return f"'{row['group']}'"
    if row["kind"] == "meanwhile":
        return f"{row['group']}, while the customer waits,"
    if row["kind"] == "long wait before":
        return f"a wait of the longest tenth before '{row['group']}'"
    return str(row["group"])


def _caveats(log: EventLog, said: Answers) -> Iterator[str]:
    if not said.count:
        if SCORE not in log.columns:
            yield (
                "Add the survey to the mapping as a source: its columns score and comment, an "
                "activity such as 'Survey answered', and the identifiers that it knows."
            )
        elif log.meta.selection:
            yield "A selection of journeys leaves out answers, which lie outside them: ask the log."
        return
    yield from said.caveats
    yield (
        "Who answers isn't drawn at random, and a difference is an association: what goes with a "
        "low score needn't be its cause."
    )
    yield (
        f"Differences are tested at a level of {number(_LEVEL * 100)} % for all looks together "
        "(Holm), customers being the independent units."
    )
    if said.journeys["comment"].null_count() < said.journeys.height:
        yield "Comments may hold personal data: read them before you pass this on."


def _chart(result: Result, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    from procmine.draw.experience import difference_marks

    return difference_marks(result.tables["differences"], top=top)
