"""Where the log leaves the model, drawn on the model as BPMN."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from procmine import wording
from procmine.draw import dot, text, theme
from procmine.draw.graph import Graph
from procmine.mining.diagram import Diagram, Node, NodeKind

READABLE_EXTRAS: Final = 12
"""Kinds of events that the model lacks at a place: more hide the model itself."""

_GATEWAYS: Final = {
    NodeKind.EXCLUSIVE: ("×", "one of the ways"),
    NodeKind.PARALLEL: ("+", "all ways at once"),
    NodeKind.INCLUSIVE: ("○", "one or several of the ways"),
}


@dataclass
class _Moves:
    """How many journeys leave the model where.

    Attributes:
        missing: Activity to the journeys that lack it.
        extra: Activity, and the model's activity before it, to the journeys that have it there.
    """

    cases: int = 0
    leaving: int = 0
    missing: Counter[str] = field(default_factory=Counter[str])
    extra: Counter[tuple[str, str | None]] = field(
        default_factory=Counter[tuple[str, "str | None"]]
    )


def deviation_map(
    diagram: Diagram, variants: pl.DataFrame, *, extras: int = READABLE_EXTRAS
) -> Graph:
    """Draw a model, with what journeys leave out of it and do beside it.

    Args:
        diagram: The model.
        variants: cases, solved, missing, extra, extra_after (lists of names).
        extras: How many kinds of events that the model lacks to draw, the commonest first.

    Example:
        >>> from procmine.mining.diagram import Flow
        >>> call = Diagram((Node("n1", NodeKind.TASK, "Call"),), ())
        >>> rows = {"cases": [3], "solved": [True], "missing": [["Call"]]}
        >>> table = pl.DataFrame(rows | {"extra": [["Wait"]], "extra_after": [["Call"]]})
        >>> deviation_map(call, table).caption
        '3 of 3 aligned journeys leave the model; most often Call is missing (3 journeys).'
    """
    moves = _moves(variants)
    drawn = dict(moves.extra.most_common(extras))
    rest = sum(moves.extra.values()) - sum(drawn.values())
    hidden = "All deviations are shown."
    if rest:
        hidden = f"{wording.count(len(moves.extra) - len(drawn), 'rarer kind')} of extra events "
        hidden += f"({wording.count(rest, 'journey')}) aren't drawn."
    picture = dot.new_map(_legend(hidden), direction="LR")
    for node in diagram.nodes:
        _draw_node(picture, node, moves)
    for flow in diagram.flows:
        picture.edge(flow.source, flow.target, color=theme.LINE)
    first = {n.name: n.id for n in reversed(diagram.nodes) if n.kind is NodeKind.TASK}
    start = next((n.id for n in diagram.nodes if n.kind is NodeKind.START), None)
    for (activity, after), number in drawn.items():
        _draw_extra(picture, activity, first.get(after or "", start), number, moves.cases)
    return Graph(str(picture.source), _caption(moves), hidden)


def _moves(variants: pl.DataFrame) -> _Moves:
    moves = _Moves()
    for row in variants.filter("solved").iter_rows(named=True):
        cases, missing = row["cases"], set(row["missing"])
        extra = set(zip(row["extra"], row["extra_after"], strict=True))
        moves.cases += cases
        moves.leaving += cases if missing or extra else 0
        moves.missing.update(dict.fromkeys(missing, cases))
        moves.extra.update(dict.fromkeys(extra, cases))
    return moves


def _draw_node(picture: Any, node: Node, moves: _Moves) -> None:
    if node.kind is NodeKind.TASK:
        _draw_task(picture, node, moves.missing[node.name], moves.cases)
    elif node.kind in _GATEWAYS:
        sign, says = _GATEWAYS[node.kind]
        look = {"shape": "diamond", "style": "filled", "width": "0.32", "height": "0.32"}
        picture.node(
            node.id, label=sign, tooltip=says, color=theme.MUTED, fillcolor=theme.PAPER, **look
        )
    else:
        look = {"shape": "circle", "style": "filled", "width": "0.22", "label": ""}
        says = "Journeys begin here" if node.kind is NodeKind.START else "Journeys end here"
        picture.node(node.id, tooltip=says, color=theme.INK, fillcolor=theme.INK, **look)


def _draw_task(picture: Any, node: Node, missing: int, cases: int) -> None:
    facts = [f"{wording.share(missing / cases)} leave it out"] if missing else []
    dot.node(
        picture,
        node.id,
        node.name,
        facts,
        colour=theme.ALERT if missing else theme.MUTED,
        tooltip=f"{node.name}\nmissing in {wording.count(missing, 'journey')}",
        kind="activity",
        fill=theme.tint(theme.ALERT, 0.06 + 0.3 * missing / cases) if missing else theme.PAPER,
    )


def _draw_extra(picture: Any, activity: str, after: str | None, number: int, cases: int) -> None:
    name = text.element_id("extra", activity, after)
    dot.node(
        picture,
        name,
        f"+ {activity}",
        [f"{wording.share(number / cases)} do it here"],
        colour=theme.ACCENT,
        tooltip=f"{activity}\nnot in the model here: {wording.count(number, 'journey')}",
        kind="extra",
        fill=theme.tint(theme.ACCENT, 0.08),
    )
    if after is not None:
        look = {"style": "dashed", "color": theme.ACCENT, "constraint": "true"}
        picture.edge(after, name, **look)


def _caption(moves: _Moves) -> str:
    if not moves.cases:
        return "No journey was aligned in time, so nobody knows where they leave the model."
    whole = wording.count(moves.cases, "aligned journey")
    fact = f"{wording.number(moves.leaving)} of {whole} leave the model"
    missing, extra = moves.missing.most_common(1), moves.extra.most_common(1)
    most: Mapping[int, str] = {
        **{n: f"{a} is done after {b or 'the beginning'}, where it isn't meant"
           for (a, b), n in extra},
        **{n: f"{a} is missing" for a, n in missing},
    }  # fmt: skip
    if not most:
        return f"All of {wording.count(moves.cases, 'aligned journey')} run as the model says."
    number = max(most)
    return f"{fact}; most often {most[number]} ({wording.count(number, 'journey')})."


def _legend(hidden: str) -> str:
    words = "Red: left out of journeys. Blue, dashed: done where the model doesn't have it."
    size = f'POINT-SIZE="{dot.SMALL_SIZE}" COLOR="{theme.MUTED}"'
    return f"<<FONT {size}>{text.markup(words)} {text.markup(hidden)}</FONT>>"
