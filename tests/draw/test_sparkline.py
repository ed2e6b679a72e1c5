"""Sparklines: one line, a gap where there was no figure, nothing where there is no trend."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from procmine.draw.sparkline import sparkline

figures = st.none() | st.floats(-1e12, 1e12)


@given(st.lists(figures, max_size=30), st.none() | st.floats(-1e12, 1e12))
def test_every_figure_is_drawn_inside_the_picture(values, limit):
    drawn = sparkline(values, limit)
    known = [v for v in values if v is not None]
    if len(known) < 2:
        assert drawn == ""
        return
    root = ET.fromstring(drawn)  # noqa: S314
    points = [
        tuple(map(float, p.split(",")))
        for line in root.iter("{http://www.w3.org/2000/svg}polyline")
        for p in line.get("points").split()
    ]
    assert len(points) == len(known)
    assert all(0 <= x <= 90 and 0 <= y <= 22 for x, y in points)


def test_a_run_without_a_figure_leaves_a_gap():
    assert sparkline([1, 2, None, 3, 4]).count("<polyline") == 2
    assert sparkline([1, 2, 3, 4]).count("<polyline") == 1
