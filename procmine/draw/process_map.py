"""The map of a process: activities in the lanes of their departments, and the steps between."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from procmine import wording
from procmine.draw import dot, flow, text, theme
from procmine.draw.flow import END, START, Arrow, Key
from procmine.draw.graph import Graph
from procmine.draw.measure import Measure, measure_of

Row = Mapping[str, Any]

_WHOLE = ("activity", "activities")
_SPLIT = ("department's activity", "departments' activities")


@dataclass(frozen=True)
class _Map:
    """The tables by their keys, and what is drawn of them."""

    nodes: dict[Key, Row]
    steps: dict[tuple[Key, Key], Row]
    shown: flow.Shown
    measure: Measure
    lanes: bool

    @property
    def drawn_steps(self) -> list[tuple[Key, Key]]:
        pairs = ((a.source, a.target) for a in self.shown.arrows)
        return [pair for pair in pairs if pair in self.steps]

    @property
    def drawn_nodes(self) -> list[Key]:
        ends = {key for a in self.shown.arrows for key in (a.source, a.target)}
        return [key for key in self.nodes if key in ends]

    def department(self, key: Key) -> str | None:
        return self.nodes[key].get("department") if key in self.nodes else None

    def is_handoff(self, pair: tuple[Key, Key]) -> bool:
        """Whether the step crosses from one lane to another."""
        one, other = (self.department(key) for key in pair)
        return self.lanes and None not in (one, other) and one != other

    def tops(self) -> tuple[float, int]:
        rows = [self.steps[pair] for pair in self.drawn_steps]
        figures = (self.measure.value(row) or 0 for row in rows)
        return max(figures, default=0.0), max((row["count"] for row in rows), default=0)


def process_map(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    *,
    measure: str = "total_seconds",
    coverage: float | None = None,
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
            p90_seconds, count or cases.
        coverage: The share of the flow to draw, over 0 to 1; None is as much as is readable.
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
    plan = _plan(nodes, edges, measure_of(measure), coverage, lanes=lanes)
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


def _plan(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    measure: Measure,
    coverage: float | None,
    *,
    lanes: bool,
) -> _Map:
    split = "department" in edges.columns
    by_key: dict[Key, Row] = {
        _key(row, "", split=split): row for row in nodes.iter_rows(named=True)
    }
    steps: dict[tuple[Key, Key], Row] = {
        (_key(row, "", split=split), _key(row, "next_", split=split)): row
        for row in edges.iter_rows(named=True)
    }
    arrows = [Arrow(*pair, row["count"]) for pair, row in steps.items()]
    always = flow.top(arrows, lambda a: measure.value(steps[a.source, a.target]), measure)
    arrows += [Arrow(START, key, row["starts"]) for key, row in by_key.items() if row.get("starts")]
    arrows += [Arrow(key, END, row["ends"]) for key, row in by_key.items() if row.get("ends")]
    known = any(row.get("department") is not None for row in by_key.values())
    return _Map(
        by_key, steps, flow.select(arrows, coverage, always=always), measure, lanes and known
    )


def _key(row: Row, prefix: str, *, split: bool) -> Key:
    activity = row[f"{prefix}activity"]
    return (activity, row[f"{prefix}department"]) if split else (activity,)


def _id(key: Key) -> str:
    return {START: "start", END: "end"}.get(key) or text.element_id("activity", *key)


def _draw_nodes(drawn: Any, plan: _Map, colours: Mapping[str, str]) -> None:
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


def _draw_node(drawn: Any, plan: _Map, key: Key, colour: str) -> None:
    row = plan.nodes[key]
    facts = [wording.count(row["events"], "time")]
    share = row.get("department_share")
    if plan.lanes and share is not None and share < 1:
        facts.append(f"{wording.share(1 - share)} by other departments")
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
    )


def _draw_markers(drawn: Any, plan: _Map) -> None:
    for key, words, column, rank in (
        (START, "Start", "starts", "source"),
        (END, "End", "ends", "sink"),
    ):
        if any(key in (a.source, a.target) for a in plan.shown.arrows):
            total = sum(row.get(column) or 0 for row in plan.nodes.values())
            dot.marker(drawn, _id(key), f"{words} · {wording.count(total, 'journey')}", rank=rank)


def _draw_steps(drawn: Any, plan: _Map) -> None:
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


def _draw_anchors(drawn: Any, plan: _Map) -> None:
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


def _caption(plan: _Map) -> str:
    """Say what to see: the step where the measure is highest."""
    pairs = plan.drawn_steps
    if not pairs:
        return "Each case has one event only, so no step follows another."
    pair = max(pairs, key=lambda p: plan.measure.value(plan.steps[p]) or 0)
    row = plan.steps[pair]
    way = f"from {_said(pair[0])} to {_said(pair[1])}"
    if pair[0] == pair[1]:
        way = f"from one {_said(pair[0])} to the next"
    value = plan.measure.value(row)
    if plan.measure.name == "total_seconds":
        total = sum(r["total_seconds"] or 0 for r in plan.steps.values())
        of_all = f", {wording.share(value / total)} of all waiting" if value and total else ""
        return f"The most waiting is {way}: {wording.duration(value)} in total{of_all}."
    if plan.measure.is_time:
        said = f"{plan.measure.words}: {wording.duration(value)}"
        return f"Of the steps drawn, the slowest leads {way} ({said})."
    return f"The commonest step leads {way}: {wording.count(row['count'], 'time')}."


def _names(plan: _Map) -> dict[str, tuple[str | None, ...]]:
    names: dict[str, tuple[str | None, ...]] = {_id(key): key for key in plan.drawn_nodes}
    names |= {_step_id(pair): (*pair[0], *pair[1]) for pair in plan.drawn_steps}
    departments = {plan.department(key) for key in plan.drawn_nodes} - {None}
    return names | {text.element_id("department", d): (d,) for d in departments if plan.lanes}


def _empty() -> str:
    drawn = dot.new_map("")
    dot.marker(drawn, "empty", "Nothing is selected: widen the filter", rank="source")
    return str(drawn.source)
