"""What an analysis answers: a sentence, tables, a picture, and what the figures can't say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from procmine.errors import UnavailableError, nearest
from procmine.wording import business, duration, number, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.draw.graph import Graph

SHOWN_ROWS = 20
"""Rows of each table that a notebook or a terminal shows; the tables themselves are complete."""
_SHARES = ("share", "goal")
"""Columns of shares whose names don't end in `_share`: a goal is one that is to be reached."""


LOW, HIGH = "low_", "high_"
"""What precedes a figure's name in the columns that hold the ends of its interval."""


@dataclass(frozen=True)
class Result:
    """The answer of one analysis; its tables are attributes too: `result.handoffs`.

    Attributes:
        name: The analysis.
        headline: One plain sentence with the figure that matters.
        caveats: Sentences that say what the figures can't say here.
        tables: Each table by its name, complete.
        options: The options the analysis was asked with.
        log: What it was asked of: at least `events` and `cases`.
        chart_of: Draws the chart of this result; None where a chart makes no sense.
        graph_of: Draws the graph of this result; None where a graph makes no sense.
        broken: The names of the rules and promises that are broken: what makes the command line
            end with 1.

    Example:
        >>> result = Result(
        ...     "count", "There are 2 events.", tables={"summary": pl.DataFrame({"events": [2]})}
        ... )
        >>> result.summary["events"].item()
        2
    """

    name: str
    headline: str
    caveats: tuple[str, ...] = ()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    log: Mapping[str, Any] = field(default_factory=dict[str, Any])
    chart_of: "Callable[..., alt.TopLevelMixin] | None" = field(default=None, repr=False)
    graph_of: "Callable[..., Graph] | None" = field(default=None, repr=False)
    broken: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> pl.DataFrame:
        """Return the table of this name."""
        if name.startswith("_") or name == "tables":
            raise AttributeError(name)
        if name not in self.tables:
            raise AttributeError(f"{self.name} has no table '{name}'. {nearest(name, self.tables)}")
        return self.tables[name]

    def __dir__(self) -> list[str]:
        """List the tables beside the methods, so that a notebook completes them."""
        return [*super().__dir__(), *self.tables]

    def chart(self, **options: Any) -> "alt.TopLevelMixin":
        """Draw the chart.

        Args:
            **options: What the chart of this analysis can be asked for.

        Raises:
            UnavailableError: This analysis has no chart.
        """
        if self.chart_of is None:
            raise UnavailableError(f"{self.name} has no chart.", "Use its tables.")
        return self.chart_of(self, **options)

    def graph(self, **options: Any) -> "Graph":
        """Draw the graph: DOT, and SVG by `graph().svg()`.

        Args:
            **options: What the graph of this analysis can be asked for.

        Raises:
            UnavailableError: This analysis has no graph.
        """
        if self.graph_of is None:
            raise UnavailableError(f"{self.name} has no graph.", "Use its tables or its chart.")
        return self.graph_of(self, **options)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as what `json.dumps` takes; times are ISO 8601 with zone."""
        return {
            "analysis": self.name,
            "headline": self.headline,
            "caveats": list(self.caveats),
            "options": {k: _plain(v) for k, v in self.options.items()},
            "log": {k: _plain(v) for k, v in self.log.items()},
            "tables": {
                name: [
                    {k: _plain(v) for k, v in row.items()} for row in table.iter_rows(named=True)
                ]
                for name, table in self.tables.items()
            },
        }

    def to_html(self) -> str:
        """Return the headline, the tables' first rows and the caveats as a fragment of HTML."""
        tables = "".join(_html_table(name, table) for name, table in self.tables.items())
        caveats = "".join(f"<li>{escape(c)}</li>" for c in self.caveats)
        small = f"<ul style='color:#666;font-size:85%'>{caveats}</ul>" if caveats else ""
        headline = f"<p><strong>{escape(self.headline)}</strong></p>"
        return f"<div class='procmine'>{headline}{tables}{small}</div>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """Say the headline and the caveats."""
        return "\n".join([self.headline, *(f"  ({c})" for c in self.caveats)])


def _plain(value: Any) -> Any:
    """Turn a cell into what JSON knows; a figure that isn't finite is null."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and value - value != 0:
        return None
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _html_table(name: str, table: pl.DataFrame) -> str:
    columns = headed(table)
    head = "".join(f"<th>{escape(heading(c))}</th>" for c in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_lines(cell(c, row))}</td>" for c in columns) + "</tr>"
        for row in table.head(SHOWN_ROWS).iter_rows(named=True)
    )
    rest = table.height - SHOWN_ROWS
    more = f"<p>… and {number(rest)} more rows</p>" if rest > 0 else ""
    rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<table><caption>{escape(name)}</caption>{rows}</table>{more}"


def _lines(said: str) -> str:
    return escape(said).replace("\n", "<br>")


def headed(table: pl.DataFrame) -> list[str]:
    """Return the columns that a person is shown: the ends of an interval stand with its figure.

    Example:
        >>> headed(pl.DataFrame(schema=["cases", "share", "low_share", "high_share"]))
        ['cases', 'share']
    """
    ends = {end + c for c in table.columns for end in (LOW, HIGH) if LOW + c in table.columns}
    return [c for c in table.columns if c not in ends]


def cell(column: str, row: Mapping[str, Any]) -> str:
    r"""Say a figure as a person reads it; its interval, where it has one, on a second line.

    Example:
        >>> cell("share", {"share": 0.25, "low_share": 0.21, "high_share": 0.29})
        '25 %\n21 to 29 %'
    """
    figure, low, high = (row.get(end + column) for end in ("", LOW, HIGH))
    if low is None or high is None:
        return shown(column, figure)
    least, _, unit = shown(column, low).rpartition(" ")
    most = shown(column, high)
    start = least if most.endswith(f" {unit}") else f"{least} {unit}"
    return f"{shown(column, figure)}\n{start} to {most}"


def heading(column: str) -> str:
    """Say a column's name as a person reads it.

    Example:
        >>> heading("median_seconds"), heading("handoff_share"), heading("next_activity")
        ('median', 'handoff share', 'next activity')
    """
    return column.removesuffix("_seconds").replace("_", " ")


def shown(column: str, value: Any) -> str:
    """Say a table's cell as a person reads it: durations and shares in their own units.

    Args:
        column: The column's name, whose ending tells the unit.
        value: The cell.

    Example:
        >>> shown("median_seconds", 276_480.0), shown("share", 0.25), shown("cases", 1204)
        ('3.2 d', '25 %', '1,204')
        >>> shown("business_mean_seconds", 276_480.0)
        '76.8 h'
        >>> shown("activities", ["ask", "answer"]), shown("department", None)
        ('ask → answer', '')
    """
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if column.endswith("_seconds"):
        says = business if column.startswith("business_") else duration
        return says(value, short=True)
    if column in _SHARES or column.endswith("_share"):
        return share(value)
    return str(value) if column == "variant" else _text(value)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return number(value)
        case float():
            return number(value)
        case list():
            return " → ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case _:
            return str(value)
