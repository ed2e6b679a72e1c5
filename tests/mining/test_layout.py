"""The drawing: no boxes overlap, no flow runs through a box, no two flows seem to be one."""

from itertools import combinations, pairwise, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from procmine.mining.diagram import Diagram, Flow, Node, NodeKind
from procmine.mining.layout.place import laid_out, size
from procmine.mining.layout.tracks import Bundle, tracks
from procmine.mining.pm4py import discover

GATEWAYS = [NodeKind.EXCLUSIVE, NodeKind.PARALLEL]
names = st.text("abcdefgh -", max_size=60)


@st.composite
def diagrams(draw) -> Diagram:
    number = draw(st.integers(1, 12))
    kinds = st.sampled_from([NodeKind.TASK, *GATEWAYS])
    inner = [Node(f"n{i}", draw(kinds), draw(names)) for i in range(number)]
    nodes = (Node("s", NodeKind.START), *inner, Node("e", NodeKind.END))
    ends = st.tuples(st.integers(0, number), st.integers(1, number + 1))
    edges = draw(st.lists(ends, max_size=25))
    return Diagram(nodes, tuple(Flow(nodes[a].id, nodes[b].id) for a, b in edges))


def inside(box, point) -> bool:
    x, y = point
    return box.x < x < box.x + box.width and box.y < y < box.y + box.height


def crosses(box, a, b) -> bool:
    (x1, y1), (x2, y2) = sorted((a, b))
    low, high = sorted((y1, y2))
    return x1 < box.x + box.width and x2 > box.x and low < box.y + box.height and high > box.y


def overlap(a, b) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


def run_over_each_other(one, other) -> bool:
    """Whether two straight pieces lie on each other for more than a point."""
    for axis in (0, 1):
        pieces = [one, other]
        if all(p[0][1 - axis] == p[1][1 - axis] for p in pieces):
            if one[0][1 - axis] != other[0][1 - axis]:
                continue
            spans = [sorted((p[0][axis], p[1][axis])) for p in pieces]
            if min(s[1] for s in spans) > max(s[0] for s in spans):
                return True
    return False


def check(diagram: Diagram) -> None:
    layout = laid_out(diagram)
    number = {node.id: i for i, node in enumerate(diagram.nodes)}
    assert len(layout.boxes) == len(diagram.nodes)
    assert all(box.x >= 0 and box.y >= 0 for box in layout.boxes)
    assert not any(overlap(a, b) for a, b in combinations(layout.boxes, 2))
    for flow, points in zip(diagram.flows, layout.waypoints, strict=True):
        source, target = (layout.boxes[number[end]] for end in (flow.source, flow.target))
        assert points[0][0] == source.x + source.width
        assert points[-1][0] == target.x
        assert source.y <= points[0][1] <= source.y + source.height
        assert target.y <= points[-1][1] <= target.y + target.height
        for a, b in pairwise(points):
            assert a[0] == b[0] or a[1] == b[1]
            assert not any(crosses(box, a, b) for box in layout.boxes)


def check_flows_apart(diagram: Diagram) -> None:
    flows = list(zip(diagram.flows, laid_out(diagram).waypoints, strict=True))
    for (one, its), (other, theirs) in combinations(flows, 2):
        if one.source == other.source or one.target == other.target:
            continue  # flows that leave one node or enter one share a line on purpose
        pieces = product(pairwise(its), pairwise(theirs))
        assert not any(run_over_each_other(a, b) for a, b in pieces), (one, other)


@given(diagram=diagrams())
def test_whatever_the_diagram_nothing_overlaps(diagram):
    check(diagram)


@pytest.mark.parametrize("miner", ["inductive", "heuristics", "dfg"])
@pytest.mark.parametrize("log", ["receipt", "sepsis", "bpic2013_incidents"])
def test_in_a_real_logs_model_nothing_overlaps(real_variants, log, miner):
    diagram = discover(real_variants(log), miner=miner, coverage=0.8).diagram
    check(diagram)
    if miner != "dfg":
        check_flows_apart(diagram)


levels = st.sets(st.integers(0, 8), min_size=1, max_size=3)
bundles = st.builds(Bundle, levels, levels)


@given(found=st.dictionaries(st.integers(0, 5), bundles, max_size=6))
def test_lines_side_by_side_have_tracks_of_their_own(found):
    chosen = tracks(found)
    assert chosen.keys() == found.keys()
    for a, b in combinations(found, 2):
        apart = found[a].span[1] < found[b].span[0] or found[b].span[1] < found[a].span[0]
        assert apart or chosen[a] != chosen[b]


@given(one=bundles, other=bundles)
def test_a_line_stands_left_of_the_one_that_goes_on_at_its_height(one, other):
    assume(one.left & other.right)
    assume(not other.left & one.right)
    chosen = tracks({0: one, 1: other})
    assert chosen[0] < chosen[1]


def test_a_sequence_is_one_straight_line():
    nodes = (Node("s", NodeKind.START), Node("t", NodeKind.TASK, "Call"), Node("e", NodeKind.END))
    layout = laid_out(Diagram(nodes, (Flow("s", "t"), Flow("t", "e"))))
    assert len({y for points in layout.waypoints for _, y in points}) == 1
    assert [box.x for box in layout.boxes] == sorted(box.x for box in layout.boxes)


@given(name=names)
def test_a_task_is_tall_enough_for_its_name(name):
    width, height = size(Node("t", NodeKind.TASK, name))
    room = (width - 20) // 6.7 * ((height - 30) // 15)
    assert room >= len(name.replace(" ", ""))


def test_an_empty_diagram_has_an_empty_layout():
    assert laid_out(Diagram((), ())).boxes == ()
