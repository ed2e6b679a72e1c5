"""How high each cell stands: long flows straight, nodes amid their neighbours.

The method of Brandes & Köpf ("Fast and simple horizontal coordinate assignment", 2001), turned
by a quarter: cells are chained into level blocks in four ways (columns from left or right, cells
from top or bottom), each is packed as closely as it can be, and a cell stands at the mean of its
two middle heights.
"""

from collections.abc import Sequence
from itertools import pairwise

from procmine.mining.layout.grid import Cell, Grid
from procmine.mining.layout.relax import relaxed

Columns = Sequence[Sequence[Cell]]
Link = tuple[Cell, Cell]


def heights(grid: Grid, columns: Columns, size: Sequence[float], gap: float) -> list[int]:
    """Return the vertical centre of each cell.

    Args:
        grid: Columns and chains.
        columns: The cells of each column from top to bottom.
        size: The height of each cell.
        gap: The least distance between two cells.

    Example:
        >>> from procmine.mining.layout.grid import to_grid
        >>> grid = to_grid(3, [(0, 1), (0, 2)], [0])
        >>> heights(grid, [[0], [1, 2]], [60, 60, 60], 40)
        [50, 0, 100]
    """
    lefts, barred = _between(grid, columns)
    rights: list[list[Cell]] = [[] for _ in grid.column]
    for cell, others in enumerate(lefts):
        for other in others:
            rights[other].append(cell)
    found: list[list[float]] = []
    for neighbours, across in ((lefts, columns), (rights, columns[::-1])):
        for sign in (1, -1):
            turned = [cells[::sign] for cells in across]
            blocks = _aligned(turned, neighbours, barred)
            found.append([sign * y for y in _packed(turned, blocks, size, gap)])
    return relaxed(grid, columns, _balanced(found), [s / 2 + gap / 2 for s in size])


def _between(grid: Grid, columns: Columns) -> tuple[list[list[Cell]], set[Link]]:
    lefts: list[list[Cell]] = [[] for _ in grid.column]
    for a, b in grid.links():
        left, right = sorted((a, b), key=grid.column.__getitem__)
        if grid.column[left] < grid.column[right]:
            lefts[right].append(left)
    place = {cell: i for cells in columns for i, cell in enumerate(cells)}
    barred: set[Link] = set()
    for cells in columns:
        barred |= _barred(grid, cells, lefts, place)
    return lefts, barred


def _barred(
    grid: Grid, cells: Sequence[Cell], lefts: list[list[Cell]], place: dict[Cell, int]
) -> set[Link]:
    """Return the links that cross a long flow's inner part, which shall stay straight."""
    links = [(left, cell) for cell in cells for left in lefts[cell]]
    inner = [(place[a], place[b]) for a, b in links if min(a, b) >= grid.nodes]
    return {
        (a, b)
        for a, b in links
        if min(a, b) < grid.nodes and any((place[a] - i) * (place[b] - j) < 0 for i, j in inner)
    }


def _aligned(columns: Columns, neighbours: list[list[Cell]], barred: set[Link]) -> list[Cell]:
    """Return for each cell the first cell of the block that it is level with."""
    place = {cell: i for cells in columns for i, cell in enumerate(cells)}
    root = list(range(len(neighbours)))
    for cells in columns:
        taken = -1
        for cell in cells:
            near = sorted(set(neighbours[cell]), key=place.__getitem__)
            middle = near[(len(near) - 1) // 2 : len(near) // 2 + 1]
            for other in middle:
                free = root[cell] == cell and taken < place[other]
                if free and not barred & {(other, cell), (cell, other)}:
                    root[cell] = root[other]
                    taken = place[other]
    return root


def _packed(columns: Columns, root: list[Cell], size: Sequence[float], gap: float) -> list[float]:
    below: dict[Cell, list[tuple[Cell, float]]] = {r: [] for r in root}
    above: dict[Cell, list[tuple[Cell, float]]] = {r: [] for r in root}
    for cells in columns:
        for a, b in pairwise(cells):
            least = (size[a] + size[b]) / 2 + gap
            below[root[a]].append((root[b], least))
            above[root[b]].append((root[a], least))
    y: dict[Cell, float] = {}
    order = _top_down(below, above)
    for block in order:
        y[block] = max((y[b] + least for b, least in above[block]), default=0)
    for block in reversed(order):
        # Down again as far as there is room, so that nothing is left hanging at the top.
        room = min((y[b] - least for b, least in below[block]), default=y[block])
        y[block] = max(y[block], room)
    return [y[r] for r in root]


def _top_down(
    below: dict[Cell, list[tuple[Cell, float]]], above: dict[Cell, list[tuple[Cell, float]]]
) -> list[Cell]:
    waiting = {block: len(others) for block, others in above.items()}
    ready = [block for block, number in waiting.items() if not number]
    for block in ready:
        for other, _ in below[block]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return ready


def _balanced(found: list[list[float]]) -> list[int]:
    narrowest = min(found, key=lambda ys: max(ys, default=0) - min(ys, default=0))
    shifted: list[list[float]] = []
    for number, ys in enumerate(found):
        edge = min if number % 2 == 0 else max
        shift = edge(narrowest, default=0) - edge(ys, default=0)
        shifted.append([y + shift for y in ys])
    middle = (sorted(four)[1:3] for four in zip(*shifted, strict=True))
    return [round((a + b) / 2) for a, b in middle]
