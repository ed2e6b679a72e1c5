"""Words in pictures: where a line may break, and where it mustn't."""

import pytest

from procmine.draw.text import NAMELESS, clean, width, wrap


@pytest.mark.parametrize("space", ["\u00a0", "\u202f"])
def test_a_figure_is_not_broken_between_its_thousands(space):
    figure = f"1{space}204{space}567"

    lines = wrap(f"Half of {figure} journeys", 60, 11, lines=4)

    assert figure in lines
    assert width(figure, 11) < width("1,204,567", 11) + 4


@pytest.mark.parametrize("name", [" ", "\u00a0", "\u202f \u00a0", "\n"])
def test_a_name_of_white_space_alone_is_said_to_be_none(name):
    assert clean(name) == NAMELESS
