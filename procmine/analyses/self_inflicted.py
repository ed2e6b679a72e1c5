"""What does the company inflict on itself, what does it cost, and who caused what others bear?"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.collecting import collect_all
from procmine.eventlog import EventLog
from procmine.quantiles import seconds
from procmine.reasons.charged import charged, nothing
from procmine.reasons.kinds import KIND, KINDS, UNMAPPED, marked
from procmine.reasons.sums import (
    DOER,
    REPETITION,
    VALUE,
    added,
    events_over,
    journeys,
    over,
    repeats,
)
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    CHANNEL,
    COST,
    CUSTOMER_FACING,
    DEPARTMENT,
    JOURNEY_TYPE,
    SEGMENT,
)
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.reasons.document import Reasons

_BY: Final = (JOURNEY_TYPE, SEGMENT, CHANNEL)


@analysis_of_all  # reasons may name contacts outside journeys, which aren't counted
def self_inflicted(log: EventLog, *, reasons: Path | None = None) -> Result:
    """Price what the company brings on itself: failure demand, chasing, returns, rework.

    Each event counts once: as what the map of reasons says of its activity, else as a repeat
    contact or rework where its journey had the activity before. Contacts that the map doesn't name
    are either; they make the share an interval. Repetitions that are meant belong in `recurring`.

    Formula: share = cost of self-inflicted events / cost of all events with a known cost; at most
    (that + the cost of unmapped contacts) / the same. Cost = the event's own, else rate x service
    time.

    Who caused it is told in this order: an explicit link of the map; the latest late or defective
    event upstream on the same journey; the excess over the base rate, (RR - 1) / RR of the
    failures on the way that has more of them than others from the same place, an association. What
    is left is not attributed.

    Source: failure demand, Seddon, Freedom from Command and Control, 2003; the part of a company's
    cost that nobody reports, D. Rance, "Have a Plan: Customer-Centricity Doesn't Happen by Osmosis"
    (more than 23 % of operating expense in his case); rework, Swennen et al., SIMPDA 2016; the
    attributable fraction, Levin 1953.

    Args:
        log: The event log.
        reasons: A map of reasons (TOML): which activities are failure demand, chasing, returns,
            corrections and value demand, what work costs, who causes what.

    Returns:
        `summary` (one row): `cases, customers, events, total_cost, self_inflicted_events,
        self_inflicted_cost, sure_share, most_share` (of the costed work), `event_share,
        unmapped_contacts, unmapped_cost, uncosted_events, uncosted_share` (of events); `kinds`:
        `kind, events, cases, customers, total_cost, share, uncosted_events, service_seconds`;
        `activities`: the same by `kind, activity, department`; `rework`: `activity, repetition`
        (at once or later), `resource` (same: somebody who did it before in the journey; another;
        null unknown), `events, cases, customers, total_cost`; `groups`: `by, value, cases,
        customers, total_cost, self_inflicted_cost, sure_share, most_share`; `matrix`: `cause,
        department` (which bears it), `way` (of attribution), `events, cases, customers,
        total_cost, share`; `causes`: the same by `kind, activity, cause, way, evidence`; `excess`:
        the comparisons behind the third way, `customers` those who went it, or another way where
        these are fewer.

    Raises:
        ConfigurationError: The map can't be used, or names what never occurs.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1", "1"],
        ...         "activity": ["ask", "check", "check"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-05T11:00Z"],
        ...         "cost": [0.0, 30.0, 10.0],
        ...     }
        ... )
        >>> pm.self_inflicted(pm.read(table)).headline
        '25 % of the costed work is self-inflicted: 10 of 40, most of it rework (10).'
    """
    from procmine.reasons.document import read_reasons

    given, absent = read_reasons(reasons, log)
    log = log.inside()
    tables = _tables(log, given)
    return Result(
        "self_inflicted",
        _headline(tables),
        tuple(_caveats(log, tables, absent, mapped=reasons is not None)),
        tables,
        chart_of=_chart,
    )


def _tables(log: EventLog, given: "Reasons") -> dict[str, pl.DataFrame]:
    table = marked(log, given)
    bad = table.filter(~nw.col(KIND).is_null())
    by = [column for column in _BY if column in log.columns]
    own = journeys(log, table, by)
    wholes = [over(log, own, column) for column in (None, *by)]
    if DEPARTMENT in log.columns:
        wholes.append(events_over(log, table, DEPARTMENT))
        by.append(DEPARTMENT)
    kinds, activities, again, all_, *groups = collect_all(
        added(log, bad, [KIND]),
        added(log, bad, [KIND, ACTIVITY, DEPARTMENT]),
        added(log, repeats(log, table), [ACTIVITY, REPETITION, DOER]),
        *wholes,
    )
    sure = bad.filter(nw.col(KIND) != UNMAPPED)
    blamed = charged(log, sure, given) if DEPARTMENT in log.columns else nothing()
    total = all_.select(seconds("cost").sum()).item()
    return {
        "summary": _summary(all_),
        "kinds": _kinds(kinds, total),
        "activities": _sorted(_figures(activities, [KIND, ACTIVITY, DEPARTMENT], total)),
        "rework": _sorted(_figures(again, [ACTIVITY, REPETITION, DOER], total)),
        "groups": pl.concat([_groups(all_.clear(), ""), *map(_groups, groups, by)]),
        "matrix": _of_all(blamed.matrix),
        "causes": _of_all(blamed.causes),
        "excess": blamed.excess,
    }


def _share(part: pl.Expr, total: pl.Expr) -> pl.Expr:
    return pl.when(total > 0).then(part / total)


def _figures(table: pl.DataFrame, keys: list[str], total: float) -> pl.DataFrame:
    cost = seconds("cost")
    return table.select(
        *(*keys, "events", "cases", "customers"),
        cost.alias("total_cost"),
        _share(cost, pl.lit(total)).alias("share"),
        "uncosted_events",
        seconds("service").alias("service_seconds"),
    )


def _sorted(table: pl.DataFrame) -> pl.DataFrame:
    keys = [name for name, kind in table.schema.items() if kind == pl.String]
    falling = [True, True, *(False for _ in keys)]
    return table.sort("total_cost", "events", *keys, descending=falling)


def _kinds(table: pl.DataFrame, total: float) -> pl.DataFrame:
    """Return the kinds in the order of precedence."""
    order = pl.Series(KINDS)
    place = pl.col(KIND).replace_strict(order, range(len(KINDS)), return_dtype=pl.Int64)
    return _figures(table, [KIND], total).sort(place)


def _interval() -> list[pl.Expr]:
    """Return the share that is self-inflicted for sure, and with every contact unmapped."""
    bad, cost = seconds("bad"), seconds("cost")
    most = bad + seconds("unmapped")
    return [_share(bad, cost).alias("sure_share"), _share(most, cost).alias("most_share")]


def _groups(table: pl.DataFrame, by: str) -> pl.DataFrame:
    return table.select(
        pl.lit(by).alias("by"),
        VALUE,
        "cases",
        "customers",
        seconds("cost").alias("total_cost"),
        seconds("bad").alias("self_inflicted_cost"),
        *_interval(),
    ).sort("self_inflicted_cost", VALUE, descending=[True, False], nulls_last=True)


def _summary(table: pl.DataFrame) -> pl.DataFrame:
    events = pl.col("events")
    filled = table if table.height else pl.DataFrame([{}]).join(table, how="cross")
    return filled.select(
        *("cases", "customers", "events"),
        seconds("cost").alias("total_cost"),
        "self_inflicted_events",
        seconds("bad").alias("self_inflicted_cost"),
        *_interval(),
        _share(pl.col("self_inflicted_events"), events).alias("event_share"),
        *("contacts", "unmapped_contacts"),
        seconds("unmapped").alias("unmapped_cost"),
        "uncosted_events",
        _share(pl.col("uncosted_events"), events).alias("uncosted_share"),
    )


def _of_all(table: pl.DataFrame) -> pl.DataFrame:
    cost = pl.col("total_cost")
    return table.with_columns(_share(cost, cost.sum()).alias("share"))


def _headline(tables: dict[str, pl.DataFrame]) -> str:
    if tables["summary"].is_empty():
        return "The log holds no event."
    row = tables["summary"].row(0, named=True)
    if not row["self_inflicted_events"]:
        return f"Nothing in {count(row['events'], 'event')} is known to be self-inflicted."
    kinds = tables["kinds"].filter(pl.col(KIND) != UNMAPPED)
    if row["sure_share"] is None:
        most = kinds.sort("events", descending=True, maintain_order=True).row(0, named=True)
        return (
            f"{share(row['event_share'])} of the events are self-inflicted, most of them "
            f"{most[KIND]}; what they cost isn't known."
        )
    most = kinds.sort("total_cost", descending=True, maintain_order=True).row(0, named=True)
    ends = dict.fromkeys(share(row[end]) for end in ("sure_share", "most_share"))
    part, whole = number(row["self_inflicted_cost"]), number(row["total_cost"])
    return (
        f"{' to '.join(ends)} of the costed work is self-inflicted: {part} of {whole}, most of it "
        f"{most[KIND]} ({number(most['total_cost'])})."
    )


def _caveats(
    log: EventLog, tables: dict[str, pl.DataFrame], absent: Sequence[str], *, mapped: bool
) -> Iterator[str]:
    row = tables["summary"].row(0, named=True) if tables["summary"].height else {}
    if not mapped:
        yield (
            "Rework and repeat contacts alone are counted: a map of reasons can say which "
            "activities are failure demand, chasing, returns and corrections (reasons, --reasons)."
        )
    if absent:
        yield f"The reasons name what isn't in this part of the log: {', '.join(absent)}."
    if COST not in log.columns and not row.get("total_cost"):
        yield "The log has no costs; add a column of costs, or rates to the reasons ([[rates]])."
    elif row.get("uncosted_events"):
        fact = count(row["uncosted_events"], "event has", "events have")
        yield f"{fact} no known cost and {share(row['uncosted_share'])} of all events are left out."
    if CUSTOMER_FACING not in log.columns:
        yield (
            "The log doesn't say which events the customer takes part in, so no contact is known "
            "to be unmapped; add customer_facing = [...] to the mapping."
        )
    elif row.get("unmapped_contacts"):
        fact = count(row["unmapped_contacts"], "contact is", "contacts are")
        yield f"{fact} neither failure nor value demand by the reasons: the share may be higher."
    yield "A repetition isn't always waste; the reasons can say what is meant to recur."
    if DEPARTMENT in log.columns:
        yield (
            "What is charged to a department as excess over the base rate is an association, not "
            "proof of a cause."
        )
    else:
        yield from caveats.no_departments(log)
    yield from caveats.lookalikes(log, ACTIVITY)


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.self_inflicted import self_inflicted_chart

    return self_inflicted_chart(result.tables, **options)
