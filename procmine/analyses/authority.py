"""How often does the first team that a customer meets solve it, and how long do approvals take?"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.clusters import UNIT
from procmine.contrast import SCHEMA, contrast
from procmine.errors import OptionError
from procmine.eventlog import EventLog, collect
from procmine.filters import one_of
from procmine.meetings import NONE_MARKED, moments
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    CASE,
    CASE_START,
    COST,
    CUSTOMER_FACING,
    DEPARTMENT,
    EVENT_NUMBER,
    JOURNEY_TYPE,
    NEXT_DEPARTMENT,
    RESOURCE,
    START,
    TIMESTAMP,
    WAIT,
)
from procmine.wording import count, duration, share

if TYPE_CHECKING:
    import altair as alt

_FIRST, _SOLVED, _KIND = "first", "solved", "kind"
_APPROVAL, _ESCALATION, _SHAPE = "approval", "escalation", "there and back"


@analysis
def authority(
    log: EventLog,
    *,
    approvals: list[str] | None = None,
    escalations: list[str] | None = None,
    since: str | None = None,
) -> Result:
    """Say how often the first team that a customer meets solves it, without asking anybody.

    A journey is solved by the first team if no other team meets its customer, and it holds no hop.
    A hop is an event of `approvals` or `escalations`; where neither is named it is recognised by
    its shape: the first team hands the journey over to another department and gets it back before
    the customer meets anybody else. Its wait runs from its completion until another department
    begins (of its shape: until the return), in elapsed time. Open journeys are left out of shares,
    for they may still be handed on.

    Formula: solved share = closed journeys with one customer-facing team and no hop / closed
    journeys that meet a customer; the change is that of journeys begun from `since` on less that of
    those before, its interval by Student's t with the linearised variance over customers.

    Source: seeds 000 and 001 (decision-making authority of front-line teams); METHODS i; Binder
    1983.

    Args:
        log: The event log.
        approvals: Activities in which somebody asks for an approval.
        escalations: Activities in which a journey is handed up.
        since: The day from which on the first team may decide, 2025-06-17.

    Returns:
        `summary`: `journey_type, cases, customers, solved_cases, solved_share, hop_cases,
        hop_share`, the first row of all types (null); `months`: `journey_type, month, cases,
        customers, solved_share, hop_share` by the journeys' start; `change` (where `since` is
        given): `journey_type, measure, cases, customers, after, other_cases, other_customers,
        before, difference, low_difference, high_difference, ratio, low_ratio, high_ratio, p_value`;
        `hops`: `kind, activity, department, next_department, count, cases, customers,
        median_seconds, p90_seconds, total_seconds, total_cost, costed_events`.

    Raises:
        OptionError: An activity never occurs, or the day makes no sense.

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
    day = _day(since, log.meta.timezone)
    met = moments(log)
    hops = _named(log, approvals, escalations) if approvals or escalations else _shaped(log, met)
    journeys = _journeys(log, met, hops)
    tables = {
        "summary": _summary(journeys),
        "months": _months(journeys, log.meta.timezone),
        "change": _change(journeys, day),
        "hops": _hops(hops, journeys),
    }
    said = tuple(_caveats(log, tables, approvals, escalations))
    return Result("authority", _headline(tables), said, tables, chart_of=_chart)


def _day(since: str | None, zone: str) -> datetime | None:
    if since is None:
        return None
    try:
        local = pl.Series([datetime.fromisoformat(since)]).dt.replace_time_zone(zone)
    except ValueError:
        raise OptionError(f"'{since}' is no day.", "Write it as 2025-06-17.") from None
    return local.dt.convert_time_zone("UTC").item()


def _events(log: EventLog, table: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Fetch what hops need of events."""
    texts = [c for c in (ACTIVITY, DEPARTMENT, NEXT_DEPARTMENT) if c in log.columns]
    numbers = [c for c in (EVENT_NUMBER, WAIT, TIMESTAMP, COST) if c in log.columns]
    found = collect(table.select(CASE, *(nw.col(c).cast(nw.String) for c in texts), *numbers))
    missing = {DEPARTMENT: pl.String, NEXT_DEPARTMENT: pl.String, COST: pl.Float64}
    lacking = [pl.lit(None, t).alias(c) for c, t in missing.items() if c not in found.columns]
    return found.with_columns(lacking).cast({CASE: pl.String, COST: pl.Float64})


def _named(
    log: EventLog, approvals: Sequence[str] | None, escalations: Sequence[str] | None
) -> pl.DataFrame:
    """Return the events that are hops because they are named so."""
    found: list[pl.DataFrame] = []
    for kind, names in ((_APPROVAL, approvals), (_ESCALATION, escalations)):
        if names:
            some = _events(log, log.table.filter(one_of(log.table, ACTIVITY, names)))
            found.append(some.with_columns(pl.lit(kind).alias(_KIND)))
    return _until_another(log, pl.concat(found))


def _until_another(log: EventLog, hops: pl.DataFrame) -> pl.DataFrame:
    """Let a hop's wait run until another department begins, whatever its own does meanwhile."""
    if DEPARTMENT not in log.columns:
        return hops
    begin = nw.col(START if START in log.columns else TIMESTAMP).alias("began")
    other = log.table.filter(nw.col(CASE).is_in(hops[CASE].unique().to_list())).select(
        CASE, nw.col(EVENT_NUMBER).alias("number"), nw.col(DEPARTMENT).cast(nw.String).alias("by"),
        begin,
    )  # fmt: skip
    numbered = hops.with_row_index("row")
    after = numbered.join(collect(other).cast({CASE: pl.String}), on=CASE).filter(
        (pl.col("number") > pl.col(EVENT_NUMBER)) & (pl.col("by") != pl.col(DEPARTMENT))
    )
    first = after.sort("row", "number").unique("row", keep="first").select("row", "by", "began")
    waited = (pl.col("began") - pl.col(TIMESTAMP)).dt.total_microseconds().clip(lower_bound=0)
    return (
        numbered.join(first, on="row", how="left", maintain_order="left")
        .with_columns(pl.coalesce(waited, WAIT).alias(WAIT))
        .with_columns(pl.coalesce("by", NEXT_DEPARTMENT).alias(NEXT_DEPARTMENT))
        .select(hops.columns)
    )


def _shaped(log: EventLog, met: pl.DataFrame) -> pl.DataFrame:
    """Return the handoffs of the first team that come back before the customer meets another."""
    first = met.unique(CASE, keep="first", maintain_order=True)
    first = first.select(CASE, pl.col(DEPARTMENT).alias(_FIRST), pl.col(EVENT_NUMBER).alias("at"))
    none = _events(log, log.table.filter(nw.col(CASE).is_null())).with_columns(
        pl.lit("").alias(_KIND)
    )
    if DEPARTMENT not in log.columns or first.is_empty():
        return none
    team = log.table.filter(nw.col(CUSTOMER_FACING)).select(CASE).unique()
    events = _events(log, log.table.join(team, on=CASE, how="semi")).sort(EVENT_NUMBER)
    events = events.join(first, on=CASE, maintain_order="left").filter(pl.col(_FIRST).is_not_null())
    own = pl.col(DEPARTMENT) == pl.col(_FIRST)
    away = events.filter(
        own & (pl.col(NEXT_DEPARTMENT) != pl.col(_FIRST)) & (pl.col(EVENT_NUMBER) >= pl.col("at"))
    )
    back = events.filter(own).select(
        CASE, pl.col(EVENT_NUMBER).alias("back"), pl.col(TIMESTAMP).alias("returned"),
        pl.col(EVENT_NUMBER).alias("next"),
    )  # fmt: skip
    facing = met.select(CASE, pl.col(EVENT_NUMBER).alias("meets"), pl.col(EVENT_NUMBER)).sort(
        EVENT_NUMBER
    )
    later = away.join_asof(
        back.sort("next"), left_on=EVENT_NUMBER, right_on="next", by=CASE, strategy="forward",
        allow_exact_matches=False, check_sortedness=False,
    ).sort(EVENT_NUMBER)  # fmt: skip
    both = later.join_asof(
        facing, on=EVENT_NUMBER, by=CASE, strategy="forward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    hops = both.filter(
        pl.col("back").is_not_null() & (pl.col("back") <= pl.col("meets").fill_null(2**31))
    )
    waited = (pl.col("returned") - pl.col(TIMESTAMP)).dt.total_microseconds().alias(WAIT)
    return hops.with_columns(waited, pl.lit(_SHAPE).alias(_KIND)).select(none.columns)


def _journeys(log: EventLog, met: pl.DataFrame, hops: pl.DataFrame) -> pl.DataFrame:
    """Return a row a journey that meets its customer: start, type, whether solved and hopped."""
    last = log.table.filter(nw.col(WAIT).is_null()).with_columns(log.is_open().alias("open"))
    spans = collect(last.select(CASE, CASE_START, "open")).cast({CASE: pl.String})
    team = pl.coalesce(DEPARTMENT, RESOURCE) if DEPARTMENT in met.columns else pl.col(RESOURCE)
    of_cases = met.group_by(CASE).agg(
        pl.col(UNIT).first(),
        pl.col(JOURNEY_TYPE).first(),
        team.drop_nulls().n_unique().alias("teams"),
    )
    hopped = pl.col(CASE).is_in(hops[CASE].unique().implode())
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


def _change(journeys: pl.DataFrame, day: datetime | None) -> pl.DataFrame:
    """Compare journeys that began from a day on with those before."""
    rows: list[dict[str, Any]] = []
    closed = _closed(journeys)
    types = closed[JOURNEY_TYPE].drop_nulls().unique().sort().to_list()
    marked = closed.with_columns((pl.col(CASE_START) >= pl.lit(day)).alias("after"))
    for kind in [] if day is None else [None, *types]:
        some = marked if kind is None else marked.filter(pl.col(JOURNEY_TYPE) == kind)
        for measure, column in (("solved share", _SOLVED), ("hop share", "hop")):
            row = contrast(some, column, "after", UNIT)
            rows.append({JOURNEY_TYPE: kind, "measure": measure, **row})
    schema = {JOURNEY_TYPE: pl.String, "measure": pl.String, **SCHEMA}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.rename({"mean": "after", "other_mean": "before"})


def _hops(hops: pl.DataFrame, journeys: pl.DataFrame) -> pl.DataFrame:
    keys = [_KIND, ACTIVITY, DEPARTMENT, NEXT_DEPARTMENT]
    whose = hops.join(journeys.select(CASE, UNIT), on=CASE, how="left")
    seconds = pl.col(WAIT) / 1e6
    return (
        whose.group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("count"),
            pl.col(CASE).n_unique().cast(pl.Int64).alias("cases"),
            pl.col(UNIT).drop_nulls().n_unique().cast(pl.Int64).alias("customers"),
            seconds.median().alias("median_seconds"),
            seconds.quantile(0.9, "linear").alias("p90_seconds"),
            seconds.sum().alias("total_seconds"),
            pl.col(COST).sum().alias("total_cost"),
            pl.col(COST).count().cast(pl.Int64).alias("costed_events"),
        )
        .sort("total_seconds", *keys, descending=[True, *[False] * 4], nulls_last=True)
    )


def _headline(tables: dict[str, pl.DataFrame]) -> str:
    summary = tables["summary"]
    row = summary.row(0, named=True)
    if not row["cases"]:
        return "Nobody can say who meets the customer first: no event is marked as customer-facing."
    if summary.height > 1 and summary["hop_cases"][0]:
        row = summary[1:].sort("hop_cases", descending=True).row(0, named=True)
    kind = f" of the type '{row[JOURNEY_TYPE]}'" if row[JOURNEY_TYPE] else ""
    said = (
        f"The first team that a customer meets solves {share(row['solved_share'])} of journeys"
        f"{kind} without asking anybody"
    )
    hops = tables["hops"]
    if hops.is_empty() or not hops["total_seconds"].sum():
        return f"{said}."
    worst = hops.row(0, named=True)
    wait = duration(worst["median_seconds"])
    return f"{said}; half of the hops at '{worst['activity']}' take {wait} or longer."


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
