"""A gate on the way to customer centricity, and how far an unbroken row of them reaches."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import polars as pl

MET, NOT_MET, UNKNOWN = "met", "not met", "not assessable"

PRODUCT, EXPERIENCE, VALUE, CONTROL = "product", "experience", "value", "customer in control"
LEVELS: Final = (EXPERIENCE, VALUE, CONTROL)
"""The levels above a company that starts at its products, the lowest first."""


@dataclass(frozen=True)
class Gate:
    """One condition of a level.

    Attributes:
        level: The level that it belongs to.
        gate: What must hold.
        status: Met, not met or not assessable.
        evidence: A sentence with what the log shows, or what is missing.
        threshold: From where on it is met, in words.
        figure: What was measured; None where nothing was.
    """

    level: str
    gate: str
    status: str
    evidence: str
    threshold: str
    figure: float | None = None


def unknown(level: str, gate: str, threshold: str, why: str) -> Gate:
    """Return a gate that this log can't assess.

    Args:
        level: The level that it belongs to.
        gate: What must hold.
        threshold: From where on it is met.
        why: What is missing, and how to add it.
    """
    return Gate(level, gate, UNKNOWN, why, threshold)


def decided(
    level: str, gate: str, threshold: str, *, met: bool, evidence: str, figure: float | None
) -> Gate:
    """Return a gate that is met or not.

    Args:
        level: The level that it belongs to.
        gate: What must hold.
        threshold: From where on it is met.
        met: Whether it is.
        evidence: What the log shows.
        figure: What was measured.
    """
    return Gate(level, gate, MET if met else NOT_MET, evidence, threshold, figure)


def reached(gates: Sequence[Gate]) -> tuple[str, int]:
    """Say how far an unbroken row of gates that are met reaches: never a mean.

    Args:
        gates: The gates, in order.

    Returns:
        The highest level whose gates, and those of all below it, are met; how many gates that row
        has.

    Example:
        >>> said = [(EXPERIENCE, MET), (VALUE, MET), (VALUE, UNKNOWN), (CONTROL, MET)]
        >>> reached([Gate(level, "…", status, "…", "…") for level, status in said])
        ('experience', 2)
    """
    row = next((n for n, g in enumerate(gates) if g.status != MET), len(gates))
    level = PRODUCT
    for above in LEVELS:
        own = [n for n, g in enumerate(gates) if g.level == above]
        if not own or own[-1] >= row:
            break
        level = above
    return level, row


GATES: Final = pl.Schema(
    {
        "step": pl.Int64(),
        "level": pl.String(),
        "gate": pl.String(),
        "status": pl.String(),
        "figure": pl.Float64(),
        "threshold": pl.String(),
        "evidence": pl.String(),
    }
)
"""The columns of `table_of`."""


def table_of(gates: Sequence[Gate]) -> pl.DataFrame:
    """Return gates as a table, a row each.

    Args:
        gates: The gates, in order.
    """
    rows = [{"step": number, **asdict(gate)} for number, gate in enumerate(gates, 1)]
    return pl.DataFrame(rows, schema=GATES)
