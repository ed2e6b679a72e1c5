# pyright: reportMissingTypeStubs=false
"""Cron expressions, as crontab(5) means them: Sunday is 0 and 7, and two kinds of day add up."""

import re
from typing import TYPE_CHECKING, Any, Final

from procmine.errors import OptionError, UnavailableError

if TYPE_CHECKING:
    from apscheduler.triggers.base import BaseTrigger

_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_FIELDS: Final = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day_of_week", 0, 7, _DAYS),
)
_PART: Final = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?")
_NAMED: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def check_cron(text: str) -> str:
    """Return a cron expression that can be used.

    Raises:
        OptionError: It can't.

    Example:
        >>> check_cron("30 6 * * 1-5")
        '30 6 * * 1-5'
        >>> check_cron("30 25 * * *")
        Traceback (most recent call last):
        ...
        procmine.errors.OptionError: '25' isn't an hour that cron knows. Write 0 to 23.
    """
    _values(text)
    return text


def trigger(text: str, zone: str) -> "BaseTrigger":
    """Return what APScheduler waits for.

    It counts weekdays from Monday and wants both kinds of day to agree. Cron counts them from
    Sunday and, unless one begins with a star, takes either; so it gets the days spelt out, each
    kind by itself.

    Args:
        text: A cron expression.
        zone: The time zone it is meant in.

    Raises:
        OptionError: The expression can't be read.
        UnavailableError: APScheduler isn't installed.
    """
    try:
        from apscheduler.triggers.combining import OrTrigger
        from apscheduler.triggers.cron import CronTrigger
    except ImportError:
        raise UnavailableError(
            "Schedules need APScheduler, and it isn't installed.", "Install procmine[report]."
        ) from None
    fields: dict[str, Any] = {**_values(text), "timezone": zone}
    if any(part.startswith("*") for part in (_parts(text)[2], _parts(text)[4])):
        return CronTrigger(**fields)
    either = [{**fields, other: "*"} for other in ("day", "day_of_week")]
    return OrTrigger([CronTrigger(**each) for each in either])


def _values(text: str) -> dict[str, str]:
    """Read each field as the list of its values, or `*` for any."""
    return {
        field[0]: _field(part, *field) for part, field in zip(_parts(text), _FIELDS, strict=True)
    }


def _parts(text: str) -> list[str]:
    parts = _NAMED.get(text.strip().lower(), text).split()
    if len(parts) != len(_FIELDS):
        raise OptionError(
            f"'{text}' isn't a cron expression.",
            "Write minute, hour, day, month and weekday: 30 6 * * 1-5.",
        )
    return parts


def _field(text: str, name: str, low: int, high: int, words: tuple[str, ...]) -> str:
    if text == "*":
        return text
    found: set[int] = set()
    for part in text.split(","):
        read = _PART.fullmatch(part)
        if read is None:
            raise _unknown(part, name, low, high)
        first = low if read[1] else _number(read[2], name, low, high, words)
        single = high if read[4] else first
        last = high if read[1] else _number(read[3], name, low, high, words) if read[3] else single
        if last < first or read[4] == "0":
            raise _unknown(part, name, low, high)
        found.update(range(first, last + 1, int(read[4] or 1)))
    if name == "day_of_week":
        return ",".join(_DAYS[d] for d in sorted({d % 7 for d in found}))
    return ",".join(map(str, sorted(found)))


def _number(text: str, name: str, low: int, high: int, words: tuple[str, ...]) -> int:
    word = text.lower()
    if word in words:
        return words.index(word) + (1 if name == "month" else 0)
    if not word.isdigit() or not low <= int(word) <= high:
        raise _unknown(text, name, low, high)
    return int(word)


def _unknown(text: str, name: str, low: int, high: int) -> OptionError:
    what = {"hour": "an hour", "day_of_week": "a weekday"}.get(name, f"a {name}")
    return OptionError(f"'{text}' isn't {what} that cron knows.", f"Write {low} to {high}.")
