"""Which of what was normal do more journeys break than before?"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import NAME_SIZE, NAME_WIDTH, Bar, empty, ranked

if TYPE_CHECKING:
    import altair as alt

_MORE, _ALIKE = "more than before", "not surely more"


def norm_bars(norms: pl.DataFrame, *, before: str, top: int = 15) -> "alt.Chart | alt.LayerChart":
    """Which of what was normal do more journeys break than before?

    Args:
        norms: norm, cases, violations, share, reference_cases, reference_share, more; what
            changed most first.
        before: What the reference is: `before it`, `in orders.parquet`.
        top: How many to draw.
    """
    broken = norms.filter(pl.col("violations") > 0)
    if broken.is_empty():
        return empty(
            "No journey breaks what was normal.", "Choose another reference, or less noise."
        )
    number = int(norms["more"].sum())
    title = f"Of {wording.count(norms.height, 'norm')} none is surely broken by more than {before}."
    if number:
        worst = norms.row(0, named=True)
        title = (
            f"{worst['norm'][:-1]}: {wording.share(worst['share'])} break it now, "
            f"{wording.share(worst['reference_share'])} did {before}."
        )
    more = f" The {top} that changed most are drawn." if broken.height > top else ""
    return ranked(
        [_bar(row, before) for row in broken.head(top).iter_rows(named=True)],
        title=title,
        subtitle=f"Share of the journeys that a norm is asked of, now and {before}.{more}",
        axis="Journeys that break what was normal, %",
        colour=theme.ALERT if number else theme.ACCENT,
        colours={_MORE: theme.ALERT, _ALIKE: theme.ACCENT},
        lines=2,
        legend="Broken by",
    )


def _bar(row: Mapping[str, Any], before: str) -> Bar:
    then, now = wording.share(row["reference_share"]), wording.share(row["share"])
    facts = {
        "Norm": row["norm"],
        "Journeys": f"{wording.number(row['violations'])} of {wording.number(row['cases'])}",
        "Share": now,
        f"Share {before}": f"{then} of {wording.number(row['reference_cases'])}",
    }
    group = _MORE if row["more"] else _ALIKE
    name = row["norm"][:-1]
    shown = text.wrap(name, NAME_WIDTH, NAME_SIZE, lines=2)
    return Bar(name, 100 * row["share"], f"{now} · {then} before", facts, group, shown)
