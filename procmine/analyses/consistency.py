"""Is the same customer event treated differently, depending on who asks and where?"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import caveats
from procmine.comparison import GROUP, comparisons, obstacle
from procmine.errors import ColumnError, OptionError, nearest
from procmine.eventlog import EventLog
from procmine.filters import one_of
from procmine.multiplicity import holm
from procmine.registry import analysis
from procmine.result import HIGH, LOW, Result
from procmine.schema import ACTIVITY, CHANNEL, CUSTOMER, DEPARTMENT, SEGMENT
from procmine.treatment import FIGURES, Measured, measure
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt


_LEVEL: Final = 0.05
_BY: Final = (CHANNEL, SEGMENT, DEPARTMENT, "site")


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

    Formula: excess = I(treatment; group | what opens, what is promised) - its mean over shuffles;
    p = (1 + shuffles with as much) / (1 + shuffles), over the rows by Holm; a deviation's p is that
    of the largest of all in its row, and its interval takes customers as the units.

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
        p_value, adjusted_p_value` (Holm, over the rows), the largest excess first; `findings`: what
        is sure, in sentences: `finding, cases, customers, p_value`; `activities`: `trigger, by,
        group, activity, cases, customers, share, low_share, high_share, expected_share, times,
        p_value` (of the largest deviation in the row of `summary`), the surest first; `variants`:
        the same of whole sequences, `activities` a list. `customers` are those that have it, or all
        of the group where nobody has.

    Raises:
        ColumnError: A column isn't there.
        OptionError: The activity never occurs, or there are too few shuffles.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": [str(n // 2) for n in range(80)],
        ...         "activity": ["ask", "answer", "ask", "refuse"] * 20,
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"] * 40,
        ...         "channel": (["web"] * 4 + ["shop"] * 4) * 10,
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
    found: list[Measured] = []
    obstacles: dict[str, str] = {}
    for column in compared:
        met: list[str] = []
        own: list[Measured] = []
        for compare in comparisons(log, column, event, promised or []):
            if compare.obstacle:
                met.append(compare.obstacle)
            else:
                own.append(measure(compare, permutations, seed))
        if not own:
            obstacles[column] = obstacle(log, column, event, met)
        found += own
    tables = _tables(found)
    return Result(
        "consistency",
        _headline(tables, compared, obstacles, log.size[1]),
        (*_caveats(log, compared, event, obstacles), *caveats.lookalikes(log, ACTIVITY)),
        tables,
        chart_of=_chart,
    )


def _columns(log: EventLog, by: list[str] | None, promised: list[str]) -> list[str]:
    for column in [*(by or []), *promised]:
        if column not in log.columns:
            raise ColumnError(f"There is no column '{column}'.", nearest(column, log.columns))
    known = [c for c in _BY if c in log.columns]
    return [c for c in (by or known) if c not in promised]


def _tables(found: list[Measured]) -> dict[str, pl.DataFrame]:
    if not found:
        return {name: pl.DataFrame(schema=schema) for name, schema in _SCHEMAS.items()}
    summary = pl.DataFrame([f.summary for f in found], schema_overrides=_SCHEMAS["summary"])
    summary = summary.with_columns(holm(pl.col("p_value")).alias("adjusted_p_value"))
    summary = summary.sort("excess_bits", "trigger", "by", descending=[True, False, False])
    parts = {"activities": [f.activities for f in found], "variants": [f.variants for f in found]}
    order = ["p_value", "apart"]
    rows = {
        name: pl.concat(tables)
        .with_columns((pl.col("share") - pl.col("expected_share")).abs().alias("apart"))
        .sort(*order, "trigger", "by", GROUP, descending=[False, True, False, False, False])
        .drop("apart")
        for name, tables in parts.items()
    }
    return {"summary": summary, "findings": _findings(summary, rows), **rows}


def _findings(summary: pl.DataFrame, rows: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Say what is sure in sentences: first the activities, then the sequences that make it."""
    more = pl.col("share") > pl.col("expected_share")
    sure = summary.filter(pl.col("adjusted_p_value") <= _LEVEL).select("trigger", "by")
    said = [
        table.filter(pl.col("p_value") <= _LEVEL, more | (name == "activities"))
        .join(sure, on=["trigger", "by"], how="semi", maintain_order="left")
        .with_columns(pl.struct(pl.all()).map_elements(_sentence, pl.String).alias("finding"))
        .select(list(_SCHEMAS["findings"]))
        for name, table in rows.items()
    ]
    return pl.concat(said)


_HEAD: Final[dict[str, pl.DataType]] = {"trigger": pl.String(), "by": pl.String()}
_SCHEMAS: Final[dict[str, dict[str, pl.DataType]]] = {
    "summary": _HEAD
    | dict.fromkeys(("cases", "customers", "groups", "treatments"), pl.Int64())
    | dict.fromkeys(
        ("bits", "expected_bits", "excess_bits", "p_value", "adjusted_p_value"), pl.Float64()
    ),
    "findings": {
        "finding": pl.String(),
        "cases": pl.Int64(),
        "customers": pl.Int64(),
        "p_value": pl.Float64(),
    },
    "activities": _HEAD | {GROUP: pl.String(), ACTIVITY: pl.String()} | FIGURES,
    "variants": _HEAD | {GROUP: pl.String(), "activities": pl.List(pl.String())} | FIGURES,
}


def _headline(
    tables: dict[str, pl.DataFrame], compared: list[str], obstacles: Mapping[str, str], cases: int
) -> str:
    summary = tables["summary"]
    if not compared:
        return "The log knows no channel, segment, department or site to compare by."
    if summary.is_empty():
        return _incomparable(obstacles)
    sure = summary.filter(pl.col("adjusted_p_value") <= _LEVEL)
    if sure.is_empty():
        by = " or ".join(c for c in compared if c not in obstacles)
        return f"No difference by {by} is seen beyond chance in {count(cases, 'journey')}."
    top = sure.row(0, named=True)
    same = (pl.col("trigger") == top["trigger"]) & (pl.col("by") == top["by"])
    rows = tables["activities"].filter(same)
    if rows.is_empty():
        return f"After '{top['trigger']}' journeys go on differently by {top['by']}."
    return _sentence(rows.row(0, named=True))


def _incomparable(obstacles: Mapping[str, str]) -> str:
    """Say by which columns nothing could be compared, and why."""
    parts = [
        f"by {' or '.join(c for c, own in obstacles.items() if own == why)}: {why}"
        for why in dict.fromkeys(obstacles.values())
    ]
    return f"Nothing could be compared {'; nor '.join(parts)}."


def _sentence(row: dict[str, Any]) -> str:
    """Say one deviation in words."""
    what = f"have {row[ACTIVITY]}" if ACTIVITY in row else f"go {' → '.join(row['activities'])}"
    often = "less often"
    if row["times"] and row["share"] > row["expected_share"]:
        often = f"{number(row['times'])} times as often"
    what = f"{what} {often}" if row["share"] else f"never {what}"
    ends = f"{share(row[LOW + 'share'])} to {share(row[HIGH + 'share'])}"
    return (
        f"After '{row['trigger']}' customers of {row['by']} {row[GROUP]} {what}: in "
        f"{share(row['share'])} of journeys ({ends}), against {share(row['expected_share'])} if "
        f"the {row['by']} made no difference."
    )


def _caveats(
    log: EventLog, compared: list[str], event: str | None, obstacles: Mapping[str, str]
) -> list[str]:
    if not compared:
        return ["Name the columns to compare by: by=[…] (--by …)."]
    fact = "A difference isn't yet an injustice: neither what the company promises to a segment"
    rest = "nor what differs between the customers themselves is taken off."
    sentences = [f"{fact} (name that: promised, --promised) {rest}"]
    if CUSTOMER not in log.columns:
        sentences.append("The log names no customers, so each journey counts as one of its own.")
    if obstacles and len(obstacles) < len(compared):  # else the headline says so
        sentences.append(_incomparable(obstacles))
    if obstacles and event is None:
        sentences.append("What follows an activity can be compared too (event, --event).")
    return sentences


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import deviation_bars

    return deviation_bars(result.activities, **options)
