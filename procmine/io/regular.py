"""Whether each line of a CSV file is one record of the header's width."""

from pathlib import Path
from typing import Final

import polars as pl

_QUOTED: Final = '"(?:[^"]|"")*"'


def regular_lines(text: Path, separator: str, width: int) -> int | None:
    """Count the lines of a file in which each is one record.

    Args:
        text: The file, as UTF-8.
        separator: Between fields.
        width: How many fields the header has.

    Returns:
        The number of lines, the header among them; None where some line isn't a record as wide
        as the header, or no record by itself.
    """
    lines = pl.scan_lines(text, name="line", glob=False)
    line = pl.col("line")
    quoted = line.str.contains('"', literal=True)
    odd = line.str.contains("\0", literal=True) | line.str.contains("\r", literal=True)
    fits = line.str.count_matches(separator, literal=True) == width - 1
    seen = lines.select(
        quoted.any().alias("quoted"), ((quoted | fits) & ~odd).all().alias("fit"), pl.len()
    )
    has_quotes, all_fit, count = seen.collect(engine="streaming").row(0)
    if not all_fit:
        return None
    if has_quotes and not _quotes_are_regular(lines.filter(quoted), separator, width):
        return None
    return int(count)


def _quotes_are_regular(lines: pl.LazyFrame, separator: str, width: int) -> bool:
    line, sep = pl.col("line"), "\\|" if separator == "|" else separator
    field = f'(?:{_QUOTED}|[^"{separator}]*)'
    well_formed = line.str.contains(f"^{field}(?:{sep}{field})*$")
    bare = line.str.replace_all('"[^"]*"', "")
    fits = bare.str.count_matches(separator, literal=True) == width - 1
    return bool(lines.select((well_formed & fits).all()).collect(engine="streaming").item())
