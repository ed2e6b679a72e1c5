# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
"""Run a report by its schedule, for as long as nobody stops it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from procmine.errors import ConfigurationError, ProcmineError, UnavailableError
from procmine.report.cron import trigger
from procmine.report.document import read_configuration
from procmine.report.make import Made, make_report

_LATE = 3600
"""Seconds that a run may begin late, after the machine slept or another run took long."""


def run_by_schedule(
    path: Path,
    tell: Callable[[Made | ProcmineError], None],
    waiting: Callable[[datetime], None],
    scheduler: Any = None,
) -> None:
    """Make a report each time that its schedule says, until it is stopped.

    A run that fails is told and the next one comes all the same; one that would overlap the one
    before waits for the next time.

    Args:
        path: The configuration, which is read anew each time.
        tell: Called with what was made, or with what went wrong.
        waiting: Called once, with when the first run will be.
        scheduler: APScheduler's; a blocking one where not given.

    Raises:
        ConfigurationError: It has no schedule, or can't be used.
        UnavailableError: APScheduler isn't installed.
    """
    configuration = read_configuration(path)
    if configuration.schedule is None:
        raise ConfigurationError(
            f"'{path.name}' has no schedule.", 'Add one: [schedule], cron = "30 6 * * 1-5".'
        )
    try:
        from apscheduler.schedulers.blocking import BlockingScheduler
    except ImportError:
        raise UnavailableError(
            "Schedules need APScheduler, and it isn't installed.", "Install procmine[report]."
        ) from None

    def run() -> None:
        try:
            tell(make_report(path))
        except ProcmineError as error:
            tell(error)

    zone = configuration.schedule.timezone
    chosen = scheduler or BlockingScheduler(timezone=zone)
    when = trigger(configuration.schedule.cron, zone)
    chosen.add_job(run, when, max_instances=1, coalesce=True, misfire_grace_time=_LATE)
    first = when.get_next_fire_time(None, datetime.now(UTC))
    if first is None:
        raise ConfigurationError(
            f"The schedule '{configuration.schedule.cron}' never comes.", "Choose another day."
        )
    waiting(first)
    chosen.start()
