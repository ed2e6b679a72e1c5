"""An order of a graph's nodes that depends on its shape and labels alone.

Models come with random identifiers, out of sets whose order changes from run to run. Numbering
the nodes in a canonical order makes the same model the same file, byte for byte. The method is
colour refinement with individualisation (McKay & Piperno, "Practical graph isomorphism, II",
2014) without its backtracking: nodes that can't be told apart by refinement are taken as they
come, which is right whenever they are symmetrical.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)
K = TypeVar("K", str, tuple[int, tuple[int, ...], tuple[int, ...]])


def canonical_order(
    keys: Mapping[N, str], edges: Sequence[tuple[N, N]], first: Sequence[N]
) -> list[N]:
    """Return the nodes, breadth first from the beginning, equal ones told apart by the graph.

    Args:
        keys: What is known of each node itself, such as its kind and label.
        edges: Directed edges between nodes.
        first: Where the reading begins.

    Returns:
        All nodes of `keys`.

    Example:
        >>> canonical_order({9: "b", 4: "a", 7: "start"}, [(7, 9), (7, 4)], [7])
        [7, 4, 9]
    """
    after: dict[N, list[N]] = {node: [] for node in keys}
    before: dict[N, list[N]] = {node: [] for node in keys}
    for source, target in edges:
        after[source].append(target)
        before[target].append(source)
    begins = {node: f"{node not in first} {key}" for node, key in keys.items()}
    rank = _refined(_ranks(begins), after, before)
    while len(set(rank.values())) < len(rank):
        rank = _refined(_one_singled_out(rank), after, before)
    return _breadth_first(rank, after, first)


def _ranks(values: Mapping[N, K]) -> dict[N, int]:
    number = {value: i for i, value in enumerate(sorted(set(values.values())))}
    return {node: number[value] for node, value in values.items()}


def _refined(
    rank: dict[N, int], after: Mapping[N, list[N]], before: Mapping[N, list[N]]
) -> dict[N, int]:
    while True:
        finer = _ranks(
            {
                node: (
                    rank[node],
                    tuple(sorted(rank[n] for n in after[node])),
                    tuple(sorted(rank[n] for n in before[node])),
                )
                for node in rank
            }
        )
        if len(set(finer.values())) == len(set(rank.values())):
            return finer
        rank = finer


def _one_singled_out(rank: dict[N, int]) -> dict[N, int]:
    tied = min(r for r, nodes in Counter(rank.values()).items() if nodes > 1)
    chosen = next(node for node, r in rank.items() if r == tied)
    return {node: 2 * r + (r == tied and node != chosen) for node, r in rank.items()}


def _breadth_first(
    rank: Mapping[N, int], after: Mapping[N, list[N]], first: Sequence[N]
) -> list[N]:
    order: dict[N, None] = {}
    # What can't be reached from the beginning comes last, in rank order.
    for root in [*sorted(first, key=rank.__getitem__), *sorted(rank, key=rank.__getitem__)]:
        queue = [] if root in order else [root]
        order.setdefault(root)
        for node in queue:
            fresh = sorted({n for n in after[node] if n not in order}, key=rank.__getitem__)
            order.update(dict.fromkeys(fresh))
            queue.extend(fresh)
    return list(order)
