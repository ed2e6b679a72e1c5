"""What the answer to `promises` says in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from procmine.policy.attained import BROKEN, KEPT, LEVEL, UNDECIDED, Seen
from procmine.policy.queue import HONOURED, REVERSED
from procmine.result import HIGH, LOW
from procmine.schema import DEPARTMENT, JOURNEY_TYPE, SEGMENT
from procmine.wording import count, number, share

INSIDE: Final = "inside_share"


def headline(tables: Mapping[str, pl.DataFrame]) -> str:
    """Say how many promises are broken, the surest of them, and whom the queue serves first.

    Args:
        tables: The answer's tables.
    """
    if tables["promises"].is_empty():
        return "Nothing is promised: neither a policy nor a promise in words is given."
    table = tables["promises"].drop_nulls("verdict")
    number = table.height
    if not number:
        return "No journey here was promised anything."
    broken, kept = (table.filter(pl.col("verdict") == v) for v in (BROKEN, KEPT))
    queue = _of_queue(tables["queue"])
    if broken.height:
        worst = broken.sort("p_value", INSIDE).row(0, named=True)
        return f"{_of_all(broken.height, number)} broken: {sentence(worst)}{queue}"
    if kept.height == number:
        return f"{'The promise is' if number == 1 else f'All {number} promises are'} kept.{queue}"
    if number == 1:
        only = sentence(table.row(0, named=True))
        return f"Whether the promise is kept the data can't tell: {only}{queue}"
    rest = number - kept.height
    return f"{_of_all(kept.height, number)} kept, and of {rest} the data can't tell.{queue}"


def _of_all(some: int, number: int) -> str:
    if number == 1:
        return "1 promise is"
    return f"{some} of {number} promises {'is' if some == 1 else 'are'}"


def sentence(row: Mapping[str, Any]) -> str:
    """Say how a promise is kept.

    Args:
        row: A row of `promises`.
    """
    journeys = f"'{row[JOURNEY_TYPE]}'" if row[JOURNEY_TYPE] else None
    whose = ", ".join(name for name in (row[SEGMENT], journeys) if name)
    of = f" ({whose})" if whose else ""
    low, high = (share(row[end + INSIDE]) for end in (LOW, HIGH))
    between = f"({low.removesuffix(' %')} to {high})"
    fact = f"{share(row[INSIDE])} of journeys close within {row['within']}"
    if row[DEPARTMENT]:
        fact = (
            f"{row[DEPARTMENT]} takes no longer than {row['within']} in {share(row[INSIDE])} of "
            "journeys"
        )
    return f"{fact}{of} {between}, and {share(row['goal'])} are to."


def _of_queue(queue: pl.DataFrame) -> str:
    verdicts = set(queue["verdict"])
    if REVERSED in verdicts:
        return " The queue serves the less valued segments first."
    if HONOURED in verdicts:
        return " The queue serves the more valued segments first."
    return ""


def of_steps(steps: pl.DataFrame) -> str:
    """Say for how many steps who is worth more waits less.

    Args:
        steps: The table `steps`.
    """
    honoured, against = (steps.filter(pl.col("verdict") == v).height for v in (HONOURED, REVERSED))
    fact = f"The more valued segment waits less for {honoured} of {count(steps.height, 'step')}"
    return f"{fact}, and longer for {against or 'none'}."


def of_departments(departments: pl.DataFrame) -> str:
    """Say how often a department's part is kept.

    Args:
        departments: The table `departments`.
    """
    verdicts = departments["verdict"].drop_nulls()
    kept, broken = (int((verdicts == v).sum()) for v in (KEPT, BROKEN))
    fact = f"Of {count(verdicts.len(), 'part')} of promises that fall to departments {number(kept)}"
    return f"{fact} {'is' if kept == 1 else 'are'} kept and {number(broken)} broken."


def caveats(tables: Mapping[str, pl.DataFrame], seen: Seen, levels: pl.DataFrame) -> Iterator[str]:
    """Say what the answer can't, beside what every answer says.

    Args:
        tables: The answer's tables.
        seen: The journeys.
        levels: What was promised.
    """
    if levels.is_empty():
        yield (
            "Write the promises into a policy and give it (policy, --policy FILE), or "
            "give one in words (promise, --promise '12 days')."
        )
        return
    unsure = tables["promises"].filter(pl.col("verdict") == UNDECIDED).height
    yield (
        f"A promise is called kept or broken where that is sure at {share(LEVEL)} for all of them "
        f"together (Holm), customers being the units; {count(unsure, 'is', 'are')} undecided."
    )
    promised = levels.filter(pl.col(DEPARTMENT).is_null())
    left = seen.cells.join(promised, on=[JOURNEY_TYPE, SEGMENT], how="anti", nulls_equal=True)
    if number := int(left["cases"].sum()):
        yield f"Nothing is promised end to end to {count(number, 'journey')}: left out."
    if tables["departments"].height:
        yield (
            "A wait in a handoff counts for no department, and departments' shares are of journeys "
            "that are over, or broke the limit already."
        )
    if tables["queue"].height:
        yield (
            "That who is worth more waits less is an association, at 5 % for all rows of a table "
            "together; customers are shuffled within the month in which they began."
        )
