"""The grid: in which column each node stands, and the cells that long flows pass through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Cell = int
Edge = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """Columns of cells; the first cells are the nodes, the others hold a passing flow's place.

    Attributes:
        nodes: How many nodes there are; cells 0 to nodes - 1 are the nodes themselves.
        column: The column of each cell.
        chains: For each edge its cells, in the direction of the flow, both ends included. An
            edge that leads back also passes the columns of its two ends.
    """

    nodes: int
    column: list[int]
    chains: list[list[Cell]] = field(default_factory=list[list[Cell]])

    def columns(self) -> list[list[Cell]]:
        """Return the cells of each column, in the order in which they were made."""
        inside: list[list[Cell]] = [[] for _ in range(max(self.column, default=-1) + 1)]
        for cell, column in enumerate(self.column):
            inside[column].append(cell)
        return inside

    def links(self) -> list[tuple[Cell, Cell]]:
        """Return the steps from cell to cell of all chains."""
        return [(a, b) for chain in self.chains for a, b in pairwise(chain)]


def to_grid(nodes: int, edges: Sequence[Edge], first: Sequence[int]) -> Grid:
    """Give every node a column so that flows lead to the right, except those that lead back.

    Args:
        nodes: How many nodes; they are numbered from 0.
        edges: Pairs of nodes.
        first: Where reading begins.

    Example:
        >>> to_grid(3, [(0, 1), (1, 2), (0, 2)], [0]).chains
        [[0, 1], [1, 2], [0, 3, 2]]
    """
    back = _leading_back(nodes, edges, first)
    forward = [edge for i, edge in enumerate(edges) if i not in back]
    grid = Grid(nodes, _columns(nodes, forward))
    for source, target in edges:
        grid.chains.append(_chain(grid, source, target))
    return grid


def _leading_back(nodes: int, edges: Sequence[Edge], first: Sequence[int]) -> set[int]:
    leaving: dict[int, list[int]] = {node: [] for node in range(nodes)}
    for number, (source, _) in enumerate(edges):
        leaving[source].append(number)
    back: set[int] = set()
    state = [0] * nodes  # 0 not seen, 1 on the path that is being followed, 2 done
    for root in [*first, *range(nodes)]:
        if state[root] == 0:
            _follow(root, edges, leaving, state, back)
    return back


def _follow(
    root: int, edges: Sequence[Edge], leaving: Mapping[int, list[int]], state: list[int],
    back: set[int],
) -> None:  # fmt: skip
    state[root] = 1
    path = [(root, iter(leaving[root]))]
    while path:
        node, rest = path[-1]
        number = next(rest, None)
        if number is None:
            state[node] = 2
            path.pop()
            continue
        target = edges[number][1]
        if state[target] == 1:
            back.add(number)
        elif state[target] == 0:
            state[target] = 1
            path.append((target, iter(leaving[target])))


def _columns(nodes: int, forward: Sequence[Edge]) -> list[int]:
    waiting = [0] * nodes
    leaving: list[list[int]] = [[] for _ in range(nodes)]
    for source, target in forward:
        leaving[source].append(target)
        waiting[target] += 1
    column = [0] * nodes
    ready = [node for node in range(nodes) if not waiting[node]]
    for node in ready:
        for target in leaving[node]:
            column[target] = max(column[target], column[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return column


def _chain(grid: Grid, source: int, target: int) -> list[Cell]:
    start, end = grid.column[source], grid.column[target]
    passed = range(start + 1, end) if start < end else range(start, end - 1, -1)
    cells = range(len(grid.column), len(grid.column) + len(passed))
    grid.column.extend(passed)
    return [source, *cells, target]
