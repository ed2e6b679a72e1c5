"""From a diagram to coordinates: a box for each node, corners for each flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from procmine.mining.diagram import Diagram, Node, NodeKind
from procmine.mining.layout.grid import Cell, Grid, to_grid
from procmine.mining.layout.heights import heights
from procmine.mining.layout.order import ordered
from procmine.mining.layout.route import Line, routed
from procmine.mining.layout.text import lines, longest_word
from procmine.mining.layout.tracks import tracks

Point = tuple[int, int]

_GAP = 30  # between two boxes of one column
_PASSING = 10  # the height that a passing flow takes
_LEAD = 20  # from a box to the first vertical line
_TRACK = 12  # between two vertical lines
_MARGIN = 50
_LINE = 15  # a line of text
_EVENT, _GATEWAY, _TASK_LEAST, _TASK_MOST = 36, 50, 110, 220


@dataclass(frozen=True)
class Box:
    """A node's rectangle; x and y are its upper left corner, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Attributes:
        boxes: One for each node of the diagram, in its order.
        waypoints: One list for each flow of the diagram, in its order, from box to box.
    """

    boxes: tuple[Box, ...]
    waypoints: tuple[tuple[Point, ...], ...]


def laid_out(diagram: Diagram) -> Layout:
    """Lay a diagram out from left to right.

    Every flow leaves its node on the right and enters on the left; flows that lead back run
    round. No boxes overlap, no flow runs through a box.

    Args:
        diagram: Any BPMN process, connected or not.

    Example:
        >>> from procmine.mining.diagram import Flow
        >>> start, end = Node("n1", NodeKind.START), Node("n2", NodeKind.END)
        >>> laid_out(Diagram((start, end), (Flow("n1", "n2"),))).waypoints
        (((86, 68), (126, 68)),)
    """
    number = {node.id: i for i, node in enumerate(diagram.nodes)}
    edges = [(number[f.source], number[f.target]) for f in diagram.flows]
    starts = [i for i, node in enumerate(diagram.nodes) if node.kind is NodeKind.START]
    grid = to_grid(len(diagram.nodes), edges, starts)
    columns = ordered(grid)
    sizes = [size(node) for node in diagram.nodes]
    tall = [h for _, h in sizes] + [_PASSING] * (len(grid.column) - grid.nodes)
    y = heights(grid, columns, tall, _GAP)
    return _drawn(grid, columns, sizes, _from_top(y, tall))


def size(node: Node) -> tuple[int, int]:
    """Return a node's width and height in pixels; a task's grow with its name.

    Example:
        >>> size(Node("n1", NodeKind.TASK, "Call")), size(Node("n2", NodeKind.PARALLEL))
        ((110, 60), (50, 50))
    """
    if node.kind in (NodeKind.START, NodeKind.END):
        return _EVENT, _EVENT
    if node.kind is not NodeKind.TASK:
        return _GATEWAY, _GATEWAY
    width = min(max(_TASK_LEAST, longest_word(node.name) + 20), _TASK_MOST)
    return width, max(60, lines(node.name, width - 20) * _LINE + 30)


def _from_top(y: Sequence[int], tall: Sequence[float]) -> list[int]:
    top = min((v - t / 2 for v, t in zip(y, tall, strict=True)), default=0)
    return [round(v - top) + _MARGIN for v in y]


def _drawn(
    grid: Grid, columns: list[list[Cell]], sizes: list[tuple[int, int]], y: list[int]
) -> Layout:
    routes, bundles = routed(grid, y, len(columns) + 1)
    chosen = [tracks(found) for found in bundles]
    left, right = _columns(columns, sizes, chosen)
    boxes: list[Box] = []
    for node, (width, height) in enumerate(sizes):
        c = grid.column[node]
        boxes.append(Box((left[c] + right[c] - width) // 2, y[node] - height // 2, width, height))
    ends = [_MARGIN, *right]
    x_of = {
        line: ends[channel] + _LEAD + _TRACK * track
        for channel, found in enumerate(chosen)
        for line, track in ((Line(channel, bundle), track) for bundle, track in found.items())
    }
    waypoints = (_waypoints(route, chain, boxes, y, x_of)
                 for route, chain in zip(routes, grid.chains, strict=True))  # fmt: skip
    return Layout(tuple(boxes), tuple(waypoints))


def _columns(
    columns: list[list[Cell]], sizes: list[tuple[int, int]], chosen: list[dict[int, int]]
) -> tuple[list[int], list[int]]:
    left, right, x = list[int](), list[int](), _MARGIN
    for c, cells in enumerate(columns):
        if c or chosen[c]:
            x += 2 * _LEAD + _TRACK * max(chosen[c].values(), default=0)
        left.append(x)
        x += max(sizes[cell][0] for cell in cells if cell < len(sizes))
        right.append(x)
    return left, right


def _waypoints(
    route: Sequence[Line], chain: Sequence[Cell], boxes: Sequence[Box], y: Sequence[int],
    x_of: Mapping[Line, int],
) -> tuple[Point, ...]:  # fmt: skip
    source, target = boxes[chain[0]], boxes[chain[-1]]
    points = [(source.x + source.width, y[chain[0]])]
    for line, a, b in zip(route, chain, chain[1:], strict=False):
        if y[a] != y[b]:
            points += [(x_of[line], y[a]), (x_of[line], y[b])]
    return (*points, (target.x, y[chain[-1]]))
