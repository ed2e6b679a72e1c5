"""The commands that make something: an export, a model, a calendar, a sample, the app."""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from procmine.app import app_script
from procmine.cli.options import LOG_HELP, reads_a_log
from procmine.cli.progress import working
from procmine.errors import InputError
from procmine.eventlog import EventLog
from procmine.wording import count

PANEL = "Make something"

Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="where to write it")]


class Miner(StrEnum):
    """How a model is discovered."""

    INDUCTIVE = "inductive"
    HEURISTICS = "heuristics"
    DFG = "dfg"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (export, model, calendar):
        name = command.__name__
        summary = (command.__doc__ or "").split("\n", 1)[0]
        app.command(name, help=summary, rich_help_panel=PANEL)(reads_a_log(command))
    app.command("sample", rich_help_panel=PANEL)(sample)
    app.command("app", rich_help_panel=PANEL)(app_command)


def export(log: EventLog, *, output: Output) -> None:
    """Write a log for other tools: XES or OCEL 2.0, by the ending of the name."""
    with working(f"Writing {output.name}"):
        log.write(output)
    events, cases = log.size
    typer.echo(f"Wrote {count(events, 'event')} of {count(cases, 'case')} to {output}.", err=True)


def model(
    log: EventLog,
    *,
    output: Output,
    miner: Annotated[Miner, typer.Option(help="how the model is discovered")] = Miner.INDUCTIVE,
    noise: Annotated[
        float, typer.Option(help="how much rare behaviour to leave out, 0 to 1")
    ] = 0.2,
    coverage: Annotated[
        float,
        typer.Option(
            help="share of journeys whose commonest variants are used; 0.95 of a log with "
            "thousands of variants takes some 20 seconds, 0.5 a moment, 1 the longest"
        ),
    ] = 0.95,
) -> None:
    """Discover a model and write it as BPMN or PNML, by the ending of the name."""
    from procmine.analyses import variants
    from procmine.mining.files import Notation
    from procmine.mining.model import describe
    from procmine.mining.pm4py import discover, write_model

    Notation.of(output)  # a name it can't be written to is said before the work
    with working("Discovering the model"):
        found = discover(variants(log).variants, miner=miner.value, noise=noise, coverage=coverage)
        write_model(found, output)
    for sentence in describe(found):
        typer.echo(sentence, err=True)


class Whose(StrEnum):
    """Whose working hours are found."""

    DEPARTMENT = "department"
    RESOURCE = "resource"


def calendar(
    log: EventLog,
    *,
    output: Output,
    by: Annotated[Whose, typer.Option(help="whose hours to find")] = Whose.DEPARTMENT,
    holidays: Annotated[
        str | None,
        typer.Option(metavar="PLACE", help="whose public holidays are closed: DE, or DE-BE"),
    ] = None,
) -> None:
    """Find out working hours from the log, as a file for --calendar to look through and mend."""
    from procmine.discovery import discover_calendars

    with working("Looking when events happen"):
        found = discover_calendars(log, by=by.value, holidays=holidays)
        found.write(output)
    typer.echo(f"Wrote {output}: {found.discovered}.", err=True)


def _list_samples(asked: bool) -> None:  # noqa: FBT001  (typer's way to call back)
    """Print the samples there are, and stop."""
    from procmine.sample import SAMPLES

    if asked:
        for name, about in SAMPLES.items():
            typer.echo(f"{name}: {about}")
        raise typer.Exit


def sample(
    name: Annotated[str, typer.Argument(help="which sample; --list says which there are")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="the folder to write to")
    ],
    events: Annotated[int | None, typer.Option(min=1, help="about how many events")] = None,
    seed: Annotated[int, typer.Option(help="another number, another log of the same kind")] = 1,
    null: Annotated[bool, typer.Option("--null", help="switch every planted effect off")] = False,
    list_: Annotated[  # noqa: ARG001  (its callback has answered)
        bool,
        typer.Option("--list", help="list the samples", is_eager=True, callback=_list_samples),
    ] = False,
) -> None:
    """Write a sample log, generated: the files of several systems and what is planted in them."""
    from procmine.sample import write_sample

    with working(f"Writing the sample {name}"):
        written = write_sample(name, events=events, seed=seed, null=null, output=output)
    for path in written:
        typer.echo(str(path))


def app_command(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="LOG", help=LOG_HELP)] = None,
    *,
    port: Annotated[int, typer.Option(help="the port to listen on")] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="don't open a browser")] = False,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="a folder of prepared logs to choose from")
    ] = None,
    access: Annotated[
        Path | None,
        typer.Option(
            metavar="SECRETS.toml", help="who may see what: [auth] as Streamlit reads it, [access]"
        ),
    ] = None,
) -> None:
    """Open the app in a browser, for process owners."""
    if folder is not None and not folder.is_dir():
        raise InputError(f"The folder '{folder.name}' isn't there.", "Check the path.")
    if access is not None and not access.is_file():
        raise InputError(f"'{access.name}' isn't there.", "Check the path.")
    for path in paths or []:
        if not path.exists():
            raise InputError(f"'{path.name}' isn't there.", "Check the path.")
    settings = {
        "server.port": port,
        "server.headless": str(headless).lower(),
        "server.address": "localhost",
        "browser.gatherUsageStats": "false",
    }
    if access is not None:
        settings["secrets.files"] = str(access.resolve())
    flags = [f"--{key}={value}" for key, value in settings.items()]
    logs = ["--folder", str(folder.resolve())] if folder is not None else []
    logs += [str(p.resolve()) for p in paths or []]
    command = [sys.executable, "-m", "streamlit", "run", str(app_script()), *flags, "--", *logs]
    raise typer.Exit(subprocess.run(command, check=False).returncode)
