"""Handoffs in the order of their waiting, each with a bar."""

from collections.abc import Mapping

import polars as pl
import texts

from components.ranked import Line, ranked
from procmine.result import shown


def ranking(handoffs: pl.DataFrame, colours: Mapping[str, str]) -> None:
    """Show handoffs as a list of bars.

    Args:
        handoffs: department, next_department, count, median_seconds, share; the first ones first.
        colours: The colour of each department.
    """
    figures = ("count", "median_seconds")
    lines = [
        Line(
            (row["department"], row["next_department"]),
            tuple(shown(column, row[column]) for column in figures),
            row["share"],
        )
        for row in handoffs.iter_rows(named=True)
    ]
    head = (texts.HANDOFF, texts.TIMES, texts.MEDIAN_WAIT, texts.SHARE_OF_WAITING)
    ranked(lines, head, colours)
