"""Every analysis is asked on every engine: a test takes `engine` and calls it on its log."""

import os
import sys
from dataclasses import replace
from itertools import count

import pytest

from tests.conftest import ON_SPARK
from tests.strategies import EXAMPLES

NUMBERS = count()


@pytest.fixture(scope="session", params=["polars", pytest.param("spark", marks=ON_SPARK)])
def engine(request, tmp_path_factory):
    """Turn a log into the same one on an engine: Polars as it is, Spark by way of Parquet."""
    if request.param == "polars":
        return lambda log: log
    session = request.getfixturevalue("spark")
    folder = tmp_path_factory.mktemp("spark")

    def on_spark(log):
        path = log.write(folder / f"{next(NUMBERS)}.parquet")
        return replace(log, events=session.read.parquet(os.fspath(path)), storage=None)

    return on_spark


@pytest.fixture
def sketches(monkeypatch):
    """Make every analysis read its quantiles from bins, as for a log of many millions."""
    for name, module in list(sys.modules.items()):
        if name.startswith("procmine.analyses.") and hasattr(module, "EXACT_ROWS"):
            monkeypatch.setattr(module, "EXACT_ROWS", 0)


@pytest.fixture(params=EXAMPLES)
def example(request):
    """Raw events of one of a few logs that between them have everything wrong."""
    return EXAMPLES[request.param]
