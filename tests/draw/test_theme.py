from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.draw import theme


def luminance(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [*theme.DEPARTMENTS, theme.MUTED, theme.INK])
def test_what_can_be_text_is_readable_on_paper_and_on_its_tint(colour):
    assert contrast(colour, theme.PAPER) >= 4.5
    assert contrast(colour, theme.tint(colour)) >= 4.5


@pytest.mark.parametrize("colour", [*theme.WAIT_WORDS, *theme.COUNT_WORDS])
def test_labels_are_readable_on_paper(colour):
    assert contrast(colour, theme.PAPER) >= 4.5


@pytest.mark.parametrize("lines", [theme.WAIT_LINES, theme.COUNT_LINES])
def test_heat_darkens_so_that_it_can_be_read_without_colour(lines):
    assert all(luminance(a) >= luminance(b) - 0.02 for a, b in pairwise(lines))
    assert luminance(lines[1]) > luminance(lines[2]) > luminance(lines[3]) > luminance(lines[4])


@given(st.sets(st.text(), max_size=10))
def test_ten_departments_never_share_a_colour(names):
    colours = theme.department_colours(names)
    assert set(colours) == names
    assert len(set(colours.values())) == len(names)


@given(st.lists(st.one_of(st.none(), st.text()), max_size=30))
def test_colours_depend_on_the_names_alone(names):
    assert theme.department_colours(names) == theme.department_colours(reversed([*names, *names]))
