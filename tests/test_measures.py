"""MEASURES.md lists every measure as its analysis says it, each with a picture."""

import re

import pytest

from docs.measures import PAGE, PICTURES, paragraphs, said
from procmine.registry import registered

MEASURES = sorted(registered())


@pytest.mark.parametrize("name", MEASURES)
def test_every_analysis_says_its_formula_and_its_source(name):
    assert paragraphs(registered()[name]).keys() == {"Formula", "Source"}


@pytest.mark.parametrize("name", MEASURES)
def test_the_page_says_of_each_measure_what_its_analysis_says(name):
    assert said(registered()[name]) in PAGE.read_text(), "run make measures"


def test_the_page_has_each_measure_once_with_a_picture_that_is_there():
    page = PAGE.read_text()

    drawn = re.findall(r"^!\[.+\]\(docs/measures/(\w+)\.svg\)", page, re.MULTILINE)

    assert drawn == MEASURES
    assert len(re.findall(r"^## ", page, re.MULTILINE)) == len(MEASURES)
    for name in MEASURES:
        assert (PICTURES / f"{name}.svg").read_text().startswith("<svg"), name
    assert {p.stem for p in PICTURES.iterdir()} == set(MEASURES)
