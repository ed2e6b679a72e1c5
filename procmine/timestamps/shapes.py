"""The shapes in which people and programs write a time, and how Polars is told to read each."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Zone = Literal["none", "offset", "utc"]


@dataclass(frozen=True)
class Shape:
    """One way to write a time.

    Attributes:
        format: As chrono's strftime; of a day and a month in numbers, the day comes first.
        month_first: The same with the month first, where that is possible too.
        zone: Whether the text names its zone: not, as an offset, or as UTC by a word.
        comma: Whether a comma stands before the fraction of a second.
        epoch: Whether it is a count of time units since 1970.
    """

    format: str
    month_first: str | None = None
    zone: Zone = "none"
    comma: bool = False
    epoch: bool = False

    @property
    def short_year(self) -> bool:
        """Whether the year has two digits."""
        return "%y" in self.format

    def precedence(self) -> tuple[bool, bool]:
        """Sort key: years of two digits first, lest "12" be read as the year 12; counts last."""
        return self.epoch, not self.short_year


_DATE: Final = (
    r"(?:(?P<ymd>\d{4}(?P<s1>[-/.])\d{1,2}(?P=s1)\d{1,2})"
    r"|(?P<dmy>\d{1,2}(?P<s2>[-/.])\d{1,2}(?P=s2)(?P<y2>\d{4}|\d{2}))"
    r"|(?P<dby>\d{1,2}(?P<s3>[-/. ])[A-Za-z]{3,9}(?P=s3)(?P<y3>\d{4}|\d{2}))"
    r"|(?P<bdy>[A-Za-z]{3,9} \d{1,2}(?P<c>,?) \d{4})"
    r"|(?P<compact>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])))"
)
_TIME: Final = (
    r"(?:(?P<t>T|t| |, |  )?(?:(?P<h>\d{1,2}):\d{2}(?P<sec>:\d{2}(?P<f>[.,]\d{1,9})?)?"
    r"|(?P<packed>\d{4}(?:\d{2}(?P<pf>[.,]\d{1,9})?)?))(?:(?P<ps>\s?)(?P<pm>[AaPp][Mm]))?"
    r"(?:(?P<zs> ?)(?:(?P<off>[Zz]|[+-]\d{2}(?::?\d{2})?)|(?P<utc>UTC|GMT)))?)?"
)
_TEXT: Final = re.compile(_DATE + _TIME)
_EPOCH: Final = re.compile(r"-?\d{1,10}(?:\.\d+)?|\d{12,13}|\d{15,16}|\d{18,19}")


def shape_of(text: str) -> Shape | None:
    """Say how a time is written.

    Args:
        text: One value, without blanks around it.

    Returns:
        Its shape, or None where it is no time that is known here.

    Example:
        >>> shape_of("2012-04-03 10:15:00+02:00").format
        '%Y-%m-%d %H:%M:%S%.f%#z'
        >>> shape_of("03.04.2012 10:15").month_first
        '%m.%d.%Y %H:%M'
        >>> shape_of("1333440900").epoch
        True
        >>> shape_of("yesterday") is None
        True
    """
    match = _TEXT.fullmatch(text)
    if match is not None and not (match["packed"] and not match["compact"]):
        return _shape(match.groupdict())
    return Shape("epoch", zone="utc", epoch=True) if _EPOCH.fullmatch(text) else None


def shapes_of(texts: Iterable[str]) -> tuple[Shape, ...]:
    """Return the shapes that occur, in the order in which they are to be tried."""
    found = Counter(shape for text in texts if (shape := shape_of(text)) is not None)
    return tuple(sorted((s for s, _ in found.most_common()), key=Shape.precedence))


def _shape(part: dict[str, str | None]) -> Shape:
    date, month_first = _date(part)
    time = _time(part)
    fraction = part["f"] or part["pf"] or ""
    zone: Zone = "offset" if part["off"] else "utc" if part["utc"] else "none"
    return Shape(date + time, month_first and month_first + time, zone, "," in fraction)


def _date(part: dict[str, str | None]) -> tuple[str, str | None]:
    if part["compact"]:
        return "%Y%m%d", None
    if part["ymd"]:
        return "%Y{0}%m{0}%d".format(part["s1"]), None
    if part["bdy"]:
        return f"%B %d{part['c']} %Y", None
    year = "%Y" if len(part["y2"] or part["y3"] or "") == 4 else "%y"
    if part["dby"]:
        return f"%d{part['s3']}%B{part['s3']}{year}", None
    s = part["s2"]
    return f"%d{s}%m{s}{year}", f"%m{s}%d{s}{year}"


def _time(part: dict[str, str | None]) -> str:
    zone = "%#z" if part["off"] else part["utc"] or ""
    after = f"{part['zs'] or ''}{zone}"
    before = part["t"] or ""
    if part["packed"]:
        seconds = "%S%.f" if len(part["packed"]) > 4 else ""
        return f"{before}%H%M{seconds}{after}"
    if not part["h"]:
        return ""
    hour, half = ("%I", f"{part['ps']}%p") if part["pm"] else ("%H", "")
    return f"{before}{hour}:%M{':%S%.f' if part['sec'] else ''}{half}{after}"
