"""The parts of DOT that every map is made of."""

from collections.abc import Mapping, Sequence
from functools import cache
from math import ceil
from typing import Any, Final

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.measure import LABEL_SIZE, MEASURES, Measure, widest

NAME_SIZE: Final = 11
SMALL_SIZE: Final = 9
NODE_WIDTH: Final = 150
"""Pixels (at 72 to the inch) that a node's text may take."""
PADDING: Final = 9
BARE: Final = 'BORDER="0" CELLBORDER="0" CELLSPACING="0"'


def new_map(legend: str, *, direction: str = "TB") -> Any:
    """Return an empty map with the look of all maps.

    Args:
        legend: What stands under the map, from `legend`.
        direction: Where the flow runs: TB is downwards, LR to the right.
    """
    from graphviz import Digraph  # pyright: ignore[reportMissingTypeStubs]

    font = {"fontname": theme.FONT}
    drawn: Any = Digraph("map", node_attr=font, edge_attr=font)
    drawn.attr(
        "graph",
        rankdir=direction,
        newrank="true",
        label=legend,
        labelloc="b",
        labeljust="l",
        nodesep="0.35",
        ranksep="0.5",
        outputorder="edgesfirst",
        pad="0.15",
        bgcolor=theme.PAPER,
        remincross="true",
        **font,
    )
    drawn.attr(
        "node", shape="box", style="rounded,filled", fixedsize="true", fontsize=str(NAME_SIZE)
    )
    drawn.attr("edge", fontsize=str(LABEL_SIZE), arrowsize="0.7")
    return drawn


def node(
    drawn: Any,
    name: str,
    title: object,
    facts: Sequence[str],
    *,
    colour: str,
    tooltip: str,
    kind: str,
    fill: str = theme.PAPER,
) -> None:
    """Draw a node: its name over small facts, in a box measured to hold them.

    Args:
        drawn: The map or lane it stands in.
        name: Its id.
        title: What people call it.
        facts: Short lines under the title.
        colour: Its outline.
        tooltip: What to say on hover.
        kind: Its class.
        fill: Its inside.
    """
    lines = text.wrap(title, NODE_WIDTH, NAME_SIZE, bold=True)
    small = [text.shorten(fact, NODE_WIDTH, SMALL_SIZE) for fact in facts]
    widest = max(
        [text.width(line, NAME_SIZE, bold=True) for line in lines]
        + [text.width(fact, SMALL_SIZE) for fact in small]
    )
    height = (len(lines) * NAME_SIZE + len(small) * SMALL_SIZE) * 1.3 + PADDING * 1.3
    rows = [f"<B>{text.markup(line)}</B>" for line in lines]
    rows += [
        f'<FONT POINT-SIZE="{SMALL_SIZE}" COLOR="{theme.MUTED}">{text.markup(f)}</FONT>'
        for f in small
    ]
    drawn.node(
        name,
        label=f"<{'<BR/>'.join(rows)}>",
        id=name,
        tooltip=quoted(tooltip),
        color=colour,
        fontcolor=theme.INK,
        fillcolor=fill,
        penwidth="1.2",
        width=f"{(widest + 2 * PADDING) / 72:.3f}",
        height=f"{height / 72:.3f}",
        **{"class": kind},
    )


def marker(drawn: Any, name: str, words: str, *, rank: str) -> None:
    """Draw where cases begin or end: a dark pill on the first or last rank."""
    with drawn.subgraph() as level:
        level.attr(rank=rank)
        level.node(
            name,
            label=f'<<FONT POINT-SIZE="10" COLOR="{theme.PAPER}">{text.markup(words)}</FONT>>',
            id=name,
            tooltip=quoted(words),
            style="rounded,filled",
            color=theme.INK,
            fillcolor=theme.INK,
            height="0.3",
            width=f"{(text.width(words, 10) + 2 * PADDING) / 72:.3f}",
            **{"class": "marker"},
        )


def lane(drawn: Any, department: str, colour: str) -> Any:
    """Open the lane of a department: a context that gives the part of the map to draw in."""
    name = text.element_id("department", department)
    words = text.shorten(text.clean(department), NODE_WIDTH * 1.5, NAME_SIZE, bold=True)
    label = f'<<FONT COLOR="{colour}"><B>{text.markup(words)}</B></FONT>>'
    attributes = {
        "label": label,
        "id": name,
        "class": "lane",
        "tooltip": quoted(department),
        "labeljust": "l",
        "labelloc": "t",
        "style": "rounded,filled",
        "color": theme.tint(colour, 0.35),
        "fillcolor": theme.tint(colour),
        "fontsize": str(NAME_SIZE),
        "margin": "12",
    }
    return drawn.subgraph(name=f"cluster_{name}", graph_attr=attributes)


def arrow(
    drawn: Any,
    ends: tuple[str, str],
    name: str,
    *,
    tooltip: str,
    kind: str,
    look: Mapping[str, str],
) -> None:
    """Draw an arrow between two nodes.

    Args:
        drawn: The map.
        ends: The ids of the nodes.
        name: The arrow's id.
        tooltip: What to say on hover.
        kind: Its classes.
        look: Its other attributes.
    """
    said = quoted(tooltip)
    drawn.edge(
        *ends, id=name, tooltip=said, labeltooltip=said, edgetooltip=said, **{"class": kind}, **look
    )


def step_look(
    measure: Measure, row: Mapping[str, Any], tops: tuple[float, int], *, handoff: bool
) -> dict[str, str]:
    """Return how an arrow looks: colour and label by the measure, width by count.

    Args:
        measure: What colour and label stand for.
        row: The arrow's figures.
        tops: The highest figure of the measure and the highest count in the picture.
        handoff: Whether it crosses to another department.
    """
    line, words = measure.colours(row, tops[0])
    label = text.markup(measure.label(row))
    if measure.of_boxes:
        line, words, label = theme.LINE, theme.MUTED, " "
    # as wide for every measure: the map must stay where it is when only its colours change
    room = f'WIDTH="{ceil(widest(row)) + 6}"'
    look = {
        "label": f'<<TABLE {BARE} CELLPADDING="3"><TR><TD {room}>{label}</TD></TR></TABLE>>',
        "color": line,
        "fontcolor": words,
        "penwidth": f"{1 + 4 * (row['count'] / max(tops[1], 1)) ** 0.7:.2f}",
        "weight": f"{1 + round(9 * row['count'] / max(tops[1], 1))}",
    }
    return look | ({"dir": "both", "arrowtail": "odot", "style": "dashed"} if handoff else {})


def figures(row: Mapping[str, Any]) -> str:
    """Say all figures of an arrow, for its tooltip."""
    said = [f"{wording.count(row['count'], 'time')} in {wording.count(row['cases'], 'journey')}"]
    names = (
        ("median wait", "median_seconds"),
        ("mean", "mean_seconds"),
        ("1 in 10 over", "p90_seconds"),
        ("in total", "total_seconds"),
    )
    said += [f"{words} {wording.duration(row[n])}" for words, n in names if row.get(n) is not None]
    return ", ".join(said)


def legend(measure: Measure, highest: float, hidden: str, *, handoffs: bool) -> str:
    """Return what stands under a map: what colour, width and the ring mean, and what's hidden."""
    lines, _ = theme.ramp(measure.name)
    if measure.of_boxes:
        lines = [theme.fill(line) for line in lines]
    chips = "".join(
        f'<TD BGCOLOR="{c}" WIDTH="16" HEIGHT="9" FIXEDSIZE="TRUE"></TD>' for c in lines
    )
    top, what = measure.said(highest, short=True), "of boxes" if measure.of_boxes else "and label"
    ring = "Dashed, from a ring: to another department. " if handoffs else ""
    scale = (
        f'<TABLE {BARE} CELLPADDING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{16 * len(lines)}" HEIGHT="9"><TR>{chips}</TR></TABLE>'
    )
    rows = (
        scale,
        _small(_COLOURED.format(what, measure.words, top)),
        _small(f"{ring}Wider: more often."),
        f"<B>{_small(hidden)}</B>",
    )
    cells = f'<TR><TD HEIGHT="10" WIDTH="{_legend_width()}"></TD></TR>'
    cells += "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in rows)
    return f'<<TABLE {BARE} CELLPADDING="1">{cells}</TABLE>>'


_COLOURED: Final = "Colour {}: {}, strongest: over half of {}."


@cache
def _legend_width() -> int:
    """Return how wide the legend of any measure may be, so that the map stays where it is."""
    said = (_COLOURED.format("and label", m.words, "9,999.9 min") for m in MEASURES.values())
    return ceil(max(text.width(words, LABEL_SIZE) for words in said))


def _small(words: str) -> str:
    return f'<FONT POINT-SIZE="10" COLOR="{theme.MUTED}">{text.markup(words)}</FONT>'


def quoted(words: str) -> str:
    r"""Return a text for an attribute, in which nothing is an escape, an entity or HTML.

    Example:
        >>> quoted("<b>\nR&D")
        '&lt;b&gt;&#10;R&amp;D'
    """
    return "&#10;".join(text.markup(line) for line in words.split("\n"))
