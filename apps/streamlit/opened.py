"""A log that is open in the app, and where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from beside import Beside

from procmine.eventlog import EventLog


@dataclass(frozen=True)
class Origin:
    """Where a log was opened from, so that it can be opened elsewhere.

    Attributes:
        place: The file, as `procmine.read` and the command line take it.
        settings: The options it was read with, where they aren't the usual ones.
        sample: The name of the sample that it is.
        cut: Whether only a part of it may be seen.
        beside: The files that lie beside it.
    """

    place: str
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    sample: str | None = None
    cut: bool = False
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True)
class Opened:
    """A log that is open.

    Attributes:
        key: Tells it from all others, and from itself after the file has changed.
        log: The log.
        origin: Where it was opened from.
        private: Whether it was uploaded, so that its answers belong to this session alone.
    """

    key: str
    log: EventLog
    origin: Origin
    private: bool = False
