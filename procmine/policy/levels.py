"""Which promise is made to whom: service levels, spread over the journeys that there are."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from procmine.errors import OptionError, nearest
from procmine.policy.promises import read_promises
from procmine.schema import DEPARTMENT, JOURNEY_TYPE, SEGMENT

if TYPE_CHECKING:
    from procmine.policy.document import Policy, ServiceLevel

LEVELS: Final[dict[str, pl.DataType]] = {
    "row": pl.Int64(),
    "promise": pl.String(),
    DEPARTMENT: pl.String(),
    JOURNEY_TYPE: pl.String(),
    SEGMENT: pl.String(),
    "within": pl.String(),
    "limit": pl.Int64(),
    "business": pl.Boolean(),
    "goal": pl.Float64(),
    "owner": pl.String(),
}
"""The columns of `spread`."""


def read_levels(
    policy: Path | None, promise: str | None, goal: float
) -> "tuple[Sequence[ServiceLevel], Policy | None]":
    """Read what is promised, from a policy or from words.

    Args:
        policy: The file.
        promise: What `procmine.policy.promises.read_promises` takes.
        goal: The share of journeys that is to keep what the words promise.

    Returns:
        The service levels, none where nothing is given, and the policy.

    Raises:
        ConfigurationError: The policy can't be used.
        OptionError: Both are given, or the words or the goal can't be used.
    """
    from procmine.policy.document import ServiceLevel, read_policy

    if policy is not None and promise is not None:
        raise OptionError(
            "Promises are given in a policy and in words.", "Leave policy or promise out."
        )
    if not 0 < goal < 1:
        raise OptionError(f"The goal {goal} isn't a share between 0 and 1.", "Give one like 0.95.")
    if policy is not None:
        found = read_policy(policy)
        return found.promises, found
    if promise is None:
        return (), None
    said = read_promises(promise).items()
    return [ServiceLevel(name=s or "all", within=p, goal=goal, segment=s) for s, p in said], None


def spread(
    levels: "Sequence[ServiceLevel]",
    journeys: Iterable[tuple[str | None, str | None]],
    business_day_us: int | None = None,
) -> pl.DataFrame:
    """Say which promise holds for which type of journey and segment.

    Where a promise is made to everybody and another to a segment, or of one type of journey, the
    narrower one holds there.

    Args:
        levels: The promises.
        journeys: The types of journeys and the segments that there are.
        business_day_us: The business time of a working day; None where no calendar is given.

    Returns:
        `row, promise, department, journey_type, segment, within, limit, business, goal, owner`: one
        row for each promise, type and segment; limits in microseconds of the promise's clock. A
        promise that holds for no journey has a row for whom it is made to.

    Example:
        >>> from procmine.policy.document import ServiceLevel
        >>> both = [
        ...     ServiceLevel(name="all", within="21 days"),
        ...     ServiceLevel(name="firms", within="12 days", segment="Business"),
        ... ]
        >>> spread(both, [(None, "Business"), (None, "Consumer")])["promise"].to_list()
        ['firms', 'all']
    """
    cells = sorted(journeys, key=lambda j: (j[0] or "", j[1] or "\uffff"))
    nowhere = [x for x in levels if not any(_holds(x, kind, segment) for kind, segment in cells)]
    scopes = [(level, level.journey_type, level.segment) for level in nowhere]
    scopes += [
        (level, kind, segment)
        for kind, segment in cells
        for level in levels
        if _holds(level, kind, segment)
        and not any(_narrower(o, level) and _holds(o, kind, segment) for o in levels)
    ]
    rows = [
        (
            *(level.name, level.department, kind, segment, level.within.said),
            *(level.within.within(business_day_us), level.within.business),
            *(float(level.goal), level.owner),
        )
        for level, kind, segment in scopes
    ]
    table = pl.DataFrame(rows, {k: v for k, v in LEVELS.items() if k != "row"}, orient="row")
    return table.with_row_index("row").cast({"row": pl.Int64})


def _holds(level: "ServiceLevel", kind: str | None, segment: str | None) -> bool:
    return level.journey_type in {None, kind} and level.segment in {None, segment}


def _narrower(one: "ServiceLevel", other: "ServiceLevel") -> bool:
    """Whether one promise says more than the other about whom it is made to."""
    ours, theirs = (
        {(k, v) for k, v in ((JOURNEY_TYPE, x.journey_type), (SEGMENT, x.segment)) if v is not None}
        for x in (one, other)
    )
    return one.department == other.department and theirs < ours


def refuse_unknown(levels: "Sequence[ServiceLevel]", segments: Sequence[str]) -> None:
    """Refuse promises in words to a segment that never occurs.

    Args:
        levels: The promises.
        segments: The segments that there are.

    Raises:
        OptionError: One never occurs; the nearest is named.
    """
    for level in levels:
        if level.segment is not None and level.segment not in segments:
            raise OptionError(
                f"'{level.segment}' is promised something, and never occurs in {SEGMENT}.",
                nearest(level.segment, segments),
            )


def worth(policy: "Policy | None", levels: pl.DataFrame) -> pl.DataFrame:
    """Put the segments of each type of journey in the order of their value.

    Args:
        policy: Says what a journey of a segment is worth.
        levels: What `spread` returns; where the policy says no value of any segment, who is
            promised less time is worth more.

    Returns:
        `journey_type, segment, worth`: a number that is larger the more a segment is worth, alike
        where two are; a segment of which nothing is known has no row.

    Example:
        >>> from procmine.policy.document import ServiceLevel
        >>> both = [
        ...     ServiceLevel(name=n, within=f"{d} days", segment=n) for n, d in [("A", 9), ("B", 2)]
        ... ]
        >>> worth(None, spread(both, [(None, "A"), (None, "B")]))["worth"].to_list()
        [1, 2]
    """
    whole = levels.filter(pl.col(DEPARTMENT).is_null()).group_by(JOURNEY_TYPE, SEGMENT)
    known = whole.agg(pl.col("limit").min(), pl.col("business").any())
    values = (
        {n: s.value for n, s in policy.segments.items() if s.value is not None} if policy else {}
    )
    if values:
        value = pl.col(SEGMENT).replace_strict(values, default=None, return_dtype=pl.Float64)
    else:  # a promise in business time and one in calendar time have no order
        mixed = pl.col("business").n_unique().over(JOURNEY_TYPE) > 1
        value = pl.when(~mixed).then(-pl.col("limit").cast(pl.Float64))
    return (
        known.with_columns(value.alias("value"))
        .drop_nulls("value")
        .select(
            JOURNEY_TYPE,
            SEGMENT,
            pl.col("value").rank("dense").over(JOURNEY_TYPE).cast(pl.Int64).alias("worth"),
        )
        .sort(JOURNEY_TYPE, SEGMENT, nulls_last=True)
    )
