"""What a map of a process draws: its tables by their keys, and the arrows that are chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from procmine.draw import flow
from procmine.draw.flow import END, START, Arrow, Key
from procmine.draw.measure import Measure, check_known

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """The tables by their keys, and what is drawn of them.

    Attributes:
        nodes: The rows of activities.
        steps: The rows of the steps between them.
        shown: The arrows that are drawn.
        measure: What colour and label stand for.
        lanes: Whether activities stand in the lanes of their departments.
    """

    nodes: dict[Key, Row]
    steps: dict[tuple[Key, Key], Row]
    shown: flow.Shown
    measure: Measure
    lanes: bool

    @property
    def drawn_steps(self) -> list[tuple[Key, Key]]:
        """The steps that are drawn."""
        pairs = ((a.source, a.target) for a in self.shown.arrows)
        return [pair for pair in pairs if pair in self.steps]

    @property
    def drawn_nodes(self) -> list[Key]:
        """The activities that are drawn."""
        ends = {key for a in self.shown.arrows for key in (a.source, a.target)}
        return [key for key in self.nodes if key in ends]

    def department(self, key: Key) -> str | None:
        """Return the department of an activity."""
        return self.nodes[key].get("department") if key in self.nodes else None

    def is_handoff(self, pair: tuple[Key, Key]) -> bool:
        """Whether the step crosses from one lane to another."""
        one, other = (self.department(key) for key in pair)
        return self.lanes and None not in (one, other) and one != other

    def tops(self) -> tuple[float, int]:
        """Return the highest figure of the measure and the highest count that are drawn."""
        rows = [self.steps[pair] for pair in self.drawn_steps]
        boxes = [self.nodes[key] for key in self.drawn_nodes]
        figures = (self.measure.value(r) or 0 for r in (boxes if self.measure.of_boxes else rows))
        return max(figures, default=0.0), max((row["count"] for row in rows), default=0)


def plan(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    measure: Measure,
    *,
    coverage: float | None,
    activities: float | None,
    lanes: bool,
) -> Plan:
    """Choose what is drawn.

    Args:
        nodes: One row an activity.
        edges: One row a step.
        measure: What colour and label stand for.
        coverage: The share of the flow to draw; None is as much as is readable.
        activities: The share of events whose activities are drawn; None is all.
        lanes: Whether activities stand in the lanes of their departments.
    """
    check_known(measure, (nodes if measure.of_boxes else edges).columns)
    split = "department" in edges.columns
    by_key: dict[Key, Row] = {
        _key(row, "", split=split): row for row in nodes.iter_rows(named=True)
    }
    steps: dict[tuple[Key, Key], Row] = {
        (_key(row, "", split=split), _key(row, "next_", split=split)): row
        for row in edges.iter_rows(named=True)
    }
    arrows = [Arrow(*pair, row["count"]) for pair, row in steps.items()]
    always = flow.top(arrows, lambda a: steps[a.source, a.target].get("total_seconds"))
    among = flow.busiest({key: row["events"] for key, row in by_key.items()}, activities)
    arrows += [Arrow(START, key, row["starts"]) for key, row in by_key.items() if row.get("starts")]
    arrows += [Arrow(key, END, row["ends"]) for key, row in by_key.items() if row.get("ends")]
    known = any(row.get("department") is not None for row in by_key.values())
    shown = flow.select(arrows, coverage, always=always, among=among)
    return Plan(by_key, steps, shown, measure, lanes and known)


def _key(row: Row, prefix: str, *, split: bool) -> Key:
    activity = row[f"{prefix}activity"]
    return (activity, row[f"{prefix}department"]) if split else (activity,)
