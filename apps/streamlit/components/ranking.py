"""Handoffs in the order of their waiting, each with a bar."""

from collections.abc import Mapping

import polars as pl
from texts import handoffs as said

from components.ranked import Line, ranked
from procmine.result import shown


def ranking(handoffs: pl.DataFrame, colours: Mapping[str, str]) -> None:
    """Show handoffs as a list of bars, their waits in working hours where these are counted.

    Args:
        handoffs: department, next_department, count, median_seconds, share, and where working hours
            are counted business_median_seconds; the first ones first.
        colours: The colour of each department.
    """
    working = "business_median_seconds" in handoffs.columns
    figures = ("count", "business_median_seconds" if working else "median_seconds")
    lines = [
        Line(
            (row["department"], row["next_department"]),
            tuple(shown(column, row[column]) for column in figures),
            row["share"],
        )
        for row in handoffs.iter_rows(named=True)
    ]
    wait = said.MEDIAN_WORKING if working else said.MEDIAN_WAIT
    head = (said.HANDOFF, said.TIMES_HEAD, wait, said.SHARE_OF_WAITING)
    ranked(lines, head, colours)
