"""Print a result: text for people, JSON and CSV for programs, HTML for a browser."""

import json
import sys
from enum import StrEnum

import polars as pl
import typer

from procmine.errors import OptionError, nearest
from procmine.result import SHOWN_ROWS, Result, cell, headed, heading
from procmine.wording import number


class Format(StrEnum):
    """How to print an answer."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def write(result: Result, form: Format, table: str | None) -> None:
    """Print a result on standard output.

    Args:
        result: The answer.
        form: How to print it.
        table: Print this table alone; CSV prints the last one where none is named.

    Raises:
        OptionError: The result has no such table.
    """
    if table is not None and table not in result.tables:
        raise OptionError(f"{result.name} has no table '{table}'.", nearest(table, result.tables))
    if form is Format.JSON:
        typer.echo(json.dumps(_only(result, table), ensure_ascii=False, indent=1))
    elif form is Format.CSV:
        typer.echo(_csv(result.tables[table or list(result.tables)[-1]]), nl=False)
    elif form is Format.HTML:
        from procmine.report.page import page

        typer.echo(page(f"procmine: {heading(result.name)}", [result]))
    else:
        _text(result, [table] if table else list(result.tables))


def _only(result: Result, table: str | None) -> dict[str, object]:
    answer = result.to_dict()
    if table is not None:
        answer["tables"] = {table: answer["tables"][table]}
    return answer


def _csv(table: pl.DataFrame) -> str:
    """A list in a cell becomes JSON, which CSV readers can take apart again."""
    flat = table.with_columns(
        pl.col(name).map_elements(
            lambda v: json.dumps(list(v), ensure_ascii=False), return_dtype=pl.String
        )
        for name, kind in table.schema.items()
        if isinstance(kind, pl.List)
    )
    return flat.write_csv()


def _text(result: Result, tables: list[str]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(Text(result.headline, style="bold"))
    for name in tables:
        console.print(_table(name, result.tables[name]))
        rest = result.tables[name].height - SHOWN_ROWS
        if rest > 0:
            console.print(
                Text(
                    f"… and {number(rest)} more; --format csv --table {name} prints all.",
                    style="dim",
                )
            )
    for caveat in result.caveats:
        console.print(Text(f"Note: {caveat}", style="dim"))


def _table(name: str, table: pl.DataFrame) -> object:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=Text(name), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    columns = headed(table)
    for column in columns:
        kind = table.schema[column]
        drawn.add_column(heading(column), justify="right" if kind.is_numeric() else "left")
    for row in table.head(SHOWN_ROWS).iter_rows(named=True):
        drawn.add_row(*(Text(cell(column, row)) for column in columns))
    return drawn
