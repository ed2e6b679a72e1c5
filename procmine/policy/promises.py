"""Promises: by when a journey is to close, for everybody or by segment, as a person writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from procmine.errors import OptionError
from procmine.wording import parse_duration

_BUSINESS: Final = re.compile(r"\b(?:business|working)\s+", re.IGNORECASE)
_DAYS: Final = re.compile(r"(?<![a-z])(?:days?|d)$", re.IGNORECASE)
_WEEKS: Final = re.compile(r"(?<![a-z])(?:weeks?|w)$", re.IGNORECASE)
_DAY: Final = 86_400_000_000


@dataclass(frozen=True)
class Promise:
    """A time within which a journey is to close.

    Attributes:
        said: As it was written: `12 days`, `8 business days`.
        length_us: Its length in microseconds; of business days as if each had 24 hours.
        business: Whether it counts the time that a calendar calls business time.
    """

    said: str
    length_us: int
    business: bool = False

    def within(self, business_day_us: int | None = None) -> int:
        """Return the microseconds that a journey may take, on the clock of the promise.

        A business day is as long as the calendar's working days are on average, so that eight
        business days of eight hours are 64 business hours, whenever the journey starts.

        Args:
            business_day_us: The business time of a working day, in microseconds.

        Example:
            >>> read_promises("8 business days")[None].within(8 * 3_600_000_000) // 3_600_000_000
            64
        """
        if self.business and business_day_us is not None and _DAYS.search(self.said):
            return self.length_us * business_day_us // _DAY
        return self.length_us


def read_promises(text: str) -> Mapping[str | None, Promise]:
    """Read what is promised, to everybody or to each segment.

    Args:
        text: `12 days`, `60 business hours`; by segment `Business=12 days,Consumer=21 days`, where
            one without a name goes to every other segment.

    Returns:
        The promise of each segment; under None that of everybody else.

    Raises:
        OptionError: It can't be read, or promises one segment two things.

    Example:
        >>> promises = read_promises("Business=12 days, 3 weeks")
        >>> promises["Business"].said, promises[None].said
        ('12 days', '3 weeks')
    """
    found: dict[str | None, Promise] = {}
    for part in text.split(","):
        name, named, length = part.rpartition("=")
        segment = name.strip() if named else None
        if segment in found:
            raise OptionError(
                f"The promise '{text}' says two things to {segment or 'everybody'}.",
                "Write each segment once: Business=12 days,Consumer=21 days.",
            )
        found[segment] = read_promise(length.strip())
    return found


def read_promise(text: str) -> Promise:
    """Read what is promised to one.

    Args:
        text: `12 days`, `60 business hours`.

    Raises:
        OptionError: It can't be read.

    Example:
        >>> read_promise("8 business hours").business
        True
    """
    plain, business = _BUSINESS.subn("", text)
    try:
        length = parse_duration(plain)
    except OptionError:
        raise OptionError(
            f"'{text}' isn't a promise.",
            "Write it as 12 days, 60 business hours, or by segment: Business=12 days,"
            "Consumer=21 days.",
        ) from None
    if length <= 0:
        raise OptionError(f"The promise '{text}' can't be kept.", "Promise more than no time.")
    if business and _WEEKS.search(plain):
        raise OptionError(
            f"'{text}' has no length that a calendar tells.", "Say it in business days or hours."
        )
    return Promise(text, length, bool(business))
