"""`procmine schedule`: runs when cron says, goes on after a failure, and stops when told."""

import signal
import subprocess
import sys

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from procmine.errors import ConfigurationError, InputError
from procmine.report.schedule import run_by_schedule


@pytest.mark.slow
def test_a_report_is_made_at_its_time_and_a_failure_does_not_end_the_schedule(configured, tmp_path):
    path = configured("\n[schedule]\ncron = '0 0 1 1 *'\n")
    scheduler, told = BackgroundScheduler(timezone="UTC"), []
    run_by_schedule(path, told.append, print, scheduler)
    (job,) = scheduler.get_jobs()
    assert job.next_run_time.second == 0
    job.func()
    assert (tmp_path / "out" / "report.html").is_file()
    (tmp_path / "events.csv").unlink()
    job.func()
    scheduler.shutdown()
    assert told[0].sentences
    assert isinstance(told[1], InputError)


def test_a_configuration_without_a_schedule_is_refused(configured):
    with pytest.raises(ConfigurationError, match=r"has no schedule. Add one: \[schedule\]"):
        run_by_schedule(configured(), print, print)


@pytest.mark.slow
def test_the_command_waits_and_ends_when_it_is_interrupted(configured):
    path = configured("\n[schedule]\ncron = '0 0 1 1 *'\n")
    command = [sys.executable, "-m", "procmine", "schedule", str(path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert "-01-01 00:00 UTC." in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert "Traceback" not in process.communicate(timeout=60)[1]


def test_a_day_that_never_comes_is_refused(configured):
    with pytest.raises(ConfigurationError, match="never comes"):
        run_by_schedule(configured("\n[schedule]\ncron = '0 0 31 2 *'\n"), print, print)
