"""Journeys that begin alike, put side by side by who asks and where: what there is to compare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.filters import one_of
from procmine.result import HIGH, LOW
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CASE,
    CASE_START,
    CHANNEL,
    CUSTOMER,
    CUSTOMER_FACING,
    EVENT_NUMBER,
    JOURNEY_TYPE,
    NEXT_ACTIVITY,
    SEGMENT,
    VARIANT,
)

TREATMENT: Final = "__treatment"
WITHIN: Final = "__within"
MONTH: Final = "__month"
GROUP: Final = "group"

_TRIGGER, _TYPE, _SHOWN_BY = "__trigger", "__type", "__shown_by"

HELD: Final = "__held"
"""What a treatment holds: an activity, or the whole of it."""

_ENOUGH: Final = 20
"""A group of fewer journeys is counted with all the other small ones."""

ONE_GROUP: Final = "there are no two groups with enough journeys that begin alike"
ALIKE: Final = "where journeys of two groups begin alike, all of them go on alike"
UNMARKED: Final = "nobody said in which activities the customer takes part"
"""Why nothing can be compared by a column."""

_UNIT: Final = pl.coalesce(CUSTOMER, pl.format("\x1f{}", CASE))


@dataclass(frozen=True)
class Comparison:
    """Journeys that begin alike.

    Attributes:
        trigger: What opens them: the kind of journey, or an activity.
        by: The column whose values are compared.
        journeys: A row a journey: `case_id, customer_id, group`, its treatment, its month, and
            within what it is compared.
        sequences: What the treatments are: `__treatment, activities`.
    """

    trigger: str
    by: str
    journeys: pl.DataFrame
    sequences: pl.DataFrame

    @property
    def obstacle(self) -> str | None:
        """What keeps the groups from being compared; None where nothing does."""
        if self.journeys[GROUP].n_unique() < 2:
            return ONE_GROUP
        return ALIKE if self.journeys[TREATMENT].n_unique() < 2 else None

    @property
    def customers(self) -> int:
        """How many customers there are; a journey of nobody known is one's own."""
        return self.journeys.select(_UNIT.n_unique()).item()

    def sure(self, shares: pl.DataFrame, holding: pl.DataFrame) -> pl.DataFrame:
        """Say of each share of a group's journeys how sure it is, customers being the units.

        Args:
            shares: `group, __held, share`: what part of the group's journeys holds something.
            holding: `__treatment, __held`: which treatments hold it.

        Returns:
            The shares with `customers` (those that have it, or all of the group where nobody has),
            `low_share` and `high_share`.
        """
        from procmine.clustered import sureness

        # numbers are grouped several times as fast as words
        unit = _UNIT.cast(pl.Categorical).to_physical().alias("unit")
        kind, what = pl.Enum(self.journeys[GROUP].unique()), holding[HELD].unique()
        rows = self.journeys.select(pl.col(GROUP).cast(kind), TREATMENT, unit)
        each = rows.group_by(GROUP, "unit").agg(pl.len().cast(pl.Float64).alias("n"))
        numbered = pl.DataFrame({HELD: what}).with_row_index("what")
        have = (
            rows.join(holding.join(numbered, on=HELD).drop(HELD), on=TREATMENT)
            .group_by(GROUP, "what", "unit")
            .agg(pl.len().alias("y"))
        )
        n, y = pl.col("n"), pl.col("y").cast(pl.Float64)
        groups = each.group_by(GROUP).agg(
            n.sum().alias("cases"), (n**2).sum().alias("nn"), pl.len().alias("units")
        )
        sums = [(y**2).sum().alias("yy"), (y * n).sum().alias("yn"), pl.len().alias("having")]
        held = have.join(each, on=[GROUP, "unit"]).group_by(GROUP, "what").agg(sums)
        held = held.join(numbered, on="what").with_columns(pl.col(GROUP).cast(pl.String))
        groups = groups.with_columns(pl.col(GROUP).cast(pl.String))
        table = shares.join(groups, on=GROUP, how="left", maintain_order="left", suffix="_of")
        table = table.join(held, on=[GROUP, HELD], how="left", maintain_order="left").fill_null(0)
        part, units = pl.col("share"), pl.col("units").cast(pl.Float64)
        # the squares of y - share * n, summed over the customers of the group
        squares = pl.col("yy") - 2 * part * pl.col("yn") + part**2 * pl.col("nn")
        spread = squares / pl.col("cases_of") ** 2 * units / (units - 1).clip(lower_bound=1)
        asked = table.select(
            "share", "units", variance=spread.clip(lower_bound=0), cases="cases_of", goal="share"
        )
        ends = sureness(asked, "goal").select(LOW + "share", HIGH + "share")
        whose = pl.when(pl.col("having") > 0).then("having").otherwise("units")
        return shares.with_columns(
            table.select(whose.cast(pl.Int64).alias("customers")).to_series(), *ends
        )


def comparisons(
    log: EventLog, by: str, event: str | None, promised: list[str]
) -> Iterator[Comparison]:
    """Take apart by what opens them the journeys that are to be compared by a column.

    Args:
        log: The event log.
        by: The column.
        event: Compare what follows the first time of this activity; None: see
            `procmine.consistency`.
        promised: Columns within whose values journeys are compared.

    Yields:
        The journeys that begin alike, whether or not there is anything to compare among them.
    """
    ends = _ends(log, promised)
    for opening in _openings(log, by, event):
        groups = collect(_groups(log, by, opening)).rename({by: GROUP})
        sequences = _sequences(log, opening)
        journeys = (
            ends.join(groups, on=CASE)
            .with_columns(pl.concat_str(WITHIN, pl.col(_SHOWN_BY).fill_null(""), separator="\x1f"))
            .join(sequences.select(VARIANT, TREATMENT, _TRIGGER), on=VARIANT)
        )
        if opening is None:  # the kind of journey says better what was asked for
            journeys = journeys.with_columns(pl.coalesce(_TYPE, _TRIGGER).alias(_TRIGGER))
        for (trigger,), part in sorted(journeys.group_by(_TRIGGER), key=lambda p: str(p[0][0])):
            yield Comparison(str(trigger), by, _merge_small(part).sort(CASE), sequences)


def obstacle(log: EventLog, by: str, event: str | None, met: Sequence[str]) -> str:
    """Say why nothing can be compared by a column.

    Args:
        log: The event log.
        by: The column.
        event: The activity after which journeys were to be compared.
        met: The obstacles of its comparisons.
    """
    if not _openings(log, by, event):
        return UNMARKED
    return ALIKE if ALIKE in met else ONE_GROUP


def _merge_small(journeys: pl.DataFrame) -> pl.DataFrame:
    """Put the groups too small to be compared into one."""
    small = pl.len().over(GROUP) < _ENOUGH
    group = pl.when(small).then(pl.lit("all others")).otherwise(GROUP)
    return journeys.with_columns(group.alias(GROUP))


def _openings(log: EventLog, by: str, event: str | None) -> list[str | None]:
    """Say after which activities a column's values are compared; None: from the journey's start.

    Who handles a customer is known event by event, so it is asked of what the customer did.
    """
    if event is not None:
        return [event]
    if _of_journey(by):
        return [None]
    marks = [c for c in (BY_CUSTOMER, CUSTOMER_FACING) if c in log.columns]
    if not marks:
        return []
    marked = log.table.filter(nw.any_horizontal(*map(nw.col, marks), ignore_nulls=True))
    found = collect(marked.select(nw.col(ACTIVITY).cast(nw.String)).unique())
    return list(found[ACTIVITY].sort())


def _of_journey(column: str) -> bool:
    return column in {CHANNEL, SEGMENT, CUSTOMER} or column.startswith("case:")


def _ends(log: EventLog, promised: list[str]) -> pl.DataFrame:
    """One row a journey: case, variant, customer, month, and what it was promised."""
    wanted = (VARIANT, CASE_START, CUSTOMER, JOURNEY_TYPE)
    columns = [c for c in wanted if c in log.columns]
    ends = collect(log.table.filter(nw.col(NEXT_ACTIVITY).is_null()).select(CASE, *columns))
    for column in promised:
        promise = collect(_groups(log, column, None)).drop(_SHOWN_BY)
        ends = ends.join(promise, on=CASE, how="left")
    month = pl.col(CASE_START).dt.convert_time_zone(log.meta.timezone).dt.strftime("%Y-%m")
    words = [pl.col(c).fill_null("") for c in promised]
    none = pl.lit(None, pl.String)
    customer = pl.col(CUSTOMER) if CUSTOMER in columns else none
    kind = pl.col(JOURNEY_TYPE).cast(pl.String) if JOURNEY_TYPE in columns else none
    return ends.select(
        *(CASE, VARIANT),
        customer.alias(CUSTOMER),
        kind.alias(_TYPE),
        month.alias(MONTH),
        (pl.concat_str(words, separator=", ") if words else pl.lit("")).alias(WITHIN),
    )


def _groups(log: EventLog, column: str, event: str | None) -> nw.LazyFrame[Any]:
    """Return each journey's group: `case_id`, the column as text, and `__shown_by`.

    After an event it is the value on the event's first time or on the event right after it, whose
    activity is then `__shown_by`: on later ones it would tell what became of the journey. Else it
    is the first that is known.
    """
    value, shown_by = nw.col(column).cast(nw.String), nw.lit(None, nw.String)
    known = log.table.select(CASE, EVENT_NUMBER, ACTIVITY, value).filter(~nw.col(column).is_null())
    if event is not None and not _of_journey(column):
        there = log.table.filter(one_of(log.table, ACTIVITY, [event]))
        opened = there.group_by(CASE).agg(nw.col(EVENT_NUMBER).min().alias("__from"))
        later = nw.col(EVENT_NUMBER) - nw.col("__from")
        known = known.join(opened, on=CASE).filter((later == 0) | (later == 1))
        shown_by = nw.when(later == 1).then(nw.col(ACTIVITY).cast(nw.String))
    first = known.group_by(CASE).agg(nw.col(EVENT_NUMBER).min())
    shown = known.with_columns(shown_by.alias(_SHOWN_BY)).join(first, on=[CASE, EVENT_NUMBER])
    return shown.select(CASE, column, _SHOWN_BY)


def _sequences(log: EventLog, event: str | None) -> pl.DataFrame:
    """Spell out how each variant goes on: `variant, activities, __treatment, __trigger`."""
    places = log.table.group_by(VARIANT, EVENT_NUMBER).agg(nw.col(ACTIVITY).any_value())
    spelled = (
        collect(places)
        .with_columns(pl.col(ACTIVITY).cast(pl.String))
        .sort(VARIANT, EVENT_NUMBER)
        .group_by(VARIANT, maintain_order=True)
        .agg(pl.col(ACTIVITY).alias("activities"))
    )
    if event is not None:
        at = pl.col("activities").list.eval((pl.element() == event).arg_max()).list.first()
        spelled = spelled.filter(pl.col("activities").list.contains(event))
        spelled = spelled.with_columns(pl.col("activities").list.slice(at + 1, None))
    opens = pl.col("activities").list.first() if event is None else pl.lit(event)
    return spelled.with_columns(
        pl.col("activities").list.join("\x1f").rank("dense").cast(pl.Int64).alias(TREATMENT),
        opens.alias(_TRIGGER),
    )
