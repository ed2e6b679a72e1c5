"""Time zones: their names, and wall-clock times that a clock change makes impossible or double."""

from typing import Final
from zoneinfo import available_timezones

import polars as pl

from procmine.errors import OptionError, nearest

UTC: Final = "UTC"


def known_zone(name: str) -> str:
    """Return the name of a time zone if there is one of that name.

    Args:
        name: A name of the IANA database.

    Raises:
        OptionError: There is none; the nearest is named.

    Example:
        >>> known_zone("Europe/Amsterdam")
        'Europe/Amsterdam'
    """
    zones = available_timezones()
    if name in zones:
        return name
    raise OptionError(
        f"There is no time zone '{name}'.",
        nearest(name, sorted(z for z in zones if "/" in z or z == UTC)),
    )


def localised(wall: pl.Expr, zone: str) -> pl.Expr:
    """Return the instants of wall-clock times.

    Of a time that occurs twice (clocks go back) the earlier is taken. A time that doesn't occur
    (clocks go forward) is read as if they hadn't yet: 02:30 becomes 03:30.

    Args:
        wall: Times without a zone, microseconds.
        zone: Their zone.

    Returns:
        Times in UTC, microseconds.
    """
    if zone == UTC:
        return wall.dt.replace_time_zone(UTC)
    hour = pl.duration(hours=1)
    exact = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    shifted = (wall - hour).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(exact.dt.convert_time_zone(UTC), shifted.dt.convert_time_zone(UTC) + hour)


def ambiguous(wall: pl.Expr, zone: str) -> pl.Expr:
    """Whether a wall-clock time occurs twice."""
    return missing(wall, zone, "null") & ~missing(wall, zone, "earliest")


def non_existent(wall: pl.Expr, zone: str) -> pl.Expr:
    """Whether a wall-clock time doesn't occur."""
    return missing(wall, zone, "earliest")


def missing(wall: pl.Expr, zone: str, double: str) -> pl.Expr:
    """Whether a wall-clock time has no instant, `double` saying what becomes of double ones."""
    instant = wall.dt.replace_time_zone(zone, ambiguous=pl.lit(double), non_existent="null")
    return wall.is_not_null() & instant.is_null()
