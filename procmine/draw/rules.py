"""Which rules are broken, and by how many journeys?"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from procmine import wording
from procmine.draw import theme
from procmine.draw.bars import Bar, empty, ranked

if TYPE_CHECKING:
    import altair as alt


def rule_bars(rules: pl.DataFrame, *, top: int = 20) -> "alt.Chart | alt.LayerChart":
    """Which rules are broken, and by how many journeys?

    Args:
        rules: rule, kind, cases, violations, share, tolerated_share, kept, severity, owner,
            sentence.
        top: How many to draw, the broken ones first.
    """
    tested = rules.filter(pl.col("kept").is_not_null())
    if tested.is_empty():
        return empty("No rule is tested on this log.", "Widen the filter, or add rules.")
    rows = tested.sort("kept", "share", descending=[False, True], maintain_order=True)
    broken = tested.filter(~pl.col("kept")).height
    title = f"{broken} of {wording.count(tested.height, 'tested rule')} are broken."
    if broken:
        worst = rows.row(0, named=True)
        title = (
            f"{worst['rule']}: {wording.share(worst['share'])} of journeys break it, "
            f"{wording.share(worst['tolerated_share'])} may; {title}"
        )
    more = f" The first {top} are drawn." if tested.height > top else ""
    return ranked(
        [_bar(row) for row in rows.head(top).iter_rows(named=True)],
        title=title,
        subtitle=f"Share of the journeys that a rule is asked of, and how many break it.{more}",
        axis="Journeys that break the rule, %",
        colours={"broken": theme.ALERT, "kept": theme.ACCENT},
        legend="Rule",
    )


def _bar(row: Mapping[str, Any]) -> Bar:
    may = wording.share(row["tolerated_share"]) if row["tolerated_share"] else "none"
    facts = {
        "Rule": row["sentence"],
        "Journeys": f"{wording.number(row['violations'])} of {wording.number(row['cases'])}",
        "Tolerated": may,
        "Severity": row["severity"],
        "Owner": row["owner"] or "nobody",
    }
    label = f"{wording.share(row['share'])} · {may} may"
    group = "kept" if row["kept"] else "broken"
    return Bar(row["rule"], 100 * row["share"], label, facts, group)
