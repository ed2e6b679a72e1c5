"""Fixtures and order for all tests."""

import os
import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

import procmine as pm
from tests.postgres import programs, server

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


@pytest.fixture(scope="session", autouse=True)
def nothing_waits_for_the_disk():
    """Leave out what only a power cut would show; programs that tests start still do it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def kept():
    """Read a sample that lies in the repository, once for all tests: it takes a second."""
    logs = Path(__file__).parents[1] / "sample_logs" / "logs"
    return cache(lambda name: pm.read_sources(logs / name / "mapping.toml"))


@pytest.fixture(scope="session")
def airline(kept):
    return kept("airline")


@pytest.fixture(scope="session")
def broadband(kept):
    return kept("broadband")


@pytest.fixture(scope="session")
def rental(kept):
    return kept("rental")


# pyspark 4 does not know pandas 3 yet; its own clean-up leaves sockets to the collector.
ON_SPARK = (
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
)


BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


def needed(what: str, *, there: bool) -> None:
    """Skip where something isn't installed; in CI that is a failure."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} isn't installed")
    pytest.skip(f"{what} isn't installed")


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests of a process: a second driver can't run beside the first."""
    needed("chromium", there=shutil.which("chromium") is not None)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        flags = list(BROWSER_FLAGS)
        opened = driver.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def spark():
    """A small Spark of this machine, one for all tests: its first query takes many seconds."""
    needed("pyspark (extra: spark)", there=find_spec("pyspark") is not None)
    needed("Java", there=bool(os.environ.get("JAVA_HOME") or shutil.which("java")))
    from procmine.prepare.spark import session

    started = session("local[2]")
    started.conf.set("spark.sql.shuffle.partitions", "2")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL with an empty database `orders`, see `tests.postgres.Server`."""
    needed("PostgreSQL's server", there=programs() is not None)
    with server() as started:
        yield started
