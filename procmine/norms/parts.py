"""The journeys that show what was normal, and those that are held against it."""

from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

import narwhals as nw

from procmine import followup
from procmine.collecting import collect
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.filters import Condition, cases_where
from procmine.periods import instant
from procmine.reading import read
from procmine.schema import TIMESTAMP, WAIT
from procmine.wording import count


@dataclass(frozen=True)
class Parts:
    """A reference beside the journeys that are checked; of both those that are over.

    Attributes:
        normal: The reference.
        current: What is checked.
        since: What tells the checked ones, as a sentence begins: `Since 13 July 2025,`.
        before: What the reference is: `before it`, `in orders.parquet`.
        did: What the reference did, beside what the checked ones do: `did then`.
        caveats: What is to be said of how they were chosen.
    """

    normal: EventLog
    current: EventLog
    since: str
    before: str
    did: str
    caveats: tuple[str, ...]


def parts(log: EventLog, reference: Path | None, until: str | None) -> Parts:
    """Choose the reference and what is checked.

    Args:
        log: The event log.
        reference: Another log that shows what is normal.
        until: The date before which the log's own journeys began that show it.

    Raises:
        OptionError: Not just one of the two is given, it isn't a date, or a part is empty.
        InputError: The reference can't be read.
    """
    if (reference is None) == (until is None):
        raise OptionError(
            "What was normal must be shown by one thing.",
            "Give a date before which journeys were (reference_until='2025-07-01', "
            "--reference-until), or a log (reference, --reference FILE).",
        )
    if reference is not None:
        other = read(reference).inside()
        normal, current = _over(other), _over(log)
        found = Parts(normal, current, "Here", f"in {reference.name}", "do there", ())
    else:
        found = _halves(log, str(until))
    for part, what in ((found.normal, "reference"), (found.current, "checked part")):
        if not part.size[1]:
            raise OptionError(
                f"There is no journey that is over in the {what}.", "Choose another date or log."
            )
    return replace(found, caveats=(*found.caveats, *_open(log)))


def _halves(log: EventLog, until: str) -> Parts:
    """Split a log's journeys by when they began."""
    moment = instant(until, log.meta.timezone)
    if moment is None:
        raise OptionError("The date of reference_until is empty.", "Write it as 2025-07-13.")
    normal, current = (
        _over(log.filter_cases(started=period)) for period in ((None, moment), (moment, None))
    )
    said = f"{moment:%-d %B %Y}"
    after = nw.col(TIMESTAMP) >= moment.astimezone(UTC)
    across = collect(normal.ends.filter(after).select(nw.len())).item()
    fact = f"{count(across, 'journey')} began before {said} and ended after it"
    caveats = (f"{fact}; they belong to what was normal.",) if across else ()
    return Parts(normal, current, f"Since {said},", "before it", "did then", caveats)


def _over(log: EventLog) -> EventLog:
    """Leave out the journeys that are open, where anybody knows which are."""
    if not followup.known(log):
        return _sized(log)
    over = nw.col(WAIT).is_null() & ~log.is_open()
    return _sized(replace(log, events=nw.to_native(cases_where(log.table, [Condition(over)]))))


def _sized(log: EventLog) -> EventLog:
    """Count the part anew."""
    return replace(log, meta=replace(log.meta, events=None, cases=None))


def _open(log: EventLog) -> list[str]:
    """Say how many journeys are left out because they are open."""
    if not followup.known(log):
        return []
    still = collect(log.ends.filter(log.is_open()).select(nw.len())).item()
    are = count(still, "open journey is", "open journeys are")
    fact = f"{are} neither learned from nor checked: what is lacking may still come."
    return [fact] if still else []
