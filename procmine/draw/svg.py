"""Graphviz's SVG made fit for a page: no links, real tooltips, text in the middle of its box."""

import re
from typing import Final
from xml.etree import ElementTree

from procmine.draw.theme import FONT, PAPER

_NAMESPACE: Final = ' xmlns="http://www.w3.org/2000/svg"'
_XLINK: Final = "{http://www.w3.org/1999/xlink}title"
_NUMBER: Final = re.compile(r"-?\d+\.?\d*")
LINE_HEIGHT: Final = 1.3
SCALE: Final = 1.2
"""CSS pixels for each point of Graphviz."""
SMALLEST: Final = 0.6
"""How far a page may shrink the picture before it has to scroll: smaller can't be read."""
FONTS: Final = f"{FONT}, Verdana, sans-serif"


def tidy(drawn: str) -> str:
    """Return Graphviz's SVG as one `<svg>` element that scales, with its tooltips as titles.

    Graphviz places each line by its own guess of the font; lines inside a box are centred here on
    the box itself, so the picture is right whichever Graphviz drew it.

    Args:
        drawn: The SVG of `dot -Tsvg` (or of graphviz-pure).

    Raises:
        ElementTree.ParseError: It isn't XML.
    """
    root = ElementTree.fromstring(drawn.replace(_NAMESPACE, "", 1))  # noqa: S314  (our own DOT)
    for group in list(root.iter("g")):
        _explain(group)
        _centre(group)
        _space(group)
        _dash(group)
    _raise_words(root)
    for text in root.iter("text"):
        text.set("font-family", FONTS)
    _scale(root)
    return ElementTree.tostring(root, encoding="unicode")


def _classes(group: ElementTree.Element) -> list[str]:
    return (group.get("class") or "").split()


def _explain(group: ElementTree.Element) -> None:
    """Turn the links that Graphviz makes of tooltips into the group's title."""
    if not {"node", "edge", "cluster", "graph"} & set(_classes(group)):
        return
    title = group.find("title")
    tooltip = next((a.get(_XLINK) for a in group.iter("a")), None)
    if "graph" not in _classes(group):
        _unwrap(group)
    if title is not None and tooltip:
        title.text = tooltip
    elif title is not None:
        group.remove(title)


def _unwrap(group: ElementTree.Element) -> None:
    """Put what stands in inner groups and links straight into the group."""
    for child in list(group):
        if child.tag in ("g", "a"):
            _unwrap(child)
            place = list(group).index(child)
            group.remove(child)
            for offset, inner in enumerate(list(child)):
                group.insert(place + offset, inner)


def _centre(group: ElementTree.Element) -> None:
    if "node" in _classes(group):
        left, right = _extent(group)
        for text in group.iter("text"):
            text.set("text-anchor", "middle")
            text.set("x", f"{(left + right) / 2:g}")
    elif "cluster" in _classes(group):
        left, _ = _extent(group)
        for text in group.iter("text"):
            text.set("text-anchor", "start")
            text.set("x", f"{left + 9:g}")


def _extent(group: ElementTree.Element) -> tuple[float, float]:
    """Return the left and right of the group's widest outline."""
    outlines = (s.get("points") or s.get("d") or "" for s in group if s.tag in ("path", "polygon"))
    across = [[float(x) for x in _NUMBER.findall(outline)[::2]] for outline in outlines]
    ends = [(min(xs), max(xs)) for xs in across if xs]
    ends += [
        (
            float(e.get("cx", 0)) - float(e.get("rx", 0)),
            float(e.get("cx", 0)) + float(e.get("rx", 0)),
        )
        for e in group
        if e.tag == "ellipse"
    ]
    return max(ends, key=lambda end: end[1] - end[0], default=(0.0, 0.0))


def _space(group: ElementTree.Element) -> None:
    """Stack the lines of a node evenly around its middle, each with room for what hangs below."""
    lines = [text for text in group.iter("text") if "node" in _classes(group)]
    shape = next((s for s in group if s.tag in ("path", "polygon")), None)
    if not lines or shape is None:
        return
    down = [float(y) for y in _NUMBER.findall(shape.get("d") or shape.get("points") or "")[1::2]]
    sizes = [float(line.get("font-size") or 0) for line in lines]
    below = (min(down) + max(down) - sum(sizes) * LINE_HEIGHT) / 2
    for line, size in zip(lines, sizes, strict=True):
        line.set("y", f"{below + size * (LINE_HEIGHT / 2 + 0.36):.2f}")
        below += size * LINE_HEIGHT


def _dash(group: ElementTree.Element) -> None:
    """Make dashes as long as their line is wide asks for; Graphviz's are made for thin ones."""
    for path in group.iter("path"):
        dashes = path.get("stroke-dasharray")
        if "edge" not in _classes(group) or not dashes:
            continue
        width = float(path.get("stroke-width") or 1)
        if dashes.startswith("5"):
            path.set("stroke-dasharray", f"{5 + 2.5 * width:.1f},{2 + width:.1f}")
        else:
            path.set("stroke-dasharray", f"0.1,{2 + 1.6 * width:.1f}")
            path.set("stroke-linecap", "round")


def _raise_words(root: ElementTree.Element) -> None:
    """Draw the names of lanes and the figures of arrows last, so that no arrow crosses them out."""
    graph = root.find("g")
    if graph is None:
        return
    for group in [g for g in graph if {"cluster", "edge"} & set(_classes(g))]:
        lane = next((s for s in group if "cluster" in _classes(group) and s.get("fill")), None)
        paper = PAPER if lane is None else lane.get("fill", PAPER)
        for words in group.findall("text"):
            group.remove(words)
            _stroke(words, paper)
            raised = ElementTree.SubElement(
                graph, "g", {"class": "words", "data-of": group.get("id", "")}
            )
            raised.extend([*group.findall("title"), words])


def _stroke(text: ElementTree.Element, paper: str) -> None:
    """Set words on a halo of what lies behind them."""
    halo = {
        "paint-order": "stroke",
        "stroke": paper,
        "stroke-width": "3.5",
        "stroke-linejoin": "round",
    }
    for name, value in halo.items():
        text.set(name, value)


def _scale(root: ElementTree.Element) -> None:
    """Let the picture shrink with its page, and never grow beyond the size it was drawn for."""
    for side in ("width", "height"):
        points = _NUMBER.findall(root.get(side) or "0")[0]
        root.set(side, f"{float(points) * SCALE:.0f}")
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("role", "img")
    root.set(
        "style",
        f"max-width:100%;min-width:{float(root.get('width', 0)) * SMALLEST:.0f}px;height:auto",
    )
