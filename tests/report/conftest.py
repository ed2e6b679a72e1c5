"""Reports of a small log whose figures can be counted by hand."""

from pathlib import Path

import pytest

from procmine.report.make import make_report

BROADBAND = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"

EVENTS = """case,activity,time,department,segment
1,ask,2026-01-05T09:00Z,Sales,Business
1,answer,2026-01-05T13:00Z,Care,Business
2,ask,2026-01-06T09:00Z,Sales,Consumer
2,answer,2026-01-06T11:00Z,Sales,Consumer
3,ask,2026-02-05T09:00Z,Sales,Business
3,answer,2026-02-06T19:00Z,Care,Business
4,ask,2026-02-06T09:00Z,Sales,Consumer
4,answer,2026-02-06T15:00Z,Sales,Consumer
"""
"""Four journeys: of 4 and 2 hours in January, of 34 and 6 in February."""

CONFIGURATION = """
name = "Questions"
owner = "Head of care"
log = "events.csv"

[reading]
outcomes = ["answer"]

[window]
last = "31 days"

[[thresholds]]
name = "Answers come fast"
analysis = "cycle_time"
table = "summary"
column = "mean_seconds"
at_most = "10 hours"
severity = "high"

[[thresholds]]
name = "Care is quick"
analysis = "ledger"
table = "handoffs"
column = "mean_seconds"
where = { next_department = "Care" }
at_most = "1 day"
owner = "Head of sales"

[outputs]
folder = "out"
html = "report.html"
json = "report.json"
junit = "report.xml"
"""

JANUARY, FEBRUARY = "2026-02-01", "2026-03-01"


@pytest.fixture
def configured(tmp_path):
    """Write the log and a configuration; return its path. More keys may be added to its end."""

    def write(more="", text=CONFIGURATION, events=EVENTS):
        (tmp_path / "events.csv").write_text(events)
        path = tmp_path / "questions.toml"
        path.write_text(text + more)
        return path

    return write


@pytest.fixture
def made(configured):
    """Make reports of the small log, one for each date."""

    def make(*dates, **given):
        path = configured(**given)
        return [make_report(path, as_of=date) for date in dates]

    return make
