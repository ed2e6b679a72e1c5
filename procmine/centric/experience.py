"""The gates of customer experience focus: the customer's process, owned, kept, alike and easier."""

from collections.abc import Iterator
from typing import Any, Final, cast

import narwhals as nw
import polars as pl

from procmine.centric.asked import Asked
from procmine.centric.gate import EXPERIENCE, Gate, decided, unknown
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.schema import (
    CASE_START,
    CUSTOMER,
    DEPARTMENT,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    OUTSIDE,
)
from procmine.wording import count, number, share

TIED_SHARE: Final = 0.9
"""From this share of events on, work counts as tied to customer events."""

NEAR_ZERO_BITS: Final = 0.01
"""Up to so many bits beyond chance, treatment counts as alike."""

SURE: Final = 0.05
_PERIODS: Final = 8
_FAILING: Final = ("failure demand", "chasing")


def gates(asked: Asked) -> Iterator[Gate]:
    """Assess the gates of this level, in order.

    Args:
        asked: The log and what the company says of itself.
    """
    yield _tied(asked.log)
    yield _owned(asked)
    yield _kept(asked)
    yield alike(asked, EXPERIENCE)
    yield _easier(asked)


def _tied(log: EventLog) -> Gate:
    gate, least = "Work tied to customer events", f"{share(TIED_SHARE)} of events"
    if CUSTOMER not in log.columns:
        why = "The log names no customers; read it with the column that does."
        return unknown(EXPERIENCE, gate, least, why)
    tied = ~nw.col(CUSTOMER).is_null()
    if JOURNEY_STATE in log.columns:
        tied = tied & (nw.col(JOURNEY_STATE).cast(nw.String) != OUTSIDE)
    counts = log.table.select(nw.len().alias("events"), tied.cast(nw.Int64).sum().alias("tied"))
    events, within = collect(counts).row(0)
    part = (within or 0) / max(events, 1)
    evidence = f"{share(part)} of {count(events, 'event')} lie in a journey of a known customer."
    return decided(EXPERIENCE, gate, least, met=part >= TIED_SHARE, evidence=evidence, figure=part)


def _owned(asked: Asked) -> Gate:
    gate, least = "Journeys owned outside silos", "every type of journey"
    policy = asked.document
    if policy is None:
        why = "No policy says who owns a journey; name the owner of its promise."
        return unknown(EXPERIENCE, gate, least, why)
    kinds, silos = _names(asked.log, JOURNEY_TYPE) or [None], _names(asked.log, DEPARTMENT)
    owners = {
        kind: [
            level.owner
            for level in policy.promises
            if level.owner and level.department is None and level.journey_type in {None, kind}
        ]
        for kind in kinds
    }
    if not any(owners.values()):
        why = "The policy's promises name no owner; add owner = … to each."
        return unknown(EXPERIENCE, gate, least, why)
    outside = {k: [o for o in own if not _of_a_silo(o, silos)] for k, own in owners.items()}
    whose = [_whose(kind, owners[kind], outside[kind]) for kind in kinds]
    met = sum(bool(own) for own in outside.values())
    return decided(
        EXPERIENCE,
        gate,
        least,
        met=met == len(kinds),
        evidence=f"{'; '.join(whose)}.",
        figure=met / len(kinds),
    )


def _names(log: EventLog, column: str) -> list[str]:
    if column not in log.columns:
        return []
    found = collect(log.inside().table.select(nw.col(column).cast(nw.String)).unique())
    return found[column].drop_nulls().sort().to_list()


def _of_a_silo(owner: str, silos: list[str]) -> bool:
    """Whether an owner's title names a department: who heads a silo doesn't stand outside."""
    return any(silo.casefold() in owner.casefold() for silo in silos)


def _whose(kind: str | None, owners: list[str], outside: list[str]) -> str:
    named = f"'{kind}'" if kind else "Each journey"
    if outside:
        return f"{named} is owned by the {outside[0]}"
    if owners:
        return f"{named} by the {owners[0]}, of a silo"
    return f"{named} by nobody"


def _kept(asked: Asked) -> Gate:
    gate, least = "Promises to segments kept", "every promise, surely"
    table = asked.promises.promises.filter(pl.col(DEPARTMENT).is_null()).drop_nulls("verdict")
    if table.is_empty():
        return unknown(EXPERIENCE, gate, least, "Nothing is promised; write a policy.")
    kept, broken = (int((table["verdict"] == v).sum()) for v in ("kept", "broken"))
    rest = table.height - kept - broken
    fact = f"{kept} of {count(table.height, 'promise')} are kept, {broken} broken"
    evidence = f"{fact}, and of {rest} the data can't tell." if rest else f"{fact}."
    if rest and not broken:
        return unknown(EXPERIENCE, gate, least, evidence)
    return decided(
        EXPERIENCE, gate, least, met=not broken, evidence=evidence, figure=kept / table.height
    )


def alike(asked: Asked, level: str) -> Gate:
    """Assess whether customers of one segment are treated alike.

    Args:
        asked: The log and what the company says of itself.
        level: The level that asks for it.
    """
    gate = "Alike within each segment"
    least = f"{NEAR_ZERO_BITS} bits beyond chance"
    result = asked.within_segments
    if result.summary.is_empty():
        why = "No two groups can be compared by channel, department or site."
        return unknown(level, gate, least, why)
    sure = result.summary.filter(pl.col("adjusted_p_value") <= SURE)
    if sure.is_empty() and (needed := result.summary.height / SURE) > asked.permutations + 1:
        why = f"{result.summary.height} comparisons need {number(needed)} shuffles (permutations)."
        return unknown(level, gate, least, why)
    bits = max(sure["excess_bits"].to_list(), default=0.0)
    return decided(
        level, gate, least, met=bits <= NEAR_ZERO_BITS, evidence=result.headline, figure=bits
    )


def _easier(asked: Asked) -> Gate:
    gate, least = "Failure demand falling", "a falling order of periods, p at most 5 %"
    if asked.reasons is None:
        why = "No map of reasons says which activities are failure demand; give one."
        return unknown(EXPERIENCE, gate, least, why)
    shares = _failing_shares(asked)
    if len(shares) < _PERIODS - 1:
        why = "Too little time, or too few journeys, to see whether failure demand falls."
        return unknown(EXPERIENCE, gate, least, why)
    from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

    kendall = cast("Any", stats.kendalltau)  # pyright: ignore[reportUnknownMemberType]
    tau, chance = map(float, kendall(range(len(shares)), shares))
    falls = tau < 0 and chance <= SURE
    first, last = share(shares[0]), share(shares[-1])
    evidence = (
        f"In {len(shares)} periods failure demand and chasing went from {first} to {last} of "
        f"events (tau {number(tau)}, p {number(chance)})."
    )
    return decided(EXPERIENCE, gate, least, met=falls, evidence=evidence, figure=tau)


def _failing_shares(asked: Asked) -> list[float]:
    """Return the share of failure demand and chasing by period of journeys' starts.

    The last period is left out: much of what its journeys bring is still to come.
    """
    from procmine.reasons.document import read_reasons
    from procmine.reasons.kinds import KIND, marked

    log = asked.log.inside()
    reasons, _ = read_reasons(asked.reasons, asked.log)
    ends = nw.col(CASE_START).min().alias("first"), nw.col(CASE_START).max().alias("last")
    first, last = collect(log.table.select(*ends)).row(0)
    if first is None or first == last:
        return []
    edges = [first + n * ((last - first) / _PERIODS) for n in range(1, _PERIODS)]
    period = nw.sum_horizontal(*((nw.col(CASE_START) >= nw.lit(e)).cast(nw.Int64) for e in edges))
    failing = nw.col(KIND).is_in(list(_FAILING)).cast(nw.Int64)
    rows = marked(log, reasons).with_columns(period.alias("period"), failing.alias("failing"))
    sums = rows.group_by("period").agg(nw.col("failing").sum(), nw.len().alias("events"))
    found = collect(sums).filter(pl.col("period") < _PERIODS - 1).sort("period")
    return (found["failing"] / found["events"]).to_list()
