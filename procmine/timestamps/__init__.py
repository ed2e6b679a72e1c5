"""Times: from whatever a source writes to instants in UTC, decided over the whole column."""

from procmine.timestamps.column import TimeColumn, settle
from procmine.timestamps.zones import known_zone

__all__ = ["TimeColumn", "known_zone", "settle"]
