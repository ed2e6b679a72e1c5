"""What an analysis of teams is told of promises: in a policy or in words, on whose clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from procmine import business
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.policy.levels import read_levels, refuse_unknown, spread
from procmine.schema import ABANDONED, DEPARTMENT, JOURNEY_TYPE, OPEN, SEGMENT
from procmine.teams.work import Work

if TYPE_CHECKING:
    from procmine.calendars import Calendars
    from procmine.policy.document import Policy, ServiceLevel


@dataclass(frozen=True)
class Pledges:
    """Promises, and the hours that those in business time go by.

    Attributes:
        levels: The promises; none where nothing is promised.
        policy: The policy that they are of, where they aren't given in words.
        file: What the policy is called in errors.
        calendars: Whose hours count; None where nothing is promised in business time.
    """

    levels: "Sequence[ServiceLevel]"
    policy: "Policy | None"
    file: str
    calendars: "Calendars | None"

    def spread(self, log: EventLog, work: Work) -> pl.DataFrame:
        """Spread the promises over the journeys that there are, see `procmine.policy.levels`.

        Args:
            log: The event log.
            work: Its journeys.

        Raises:
            ConfigurationError: The policy names what never occurs in a whole log.
            OptionError: The words do.
        """
        if not log.meta.selection:  # a part of a log may lack what the whole one knows
            self._refuse_unknown(work)
        everybody = self.calendars.of(None) if self.calendars else None
        kinds = work.journeys.select(JOURNEY_TYPE, SEGMENT).unique().rows()
        return spread(self.levels, kinds, everybody.working_day_us if everybody else None)

    def _refuse_unknown(self, work: Work) -> None:
        from procmine.policy.document import check_names

        columns = {JOURNEY_TYPE: work.journeys, SEGMENT: work.journeys, DEPARTMENT: work.shares}
        names = {c: table[c].drop_nulls().unique().sort().to_list() for c, table in columns.items()}
        if self.policy is None:
            refuse_unknown(self.levels, names[SEGMENT])
        else:  # its rules are conformance's
            known = {column: frozenset(there) for column, there in names.items()}
            check_names(self.policy.model_copy(update={"rules": ()}), known, self.file)


def read_pledges(
    log: EventLog, policy: Path | None, promise: str | None, goal: float, calendar: Path | None
) -> Pledges:
    """Read what is promised, and open the calendars where something is in business time.

    Args:
        log: The event log.
        policy: A file of promises (TOML).
        promise: Promises in words, instead.
        goal: The share of journeys that is to keep what the words promise.
        calendar: A file of business hours; the policy's where this isn't given.

    Raises:
        ConfigurationError: The policy or the calendar can't be used.
        OptionError: The words can't, or nobody says when business time is.
    """
    levels, found = read_levels(policy, promise, goal)
    timed = [level.within.said for level in levels if level.within.business]
    file = calendar or (found.calendar if found else None)
    if timed and file is None:
        raise OptionError(
            f"'{timed[0]}' is business time, and no calendar says when that is.",
            "Give a calendar (calendar, --calendar FILE).",
        )
    calendars = business.open_calendars(log, file) if timed else None
    return Pledges(levels, found, Path(policy or "").name, calendars)


def promised(journeys: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Give each journey its promise.

    Args:
        journeys: `Work.journeys`.
        levels: The promises, as `Pledges.spread` gives them; of several end to end the first
            counts.

    Returns:
        The journeys with `within, limit, goal`, null where nothing is promised, and `left`: after
        how long they left on the clock of the promise.
    """
    cell = [JOURNEY_TYPE, SEGMENT]
    whole = levels.filter(pl.col(DEPARTMENT).is_null())
    one = whole.unique(cell, keep="first", maintain_order=True)
    said = one.select(*cell, "within", "limit", "business", "goal")
    has = "business_exit" in journeys.columns
    business_time = pl.col("business_exit") if has else pl.lit(None, pl.Int64)
    timed = pl.col("business").fill_null(False)
    left = pl.when(timed).then(business_time).otherwise("exit").alias("left")
    return journeys.join(said, on=cell, how="left", nulls_equal=True).with_columns(left)


def judged(journeys: pl.DataFrame) -> pl.DataFrame:
    """Say of each journey whether it kept its promise, as far as that says something of all.

    Where a journey is open and still in time, those that began no earlier aren't judged either: of
    them only the fast ones are known.

    Args:
        journeys: What `promised` returns.

    Returns:
        The journeys with `kept`, 1 or 0; null where it isn't judged or nothing is promised.
    """
    late = pl.col("left") > pl.col("limit")
    kept = pl.when(late | (pl.col("state") == ABANDONED)).then(0.0).otherwise(1.0)
    waiting = (pl.col("state") == OPEN) & ~late
    since = pl.col("start").filter(waiting).min().over(JOURNEY_TYPE, SEGMENT)
    known = pl.col("limit").is_not_null() & (since.is_null() | (pl.col("start") < since))
    return journeys.with_columns(pl.when(known).then(kept).alias("kept"))
