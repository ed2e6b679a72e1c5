"""What do customers bring in after a journey, for what it cost to engage them in it?"""

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import caveats
from procmine.engagement import GROUP, Journeys, compared, follow, measured
from procmine.errors import ColumnError, OptionError, nearest
from procmine.eventlog import EventLog
from procmine.multiplicity import holm
from procmine.periods import instant
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import COST, CUSTOMER, CUSTOMER_FACING
from procmine.wording import count, number, parse_duration, share

if TYPE_CHECKING:
    import altair as alt

_VALUES: Final = ("margin", "revenue", "amount")
_FIGURES: Final = {
    "cases": pl.Int64(),
    "customers": pl.Int64(),
    "returned_cases": pl.Int64(),
    **dict.fromkeys(("mean_margin", "mean_cost"), pl.Float64()),
    **{e + c: pl.Float64() for c in ("return_share", "roce") for e in ("", "low_", "high_")},
}
_CHANGE: Final = {
    "measure": pl.String(),
    "cases": pl.Int64(),
    "customers": pl.Int64(),
    **dict.fromkeys(
        ("before", "after", "change", "low_change", "high_change", "p_value", "adjusted_p_value"),
        pl.Float64(),
    ),
}
_KEYS: Final = dict.fromkeys(GROUP, pl.String())
_ALL: Final = "__all"


@analysis_of_all
def engagement_return(
    log: EventLog,
    *,
    after: str = "90 days",
    value: str | None = None,
    margin_share: float = 1.0,
    all_costs: bool = False,
    since: str | None = None,
) -> Result:
    """Say what customers bring in after a journey for each unit of money spent on engaging them.

    A closed journey is followed for so long after its end: what its customer brings in then, and
    whether he begins another journey. What engaging him cost is the cost of the journey's events in
    which he took part. Journeys that ended too late to be followed that long are left out. It is an
    association: customers who were engaged more may have been worth more before.

    Formula: RoCE = (margin in the time after - cost of engagement) / cost of engagement, sums over
    journeys; return share = journeys after which the customer begins another one in time.

    Source: seed 000 (return on customer engagement); intervals by the bootstrap of customers:
    Cameron, Gelbach & Miller, Review of Economics and Statistics 90 (2008).

    Args:
        log: The event log.
        after: how long a customer is followed after a journey
        value: the column of what an event brought in; margin, revenue or amount where not given
        margin_share: which part of that is margin
        all_costs: count the cost of all of a journey's events, not of those the customer took part
            in alone
        since: a date: journeys that began from then on are compared with those that began before

    Returns:
        `summary` (one row): `cases, customers, returned_cases, mean_margin, mean_cost,
        return_share, roce`, with the ends of 95 % intervals over customers in `low_…` and `high_…`;
        `groups`: the same by `journey_type, segment`; `change`, where asked `since`, by them and,
        where they are null, of all: `measure` (return_share, roce), `cases, customers, before,
        after, change, low_change, high_change, p_value, adjusted_p_value` (Holm, over the rows).

    Raises:
        ColumnError: There is no column of that name, or it holds no numbers.
        OptionError: The time, the share or the date can't be used.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "2", "3"],
        ...         "activity": ["buy"] * 3,
        ...         "time": ["2026-01-05T09:00Z", "2026-01-20T09:00Z", "2026-06-01T09:00Z"],
        ...         "customer": ["ann"] * 3,
        ...         "customer_facing": [True] * 3,
        ...         "cost": [10.0] * 3,
        ...         "margin": [40.0] * 3,
        ...     }
        ... )
        >>> pm.engagement_return(pm.read(table)).summary.select("cases", "roce").row(0)
        (2, 1.0)
    """
    within = timedelta(microseconds=parse_duration(after))
    if not 0 < margin_share <= 1:
        raise OptionError(
            f"{margin_share} isn't a share above 0 and up to 1.", "Give one like 0.4."
        )
    column, at = _value(log, value), instant(since, log.meta.timezone) if since else None
    if CUSTOMER not in log.columns:
        return _unknown(["change"] if at is not None else [])
    found = follow(log, within=within, value=column, margin_share=margin_share, all_costs=all_costs)
    if value is not None and found.unread and found.table["margin"].sum() == 0:
        raise ColumnError(f"'{value}' holds no numbers.", "Name the column of the money.")
    rows = found.table.with_columns(pl.lit("").alias(_ALL))
    summary = measured(rows, [_ALL]).drop(_ALL)
    tables = {"summary": summary, "groups": measured(rows, GROUP)}
    if at is not None:
        tables["change"] = _compared(
            rows.with_columns((pl.col("start") >= at.astimezone(UTC)).alias("later"))
        )
    return Result(
        "engagement_return",
        _headline(tables, after, since),
        (*_caveats(log, found, column, after, all_costs=all_costs), *caveats.open_unknown(log)),
        {name: table.select(c for c in _SCHEMAS[name]) for name, table in tables.items()},
        chart_of=_chart,
    )


_SCHEMAS: Final[Mapping[str, Mapping[str, pl.DataType]]] = {
    "summary": _FIGURES,
    "groups": _KEYS | _FIGURES,
    "change": _KEYS | _CHANGE,
}


def _unknown(more: list[str]) -> Result:
    """Say that nobody knows whose journeys these are."""
    return Result(
        "engagement_return",
        "The log names no customers, so nobody knows what they did after a journey.",
        ("Which column names them is said when a log is read (customer_id, --customer-id).",),
        {name: pl.DataFrame(schema=_SCHEMAS[name]) for name in ("summary", "groups", *more)},
        chart_of=_chart,
    )


def _value(log: EventLog, value: str | None) -> str | None:
    """Return the column of what events brought in; None where nobody knows."""
    if value is not None and value not in log.columns:
        raise ColumnError(f"There is no column '{value}'.", nearest(value, log.columns))
    return value or next((c for c in _VALUES if c in log.columns), None)


def _compared(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare all journeys, and those of each group where there are several."""
    whole = compared(rows, [_ALL]).drop(_ALL)
    parts = [whole.with_columns(pl.lit(None, pl.String).alias(c) for c in GROUP)]
    if rows.select(GROUP).n_unique() > 1:
        parts.append(compared(rows, GROUP))
    table = pl.concat(parts, how="diagonal")
    return table.with_columns(holm(pl.col("p_value")).alias("adjusted_p_value"))


def _headline(tables: dict[str, pl.DataFrame], after: str, since: str | None) -> str:
    row = tables["summary"].row(0, named=True) if tables["summary"].height else {"cases": 0}
    if not row["cases"]:
        return f"No closed journey of a known customer could be followed for {after}."
    said = _returned(row, after)
    if since is not None:
        change = {r["measure"]: r for r in tables["change"].head(1).iter_rows(named=True)}
        said = _changed(change["return_share"], after, since) or said
    if row["roce"] is None:
        return said
    low, high = row["low_roce"], row["high_roce"]
    between = "" if low is None else f" ({number(low)} to {number(high)})"
    return (
        f"{said} For each 1 spent on engaging them they bring in {number(row['roce'] + 1)} in that "
        f"time, a return of {number(row['roce'])}{between}: an association."
    )


def _returned(row: dict[str, Any], after: str) -> str:
    fact = f"After {share(row['return_share'])} of {count(row['cases'], 'journey')} the customer"
    return f"{fact} comes back within {after}."


def _changed(row: dict[str, Any], after: str, since: str) -> str | None:
    if row["before"] is None or row["after"] is None:
        return None
    sure = row["adjusted_p_value"] is not None and row["adjusted_p_value"] <= 0.05
    fact = f"comes back within {after} after {share(row['after'])} of the journeys that began since"
    rest = f"{since}, and after {share(row['before'])} of those before"
    return f"The customer {fact} {rest}{'' if sure else ', which may be chance'}."


def _caveats(
    log: EventLog, found: Journeys, column: str | None, after: str, *, all_costs: bool
) -> Iterator[str]:
    yield (
        "What comes after a journey goes with it and need not come of it; where a customer's "
        "journeys lie close together, what he brings in counts after each of them."
    )
    left = (
        (found.unfollowed, f"ended less than {after} before the log does"),
        (found.unclosed, "aren't closed"),
        (found.nobodys, "are of no known customer"),
    )
    said = [f"{number(number_)} {why}" for number_, why in left if number_]
    if said:
        yield f"Journeys that are left out: {', '.join(said)}."
    if column is None:
        yield (
            "The log says nowhere what customers bring in; name the column that does (value, "
            "--value)."
        )
    elif column != "margin":
        fact = f"'{column}' is taken as margin"
        yield f"{fact}; if it is revenue, say which part is (margin_share, --margin-share)."
    if found.unread:
        are = count(found.unread, "value is", "values are")
        yield f"{are} no number in '{column}', and left out."
    yield from _costs(log, found, all_costs=all_costs)


def _costs(log: EventLog, found: Journeys, *, all_costs: bool) -> Iterator[str]:
    if COST not in log.columns:
        yield "The log has no costs; read it with the column that holds them (cost, --cost)."
    if not all_costs and CUSTOMER_FACING not in log.columns:
        yield (
            "The log marks no customer-facing events, so nobody knows what engaging customers "
            "cost; add customer_facing = [...] to the mapping, or count all (--all-costs)."
        )
    elif found.uncosted:
        yield (
            f"{count(found.uncosted, 'event')} of {number(found.engagements)} that engage "
            f"customers {'has' if found.uncosted == 1 else 'have'} no cost, and count as free."
        )


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.engaged import engagement_marks

    return engagement_marks(result.tables, title=result.headline, **options)
