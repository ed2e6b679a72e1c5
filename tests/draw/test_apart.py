import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from procmine.draw.apart import Label, apart
from procmine.draw.layout import svg

PLACES = st.integers(0, 200)
LABELS = st.lists(
    st.builds(Label, PLACES, PLACES, st.integers(5, 40), st.integers(5, 20), st.booleans()),
    max_size=12,
)


def overlaps(labels):
    """Count the pairs that share a point, by the points themselves."""
    points = [
        {
            (x, y)
            for x in range(int(n.left), int(n.left + n.width))
            for y in range(int(n.top), int(n.top + n.height))
        }
        for n in labels
    ]
    return sum(bool(one & other) for one, other in combinations(points, 2))


def moved(labels):
    return [
        Label(n.left, n.top + by, n.width, n.height, n.fixed)
        for n, by in zip(labels, apart(labels), strict=True)
    ]


@given(LABELS)
def test_what_is_fixed_stays_and_what_lay_free_is_left_alone(labels):
    after = moved(labels)

    for before, now in zip(labels, after, strict=True):
        assert not before.fixed or now == before
        assert abs(now.top - before.top) <= 3 * before.height
    if not overlaps(labels):
        assert after == labels


@given(st.integers(2, 7), PLACES, PLACES)
def test_labels_on_one_place_are_read_one_below_the_other(number, left, top):
    labels = [Label(left, top, 30, 12)] * number

    assert overlaps(labels) == number * (number - 1) / 2
    assert overlaps(moved(labels)) == 0


def test_figures_of_two_arrows_between_the_same_boxes_don_t_cover_each_other():
    dot = 'digraph { node [shape=box]; a -> b [label="12.2 y"]; b -> a [label="256.8 d"]; }'
    said = re.findall(r'<text[^>]*x="([\d.-]+)"[^>]*y="([\d.-]+)"[^>]*>([\d.]+ [yd])<', svg(dot))

    assert len(said) == 2
    (x, y, _), (other_x, other_y, _) = said
    assert abs(float(x) - float(other_x)) > 25 or abs(float(y) - float(other_y)) >= 10
