"""The commands for reports: make one, look at those there were, make them by a schedule."""

import inspect
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from procmine.cli.columns import READING
from procmine.cli.making import PANEL
from procmine.cli.opening import Place, open_log
from procmine.cli.options import reads, signed
from procmine.cli.output import Format, write
from procmine.cli.progress import working
from procmine.errors import OptionError, ProcmineError
from procmine.io.url import is_url

BROKEN = 1
"""The exit code where a check failed."""

_CONFIGURATION = typer.Argument(
    metavar="CONFIG.toml", help="The report's configuration; with --output a log, for its page."
)


class FailOn(StrEnum):
    """What makes a run fail."""

    BROKEN = "broken"
    WORSE = "worse"
    ANY = "any"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    own = list(inspect.signature(report).parameters.values())[2:]
    summary = (report.__doc__ or "").split("\n", 1)[0]
    reading = reads(report, own)
    paths, *rest = inspect.signature(reading).parameters.values()
    paths = paths.replace(annotation=Annotated[list[str], _CONFIGURATION])
    app.command("report", help=summary, rich_help_panel=PANEL)(signed(reading, [paths, *rest]))
    app.command("history", rich_help_panel=PANEL)(history)
    app.command("schedule", rich_help_panel=PANEL)(schedule)


def report(
    paths: list[Place],
    settings: dict[str, Any],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="of a log, not a configuration: its page, .html"
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help="look back from this date; else from the log's last day"
        ),
    ] = None,
    fail_on: Annotated[
        FailOn,
        typer.Option(
            "--fail-on",
            help="when to end with exit code 1: a check is broken; one got worse since the last "
            "run; or any is broken or couldn't be tested",
        ),
    ] = FailOn.BROKEN,
) -> None:
    """Make the report of a configuration: what broke since the last run, where and for whom."""
    if output is not None:
        _page(paths, settings, output, as_of)
        return
    made = _made(_configuration(paths, settings), as_of)
    _say(made)
    if made.fails(fail_on.value):
        raise typer.Exit(BROKEN)


def _made(path: Path, as_of: str | None) -> Any:
    from procmine.report.make import make_report

    with working(f"Making the report of {path.name}"):
        return make_report(path, as_of)


def _page(paths: list[Place], settings: dict[str, Any], output: Path, as_of: str | None) -> None:
    """Write the page of one log, with the map, cycle time, handoffs and variants."""
    from procmine.report.page import write_report

    if as_of is not None:
        raise OptionError("A log's page has no window.", "Leave --as-of out.")
    log = open_log(paths, settings)
    with working(f"Writing {output.name}"):
        write_report(log, output)
    typer.echo(f"Wrote {output}.", err=True)


def _configuration(paths: list[Place], settings: dict[str, Any]) -> Path:
    """Return the configuration that was given.

    Raises:
        OptionError: Something else was.
    """
    first = paths[0]
    if len(paths) > 1 or not isinstance(first, Path) or first.suffix.lower() != ".toml":
        raise OptionError(
            "A report is made of one configuration (.toml).",
            "For a log's page say where to write it: --output FILE.html.",
        )
    usual = {p.name: p.default for p in READING}
    if any(value != usual[name] for name, value in settings.items()):
        raise OptionError(
            "A configuration says how its log is read.", "Say it there, under [reading]."
        )
    return first


def history(
    place: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG.toml", help="The report's configuration, or a history's URL."
        ),
    ],
    *,
    report: Annotated[
        str | None, typer.Option("--report", metavar="NAME", help="the runs of this report alone")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="how to print it")] = Format.TEXT,
    table: Annotated[
        str | None, typer.Option("--table", help="print this table alone (CSV prints one)")
    ] = None,
) -> None:
    """Show every run of a report, with its checks, figures and deliveries."""
    from procmine.report.account import account

    whole = place.startswith("${") or is_url(place)
    write(account(place if whole else Path(place), report), form, table)


def schedule(
    path: Annotated[
        Path, typer.Argument(metavar="CONFIG.toml", help="The report's configuration.")
    ],
) -> None:
    """Make a report each time that its [schedule] says, until it is stopped."""
    from procmine.report.schedule import run_by_schedule

    run_by_schedule(path, _tell, _waiting)


def _waiting(first: datetime) -> None:
    typer.echo(f"The first run is at {first:%Y-%m-%d %H:%M %Z}.", err=True)


def _tell(made: Any) -> None:
    if isinstance(made, ProcmineError):
        typer.echo(f"procmine: {made}", err=True)
        return
    _say(made)


def _say(made: Any) -> None:
    """Print what a report says; where its files are, and who was told, on standard error."""
    for sentence in made.sentences:
        typer.echo(sentence)
    for file in made.files:
        typer.echo(f"Wrote {file}.", err=True)
    for note in made.notes:
        typer.echo(note, err=True)
