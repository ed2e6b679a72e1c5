"""What takes long is said, and ends when somebody clicks on something else."""

import os
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import registry
from tests.apps.conftest import LOGS, button
from tests.apps.serving import at_rest, started


@pytest.fixture
def waiting(open_app, small_log):
    open_app(small_log)  # the app's modules are found once it has run
    return sys.modules["waiting"]


@pytest.fixture
def slow(waiting, monkeypatch):
    """Let an analysis take some seconds from now on."""
    monkeypatch.setattr(waiting, "HASTE", 1.5)  # a busy machine makes no question a slow one

    def make(name, seconds):
        find = registry.find

        class Late:
            def run(self, log, **options):
                time.sleep(seconds)
                return find(name).run(log, **options)

        monkeypatch.setattr(
            registry, "find", lambda asked: Late() if asked == name else find(asked)
        )

    return make


def many(times):
    """Return the rows of a sample, each journey so many times."""
    events = pm.read(LOGS / "broadband" / "mapping.toml").events.collect()
    rows = events.select("case_id", "activity", "timestamp", "department", "customer_id")
    copies = pl.LazyFrame({"copy": pl.int_range(times, eager=True).cast(pl.String)})
    case = pl.concat_str("case_id", "copy", separator="-")
    return rows.lazy().join(copies, how="cross").with_columns(case_id=case).drop("copy").collect()


class Leaving:
    """A session whose user clicks on something else after some looks."""

    def __init__(self, looks):
        self.looks = looks

    def __contains__(self, key):
        self.looks -= 1
        if self.looks < 0:
            raise InterruptedError
        return False


def test_the_pieces_of_a_log_stop_coming_when_nobody_waits_any_more(waiting):
    log, passed = pm.read(many(100)), []

    class Counting(waiting.Watch):
        def check(self):
            passed.append(1)
            self.stopped = len(passed) >= 2
            super().check()

    pieces = Counting().over(log).events

    with pytest.raises(waiting.StoppedError):
        pieces.group_by("case_id", "activity").len().collect(engine="streaming")

    assert len(passed) <= 4


def test_a_log_is_asked_when_it_is_one_s_turn(waiting, small_log, monkeypatch):
    log, turns = pm.read(small_log), threading.BoundedSemaphore(1)
    first, second, third = (waiting.Watch(turns=turns) for _ in range(3))
    first.over(log)

    second.stopped = True
    with pytest.raises(waiting.StoppedError):
        second.over(log)
    monkeypatch.setattr(waiting, "TURN", 0.2)
    third.over(log)  # nobody waits for ever
    had_none = not third.at_turn
    for watch in (third, second, first):
        watch.end()
    third.over(log)

    assert had_none
    assert third.at_turn
    assert not turns.acquire(blocking=False)


def test_work_learns_at_once_that_somebody_has_clicked_on_something_else(waiting, monkeypatch):
    learned = []

    def work(watch):
        while not watch.stopped:
            time.sleep(0.005)
        learned.append(time.monotonic())

    monkeypatch.setattr(waiting.st, "session_state", Leaving(3))

    with pytest.raises(InterruptedError):
        waiting.wait_for(work, "Working")
    left = time.monotonic()
    for _ in range(200):
        if not learned:
            time.sleep(0.01)

    assert learned
    assert learned[0] - left < 1


def test_what_goes_wrong_while_somebody_waits_is_said_as_it_is(waiting):
    def work(_):
        raise TimeoutError("The database is gone.")

    with pytest.raises(TimeoutError, match="The database is gone"):
        waiting.wait_for(work, "Working")


def test_a_part_of_what_is_waited_for_is_not_waited_for_by_itself(waiting):
    found = waiting.wait_for(
        lambda outer: waiting.wait_for(lambda inner: inner is outer, "In"), "Out"
    )

    assert found


def test_after_a_click_on_stop_what_takes_long_is_left_out_until_one_goes_on(
    open_app, small_log, slow, said, plain
):
    slow("variants", 3)
    app = open_app(small_log)
    app.session_state["_stopped"] = True
    app.multiselect("segment").set_value(["Business"]).run()
    stopped = [info.value for info in app.info]
    button(app, "Go on").click().run()
    part = pm.read(small_log).filter_cases(where={"segment": "Business"})

    assert stopped == ["Stopped: working out variants."]
    assert not app.exception
    assert not app.info
    assert plain(pm.overview(part).headline) in said(app)


def test_what_takes_long_twice_on_a_page_is_said_twice(open_app, small_log, slow, monkeypatch):
    open_app(small_log)
    monkeypatch.setattr(sys.modules["waiting"], "PATIENCE", 0.0)
    slow("variants", 0.2)
    slow("cycle_time", 0.2)

    app = open_app(small_log)

    assert not app.exception
    assert not any(b.label == "Stop" for b in app.button)


@pytest.fixture
def large(open_app, small_log, monkeypatch):
    """Take every raw file for a large one from now on."""
    open_app(small_log)
    monkeypatch.setattr(sys.modules["data"], "LARGE", 0)


@pytest.mark.usefixtures("large")
def test_a_large_raw_file_is_read_in_a_process_of_its_own(open_app, small_log, said, plain):
    again = small_log.rename(small_log.with_name("again.csv"))

    app = open_app(again)

    assert plain(pm.overview(pm.read(again)).headline) in said(app)
    assert "again.csv" in said(app)


def test_why_a_large_file_cannot_be_read_is_said_as_of_a_small_one(open_app, tmp_path, monkeypatch):
    broken = tmp_path / "broken.csv"
    broken.write_text("a,b\n1,2\n")
    small = open_app(broken)
    monkeypatch.setattr(sys.modules["data"], "LARGE", 0)

    app = open_app(broken)

    assert "No column is recognised" in app.error[0].value
    assert [e.value for e in app.error] == [e.value for e in small.error]


def test_a_process_ends_when_nobody_waits_for_it(waiting, small_log, monkeypatch):
    process, begun = sys.modules["process"], []
    end = process.Process.stop
    monkeypatch.setattr(process.Process, "stop", lambda self: (begun.append(self), end(self)))

    with pytest.raises(waiting.StoppedError):
        process.read_apart(small_log, waiting.Watch(stopped=True))

    assert [one.finished for one in begun] == [True]
    assert begun[0]._process.returncode != 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["broadband", "rental"])
def test_every_analysis_answers_the_same_of_a_log_that_is_watched(waiting, name):
    log = pm.read(LOGS / name / "mapping.toml")

    for asked in registry.registered():
        try:
            plain = registry.find(asked).run(log)
        except pm.ProcmineError:
            continue
        watched = registry.find(asked).run(waiting.Watch().over(log))

        assert watched.headline == plain.headline
        assert watched.caveats == plain.caveats
        for table, rows in plain.tables.items():
            assert_frame_equal(watched.tables[table], rows, check_row_order=False)


def spent(pid):
    """Return the processor seconds that a process has used (Linux)."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


ENDLESS = """
import runpy, sys
import narwhals as nw
from procmine import registry
from procmine.app import app_script
from procmine.collecting import collect

class Endless:
    def run(self, log, **options):
        while True:
            collect(log.table.group_by("case_id").agg(nw.len()))

if not hasattr(registry, "real"):
    registry.real = registry.find
    registry.find = lambda name: Endless() if name == "metric_value" else registry.real(name)
sys.path.insert(0, str(app_script().parent))
runpy.run_path(str(app_script()), run_name="__main__")
"""
"""The app, in which one analysis asks the log again and again until somebody ends it."""


def in_two_seconds(page, pid):
    """Return the processor seconds that a process uses while nobody does anything."""
    before = spent(pid)
    page.wait_for_timeout(2000)
    return spent(pid) - before


@pytest.mark.slow
def test_a_click_on_another_page_ends_what_is_being_worked_out(browser, small_log, tmp_path):
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)

    with started(small_log, script=script) as (address, pid):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(f"{address}/more?ask=metric_value")
        page.get_by_text("Working out metric value").wait_for()
        busy = in_two_seconds(page, pid)
        page.get_by_role("link", name="Variants").click()
        page.locator(".pm-variants").first.wait_for()
        at_rest(page)
        page.wait_for_timeout(1000)
        idle = in_two_seconds(page, pid)
        page.close()

    assert busy > 0.3
    assert idle < busy / 3
