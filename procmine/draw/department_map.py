"""The map of the departments themselves: who hands over to whom, and what it costs in waiting."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from procmine import wording
from procmine.draw import dot, flow, text, theme
from procmine.draw.flow import Arrow
from procmine.draw.graph import Graph
from procmine.draw.measure import Measure, check_known, measure_of

Row = Mapping[str, Any]
Pair = tuple[str, str]

READABLE_HANDOFFS = 24
"""Handoffs that a first look takes in; more make a map of departments a ball of wool."""


def department_map(
    handoffs: pl.DataFrame,
    *,
    measure: str = "total_seconds",
    coverage: float | None = None,
    colours: Mapping[str, str] | None = None,
) -> Graph:
    """Draw the departments and the handoffs between them.

    Args:
        handoffs: One row an ordered pair: department, next_department, count, cases, mean_seconds,
            median_seconds, p90_seconds, total_seconds.
        measure: What colour and label stand for: total_seconds, median_seconds, mean_seconds,
            p90_seconds, count or cases; with a calendar `business_…` of the times.
        coverage: The share of the handoffs to draw, over 0 to 1; None is as much as is readable.
        colours: The colour of each department; made from the handoffs where it isn't given.

    Raises:
        OptionError: The measure or the coverage makes no sense.

    Example:
        >>> handoffs = pl.DataFrame(
        ...     {
        ...         "department": ["Sales"],
        ...         "next_department": ["Credit"],
        ...         "count": [3],
        ...         "cases": [3],
        ...         "total_seconds": [7200.0],
        ...     }
        ... )
        >>> department_map(handoffs).hidden
        'All flow is shown.'
    """
    shown_by = measure_of(measure)
    check_known(shown_by, handoffs.columns)
    rows: dict[Pair, Row] = {
        (str(r["department"]), str(r["next_department"])): r for r in handoffs.iter_rows(named=True)
    }
    shown = _select(rows, coverage)
    hidden = shown.sentence(("department", "departments"))
    if not rows:
        return Graph(_empty(), "No department hands over to another in this log.", hidden)
    names = {name for pair in rows for name in pair}
    colours = colours or theme.department_colours(names)
    drawn = {pair: rows[pair] for pair in _pairs(shown)}
    source = _draw(rows, drawn, shown_by, hidden, colours)
    return Graph(source, _caption(rows, drawn, shown_by), hidden, _names(drawn))


def _select(rows: Mapping[Pair, Row], coverage: float | None) -> flow.Shown:
    arrows = [Arrow((one,), (other,), row["count"]) for (one, other), row in rows.items()]
    always = flow.top(arrows, lambda a: rows[_pair(a)].get("total_seconds"))
    return flow.select(arrows, coverage, always=always, readable=READABLE_HANDOFFS)


def _pairs(shown: flow.Shown) -> list[Pair]:
    return [_pair(a) for a in shown.arrows]


def _pair(arrow: Arrow) -> Pair:
    return str(arrow.source[0]), str(arrow.target[0])


def _draw(
    rows: Mapping[Pair, Row],
    drawn: Mapping[Pair, Row],
    measure: Measure,
    hidden: str,
    colours: Mapping[str, str],
) -> str:
    tops = (
        max((measure.value(row) or 0 for row in drawn.values()), default=0.0),
        max((row["count"] for row in drawn.values()), default=0),
    )
    picture = dot.new_map(dot.legend(measure, tops[0], hidden, handoffs=False), direction="LR")
    for name in dict.fromkeys(name for pair in drawn for name in pair):
        _draw_department(picture, name, rows, colours.get(name, theme.MUTED))
    for pair, row in drawn.items():
        dot.arrow(
            picture,
            (_id(pair[0]), _id(pair[1])),
            text.element_id("handoff", *pair),
            kind="handoff",
            tooltip=f"{pair[0]} → {pair[1]}\n{dot.figures(row)}",
            look=dot.step_look(measure, row, tops, handoff=False),
        )
    return str(picture.source)


def _draw_department(picture: Any, name: str, rows: Mapping[Pair, Row], colour: str) -> None:
    given = sum(row["count"] for (one, _), row in rows.items() if one == name)
    taken = sum(row["count"] for (_, other), row in rows.items() if other == name)
    facts = [f"{wording.number(taken)} in · {wording.number(given)} out"]
    times = wording.count(taken, "time"), wording.count(given, "time")
    said = f"{name}\ntakes over {times[0]}\nhands over {times[1]}"
    dot.node(
        picture,
        _id(name),
        name,
        facts,
        colour=colour,
        tooltip=said,
        kind="department",
        fill=theme.tint(colour),
    )


def _id(name: str) -> str:
    return text.element_id("department", name)


def _caption(rows: Mapping[Pair, Row], drawn: Mapping[Pair, Row], measure: Measure) -> str:
    pair = max(drawn, key=lambda p: measure.value(drawn[p]) or 0)
    value = measure.value(drawn[pair])
    one, other = (text.shorten(text.clean(name), 480, 11) for name in pair)
    way = f"between {one} and {other}"
    if measure.name == "total_seconds":
        total = sum(row["total_seconds"] or 0 for row in rows.values())
        of_all = (
            f", {wording.share(value / total)} of all handoff waiting" if value and total else ""
        )
        return f"The most waiting is {way}: {wording.duration(value)} in total{of_all}."
    if measure.is_time:
        said = f"{measure.words}: {measure.said(value)}"
        return f"Of the handoffs drawn, the slowest is {way} ({said})."
    return f"The commonest handoff is {way}: {wording.count(drawn[pair]['count'], 'time')}."


def _names(drawn: Mapping[Pair, Row]) -> dict[str, tuple[str | None, ...]]:
    names: dict[str, tuple[str | None, ...]] = {
        _id(name): (name,) for pair in drawn for name in pair
    }
    return names | {text.element_id("handoff", *pair): pair for pair in drawn}


def _empty() -> str:
    picture = dot.new_map("")
    dot.marker(picture, "empty", "No handoffs: name the column of the department", rank="source")
    return str(picture.source)
