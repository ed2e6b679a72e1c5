"""Open the log that a command is asked about, and say on standard error how it was read."""

from pathlib import Path
from typing import Any

import typer

from procmine.cli.progress import working
from procmine.errors import InputError
from procmine.eventlog import EventLog
from procmine.reading import read
from procmine.waiting.estimation import estimate_starts
from procmine.wording import count, number

Place = Path | str
"""Where events are: a path, or the URL of a database."""


def open_log(paths: list[Place], settings: dict[str, Any]) -> EventLog:
    """Read the log and say on standard error what was recognised and what was set aside."""
    first = paths[0]
    with working(f"Reading {first.name if isinstance(first, Path) else 'the database'}"):
        log = read(source_of(paths), **settings)
    say(log)
    return log


def estimated(log: EventLog) -> EventLog:
    """Estimate the start times that a log lacks, and say on standard error how many."""
    with working("Estimating start times"):
        log = estimate_starts(log)
    made = count(log.meta.estimated_starts, "start time")
    typer.echo(f"Estimated {made}; every figure that uses them says so.", err=True)
    return log


def drawn_from(log: EventLog, customers: int) -> EventLog:
    """Draw customers, and say on standard error what was drawn."""
    with working("Drawing a sample"):
        drawn = log.sample(customers=customers)
    if drawn is log:
        typer.echo(
            f"The log has no more than {number(customers)} customers; all are asked.", err=True
        )
    else:
        typer.echo(f"Drew {drawn.meta.selection[-1]}.", err=True)
    return drawn


def source_of(paths: list[Place]) -> Place | list[Place]:
    """Return what `procmine.read` takes for the paths on the command line."""
    return paths[0] if len(paths) == 1 else paths


def only_files(paths: list[Place]) -> list[Path]:
    """Return the paths, where a database won't do.

    Raises:
        InputError: One is a database.
    """
    if any(isinstance(path, str) for path in paths):
        raise InputError(
            "A database can't stand here.", "Prepare a log from it first: procmine prepare."
        )
    return [Path(path) for path in paths]


def say(log: EventLog) -> None:
    """Say on standard error how a log was read just now."""
    if log.set_aside is not None:
        for note in log.meta.notes:
            typer.echo(note, err=True)
