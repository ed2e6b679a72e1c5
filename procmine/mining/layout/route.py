"""Which vertical line each step of a flow takes between two columns."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from procmine.mining.layout.grid import Cell, Grid
from procmine.mining.layout.tracks import Bundle


class Line(NamedTuple):
    """A vertical line: the channel it stands in (channel c is left of column c), its bundle."""

    channel: int
    bundle: int


def routed(
    grid: Grid, y: Sequence[int], channels: int
) -> tuple[list[list[Line]], list[dict[int, Bundle]]]:
    """Return the line of each step of each chain, and the bundles of each channel.

    Flows that leave one node share a line, and so do flows that enter one.

    Args:
        grid: Columns and chains.
        y: The height of each cell.
        channels: How many there are: one more than columns.

    Example:
        >>> from procmine.mining.layout.grid import to_grid
        >>> grid = to_grid(3, [(0, 1), (0, 2)], [0])
        >>> routed(grid, [50, 0, 100], 3)[0]
        [[Line(channel=1, bundle=0)], [Line(channel=1, bundle=0)]]
    """
    leaving = Counter(chain[0] for chain in grid.chains)
    entering = Counter(chain[-1] for chain in grid.chains)
    own = 2 * grid.nodes
    routes: list[list[Line]] = []
    bundles: list[dict[int, Bundle]] = [{} for _ in range(channels)]
    for chain in grid.chains:
        last = len(chain) - 2
        route: list[Line] = []
        for i, (a, b) in enumerate(pairwise(chain)):
            own += 1
            bundle = own
            if i == 0 and leaving[a] > 1:
                bundle = a
            elif i == last and entering[b] > 1:
                bundle = grid.nodes + b
            line = Line(_channel(grid, a, b, enters=i == last), bundle)
            _join(bundles[line.channel].setdefault(bundle, Bundle()), grid, line, y, (a, b))
            route.append(line)
        routes.append(route)
    return routes, [_bent(found) for found in bundles]


def _channel(grid: Grid, a: Cell, b: Cell, *, enters: bool) -> int:
    if grid.column[a] == grid.column[b]:
        return grid.column[a] + (not enters)
    return max(grid.column[a], grid.column[b])


def _join(
    bundle: Bundle, grid: Grid, line: Line, y: Sequence[int], cells: tuple[Cell, Cell]
) -> None:
    for cell in cells:
        side = bundle.left if grid.column[cell] < line.channel else bundle.right
        side.add(y[cell])


def _bent(bundles: dict[int, Bundle]) -> dict[int, Bundle]:
    return {n: b for n, b in bundles.items() if b.span[0] < b.span[1]}
