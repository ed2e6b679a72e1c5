"""Working hours discovered from a log, against hours that were planted in it."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import procmine as pm
from procmine.calendars import Calendars

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = dict.fromkeys(range(5), (9, 17)) | {4: (9, 13)}
NIGHTS = dict.fromkeys(range(7), (22, 30))


def planted(seed, *, rare=0.0, departments=None):
    """A year of events: each department's in its hours, by Berlin's clocks, a few at any time."""
    random, rows = Random(seed), []
    for name, hours in (departments or {"Office": OFFICE, "Night": NIGHTS}).items():
        for number in range(364):
            day = date(2026, 1, 5) + timedelta(days=number)
            begin, end = hours.get(day.weekday(), (0, 0))
            events = [random.uniform(begin, end) for _ in range(6 if end else 0)]
            events += [random.uniform(0, 24)] if random.random() < rare else []
            rows += [(name, _instant(day, hour)) for hour in events]
    table = pl.DataFrame(rows, schema=["department", "time"], orient="row")
    return pm.read(
        table.with_columns(case=pl.lit("1"), activity=pl.lit("ask")), timezone="Europe/Berlin"
    )


def _instant(day, hour):
    wall = datetime.combine(day, time()) + timedelta(hours=hour)
    return wall.replace(tzinfo=BERLIN, microsecond=0).astimezone(UTC)


def said(calendar):
    return [[str(shift) for shift in day] for day in calendar.week]


@pytest.mark.parametrize("rare", [0.0, 0.05])
def test_planted_working_hours_are_found(rare):
    found = pm.discover_calendars(planted(1, rare=rare))
    office, night = found.of("Office"), found.of("Night")
    assert said(office) == [*[["09:00-17:00"]] * 4, ["09:00-13:00"], [], []]
    assert said(night) == [["00:00-06:00", "22:00-24:00"]] * 7
    assert (office.timezone, office.holidays) == ("Europe/Berlin", None)


def test_what_is_discovered_says_so_and_is_read_again(tmp_path):
    found = pm.discover_calendars(planted(2), holidays="DE-BE")
    assert found.discovered.startswith("they were discovered from when the events of")
    again = Calendars.read(found.write(tmp_path / "hours.toml"))
    assert again == found
    assert again.of("Office").holidays == "DE-BE"


def test_an_analysis_takes_them_and_says_that_they_are_discovered(tmp_path):
    log = planted(3)
    hours = pm.discover_calendars(log).write(tmp_path / "hours.toml")
    result = pm.ledger(log, calendar=hours)
    assert any("The working hours weren't stated" in caveat for caveat in result.caveats)
    assert result.summary["business_mean_seconds"].item() < result.summary["mean_seconds"].item()


def test_a_department_with_few_events_takes_everybodys_hours():
    busy = planted(4, departments={"Office": OFFICE})
    rows = busy.events.select("department", "timestamp").collect()
    seldom = rows.head(5).with_columns(pl.lit("Board").cast(pl.Categorical).alias("department"))
    table = pl.concat([rows, seldom]).with_columns(case=pl.lit("1"), activity=pl.lit("ask"))
    found = pm.discover_calendars(pm.read(table, timezone="Europe/Berlin"))
    assert "Board" not in found.departments
    assert said(found.of("Board")) == said(found.of("Office"))


def test_resources_may_have_hours_of_their_own():
    rows = planted(7).events.select("timestamp", resource="department").collect()
    table = rows.with_columns(case=pl.lit("1"), activity=pl.lit("ask"))
    found = pm.discover_calendars(pm.read(table, timezone="Europe/Berlin"), by="resource")
    assert set(found.departments) == {"*"}
    assert said(found.of_resource("Night", None)) == [["00:00-06:00", "22:00-24:00"]] * 7
    assert found.of_resource("nobody", None) == found.of(None)


def test_a_log_too_small_to_tell_says_so():
    table = pl.DataFrame({"case": ["1"], "activity": ["ask"], "time": ["2026-01-05T09:00Z"]})
    with pytest.raises(pm.InputError, match="too few events"):
        pm.discover_calendars(pm.read(table))


def test_unknown_holidays_are_refused():
    with pytest.raises(pm.OptionError, match="no holidays are known of 'XX'"):
        pm.discover_calendars(planted(5), holidays="XX")


@pytest.mark.slow
def test_the_command_line_writes_a_file_that_an_analysis_takes(tmp_path):
    log = planted(6).write(tmp_path / "log.parquet")
    hours = tmp_path / "hours.toml"
    run = [sys.executable, "-m", "procmine"]
    made = subprocess.run(
        [*run, "calendar", log, "--output", hours], capture_output=True, text=True, check=True
    )
    assert made.stderr.startswith(f"Wrote {hours}: they were discovered")
    asked = [*run, "ledger", log, "--calendar", hours, "--format", "json"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert '"business_mean_seconds"' in done.stdout
