"""The last touch to heights: whatever has room moves level to what it is connected with."""

from collections.abc import Sequence
from itertools import pairwise

from procmine.mining.layout.grid import Cell, Grid

_ROUNDS = 6


def relaxed(
    grid: Grid, columns: Sequence[Sequence[Cell]], y: Sequence[int], least: Sequence[float]
) -> list[int]:
    """Move each run of level cells towards its neighbours, as far as the cells beside it allow.

    Args:
        grid: Columns and chains.
        columns: The cells of each column from top to bottom.
        y: The vertical centre of each cell.
        least: Half of each cell's height and of the gap: two centres stay apart by the sum.

    Example:
        >>> from procmine.mining.layout.grid import to_grid
        >>> relaxed(to_grid(2, [(0, 1)], [0]), [[0], [1]], [0, 70], [30, 30])
        [70, 70]
    """
    result = list(y)
    above, below = _beside(columns, len(result))
    for _ in range(_ROUNDS):
        before = list(result)
        for run, wishes in _runs(grid, result):
            wanted = _middle([result[c] for c in wishes]) if wishes else result[run[0]]
            top = max((result[a] + least[a] + least[c] for c in run for a in above[c]),
                      default=wanted)  # fmt: skip
            bottom = min((result[b] - least[b] - least[c] for c in run for b in below[c]),
                         default=wanted)  # fmt: skip
            level = result[run[0]]
            if top <= level <= bottom or top <= wanted <= bottom:
                level = round(min(max(wanted, top), bottom))
            for cell in run:
                result[cell] = level
        if result == before:
            break
    return result


def _beside(
    columns: Sequence[Sequence[Cell]], cells: int
) -> tuple[list[list[Cell]], list[list[Cell]]]:
    above: list[list[Cell]] = [[] for _ in range(cells)]
    below: list[list[Cell]] = [[] for _ in range(cells)]
    for column in columns:
        for a, b in pairwise(column):
            below[a].append(b)
            above[b].append(a)
    return above, below


def _runs(grid: Grid, y: Sequence[int]) -> list[tuple[list[Cell], list[Cell]]]:
    """Return each run of level, linked cells with the cells that its ends are linked to."""
    near: list[list[Cell]] = [[] for _ in y]
    for a, b in grid.links():
        near[a].append(b)
        near[b].append(a)
    seen: set[Cell] = set()
    found: list[tuple[list[Cell], list[Cell]]] = []
    for first in range(len(y)):
        if first in seen:
            continue
        run = [first]
        seen.add(first)
        for cell in run:
            fresh = {n for n in near[cell] if y[n] == y[first] and n not in seen}
            seen |= fresh
            run.extend(sorted(fresh))
        found.append((run, [n for cell in run for n in near[cell] if y[n] != y[first]]))
    return found


def _middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
