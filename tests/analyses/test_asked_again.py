"""Every analysis says exactly the same when it is asked again, to the last digit of a float."""

from pathlib import Path

import pytest

import procmine as pm
from procmine.registry import registered

LOGS = Path(__file__).parents[2] / "sample_logs" / "logs"
OPTIONS = {"conformance": {"norms": "declare", "reference_until": "2025-07-01"}}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rental():
    return pm.read_sources(LOGS / "rental" / "mapping.toml")


@pytest.mark.parametrize("name", registered())
def test_asked_again_an_analysis_says_exactly_the_same(rental, name):
    analysis, options = registered()[name], OPTIONS.get(name, {})
    first = analysis.run(rental, **options)
    for _ in range(3):
        again = analysis.run(rental, **options)
        assert (again.headline, again.caveats) == (first.headline, first.caveats)
        assert [k for k, table in first.tables.items() if not table.equals(again.tables[k])] == []
