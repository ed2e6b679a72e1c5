"""Connected components, numbered by their first node."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from procmine.journeys.threads import Array


def components(nodes: int, edges: Sequence[tuple[Array, Array]]) -> Array:
    """Number the connected components of a graph by the order of their first nodes.

    Args:
        nodes: How many there are, 0 to nodes - 1.
        edges: Pairs of nodes, as arrays of their ends.

    Example:
        >>> components(4, [(np.array([0]), np.array([2]))]).tolist()
        [0, 1, 0, 2]
    """
    from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]

    if not nodes:
        return np.zeros(0, dtype=np.uint32)
    library: Any = sparse
    rows, columns = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    shape = (nodes, nodes)
    graph = library.coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=shape)
    label: Array = library.csgraph.connected_components(graph, directed=False)[1]
    first = np.unique(label, return_index=True)[1]
    rank = np.empty(len(first), dtype=np.uint32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.uint32)
    return rank[label]
