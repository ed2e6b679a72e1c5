"""The cards of the teams side by side: a small line for each figure, period by period."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import empty

if TYPE_CHECKING:
    import altair as alt

_FIGURES: Final = {
    "mean_service_seconds": "Service per event",
    "mean_inside_seconds": "Wait inside",
    "cost_per_event": "Cost per event",
    "complaint_share": "Complaints",
    "kept_share": "Promises kept",
    "mean_score": "Customers' score",
    "mean_peer_score": "Colleagues' score",
}
"""What is drawn, and what people call it."""

_FIGURE: Final = "Figure"
_SCORES: Final = frozenset({"mean_score", "mean_peer_score"})
_WIDTH, _HEIGHT, _GAP, _NAME = 112, 48, 10, 130
_TITLE: Final = 560
"""Pixels that the sentences above have at the least, however few figures there are."""
_FOOT: Final = 18
"""Pixels under each line, for its first and its last figure."""


def scorecards(
    scorecard: pl.DataFrame, alarms: pl.DataFrame, *, top: int = 12
) -> "alt.Chart | alt.FacetChart":
    """How is each team doing? A row a team, a column a figure, each on a scale of its own.

    Args:
        scorecard: period, department, cases, and the figures.
        alarms: department; the teams to point out.
        top: How many teams to draw, those with an alarm and then those with the most journeys.
    """
    import altair as alt

    figures = [c for c in _FIGURES if scorecard[c].count()]
    if not figures:
        return empty("No team's figures are known.", "Name the column of the department.")
    ringing = alarms["department"].unique(maintain_order=True).to_list()
    teams = _teams(scorecard, ringing)
    names = [text.shorten(text.clean(name), _NAME, 11, bold=True) for name in teams[:top]]
    points = list(_points(scorecard, teams[:top], figures, len(ringing)))
    width = max(_NAME + len(figures) * (_WIDTH + _GAP), _TITLE)
    heading = alt.TitleParams(
        text.wrap(_title(ringing, len(teams)), width, 14, bold=True),
        subtitle=text.wrap(_subtitle(scorecard, teams, top), width, 11),
    )
    look: dict[str, Any] = {"labelAngle": 0, "labelFontWeight": "bold"}
    row = alt.Row(
        "row:O", header=_header(names, theme.INK, labelAlign="left", labelPadding=8, **look)
    )
    said = [_FIGURES[figure] for figure in figures]
    column = alt.Column("column:O", header=_header(said, theme.MUTED, labelAnchor="start"))
    cells: Any = _cells(points).facet(row=row, column=column, spacing=_GAP)
    return cells.properties(title=heading).configure(**theme.altair_config())


def _header(names: Sequence[str], colour: str, **look: Any) -> "alt.Header":
    """Name rows or columns, which are numbered so that they keep their order."""
    import altair as alt

    words = f"{json.dumps(list(names))}[datum.value]"
    look |= {"labelFont": theme.FONT, "labelFontSize": 11, "labelColor": colour}
    return alt.Header(title=None, labelExpr=words, **look)


def _teams(scorecard: pl.DataFrame, ringing: Sequence[str]) -> list[str]:
    """Return the teams: those with an alarm first, then those with the most journeys."""
    size = scorecard.group_by("department").agg(pl.col("cases").sum())
    names = size.sort("cases", "department", descending=[True, False])["department"].to_list()
    return [*ringing, *(name for name in names if name not in ringing)]


def _points(
    scorecard: pl.DataFrame, teams: Sequence[str], figures: Sequence[str], ringing: int
) -> Iterator[dict[str, Any]]:
    """Place each figure between the least and the most of its cell: 0 to 1."""
    ordered = scorecard.sort("period")
    for row, team in enumerate(teams):
        cards = ordered.filter(pl.col("department") == team)
        for column, figure in enumerate(figures):
            known = cards.filter(pl.col(figure).is_not_null())
            values = known[figure].to_list()
            least = min(values, default=0) if figure in _SCORES else min([0, *values])
            room = (max(values, default=0) - least) or 1
            for place, card in enumerate(known.iter_rows(named=True)):
                ends = {0: "left", known.height - 1: "right"}
                yield {
                    "row": row,
                    "column": column,
                    "at": (card[figure] - least) / room,
                    "colour": theme.ALERT if row < ringing else theme.ACCENT,
                    "end": ends.get(place, ""),
                    "Team": team,
                    "Period": card["period"],
                    _FIGURE: _said(figure, card[figure]),
                    "Of": wording.count(card["cases"], "journey"),
                }


def _said(figure: str, value: float) -> str:
    if figure.endswith("_seconds"):
        return wording.duration(value, short=True)
    return wording.share(value) if figure.endswith("_share") else wording.number(value)


def _cells(points: list[dict[str, Any]]) -> Any:
    import altair as alt

    base: alt.Chart = alt.Chart().encode(
        x=alt.X("Period:O", axis=None),
        y=alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[0, 1], range=[_HEIGHT - _FOOT, 5])),
        color=alt.Color("colour:N", scale=None),
        tooltip=[alt.Tooltip(f"{fact}:N") for fact in ("Team", "Period", _FIGURE, "Of")],
    )
    ends = [_end("left", 3), _end("right", _WIDTH - 3)]
    lines = [base.mark_line(strokeWidth=1.6), base.mark_circle(size=14, opacity=1)]
    ground = alt.ViewConfig(stroke=theme.GRID)
    layers = alt.layer(*lines, *ends, data=alt.Data(values=points))
    return layers.properties(width=_WIDTH, height=_HEIGHT, view=ground)


def _end(side: str, x: int) -> Any:
    """Write the figure of the first or the last period under the line."""
    import altair as alt

    look: dict[str, Any] = {"align": side, "fontSize": 9, "color": theme.MUTED}
    mark: Any = alt.Chart().mark_text(baseline="bottom", **look)
    words = mark.encode(text=f"{_FIGURE}:N", x=alt.value(x), y=alt.value(_HEIGHT - 2))
    return words.transform_filter(f"datum.end == '{side}'")


def _title(ringing: Sequence[str], teams: int) -> str:
    if not ringing:
        return f"How {wording.count(teams, 'team')} and their customers fare."
    named = ", ".join(text.clean(name) for name in ringing[:3])
    more = f" and {len(ringing) - 3} more" if len(ringing) > 3 else ""
    looks = "looks" if len(ringing) == 1 else "look"
    return f"{named}{more} {looks} better while customers fare worse."


def _subtitle(scorecard: pl.DataFrame, teams: Sequence[str], top: int) -> str:
    first, last = scorecard["period"].min(), scorecard["period"].max()
    of = f" The {top} of {len(teams)} teams with the most journeys." if len(teams) > top else ""
    each = "Each line on a scale of its own, with its first and its last figure"
    return f"{each}; journeys that began from {first} to {last}.{of}"
