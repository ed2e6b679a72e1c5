"""The order of the cells within each column: as few crossings as a few sweeps can reach."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import NamedTuple

from procmine.mining.layout.grid import Cell, Grid

_SWEEPS = 12
_SWAPS = 4
# Beyond so many cells nobody can read the picture; it shall not take minutes to draw as well.
_LARGE = 5_000

Columns = list[list[Cell]]


class _Near(NamedTuple):
    """A cell's neighbours, by where they stand."""

    left: list[Cell]
    right: list[Cell]
    same: list[Cell]


def ordered(grid: Grid) -> Columns:
    """Return the cells of each column from top to bottom.

    The barycentre method: columns are gone through to and fro, each cell moves to the mean
    position of its neighbours, cells that stand side by side change places where that helps, and
    the order with the fewest crossings is kept.

    Args:
        grid: Columns and chains.

    Example:
        >>> from procmine.mining.layout.grid import to_grid
        >>> ordered(to_grid(4, [(0, 1), (0, 2), (1, 3), (2, 3)], [0]))
        [[0], [1, 2], [3]]
    """
    best = columns = grid.columns()
    near = _neighbours(grid)
    fewest = _crossings(best, near)
    large = len(grid.column) > _LARGE
    for sweep in range(2 if large else _SWEEPS):
        if not fewest:
            break
        columns = _swept(columns, near, leftwards=bool(sweep % 2))
        for _ in range(0 if large else _SWAPS):
            if not _swapped(columns, near):
                break
        crossings = _crossings(columns, near)
        if crossings < fewest:
            best, fewest = [list(cells) for cells in columns], crossings
    return best


def _neighbours(grid: Grid) -> list[_Near]:
    found = [_Near([], [], []) for _ in grid.column]
    for a, b in grid.links():
        left, right = sorted((a, b), key=grid.column.__getitem__)
        if grid.column[left] == grid.column[right]:
            found[left].same.append(right)
            found[right].same.append(left)
        else:
            found[left].right.append(right)
            found[right].left.append(left)
    return found


def _swept(columns: Columns, near: list[_Near], *, leftwards: bool) -> Columns:
    result = [list(cells) for cells in columns]
    share = {cell: s for cells in result for cell, s in _shares(cells).items()}
    for cells in reversed(result) if leftwards else result:
        wanted: dict[Cell, float] = {}
        for cell in cells:
            # An end of a flow that leads back stands in the same column and pulls as well.
            pulling = (near[cell].right if leftwards else near[cell].left) + near[cell].same
            values = [share[n] for n in pulling]
            wanted[cell] = sum(values) / len(values) if values else share[cell]
        cells.sort(key=wanted.__getitem__)
        share.update(_shares(cells))
    return result


def _shares(cells: Sequence[Cell]) -> dict[Cell, float]:
    # Between 0 and 1, so that columns with few and with many cells compare.
    return {cell: (i + 0.5) / len(cells) for i, cell in enumerate(cells)}


def _swapped(columns: Columns, near: list[_Near]) -> bool:
    place = _places(columns)
    changed = False
    for cells in columns:
        for i in range(len(cells) - 1):
            upper, lower = cells[i], cells[i + 1]
            if _cost(lower, upper, near, place) < _cost(upper, lower, near, place):
                cells[i : i + 2] = lower, upper
                place[upper], place[lower] = place[lower], place[upper]
                changed = True
    return changed


def _cost(upper: Cell, lower: Cell, near: list[_Near], place: dict[Cell, int]) -> int:
    """Return the crossings of two cells' flows, were the one right above the other."""
    mine, other = near[upper], near[lower]
    crossed = sum(
        place[a] > place[b]
        for ours, theirs in ((mine.left, other.left), (mine.right, other.right))
        for a in ours
        for b in theirs
    )
    line = max(place[upper], place[lower])
    away = sum(place[n] > line for n in mine.same) + sum(place[n] < line - 1 for n in other.same)
    return crossed + away


def _crossings(columns: Columns, near: list[_Near]) -> int:
    place = _places(columns)
    count = 0
    for cells in columns:
        count += _inversions([(place[c], place[n]) for c in cells for n in near[c].right])
        # Within one column a flow passes whatever stands between its ends.
        count += sum(abs(place[c] - place[n]) - 1 for c in cells for n in near[c].same) // 2
    return count


def _places(columns: Columns) -> dict[Cell, int]:
    return {cell: i for cells in columns for i, cell in enumerate(cells)}


def _inversions(pairs: list[tuple[int, int]]) -> int:
    seen: list[int] = []
    count = 0
    for _, right in sorted(pairs):
        count += len(seen) - bisect_right(seen, right)
        insort(seen, right)
    return count
