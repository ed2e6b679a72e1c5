"""The canonical order: renaming and reordering a graph changes nothing."""

import random

from hypothesis import given
from hypothesis import strategies as st

from procmine.mining.canonical import canonical_order

graphs = st.integers(1, 8).flatmap(
    lambda n: st.tuples(
        st.lists(st.sampled_from("xy"), min_size=n, max_size=n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=16),
    )
)


def numbered(keys: dict, edges: list, first: list) -> tuple:
    order = canonical_order(keys, edges, first)
    place = {node: i for i, node in enumerate(order)}
    assert set(order) == set(keys)
    return [keys[n] for n in order], sorted((place[a], place[b]) for a, b in edges)


@given(graph=graphs, seed=st.integers())
def test_other_names_and_another_order_give_the_same_graph(graph, seed):
    labels, edges = graph
    keys = dict(enumerate(labels))
    name = {n: f"node {i}" for i, n in enumerate(random.Random(seed).sample(list(keys), len(keys)))}
    renamed = {name[n]: keys[n] for n in sorted(keys, key=name.__getitem__)}
    edges_renamed = [(name[a], name[b]) for a, b in reversed(edges)]
    assert numbered(keys, edges, [0]) == numbered(renamed, edges_renamed, [name[0]])
