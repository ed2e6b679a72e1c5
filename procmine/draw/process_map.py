"""The map of a process: activities in the lanes of their departments, and the steps between."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from procmine import wording
from procmine.draw import dot, flow, text, theme
from procmine.draw.flow import END, START, Arrow, Key
from procmine.draw.graph import Graph
from procmine.draw.measure import measure_of
from procmine.draw.plan import Plan, Row
from procmine.draw.plan import plan as planned

_WHOLE = ("activity", "activities")
_SPLIT = ("department's activity", "departments' activities")


def process_map(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    *,
    measure: str = "total_seconds",
    coverage: float | None = None,
    activities: float | None = None,
    lanes: bool = True,
    colours: Mapping[str, str] | None = None,
) -> Graph:
    """Draw the map of a process.

    Args:
        nodes: One row an activity (or an activity and department): activity, events, cases,
            department, department_share, starts, ends.
        edges: One row a step: activity, next_activity, count, cases, mean_seconds, median_seconds,
            p90_seconds, total_seconds, handoff_share; with department and next_department where
            nodes are split by department.
        measure: What colour and label stand for: total_seconds, median_seconds, mean_seconds,
            p90_seconds, count or cases; with a calendar `business_…` of the times; total_cost
            where the log knows cost, which colours the activities.
        coverage: The share of the flow to draw, over 0 to 1; None is as much as is readable.
        activities: Draw the commonest activities that cover this share of all events, over 0 to
            1; None is all.
        lanes: Put each activity in the lane of the department that does most of it.
        colours: The colour of each department; made from the nodes where it isn't given.

    Raises:
        OptionError: The measure or the coverage makes no sense.

    Example:
        >>> nodes = pl.DataFrame(
        ...     {
        ...         "activity": ["a", "b"],
        ...         "events": [2, 2],
        ...         "cases": [2, 2],
        ...         "department": ["X", "Y"],
        ...         "department_share": [1.0, 1.0],
        ...         "starts": [2, 0],
        ...         "ends": [0, 2],
        ...     }
        ... )
        >>> edges = pl.DataFrame(
        ...     {
        ...         "activity": ["a"],
        ...         "next_activity": ["b"],
        ...         "count": [2],
        ...         "cases": [2],
        ...         "total_seconds": [7200.0],
        ...     }
        ... )
        >>> process_map(nodes, edges).hidden
        'All flow is shown.'
    """
    plan = planned(
        nodes, edges, measure_of(measure), coverage=coverage, activities=activities, lanes=lanes
    )
    hidden = plan.shown.sentence(_SPLIT if "department" in edges.columns else _WHOLE)
    if nodes.is_empty():
        return Graph(_empty(), "There is nothing to draw: no events are selected.", hidden)
    colours = colours or theme.department_colours(
        nodes["department"].unique().cast(pl.String).to_list()
    )
    handoffs = any(plan.is_handoff(pair) for pair in plan.drawn_steps)
    drawn = dot.new_map(dot.legend(plan.measure, plan.tops()[0], hidden, handoffs=handoffs))
    _draw_nodes(drawn, plan, colours)
    _draw_markers(drawn, plan)
    _draw_steps(drawn, plan)
    _draw_anchors(drawn, plan)
    return Graph(drawn.source, _caption(plan), hidden, _names(plan))


def _id(key: Key) -> str:
    return {START: "start", END: "end"}.get(key) or text.element_id("activity", *key)


def _draw_nodes(drawn: Any, plan: Plan, colours: Mapping[str, str]) -> None:
    by_department: dict[str | None, list[Key]] = {}
    for key in plan.drawn_nodes:
        by_department.setdefault(plan.department(key) if plan.lanes else None, []).append(key)
    for department, keys in by_department.items():
        colour = colours.get(department or "", theme.MUTED)
        if department is None:
            for key in keys:
                _draw_node(drawn, plan, key, colour)
            continue
        with dot.lane(drawn, department, colour) as lane:
            for key in keys:
                _draw_node(lane, plan, key, colour)


def _draw_node(drawn: Any, plan: Plan, key: Key, colour: str) -> None:
    row = plan.nodes[key]
    facts = [wording.count(row["events"], "time")]
    share = row.get("department_share")
    if plan.lanes and share is not None and share < 1:
        facts.append(f"{wording.share(1 - share)} by other departments")
    if row.get("total_cost"):
        facts.append(f"cost {wording.number(row['total_cost'])}")
    said = [row["activity"], f"{facts[0]} in {wording.count(row['cases'], 'journey')}"]
    if plan.department(key) is not None:
        by = "" if share is None else f"{wording.share(share)} by "
        said.append(f"{by}{plan.department(key)}")
    dot.node(
        drawn,
        _id(key),
        row["activity"],
        facts,
        colour=colour,
        tooltip="\n".join(map(text.clean, said)),
        kind="activity",
        fill=_fill(plan, row),
    )


def _fill(plan: Plan, row: Row) -> str:
    """Return the inside of an activity's box, which says a figure where that is one of boxes."""
    if not plan.measure.of_boxes:
        return theme.PAPER
    return theme.fill(plan.measure.colours(row, plan.tops()[0])[0])


def _draw_markers(drawn: Any, plan: Plan) -> None:
    for key, words, column, rank in (
        (START, "Start", "starts", "source"),
        (END, "End", "ends", "sink"),
    ):
        if any(key in (a.source, a.target) for a in plan.shown.arrows):
            total = sum(row.get(column) or 0 for row in plan.nodes.values())
            dot.marker(drawn, _id(key), f"{words} · {wording.count(total, 'journey')}", rank=rank)


def _draw_steps(drawn: Any, plan: Plan) -> None:
    tops = plan.tops()
    for arrow in plan.shown.arrows:
        pair = (arrow.source, arrow.target)
        ends = (_id(arrow.source), _id(arrow.target))
        row = plan.steps.get(pair)
        if row is None:
            _draw_edge_of_case(drawn, arrow, ends, tops[1])
            continue
        handoff = plan.is_handoff(pair)
        dot.arrow(
            drawn,
            ends,
            _step_id(pair),
            tooltip=_step_tooltip(pair, row),
            kind="step handoff" if handoff else "step",
            look=dot.step_look(plan.measure, row, tops, handoff=handoff),
        )


def _draw_anchors(drawn: Any, plan: Plan) -> None:
    """Keep the end at the bottom: Graphviz leaves what only leads back up below it."""
    depths = flow.depths(plan.shown.arrows)
    leading: dict[Key, list[Key]] = {}
    for arrow in plan.shown.arrows:
        leading.setdefault(arrow.source, []).append(arrow.target)
    for key in plan.drawn_nodes if END in depths else ():
        if all(t != END and depths.get(t, 0) <= depths.get(key, 0) for t in leading.get(key, ())):
            drawn.edge(_id(key), _id(END), style="invis", weight="0")


def _draw_edge_of_case(drawn: Any, arrow: Arrow, ends: tuple[str, str], top: int) -> None:
    """Draw an arrow from the start or to the end: no wait belongs to it, so it's grey and bare."""
    begins = arrow.source == START
    said = f"{wording.count(arrow.count, 'journey')} {'begin' if begins else 'end'} here"
    width = 1 + 1.5 * min(1.0, arrow.count / max(top, 1))
    look = {"color": theme.LINE, "penwidth": f"{width:.2f}", "style": "dotted"}
    dot.arrow(
        drawn,
        ends,
        f"{ends[0]}-{ends[1]}",
        tooltip=said,
        kind="start" if begins else "end",
        look=look,
    )


def _step_id(pair: tuple[Key, Key]) -> str:
    return text.element_id("step", *pair[0], *pair[1])


def _step_tooltip(pair: tuple[Key, Key], row: Row) -> str:
    said = f"{_said(pair[0])} → {_said(pair[1])}\n{dot.figures(row)}"
    share = row.get("handoff_share")
    return (
        said if share is None else f"{said}\nhanded to another department: {wording.share(share)}"
    )


def _said(key: Key) -> str:
    names = [text.shorten(text.clean(name), 480, 11) for name in key if name is not None]
    return names[0] + (f" ({names[1]})" if len(names) > 1 else "")


def _caption(plan: Plan) -> str:
    """Say what to see: the step where the measure is highest."""
    pairs = plan.drawn_steps
    if not pairs:
        return "Each case has one event only, so no step follows another."
    pair = max(pairs, key=lambda p: plan.measure.value(plan.steps[p]) or 0)
    row = plan.steps[pair]
    if plan.measure.of_boxes:
        return _dearest(plan)
    way = f"from {_said(pair[0])} to {_said(pair[1])}"
    if pair[0] == pair[1]:
        way = f"from one {_said(pair[0])} to the next"
    value = plan.measure.value(row)
    if plan.measure.name == "total_seconds":
        total = sum(r["total_seconds"] or 0 for r in plan.steps.values())
        of_all = f", {wording.share(value / total)} of all waiting" if value and total else ""
        return f"The most waiting is {way}: {wording.duration(value)} in total{of_all}."
    if plan.measure.is_time:
        said = f"{plan.measure.words}: {plan.measure.said(value)}"
        return f"Of the steps drawn, the slowest leads {way} ({said})."
    return f"The commonest step leads {way}: {wording.count(row['count'], 'time')}."


def _dearest(plan: Plan) -> str:
    key = max(plan.drawn_nodes, key=lambda k: plan.measure.value(plan.nodes[k]) or 0)
    value = plan.measure.value(plan.nodes[key]) or 0
    whole = sum(plan.measure.value(row) or 0 for row in plan.nodes.values())
    of_all = f", {wording.share(value / whole)} of all cost" if whole else ""
    return f"Most is spent on {_said(key)}: {plan.measure.said(value)}{of_all}."


def _names(plan: Plan) -> dict[str, tuple[str | None, ...]]:
    names: dict[str, tuple[str | None, ...]] = {_id(key): key for key in plan.drawn_nodes}
    names |= {_step_id(pair): (*pair[0], *pair[1]) for pair in plan.drawn_steps}
    departments = {plan.department(key) for key in plan.drawn_nodes} - {None}
    return names | {text.element_id("department", d): (d,) for d in departments if plan.lanes}


def _empty() -> str:
    drawn = dot.new_map("")
    dot.marker(drawn, "empty", "Nothing is selected: widen the filter", rank="source")
    return str(drawn.source)
