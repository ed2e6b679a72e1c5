"""The commands about mappings: a first one from files."""

from pathlib import Path
from typing import Annotated

import typer

from procmine.cli.making import PANEL
from procmine.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(
        no_args_is_help=True, help="Describe several sources that make one log of journeys."
    )
    group.command("draft")(draft)
    app.add_typer(group, name="mapping", rich_help_panel=PANEL)
    group.callback()(lambda: None)


def draft(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="files of each system")],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="MAPPING.toml", help="where to write it, if not to the screen"
        ),
    ] = None,
) -> None:
    """Write a first mapping from the columns found in files."""
    from procmine.journeys.draft import draft as drafted

    folder = output.parent if output is not None else Path()
    if output is not None and output.exists():
        raise InputError(
            f"'{output.name}' is there already and isn't overwritten.", "Choose another name."
        )
    if not folder.is_dir():
        raise InputError(f"The folder of '{folder.name}' isn't there.", "Make it first.")
    text = drafted(files, folder)
    if output is None:
        typer.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {output}. Next: procmine prepare --mapping {output} --output LOG", err=True)
