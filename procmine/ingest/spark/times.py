"""SQL that reads a column of times: timestamps of Spark, or text as ISO 8601 writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from procmine.errors import TimestampError
from procmine.ingest.spark.values import among, literal, matches, quoted, replaced, stripped
from procmine.quality import FIRST_SANE, LAST_SANE

_DAY: Final = r"^\d{4}([-/.])\d{1,2}\1\d{1,2}"
_CLOCK: Final = r"[Tt ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_ZONE: Final = r" ?(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
_UTC: Final = r" ?(?:[Zz]|UTC|GMT)$"
_ZONED: Final = f"{_DAY}{_CLOCK}{_ZONE}$"
_NAIVE: Final = f"{_DAY}(?:{_CLOCK})?$"
_EPOCH: Final = "TIMESTAMP_NTZ '1970-01-01 00:00:00'"


@dataclass(frozen=True)
class Times:
    """How a column of times is read.

    Attributes:
        name: The column.
        filled: SQL: whether there is anything that could be a time.
        instant: SQL: the instant, null where it can't be read.
        wall: SQL: the wall-clock time of values that name no zone; None where all do.
        is_text: Whether the values are text.
    """

    name: str
    filled: str
    instant: str
    wall: str | None
    is_text: bool


def times_of(name: str, dtype: str, zone: str, null_values: Sequence[str]) -> Times:
    """Say how a column is read.

    Args:
        name: The column.
        dtype: Its type.
        zone: The zone of times that name none.
        null_values: Texts that stand for a missing value.

    Raises:
        TimestampError: Its values are neither timestamps nor text.
    """
    column = quoted(name)
    present = f"{column} IS NOT NULL"
    if dtype == "timestamp":
        return Times(name, present, column, None, is_text=False)
    if dtype in {"timestamp_ntz", "date"}:
        wall = f"CAST({column} AS TIMESTAMP_NTZ)"
        return Times(name, present, _localised(wall, zone), wall, is_text=False)
    if dtype != "string":
        raise must_be_cast(name, f"are of the type {dtype}")
    bare = stripped(column)
    filled = f"coalesce({bare} <> '' AND NOT {among(bare, null_values)}, false)"
    return _of_text(name, bare, filled, zone)


def _of_text(name: str, bare: str, filled: str, zone: str) -> Times:
    iso = replaced(bare, r"^(\d{4})[/.](\d{1,2})[/.]", "$1-$2-")
    iso = replaced(replaced(iso, ",", "."), r"[Tt ](\d{1,2}:\d{2})(?![:\d])", "T$1:00")
    offset = replaced(replaced(iso, r" ?([+-]\d{2}):?(\d{2})$", "$1:$2"), _UTC, "Z")
    whole_hours = replaced(offset, r" ?([+-]\d{2})$", "$1:00")
    zoned = f"CASE WHEN {matches(bare, _ZONED)} THEN try_cast({whole_hours} AS TIMESTAMP) END"
    wall = f"CASE WHEN {matches(bare, _NAIVE)} THEN try_cast({iso} AS TIMESTAMP_NTZ) END"
    instant = f"CASE WHEN {filled} THEN coalesce({zoned}, {_localised(wall, zone)}) END"
    return Times(name, filled, instant, wall, is_text=True)


def must_be_cast(name: str, fact: str) -> TimestampError:
    """Return the error for times that Spark isn't told how to read."""
    return TimestampError(
        f"The times in column '{name}' {fact}.",
        f'Cast them first, df.withColumn("{name}", to_timestamp("{name}", "dd.MM.yyyy HH:mm")) for '
        "example, or use the engine that finds out by itself: --engine polars.",
    )


def _localised(wall: str, zone: str) -> str:
    """Return the instant of a wall-clock time, whatever the session's own time zone.

    Of a time that occurs twice the earlier is taken; one that doesn't occur is an hour later.
    """
    return f"timestamp_micros({_micros(_in_utc(wall, zone))})"


def _in_utc(wall: str, zone: str) -> str:
    return wall if zone == "UTC" else f"convert_timezone({literal(zone)}, 'UTC', {wall})"


def _micros(utc: str) -> str:
    return f"timestampdiff(MICROSECOND, {_EPOCH}, {utc})"


def clock_changes(times: Times, zone: str) -> dict[str, str]:
    """Return SQL that counts the times that a clock change makes double or impossible."""
    if times.wall is None or zone == "UTC":
        return {}
    utc = _in_utc(times.wall, zone)

    def back(instant: str) -> str:
        return f"convert_timezone('UTC', {literal(zone)}, {instant})"

    return {
        "ambiguous": f"count_if({back(f'{utc} + INTERVAL 1 HOUR')} = {times.wall})",
        "shifted": f"count_if({back(utc)} <> {times.wall})",
    }


def sane(instant: str) -> str:
    """Return whether an instant is one at which something can have happened, as SQL."""
    first, last = (f"TIMESTAMP '{t.isoformat(sep=' ')}'" for t in (FIRST_SANE, LAST_SANE))
    return f"({instant} >= {first} AND {instant} < {last})"
