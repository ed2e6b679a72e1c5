"""Which metrics go with value: correlations with their intervals, the strongest first."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import empty
from procmine.draw.forest import Mark, forest

if TYPE_CHECKING:
    import altair as alt

_COLOURS: Final = {
    "goes with value": "#1B7A50",
    "runs against the customer": theme.ALERT,
    "undecided": theme.WAIT_LINES[1],
    "no link seen": theme.LINE,
}


def metric_links(links: pl.DataFrame, *, top: int = 20) -> "alt.Chart | alt.LayerChart":
    """Which metrics go with value? A line a link: the correlation and its interval.

    Args:
        links: The table `links` of `procmine.metric_value`.
        top: How many to draw, the strongest.
    """
    rows = list(links.head(top).iter_rows(named=True))
    if not rows:
        return empty(
            "No metric can be held beside what came of journeys.",
            "Add a survey to the mapping, or name the column of what events brought in.",
        )
    ends = [abs(row[c] or 0) for row in rows for c in ("low_correlation", "high_correlation")]
    reach = min(1.0, max(0.1, *ends) * 1.05)
    return forest(
        [_mark(row) for row in rows],
        title=_title(links),
        subtitle=_subtitle(links, top),
        axis="Rank correlation",
        colours=_COLOURS,
        line=0.0,
        ends=(-reach, reach),
        form=".1f",
    )


def _mark(row: Mapping[str, Any]) -> Mark:
    value, low, high = (row[f"{end}correlation"] for end in ("", "low_", "high_"))
    name = f"{text.clean(row['department'])}: {row['metric']} – {row['outcome']}"
    facts = {
        "Link": row["verdict"],
        "Correlation": wording.figure(value, ".2f"),
        "95 % interval": "unknown"
        if low is None
        else f"{wording.figure(low, '.2f')} to {wording.figure(high, '.2f')}",
        "Chance gives as much": wording.share(row["adjusted_p_value"]),
        "Customers": wording.number(row["customers"]),
    }
    return Mark(name, value, low, high, wording.figure(value, "+.2f"), row["verdict"], facts=facts)


def _title(links: pl.DataFrame) -> str:
    against = links.filter(pl.col("verdict") == "runs against the customer")
    if against.height:
        row = against.row(0, named=True)
        metric = f"{row['metric']} of {text.clean(row['department'])}"
        return f"Against the customer: {metric}, held beside {row['outcome']}."
    helps = links.filter(pl.col("verdict") == "goes with value").height
    return f"{wording.count(helps, 'metric goes', 'metrics go')} with value."


def _subtitle(links: pl.DataFrame, top: int) -> str:
    way = "Each line: a metric beside an outcome, among journeys of one type and period."
    return (
        f"{way} The {top} strongest of {wording.number(links.height)}."
        if links.height > top
        else way
    )
