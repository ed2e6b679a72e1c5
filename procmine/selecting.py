"""Parts of a prepared log: its journeys, its events, a sample of its customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

import narwhals as nw
import polars as pl

from procmine.asked import Names, Pairs, chosen, said
from procmine.errors import OptionError, UnavailableError
from procmine.filters import Condition, case_conditions, cases_where, one_of
from procmine.holding import Held, hold, prepare
from procmine.metadata import Metadata
from procmine.periods import Period, within
from procmine.prepare.spark import is_spark, prepare_spark
from procmine.sampling import draw
from procmine.sampling import said as said_of_sample
from procmine.schema import (
    ACTIVITY,
    CASE,
    DEPARTMENT,
    JOURNEY_STATE,
    OUTSIDE,
    SAMPLE_GROUP,
    TIMESTAMP,
    VARIANT,
    WAIT,
)
from procmine.views import PreparedLog


@dataclass(frozen=True, repr=False)
class SelectableLog(PreparedLog):
    """A prepared log of which parts can be taken, each a log again."""

    def inside(self) -> Self:
        """Leave out what belongs to no journey, unless there is nothing else.

        Example:
            >>> import procmine as pm
            >>> table = pl.DataFrame(
            ...     {
            ...         "case": ["1", "2"],
            ...         "activity": ["ask", "pass by"],
            ...         "time": ["2026-01-05T09:00Z"] * 2,
            ...         "journey_state": ["open", "outside"],
            ...     }
            ... )
            >>> pm.read(table).inside().size
            (1, 1)
        """
        if OUTSIDE not in self.states or len(self.states) == 1:
            return self
        kept = nw.to_native(self.table.filter(nw.col(JOURNEY_STATE) != OUTSIDE))
        events, cases = (
            sum(n) for n in zip(*(v for k, v in self.states.items() if k != OUTSIDE), strict=True)
        )
        return replace(self, events=kept, meta=replace(self.meta, events=events, cases=cases))

    def filter_cases(
        self,
        *,
        started: Period | None = None,
        ended: Period | None = None,
        variant: int | Sequence[int] = (),
        duration: tuple[timedelta | float | None, timedelta | float | None] | None = None,
        passes_through: Names = (),
        avoids: Names = (),
        starts_with: Names = (),
        ends_with: Names = (),
        follows: Pairs = (),
        never_follows: Pairs = (),
        hands_over: Pairs = (),
        is_open: bool | None = None,
        where: Mapping[str, Names] | None = None,
    ) -> Self:
        """Keep whole journeys; several conditions must all hold.

        Args:
            started: The journey began in this period (from included, to excluded).
            ended: Its last event lies in this period.
            variant: It follows one of these variants.
            duration: It took at least and at most this long (timedelta, or seconds).
            passes_through: Each of these activities occurs in it.
            avoids: None of these activities occurs in it.
            starts_with: Its first activity is one of these.
            ends_with: Its last activity is one of these.
            follows: The second activity comes directly after the first somewhere in it; of
                several such pairs each.
            never_follows: The second activity comes directly after the first nowhere in it, for no
                such pair.
            hands_over: The first department hands it over to the second: the journeys behind a row
                of `procmine.handoffs`; of several such pairs each.
            is_open: It is still open (True), or closed or abandoned (False).
            where: For each column, some event of it has one of these values.

        Returns:
            The log of those journeys, complete.

        Raises:
            OptionError: A name that never occurs; the nearest is named. Or nobody said which
                journeys are open.
            ColumnError: `where` names a column that the log doesn't have.

        Example:
            >>> import procmine as pm
            >>> log = pm.read(
            ...     pl.DataFrame(
            ...         {
            ...             "case": ["1", "1", "2"],
            ...             "activity": ["ask", "answer", "ask"],
            ...             "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-06T09:00Z"],
            ...         }
            ...     )
            ... )
            >>> log.filter_cases(passes_through="answer").size
            (2, 1)
        """
        given = chosen({k: v for k, v in locals().items() if k != "self"})
        if not given:
            return self
        asked = {name: value for name, value in given.items() if name != "is_open"}
        conditions = case_conditions(self.table, self.meta.timezone, **asked)
        if is_open is not None:
            conditions.append(self._state(is_open))
        kept = nw.to_native(cases_where(self.table, conditions))
        return replace(self, events=kept, meta=self.meta.selected(said("journeys", given)))

    def _state(self, is_open: bool) -> Condition:  # noqa: FBT001
        """Say that cases are open, or that they aren't."""
        if JOURNEY_STATE not in self.columns and not self.meta.outcomes:
            raise OptionError(
                "Nobody said which journeys of this log are open.",
                "Name the activities that close one when it is read: outcomes.",
            )
        state = self.is_open() if is_open else ~self.is_open()
        of = CASE if JOURNEY_STATE in self.columns else VARIANT
        return Condition(nw.col(WAIT).is_null() & state, of=of)

    def filter_events(
        self,
        *,
        activity: Names = (),
        department: Names = (),
        period: Period | None = None,
        where: Mapping[str, Names] | None = None,
    ) -> Self:
        """Keep events; what came next is made anew from those that are left.

        Args:
            activity: Events of these activities.
            department: Events of these departments.
            period: Events completed in this period (from included, to excluded).
            where: For each column, events with one of these values.

        Returns:
            The log of those events; a journey without any is gone.

        Raises:
            OptionError: A name that never occurs; the nearest is named.
            ColumnError: The log has no such column.
        """
        given = chosen({k: v for k, v in locals().items() if k != "self"})
        if not given:
            return self
        kept, columns = self.table, given.get("where", {})
        asked = ((ACTIVITY, activity), (DEPARTMENT, department), *columns.items())
        for column, values in asked:
            if values:
                kept = kept.filter(one_of(self.table, column, values))
        if period is not None:
            kept = kept.filter(within(TIMESTAMP, period, self.meta.timezone))
        native = nw.to_native(kept)
        meta = self.meta.selected(said("events", given))
        if is_spark(native):
            return replace(self, events=prepare_spark(native), meta=meta)
        return self._held(prepare(native, self.size[0], meta), meta)

    def sample(self, *, customers: int, seed: int = 1) -> Self:
        """Draw customers at random, with all their journeys: a log that answers faster.

        Every analysis of it says that it is a sample, and gives each mean, median, percentile and
        share an interval. Where the log names no customers, journeys are drawn.

        Args:
            customers: How many.
            seed: Another number draws other customers.

        Returns:
            The log of their journeys, complete; the log itself if it has no more customers.

        Raises:
            OptionError: No customers are asked for, or the seed is negative.
            UnavailableError: The log isn't on Polars.

        Example:
            >>> import procmine as pm
            >>> table = pl.DataFrame(
            ...     {"case": ["1", "2"], "activity": ["ask"] * 2, "time": ["2026-01-05T09:00Z"] * 2}
            ... )
            >>> pm.overview(pm.read(table).sample(customers=1)).headline
            'In a sample of 1 of 2 journeys: 1 journey between 5 January 2026 and 5 January 2026; \
half took 0 seconds or longer.'
        """
        if not isinstance(self.events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UnavailableError(
                "A sample can't be drawn on this engine yet.",
                "Write the prepared log as Parquet, and draw from pm.read of that.",
            )
        drawn = draw(
            self.events,
            customers=customers,
            seed=seed,
            journeys=self.size[1],
            before=self.meta.sample,
        )
        if drawn is None:
            return self
        cases, sample = drawn
        meta = replace(
            self.meta.selected(said_of_sample(sample)),
            sample=sample,
            events=cases["events"].sum(),
            cases=cases.height,
        )
        kept = self.events.drop(SAMPLE_GROUP, strict=False).join(
            cases.drop("events").lazy(), on=CASE, how="inner", maintain_order="left"
        )
        return self._held(hold(kept, meta), meta)

    def _held(self, held: Held, meta: Metadata) -> Self:
        """Return the log of a part that is held apart from the whole."""
        return replace(self, events=held.events, meta=meta, storage=held.storage, set_aside=None)
