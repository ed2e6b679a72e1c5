"""One command for each registered analysis, its options read from the function's signature."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from procmine.cli.options import reads_a_log, signed
from procmine.cli.output import Format, write
from procmine.cli.progress import working
from procmine.eventlog import EventLog
from procmine.registry import Analysis, registered

_PANEL = "Ask a log"


def register(app: typer.Typer) -> None:
    """Add the analyses to the command line; `cycle-time` answers to `cycle_time` too."""
    for found in registered().values():
        command = reads_a_log(_command(found))
        name = found.name.replace("_", "-")
        app.command(name, help=found.question, rich_help_panel=_PANEL)(command)
        if name != found.name:
            app.command(found.name, help=found.question, hidden=True)(command)


def _command(found: Analysis) -> Callable[..., None]:
    """Build the command of one analysis."""

    def ask(log: EventLog, **given: Any) -> None:
        form, table = given.pop("form"), given.pop("table")
        with working(f"Asking {log.meta.name}"):
            result = found.run(log, **given)
        write(result, form, table)
        if result.broken:
            raise typer.Exit(1)

    own = [_option(p, found.says.get(p.name)) for p in found.options.values()]
    return signed(ask, [_LOG, *own, _FORM, _TABLE])


def _option(parameter: inspect.Parameter, says: str | None) -> inspect.Parameter:
    """Turn a keyword of the analysis into an option of the command."""
    flag = f"--{parameter.name.replace('_', '-')}"
    annotated = Annotated[parameter.annotation, typer.Option(flag, help=says)]
    return parameter.replace(annotation=annotated)


_LOG = inspect.Parameter("log", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=EventLog)
_FORM = inspect.Parameter(
    "form",
    inspect.Parameter.KEYWORD_ONLY,
    annotation=Annotated[Format, typer.Option("--format", help="how to print the answer")],
    default=Format.TEXT,
)
_TABLE = inspect.Parameter(
    "table",
    inspect.Parameter.KEYWORD_ONLY,
    annotation=Annotated[
        str | None, typer.Option("--table", help="print this table alone (CSV prints one)")
    ],
    default=None,
)
