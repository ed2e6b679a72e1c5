"""What a company inflicts on itself: what each department bears, and who caused it."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import BAR_HEIGHT, NAME_SIZE, NAME_WIDTH, empty, framed
from procmine.errors import OptionError, nearest

if TYPE_CHECKING:
    import altair as alt

SHOWN: Final = ("departments", "matrix")
COLOURS: Final = {
    "failure demand": "#8C0D2A",
    "chasing": "#D9622B",
    "return": "#E2B457",
    "correction": "#7B3F98",
    "repeat contact": "#2F6DB5",
    "rework": "#0B7683",
    "unmapped contact": "#C3CBD3",
}
_UNJUDGED: Final = "unmapped contact"
_NOBODY: Final = "not attributed"
_UNKNOWN: Final = "no department"
_CELL: Final = 40


def self_inflicted_chart(
    tables: Mapping[str, pl.DataFrame], *, show: str = "departments", top: int = 12
) -> "alt.Chart | alt.LayerChart":
    """What does each department bear, of which kind? Or: who caused it, in rows, for whom?

    Args:
        tables: Those of `procmine.self_inflicted`.
        show: `departments` or `matrix`.
        top: How many departments to draw, those with the most cost.

    Raises:
        OptionError: There is no such picture.
    """
    if show not in SHOWN:
        raise OptionError(f"There is no picture '{show}'.", nearest(show, SHOWN))
    return _matrix(tables, top) if show == "matrix" else _departments(tables, top)


def _measure(table: pl.DataFrame) -> tuple[str, str]:
    """Return what is drawn, and what the axis says: the cost, or events where none is known."""
    if table["total_cost"].sum() > 0:
        return "total_cost", "Cost, in the log's currency"
    return "events", "Events (what they cost isn't known)"


def _departments(tables: Mapping[str, pl.DataFrame], top: int) -> "alt.Chart | alt.LayerChart":
    table = tables["activities"].with_columns(pl.col("department").fill_null(_UNKNOWN))
    if table.is_empty():
        return empty("Nothing is known to be self-inflicted.", "Give a map of reasons.")
    measure, axis = _measure(table)
    value = pl.col(measure).sum()
    parts = table.group_by("department", "kind").agg(value).filter(pl.col(measure) > 0)
    sizes = parts.group_by("department").agg(value).sort(measure, "department", descending=True)
    names = sizes["department"].to_list()[:top]
    return framed(
        _stacked(parts.filter(pl.col("department").is_in(names)), names, measure, axis),
        _title(parts.filter(pl.col("kind") != _UNJUDGED), measure),
        _subtitle(tables["summary"].row(0, named=True), len(sizes), top),
        height=(BAR_HEIGHT + 6) * len(names),
    )


def _title(parts: pl.DataFrame, measure: str) -> str:
    """Say who bears most of what is known to be self-inflicted."""
    if parts.is_empty():
        return "Nobody has said yet which of these contacts are self-inflicted."
    sizes = parts.group_by("department").agg(pl.col(measure).sum())
    name, most = sizes.sort(measure, "department", descending=[True, False]).row(0)
    own = parts.filter(pl.col("department") == name).sort(measure, "kind", descending=True)
    kind = own.row(0, named=True)
    part = wording.share(most / parts[measure].sum())
    what = "cost" if measure == "total_cost" else "work"
    return f"{name} bears {part} of the self-inflicted {what}, most of it {kind['kind']}."


def _subtitle(row: Mapping[str, Any], departments: int, top: int) -> str:
    if row["sure_share"] is None:
        of = f"{wording.share(row['event_share'])} of the events are self-inflicted"
    else:
        ends = dict.fromkeys(wording.share(row[e]) for e in ("sure_share", "most_share"))
        of = f"{' to '.join(ends)} of the costed work is self-inflicted"
    rest = f", the first {top} of {departments} departments" if departments > top else ""
    return f"{of}{rest}."


def _stacked(parts: pl.DataFrame, names: Sequence[str], measure: str, axis: str) -> Any:
    import altair as alt

    kinds = [kind for kind in COLOURS if kind in set(parts["kind"])]
    rows = [
        {
            "department": row["department"],
            "kind": row["kind"],
            "place": kinds.index(row["kind"]),
            "value": row[measure],
            "says": wording.number(row[measure]),
        }
        for row in parts.sort("department", "kind").iter_rows(named=True)
    ]
    labels = json.dumps({n: text.shorten(text.clean(n), NAME_WIDTH, NAME_SIZE) for n in names})
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(height=BAR_HEIGHT * 0.75, stroke=theme.PAPER, strokeWidth=1)
        .encode(
            x=alt.X("value:Q", title=axis, axis=alt.Axis(tickCount=6, domain=False)),
            y=alt.Y(
                "department:N",
                title=None,
                scale=alt.Scale(domain=list(names)),
                axis=alt.Axis(
                    ticks=False, domain=False, labelPadding=8, labelExpr=f"{labels}[datum.value]"
                ),
            ),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=kinds, range=[COLOURS[kind] for kind in kinds]),
                legend=alt.Legend(title=None, orient="bottom", columns=4, labelLimit=160),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("department:N", title="Department"),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip("says:N", title="Cost" if measure == "total_cost" else "Events"),
            ],
        )
    )


def _matrix(tables: Mapping[str, pl.DataFrame], top: int) -> "alt.Chart | alt.LayerChart":
    table = tables["matrix"].with_columns(pl.col("department").fill_null(_UNKNOWN))
    if table.is_empty():
        return empty(
            "Nobody knows who caused what.",
            "Name the column of the department when the log is read.",
        )
    measure, _ = _measure(table)
    cells = (
        table.group_by("cause", "department")
        .agg(pl.col(measure).sum(), pl.col("way").unique().sort())
        .filter(pl.col(measure) > 0)
    )
    causes, bearers = (_ranked(cells, side, measure)[:top] for side in ("cause", "department"))
    causes = [c for c in causes if c != _NOBODY] + [c for c in causes if c == _NOBODY]
    drawn = cells.filter(pl.col("cause").is_in(causes), pl.col("department").is_in(bearers))
    return framed(
        _cells(drawn, causes, bearers, measure),
        _matrix_title(cells, measure),
        "Who caused it stands at the left, who bears it above. The tables tell each cell's way.",
        height=_CELL * len(causes),
    )


def _ranked(cells: pl.DataFrame, side: str, measure: str) -> list[str]:
    sums = cells.group_by(side).agg(pl.col(measure).sum())
    return sums.sort(measure, side, descending=[True, False])[side].to_list()


def _matrix_title(cells: pl.DataFrame, measure: str) -> str:
    elsewhere = cells.filter(pl.col("cause") != pl.col("department"), pl.col("cause") != _NOBODY)
    whole = cells[measure].sum()
    if elsewhere.is_empty():
        return "No department is known to cause what another bears."
    top = elsewhere.sort(measure, "cause", "department", descending=True).row(0, named=True)
    part = wording.share(top[measure] / whole)
    return (
        f"{top['cause']} causes {part} of what is self-inflicted, and {top['department']} bears it."
    )


def _cells(cells: pl.DataFrame, causes: list[str], bearers: list[str], measure: str) -> Any:
    import altair as alt

    highest = cells[measure].max()
    rows = [_cell(row, measure, highest) for row in cells.iter_rows(named=True)]
    axis: dict[str, Any] = {"title": None, "ticks": False, "domain": False, "labelPadding": 6}
    grid = [{"cause": a, "department": b} for a in causes for b in bearers]
    x = alt.X(
        "department:N",
        scale=alt.Scale(domain=bearers),
        axis=alt.Axis(orient="top", labelAngle=0, labelLimit=150, **axis),
    )
    y = alt.Y("cause:N", scale=alt.Scale(domain=causes), axis=alt.Axis(**axis))
    ground: alt.Chart = (
        alt.Chart(alt.Data(values=grid))
        .mark_rect(fill=theme.GRID, fillOpacity=0.35, stroke=theme.PAPER, strokeWidth=2)
        .encode(x=x, y=y)
    )
    base: alt.Chart = alt.Chart(alt.Data(values=rows)).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("cause:N", title="Caused by"),
            alt.Tooltip("department:N", title="Borne by"),
            alt.Tooltip("figure:N", title="Cost" if measure == "total_cost" else "Events"),
            alt.Tooltip("ways:N", title="Attributed by"),
        ],
    )
    drawn = base.mark_rect(stroke=theme.PAPER, strokeWidth=2, cornerRadius=3).encode(
        color=alt.Color("colour:N", scale=None)
    )
    words = base.mark_text(fontSize=11).encode(
        text="figure:N", color=alt.Color("ink:N", scale=None)
    )
    return alt.layer(ground, drawn, words)


def _cell(row: Mapping[str, Any], measure: str, highest: Any) -> dict[str, Any]:
    step = theme.heat(row[measure], highest)
    lines = theme.WAIT_LINES if row["cause"] != _NOBODY else [theme.LINE] * len(theme.WAIT_LINES)
    dark = step >= 3 and row["cause"] != _NOBODY
    return {
        "cause": row["cause"],
        "department": row["department"],
        "figure": wording.number(row[measure]),
        "colour": lines[step] if dark else theme.tint(lines[step], 0.55),
        "ink": theme.PAPER if dark else theme.INK,
        "ways": "; ".join(row["way"]),
    }
