"""Is the same customer event treated differently, depending on who asks and where?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.errors import ColumnError, OptionError, nearest
from procmine.eventlog import EventLog, collect
from procmine.filters import one_of
from procmine.multiplicity import holm
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CASE,
    CASE_START,
    CHANNEL,
    CUSTOMER,
    CUSTOMER_FACING,
    DEPARTMENT,
    EVENT_NUMBER,
    JOURNEY_TYPE,
    NEXT_ACTIVITY,
    SEGMENT,
    VARIANT,
)
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.permutation import Numbers

_LEVEL: Final = 0.05
_BY: Final = (CHANNEL, SEGMENT, DEPARTMENT, "site")
_ENOUGH: Final = 20
"""A group of fewer journeys is counted with all the other small ones."""
_TRIGGER, _TYPE, _TREATMENT, _WITHIN, _SHOWN_BY, _MONTH, _GROUP = (
    "__trigger",
    "__type",
    "__treatment",
    "__within",
    "__shown_by",
    "__month",
    "group",
)


@analysis
def consistency(
    log: EventLog,
    *,
    by: list[str] | None = None,
    event: str | None = None,
    promised: list[str] | None = None,
    permutations: int = 499,
    seed: int = 1,
) -> Result:
    """Test whether journeys that begin alike are treated differently by channel, segment or site.

    The inconsistency is the mutual information between how a journey goes on and its group, in
    bits, beyond what chance gives: the mean over shuffles that deal the groups out anew among
    customers of the same month. It is zero where the group makes no difference, and at most the
    bits that it takes to say the group.

    Source: mutual information as a likelihood-ratio statistic, Cover & Thomas, Elements of
    Information Theory, 2nd ed. 2006, section 11.2; the largest of many deviations, Westfall &
    Young, Resampling-Based Multiple Testing, 1993.

    Args:
        log: The event log.
        by: Columns whose values are compared; channel, segment, department and site where it
            isn't given.
        event: Compare what follows the first time of this activity. Where it isn't given, whole
            journeys are compared by channel and segment, and by who handles the customer
            (department, site, …) what follows each activity in which the customer takes part:
            the group is the value on that event. Where it has none it is the value on the one
            right after it, and journeys are compared within that one's activity: which site does
            what follows from the division of work.
        promised: Columns by which the company promises different treatment, `["segment"]`:
            journeys are compared within the same value, so that a kept promise is no
            inconsistency.
        permutations: How many shuffles: 499 tell a p-value of 0.002 at the least.
        seed: Another number shuffles otherwise.

    Returns:
        `summary`: `trigger` (the kind of journey where it is known, else the activity that opens
        it or that was asked for), `by, cases, groups, treatments, bits, expected_bits, excess_bits,
        p_value, adjusted_p_value` (Holm, over the rows), the largest excess first; `activities`:
        `trigger, by, group, activity, cases, share, expected_share, times, p_value` (of the
        largest deviation in the row of `summary`), the surest first; `variants`: the same of whole
        sequences, `activities` a list.

    Raises:
        ColumnError: A column isn't there.
        OptionError: The activity never occurs, or there are too few shuffles.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": [str(n) for n in range(40)],
        ...         "activity": ["ask"] * 40,
        ...         "time": ["2026-01-05T09:00Z"] * 40,
        ...         "channel": ["web", "shop"] * 20,
        ...     }
        ... )
        >>> pm.consistency(pm.read(table)).headline
        'No difference by channel is seen beyond chance in 40 journeys.'
    """
    if permutations < 19:
        raise OptionError(f"{permutations} shuffles tell nothing.", "Give at least 19.")
    compared = _columns(log, by, promised or [])
    if event is not None:
        one_of(log.table, ACTIVITY, [event])
    found = [
        answer
        for column in compared
        for compare in _comparisons(log, column, event, promised or [])
        for answer in [_compare(compare, permutations, seed)]
    ]
    tables = _tables(found)
    return Result(
        "consistency",
        _headline(tables, compared, log.size[1]),
        (*_caveats(log, compared, tables["summary"]), *caveats.lookalikes(log, ACTIVITY)),
        tables,
        chart_of=_chart,
    )


def _columns(log: EventLog, by: list[str] | None, promised: list[str]) -> list[str]:
    for column in [*(by or []), *promised]:
        if column not in log.columns:
            raise ColumnError(f"There is no column '{column}'.", nearest(column, log.columns))
    known = [c for c in _BY if c in log.columns]
    return [c for c in (by or known) if c not in promised]


@dataclass(frozen=True)
class _Comparison:
    """Journeys that begin alike: `case_id, group, __treatment, …`, and what treatments hold."""

    trigger: str
    by: str
    journeys: pl.DataFrame
    sequences: pl.DataFrame


def _comparisons(
    log: EventLog, by: str, event: str | None, promised: list[str]
) -> Iterator[_Comparison]:
    """Take apart by what opens them the journeys that can be compared by a column."""
    ends = _ends(log, promised)
    for opening in _openings(log, by, event):
        groups = collect(_groups(log, by, opening)).rename({by: _GROUP})
        sequences = _sequences(log, opening)
        journeys = (
            ends.join(groups, on=CASE)
            .with_columns(pl.concat_str(_WITHIN, pl.col(_SHOWN_BY).fill_null(""), separator="\x1f"))
            .join(sequences.select(VARIANT, _TREATMENT, _TRIGGER), on=VARIANT)
        )
        if opening is None:  # the kind of journey says better what was asked for
            journeys = journeys.with_columns(pl.coalesce(_TYPE, _TRIGGER).alias(_TRIGGER))
        for (trigger,), part in sorted(journeys.group_by(_TRIGGER), key=lambda p: str(p[0][0])):
            grouped = _merge_small(part)
            if grouped[_GROUP].n_unique() > 1 and grouped[_TREATMENT].n_unique() > 1:
                yield _Comparison(str(trigger), by, grouped.sort(CASE), sequences)


def _merge_small(journeys: pl.DataFrame) -> pl.DataFrame:
    """Put the groups too small to be compared into one."""
    small = pl.len().over(_GROUP) < _ENOUGH
    group = pl.when(small).then(pl.lit("all others")).otherwise(_GROUP)
    return journeys.with_columns(group.alias(_GROUP))


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
        month.alias(_MONTH),
        (pl.concat_str(words, separator=", ") if words else pl.lit("")).alias(_WITHIN),
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
        pl.col("activities").list.join("\x1f").rank("dense").cast(pl.Int64).alias(_TREATMENT),
        opens.alias(_TRIGGER),
    )


@dataclass(frozen=True)
class _Answer:
    """What a comparison gave: one row of the summary, and what stands out."""

    summary: dict[str, Any]
    activities: pl.DataFrame
    variants: pl.DataFrame


def _compare(asked: _Comparison, permutations: int, seed: int) -> _Answer:
    """Measure the journeys as they are, and as they would be if the group made no difference."""
    from procmine.information import Counter, beyond_chance, deviations
    from procmine.permutation import Shuffle

    table = asked.journeys
    ways = asked.sequences.unique(_TREATMENT, keep="any").sort(_TREATMENT)
    ways = ways.filter(pl.col(_TREATMENT).is_in(table[_TREATMENT].unique().implode()))
    names, holds = _holding(ways)
    labels, groups = _codes(table, _GROUP), table[_GROUP].unique().sort()
    counter = Counter(_codes(table, _TREATMENT), _codes(table, _WITHIN), len(groups), holds)
    strata = table.select(pl.struct(_MONTH, _WITHIN).rank("dense")).to_series()
    shuffle = Shuffle.of(table[CUSTOMER], strata, seed=seed)
    here = counter.look(labels)
    drawn = [counter.look(moved) for moved in shuffle.draws(labels, permutations)]
    sizes = table[_GROUP].value_counts(sort=False).sort(_GROUP)["count"].to_numpy()
    parts = deviations(here.parts, [d.parts for d in drawn], sizes)
    whole = deviations(here.ways, [d.ways for d in drawn], sizes)
    head = {"trigger": asked.trigger, "by": asked.by, "cases": table.height}
    head |= {"groups": len(groups), "treatments": ways.height}
    return _Answer(
        head | beyond_chance(here.bits, [d.bits for d in drawn]),
        _named(asked, parts, groups, pl.Series(ACTIVITY, names, pl.String)),
        _named(asked, whole, groups, ways["activities"].filter(pl.Series(counter.common))),
    )


def _codes(table: pl.DataFrame, column: str) -> "Numbers":
    """Number a column's values from 0, in their order."""
    return (table[column].rank("dense").cast(pl.Int64) - 1).to_numpy()


def _named(
    asked: _Comparison, found: pl.DataFrame, groups: pl.Series, names: pl.Series
) -> pl.DataFrame:
    return found.select(
        pl.lit(asked.trigger).alias("trigger"),
        pl.lit(asked.by).alias("by"),
        groups.gather(found["row"]),
        names.gather(found["column"]),
        *_MEASURES,
    )


_MEASURES: Final = ("cases", "share", "expected_share", "times", "p_value")


def _holding(treatments: pl.DataFrame) -> "tuple[list[str], Numbers]":
    """Say which activities each treatment holds: their names, and a table of zeros and ones."""
    names = treatments["activities"].explode().drop_nulls().unique().sort().to_list()
    held = treatments.select(
        pl.col("activities").list.contains(name).cast(pl.Int64).alias(name) for name in names
    )
    return names, held.to_numpy()


def _tables(found: list[_Answer]) -> dict[str, pl.DataFrame]:
    if not found:
        return {name: pl.DataFrame(schema=schema) for name, schema in _SCHEMAS.items()}
    summary = pl.DataFrame([f.summary for f in found], schema_overrides=_SCHEMAS["summary"])
    summary = summary.with_columns(holm(pl.col("p_value")).alias("adjusted_p_value"))
    summary = summary.sort("excess_bits", "trigger", "by", descending=[True, False, False])
    parts = {"activities": [f.activities for f in found], "variants": [f.variants for f in found]}
    order = ["p_value", "apart"]
    return {"summary": summary} | {
        name: pl.concat(tables)
        .with_columns((pl.col("share") - pl.col("expected_share")).abs().alias("apart"))
        .sort(*order, "trigger", "by", _GROUP, descending=[False, True, False, False, False])
        .drop("apart")
        for name, tables in parts.items()
    }


_HEAD: Final[dict[str, pl.DataType]] = {"trigger": pl.String(), "by": pl.String()}
_FIGURES: Final[dict[str, pl.DataType]] = {
    "cases": pl.Int64(),
    **dict.fromkeys(("share", "expected_share", "times", "p_value"), pl.Float64()),
}
_SCHEMAS: Final[dict[str, dict[str, pl.DataType]]] = {
    "summary": _HEAD
    | dict.fromkeys(("cases", "groups", "treatments"), pl.Int64())
    | dict.fromkeys(
        ("bits", "expected_bits", "excess_bits", "p_value", "adjusted_p_value"), pl.Float64()
    ),
    "activities": _HEAD | {_GROUP: pl.String(), ACTIVITY: pl.String()} | _FIGURES,
    "variants": _HEAD | {_GROUP: pl.String(), "activities": pl.List(pl.String())} | _FIGURES,
}


def _headline(tables: dict[str, pl.DataFrame], compared: list[str], cases: int) -> str:
    summary = tables["summary"]
    if not compared:
        return "The log knows no channel, segment, department or site to compare by."
    sure = summary.filter(pl.col("adjusted_p_value") <= _LEVEL)
    if sure.is_empty():
        by = " or ".join(compared)
        return f"No difference by {by} is seen beyond chance in {count(cases, 'journey')}."
    top = sure.row(0, named=True)
    same = (pl.col("trigger") == top["trigger"]) & (pl.col("by") == top["by"])
    fact = f"After '{top['trigger']}' journeys go on differently by {top['by']}"
    rows = tables["activities"].filter(same)
    return f"{fact}: {_sentence(rows.row(0, named=True))}" if rows.height else f"{fact}."


def _sentence(row: dict[str, Any]) -> str:
    """Say one deviation in words."""
    times = row["times"]
    seen, expected = share(row["share"]), share(row["expected_share"])
    if times is not None and times >= 1.2:
        much = f"{number(times)} times as often as if it made no difference"
    else:
        much = "more often" if row["share"] > row["expected_share"] else "less often"
    return f"{row[_GROUP]} has {row[ACTIVITY]} {much} ({seen} of journeys against {expected})."


def _caveats(log: EventLog, compared: list[str], summary: pl.DataFrame) -> list[str]:
    if not compared:
        return ["Name the columns to compare by: by=[…] (--by …)."]
    fact = "A difference isn't yet an injustice: what the company promises to a segment belongs in"
    rest = "and what differs between the customers themselves isn't taken off."
    sentences = [f"{fact} promised (--promised), {rest}"]
    if CUSTOMER not in log.columns:
        sentences.append("The log names no customers, so each journey counts as one of its own.")
    alone = [c for c in compared if c not in set(summary["by"])]
    if alone:
        fact = f"There are no two groups to compare by {' or '.join(alone)}"
        sentences.append(f"{fact}; to compare what follows an activity, name it: event (--event).")
    return sentences


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import deviation_bars

    return deviation_bars(result.activities, **options)
