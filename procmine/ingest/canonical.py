"""A source's columns under the names and types of the event log."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from procmine.ingest.names import names_of_others
from procmine.ingest.plan import Plan
from procmine.ingest.sources import Sources
from procmine.ingest.values import number, text, truth, typed, whole
from procmine.quality import FIRST_SANE, LAST_SANE, faults, reason
from procmine.schema import ACTIVITY, CASE, ORDER, ROLES, START, TIMESTAMP, TRANSITION

CASE_VALUE: Final = "__case"
ACTIVITY_VALUE: Final = "__activity"
INSTANT: Final = "__instant"
BEGIN: Final = "__begin"
REASON: Final = "__reason"
MADE_TIMES: Final = {TIMESTAMP: INSTANT, START: BEGIN}
"""Role of a time to the column of its instants."""

_READ: Final = {"text": text, "number": number, "truth": truth}


def mark(table: pl.LazyFrame, sources: Sources, plan: Plan) -> pl.LazyFrame:
    """Add what decides about an event, and the reason why it can't be used."""
    roles, columns = plan.roles, sources.columns
    time = plan.times[roles[TIMESTAMP]]
    made = [
        text(roles[CASE], columns[roles[CASE]]).alias(CASE_VALUE),
        text(roles[ACTIVITY], columns[roles[ACTIVITY]], plan.null_values).alias(ACTIVITY_VALUE),
        time.instants(plan.zone).alias(INSTANT),
    ]
    if START in roles:
        made.append(plan.times[roles[START]].instants(plan.zone).alias(BEGIN))
    instant = pl.col(INSTANT)
    filled = instant.is_not_null() | time.unread(instant).is_not_null()
    rules = faults(filled, instant, pl.col(CASE_VALUE), pl.col(ACTIVITY_VALUE))
    return table.with_columns(made).with_columns(reason(rules).alias(REASON))


def accepted(marked: pl.LazyFrame, sources: Sources, plan: Plan) -> pl.LazyFrame:
    """Return the usable events under the canonical names, then the source's other columns."""
    usable = marked.filter(pl.col(REASON).is_null())
    return usable.select(*_roles(sources, plan), *_others(sources, plan))


def _roles(sources: Sources, plan: Plan) -> Iterator[pl.Expr]:
    yield pl.col(CASE_VALUE).alias(CASE)
    yield pl.col(ACTIVITY_VALUE).alias(ACTIVITY)
    yield pl.col(INSTANT).alias(TIMESTAMP)
    yield _order(sources, plan).alias(ORDER)
    if START in plan.roles:
        yield pl.when(starts_sane()).then(BEGIN).alias(START)
    for role in ROLES:
        if role.name in plan.roles and not role.required and role.name not in {ORDER, START}:
            column = plan.roles[role.name]
            read = _READ[role.kind]
            yield read(column, sources.columns[column], plan.null_values).alias(role.name)
    for name, column in plan.lifecycle.items():
        word = text(column, sources.columns[column], plan.null_values).str.strip_chars()
        yield (word.str.to_lowercase() if name == TRANSITION else word).alias(name)


def starts_sane() -> pl.Expr:
    """Whether a start is a time that can be, and not after its completion."""
    return pl.col(BEGIN).is_between(FIRST_SANE, LAST_SANE, closed="left") & (
        pl.col(BEGIN) <= pl.col(INSTANT)
    )


def _order(sources: Sources, plan: Plan) -> pl.Expr:
    """Return the position over all sources, behind the given order where there is one.

    A given order needn't tell all events of a case apart (an order's own number doesn't); with the
    position behind it the result always does. Events without one come last.
    """
    position = sources.position(plan.rows)
    if ORDER not in plan.roles or plan.order_range is None:
        return position
    column = plan.roles[ORDER]
    given = whole(column, sources.columns[column], plan.null_values)
    low, high = plan.order_range
    if (high - low + 2) * (sum(plan.rows) + 1) >= 2**62:
        return given.fill_null(high)
    return (given.fill_null(high + 1) - low) * (sum(plan.rows) + 1) + position


def _others(sources: Sources, plan: Plan) -> Iterator[pl.Expr]:
    """Return the columns without a role, under their own names where those are free."""
    for name, final in names_of_others(sources.columns, plan.roles).items():
        yield _attribute(name, sources, plan).alias(final)


def _attribute(name: str, sources: Sources, plan: Plan) -> pl.Expr:
    if name in plan.times:
        return plan.times[name].instants(plan.zone)
    if name in sources.untyped:
        return typed(name, next(iter(plan.types.get(name, ())), None))
    if isinstance(sources.columns[name], pl.Datetime):
        return pl.col(name).dt.cast_time_unit("us")  # Spark opens no Parquet with nanoseconds
    return pl.col(name)
