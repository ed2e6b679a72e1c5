"""Figures in a person's words: 3.2 days, 12 %, 1,204 journeys."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from procmine.errors import OptionError


@dataclass(frozen=True)
class Style:
    """How figures are written for whoever reads them.

    Attributes:
        group: What stands between thousands.
        decimal: What stands before the decimals.
    """

    group: str = ","
    decimal: str = "."


ENGLISH: Final = Style()
_STYLE: Final = ContextVar("style", default=ENGLISH)


def style() -> Style:
    """Return how figures are written here; a new thread begins in English."""
    return _STYLE.get()


@contextmanager
def written(style: Style) -> Generator[None]:
    """Write figures in a style; it decorates functions as well.

    Args:
        style: The style.

    Example:
        >>> with written(Style(group=".", decimal=",")):
        ...     duration(276_480), count(1204, "journey")
        ('3,2 days', '1.204 journeys')
    """
    token = _STYLE.set(style)
    try:
        yield
    finally:
        _STYLE.reset(token)


def figure(value: float, form: str = ",") -> str:
    """Write a number in the reader's style, in a form of Python's own.

    Args:
        value: The number.
        form: What `format` takes.

    Example:
        >>> figure(1204), figure(0.5, "+.2f")
        ('1,204', '+0.50')
    """
    marks = _STYLE.get()
    return format(value, form).translate({ord(","): marks.group, ord("."): marks.decimal})


_OPTION: Final = re.compile(r"--[a-z]|\w ?= ?[\[…'\"]|\[\[|\[\w+\.|\bpm\.[a-z]")
"""What only means something in Python, on the command line or in a file of settings."""
_ASIDE: Final = re.compile(rf" \([^()]*?(?:{_OPTION.pattern})[^()]*\)")
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.?!]) (?=[A-Z'])")


def without_options(said: str) -> str:
    """Leave out of sentences what tells how to give an option: an app's reader can give none.

    That is what stands in brackets and names one, and else the clause after a semicolon, or the
    sentence, that does.

    Args:
        said: A caveat, a note or an error.

    Example:
        >>> without_options("It was late; the rest is unknown (budget, --budget). Give --budget.")
        'It was late; the rest is unknown.'
        >>> without_options("No promise is known; give one: promise='12 days' (--promise).")
        'No promise is known.'
    """
    kept: list[str] = []
    for sentence in _SENTENCE_ENDS.split(_ASIDE.sub("", said)):
        clauses = [c for c in sentence.removesuffix(".").split("; ") if not _OPTION.search(c)]
        if clauses:
            kept.append("; ".join(clauses) + "." * sentence.endswith("."))
    return " ".join(kept)


_YEAR = 365.25 * 86_400
_UNITS = (
    (2 * _YEAR, _YEAR, "year", "y"),
    (86_220, 86_400, "day", "d"),
    (3597, 3600, "hour", "h"),
    (59.95, 60, "minute", "min"),
    (0, 1, "second", "s"),
)
"""From how many seconds a unit is chosen: what would round to 60 minutes is said as 1 hour."""


def duration(seconds: float | None, *, short: bool = False) -> str:
    """Say a duration in the unit that a person would choose.

    Args:
        seconds: The duration; None is unknown.
        short: Use the unit's abbreviation, for labels in pictures.

    Example:
        >>> duration(276_480), duration(276_480, short=True), duration(60), duration(None)
        ('3.2 days', '3.2 d', '1 minute', 'unknown')
    """
    if seconds is None or seconds != seconds:  # noqa: PLR0124  (nothing else differs from itself)
        return "unknown"
    size, word, abbreviation = next(u[1:] for u in _UNITS if abs(seconds) >= u[0])
    amount = f"under {figure(0.001)}" if 0 < seconds < 0.001 else number(seconds / size)
    if short:
        return f"{amount} {abbreviation}"
    return f"{amount} {word}" if amount == "1" else f"{amount} {word}s"


def business(seconds: float | None, *, short: bool = False) -> str:
    """Say business time, never in days: people's working days have eight hours, not 24.

    Example:
        >>> business(345_600), business(345_600, short=True), business(5400), business(90)
        ('96 hours', '96 h', '1.5 hours', '1.5 minutes')
    """
    if seconds is None or abs(seconds) < _UNITS[1][0]:
        return duration(seconds, short=short)
    return f"{number(seconds / 3600)} {'h' if short else 'hours'}"


_LENGTHS: Final = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800,
    "s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800,
}  # fmt: skip
_WRITTEN: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+)")
_THOUSANDS: Final = re.compile(r"\d+,\d{3}\D.*")


def parse_duration(text: str) -> int:
    """Read a length of time as a person writes it.

    Args:
        text: A number and a unit from seconds to weeks: `60 days`, `1.5 hours`, `1,5 h`, `20s`.

    Returns:
        Microseconds.

    Raises:
        OptionError: It can't be read.

    Example:
        >>> parse_duration("1.5 days") == parse_duration("1,5 days") == parse_duration("36h")
        True
        >>> parse_duration("2 days") == parse_duration("48h") == 2 * 86_400 * 1_000_000
        True
    """
    written = _WRITTEN.fullmatch(text.strip().lower())
    unit = written[2] if written else ""
    size = _LENGTHS.get(unit) or _LENGTHS.get(unit.removesuffix("s"))
    if written is None or size is None:
        raise OptionError(f"'{text}' isn't a length of time.", "Write it as 14 days or 36 hours.")
    if _THOUSANDS.fullmatch(written[0]):
        raise OptionError(f"'{text}' can be read in two ways.", "Write 1500 hours or 1.5 hours.")
    return round(float(written[1].replace(",", ".")) * size * 1_000_000)


def number(value: float) -> str:
    """Say a number with the digits that matter: three figures below a hundred, none after.

    Example:
        >>> number(3.21), number(0.042), number(1234.5), number(12.0)
        ('3.2', '0.042', '1,234', '12')
    """
    if value == 0:
        return "0"
    if abs(value) >= 99.95:
        return figure(value, ",.0f")
    text = f"{value:.1f}" if abs(value) >= 0.95 else f"{value:.2g}"
    return text.removesuffix(".0").replace(".", _STYLE.get().decimal)


def share(value: float | None) -> str:
    """Say a share of 0 to 1 as per cent, never rounding something to nothing or all.

    Example:
        >>> share(0.1234), share(0.0004), share(0.99999), share(1.0)
        ('12 %', 'under 0.1 %', 'over 99.9 %', '100 %')
    """
    if value is None:
        return "unknown"
    if 0 < value < 0.001:
        return f"under {figure(0.1)} %"
    if 0.999 < value < 1:
        return f"over {figure(99.9)} %"
    if 0 < value < 0.0995 or 0.9905 < value < 1:
        return f"{figure(value * 100, '.1f')} %"
    return f"{value * 100:.0f} %"


def count(value: int, singular: str, plural: str | None = None) -> str:
    """Say how many of something there are.

    Example:
        >>> count(1, "journey"), count(1204, "journey"), count(2, "is", "are")
        ('1 journey', '1,204 journeys', '2 are')
    """
    return f"{figure(value)} {singular if value == 1 else plural or singular + 's'}"
