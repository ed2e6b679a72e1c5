"""Fixtures and order for all tests."""

import os
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("quick", max_examples=30, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=30, deadline=None, derandomize=True)
hypothesis.settings.register_profile("long", max_examples=1000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items):
    """Run the fast tests first; within each half the order of the files stays."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session")
def real_logs() -> Path:
    """The folder of public event logs, where this machine has them.

    A skip is honest on a laptop and a lie in CI: PROCMINE_REQUIRE_REAL_LOGS makes it a failure.
    """
    given = os.environ.get("PROCMINE_REAL_LOGS", "")
    if given and (Path(given) / "expected.json").is_file():
        return Path(given)
    reason = f"PROCMINE_REAL_LOGS names no folder with real logs: '{given}'"
    if os.environ.get("PROCMINE_REQUIRE_REAL_LOGS"):
        pytest.fail(reason)
    pytest.skip(reason)


# ---- engine: the fixture that runs each test on every engine goes here (the lead's) ----
