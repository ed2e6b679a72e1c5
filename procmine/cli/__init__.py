"""The command line: data on standard output, everything else on standard error.

Exit codes: 0 all well, 1 a check failed, 2 the input or the configuration can't be used, 3 anything
else.
"""

import os
import sys
from typing import Annotated

import typer

from procmine.cli import asking, making, mapping, preparing, reporting
from procmine.errors import ProcmineError, UnavailableError

app = typer.Typer(
    name="procmine",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
asking.register(app)
preparing.register(app)
making.register(app)
reporting.register(app)
mapping.register(app)


def _version(asked: bool) -> None:  # noqa: FBT001  (click calls it so)
    if asked:
        from procmine import __version__

        typer.echo(f"procmine {__version__}")
        raise typer.Exit


@app.callback()
def procmine(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="say the version")
    ] = False,
) -> None:
    """Make the customer's process visible, across every silo."""


def main() -> None:
    """Run the command line; whatever goes wrong ends in a sentence and an exit code."""
    try:
        app()
    except ProcmineError as error:
        typer.echo(f"procmine: {error}", err=True)
        sys.exit(3 if isinstance(error, UnavailableError) else 2)
    except KeyboardInterrupt:
        typer.echo("procmine: stopped.", err=True)
        sys.exit(3)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if os.environ.get("PROCMINE_DEBUG"):
            raise
        kind = type(error).__name__
        typer.echo(
            f"procmine: something went wrong that procmine didn't foresee ({kind}). Set "
            "PROCMINE_DEBUG=1 to see where, and report it.",
            err=True,
        )
        sys.exit(3)
