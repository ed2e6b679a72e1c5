"""Graphviz's SVG made fit for a page: no links, real tooltips, text in the middle of its box."""

import re
from typing import Final
from xml.etree import ElementTree as ET

from procmine.draw.apart import Label, apart
from procmine.draw.text import restored, width
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
        ET.ParseError: It isn't XML.
    """
    root = ET.fromstring(restored(drawn).replace(_NAMESPACE, "", 1))  # noqa: S314  (our own DOT)
    for group in list(root.iter("g")):
        _explain(group)
        _centre(group)
        _space(group)
        _dash(group)
    _align_scale(root)
    _raise_words(root)
    _part_words(root)
    for text in root.iter("text"):
        text.set("font-family", FONTS)
    _scale(root)
    return ET.tostring(root, encoding="unicode")


def _classes(group: ET.Element) -> list[str]:
    return (group.get("class") or "").split()


def _explain(group: ET.Element) -> None:
    """Turn the link that Graphviz makes of a tooltip into the group's title."""
    kinds = set(_classes(group))
    title = group.find("title")
    if title is None or not kinds & {"node", "edge", "cluster", "graph"}:
        return
    links = () if "graph" in kinds else group.iter("a")
    tooltip = next((link.get(_XLINK) for link in links), None)
    if "graph" not in kinds:
        _unwrap(group)
    if tooltip:
        title.text = tooltip
    else:
        group.remove(title)


def _unwrap(group: ET.Element) -> None:
    """Put what stands in inner groups and links straight into the group."""
    for child in list(group):
        if child.tag in ("g", "a"):
            _unwrap(child)
            place = list(group).index(child)
            group.remove(child)
            for offset, inner in enumerate(list(child)):
                group.insert(place + offset, inner)


def _centre(group: ET.Element) -> None:
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
            text.set("y", f"{_top(group) + 15:g}")


def _top(group: ET.Element) -> float:
    outlines = (s.get("points") or s.get("d") or "" for s in group if s.tag in ("path", "polygon"))
    return min((float(y) for o in outlines for y in _NUMBER.findall(o)[1::2]), default=0.0)


def _extent(group: ET.Element) -> tuple[float, float]:
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


def _space(group: ET.Element) -> None:
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


def _dash(group: ET.Element) -> None:
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


def _align_scale(root: ET.Element) -> None:
    """Start the legend's scale where its words start: Graphviz centres a table in its cell."""
    graph = root.find("g")
    if graph is None:
        return
    words = [float(text.get("x") or 0) for text in graph.findall("text")]
    chips = graph.findall("polygon")[1:]  # the first is the paper
    if words and chips:
        left = min(float(_NUMBER.findall(chip.get("points") or "0")[0]) for chip in chips)
        for chip in chips:
            chip.set("transform", f"translate({min(words) - left:g} 0)")


def _raise_words(root: ET.Element) -> None:
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
            raised = ET.SubElement(graph, "g", {"class": "words", "data-of": group.get("id", "")})
            raised.extend([*group.findall("title"), words])


def _part_words(root: ET.Element) -> None:
    """Move the figures of arrows that Graphviz set on one another; names of lanes stay."""
    names = {c.get("id") for c in root.iter("g") if "cluster" in _classes(c)}
    words = [g for g in root.iter("g") if "words" in _classes(g)]
    texts = [
        (text, group.get("data-of") in names) for group in words for text in group.iter("text")
    ]
    moves = apart([_label(text, fixed=fixed) for text, fixed in texts])
    for (text, _), move in zip(texts, moves, strict=True):
        if move:
            text.set("y", f"{float(text.get('y') or 0) + move:.2f}")


def _label(text: ET.Element, *, fixed: bool) -> Label:
    """Return where words stand; an anchor in the middle is the usual one."""
    size = float(text.get("font-size") or 10)
    wide = width(text.text or "", size)
    left = float(text.get("x") or 0) - {"start": 0.0, "end": wide}.get(
        text.get("text-anchor") or "start", wide / 2
    )
    return Label(left, float(text.get("y") or 0) - size, wide, size * LINE_HEIGHT, fixed)


def _stroke(text: ET.Element, paper: str) -> None:
    """Set words on a halo of what lies behind them."""
    halo = {
        "paint-order": "stroke",
        "stroke": paper,
        "stroke-width": "2.5",
        "stroke-linejoin": "round",
    }
    for name, value in halo.items():
        text.set(name, value)


def _scale(root: ET.Element) -> None:
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
