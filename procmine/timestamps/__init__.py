"""Times: from whatever a source writes to instants in UTC, decided over the whole column."""

from procmine.timestamps.column import TimeColumn, refuse_undecided, settle
from procmine.timestamps.zones import known_zone

__all__ = ["TimeColumn", "known_zone", "refuse_undecided", "settle"]
