"""A prepared log seen as objects: journeys, the customers they belong to, and their events."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from procmine.export.layout import PREFIX, Kind, Log, free
from procmine.schema import ACTIVITY, CASE, CUSTOMER, NEXT_ACTIVITY, TIMESTAMP

JOURNEY: Final = "journey"
"""The type of the objects that are the log's cases."""
OWNER: Final = "customer"
"""The type of the objects that the cases belong to, and how they refer to them."""
BEGINNING: Final = "1970-01-01T00:00:00Z"
"""The time from which an object's first values hold, as the standard has it."""

ID, OWNER_ID = "__id", "__owner"
_EVENT_ID: Final = "event_id"


@dataclass(frozen=True)
class Objects:
    """A log as an object-centric one.

    Attributes:
        log: The log.
    """

    log: Log

    @cached_property
    def event_names(self) -> dict[str, str]:
        """Column to the name of the event's attribute."""
        taken = {CASE, ACTIVITY, TIMESTAMP}
        skipped = {ACTIVITY, TIMESTAMP, _EVENT_ID if self._has_ids else ""}
        return {c: free(c, taken) for c in self.log.of_events if c not in skipped}

    @cached_property
    def case_names(self) -> dict[str, str]:
        """Column to the name of the journey's attribute."""
        taken = set[str]()
        return {c: free(c.removeprefix(PREFIX), taken) for c in self.log.of_cases}

    @cached_property
    def event_types(self) -> dict[str, dict[str, Kind]]:
        """Each activity with the attributes that its events have, and what they hold."""
        counts = [pl.col(c).count() for c in self.event_names]
        found = self.log.events.group_by(ACTIVITY).agg(counts).sort(ACTIVITY)
        rows = found.collect(engine="streaming").iter_rows(named=True)
        return {
            row[ACTIVITY]: {
                name: self.log.of_events[c] for c, name in self.event_names.items() if row[c]
            }
            for row in rows
        }

    @cached_property
    def object_types(self) -> dict[str, dict[str, Kind]]:
        """Each type of object with its attributes."""
        own: dict[str, Kind] = {n: self.log.of_cases[c] for c, n in self.case_names.items()}
        return {JOURNEY: own, OWNER: {}} if self._has_owners else {JOURNEY: own}

    @cached_property
    def _has_ids(self) -> bool:
        """Whether each event has an id of its own."""
        if self.log.of_events.get(_EVENT_ID) != "string":
            return False
        it = pl.col(_EVENT_ID)
        rows = self.log.events.select(pl.len(), it.n_unique(), it.null_count().alias("missing"))
        events, ids, missing = rows.collect(engine="streaming").row(0)
        return events == ids and not missing

    @property
    def _has_owners(self) -> bool:
        return CUSTOMER in {*self.log.of_cases, *self.log.of_events}

    @cached_property
    def _owner(self) -> pl.Expr:
        """The id of the customer's object, which no journey's may be."""
        if not self._has_owners:
            return pl.lit(None, pl.String)
        customers = self.log.events.select(pl.col(CUSTOMER).alias(CASE)).unique()
        clashes = self.log.events.select(CASE).join(customers, on=CASE, how="semi").head(1)
        if clashes.collect(engine="streaming").is_empty():
            return pl.col(CUSTOMER)
        return pl.concat_str([pl.lit(f"{OWNER} "), CUSTOMER])

    def owners(self) -> pl.Series:
        """Return the ids of the customers' objects."""
        column = self._owner.alias(OWNER_ID)
        found = self.log.events.select(column).unique().drop_nulls().sort(OWNER_ID)
        return found.collect(engine="streaming")[OWNER_ID]

    @property
    def journeys(self) -> pl.LazyFrame:
        """The last event of each case, with `ID` (the case's) and `OWNER_ID`."""
        last = self.log.events.filter(pl.col(NEXT_ACTIVITY).is_null())
        return last.with_columns(pl.col(CASE).alias(ID), self._owner.alias(OWNER_ID))

    @property
    def events(self) -> pl.LazyFrame:
        """The events, with `ID` (their own) and `OWNER_ID`."""
        numbered = self.log.events.with_row_index("__row", offset=1)
        it = pl.col(_EVENT_ID) if self._has_ids else pl.concat_str([pl.lit("e"), "__row"])
        return numbered.with_columns(it.alias(ID), self._owner.alias(OWNER_ID))
