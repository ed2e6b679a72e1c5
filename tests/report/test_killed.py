"""kill -9 at any moment leaves the history and the last report whole."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

import pytest

from procmine.report.make import make_report
from tests.report.conftest import CONFIGURATION, FEBRUARY, JANUARY

pytestmark = pytest.mark.slow

KILLS = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 3

RUN = """
import sys
from pathlib import Path
from procmine.report.make import make_report
from procmine.report import account, write, run
import sqlalchemy, altair, vl_convert
print("begun", flush=True)
make_report(Path(sys.argv[1]), sys.argv[2])
print("done", flush=True)
"""
SMALL = '[[analyses]]\nname = "overview"\n'


def started(path, date):
    """Start a run, and wait until it has imported what it needs."""
    command = [sys.executable, "-c", RUN, str(path), date]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    return process


def finished(process):
    with process:
        return process.stdout.read() == "done\n"


def state(folder):
    """Read every file, which must be whole; say which are of the new run, and count the runs."""
    page = (folder / "report.html").read_text()
    assert page.rstrip().endswith("</html>")
    whole = json.loads((folder / "report.json").read_text())
    failures = ET.parse(folder / "report.xml").getroot().get("failures")  # noqa: S314
    with sqlite3.connect(folder / "questions.history.sqlite") as history:
        assert history.execute("pragma integrity_check").fetchone() == ("ok",)
        runs = history.execute(
            "select as_of, (select count(*) from procmine_checks where run_id = r.id),"
            " (select count(*) > 5 from procmine_facts where run_id = r.id)"
            " from procmine_runs r order by id"
        ).fetchall()
    history.close()
    assert [row[1:] for row in runs] == [(2, 1)] * len(runs), "a run without all of its figures"
    months = ("As of 1 March" in page, whole["state"] == "broken", failures == "2")
    return months, len(runs)


def test_a_killed_run_leaves_history_and_last_report_whole(configured, tmp_path):
    path = configured(SMALL, text=CONFIGURATION)
    folder = tmp_path / "out"
    make_report(path, JANUARY)
    kept = {f.name: f.read_bytes() for f in folder.iterdir()}
    process, begun = started(path, FEBRUARY), time.monotonic()
    assert finished(process)
    lasts = time.monotonic() - begun
    after = state(folder)
    moment, seen = random.Random(5), []
    for _ in range(KILLS):
        for file in folder.iterdir():
            file.unlink()
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        process = started(path, FEBRUARY)
        time.sleep(moment.uniform(0, 1.1 * lasts))
        process.kill()
        finished(process)
        months, runs = state(folder)
        seen.append((sum(months), runs))
        assert runs == 2 or not any(months), "a report of a run that the history doesn't know"

        make_report(path, FEBRUARY)
        assert state(folder) == after == ((True, True, True), 2)
        assert not list(folder.glob(".procmine-*"))
    sys.stdout.write(f"{KILLS} kills: (files of the new run, runs in the history) {sorted(seen)}\n")
