"""What is measured: each work by its name, in the order of the table."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Work:
    """One thing that every contestant does.

    Attributes:
        name: What the contestants' modules call it.
        title: What the table calls it.
        replicated: Whether it is done on the replicated log; otherwise on single ones.
        loaded: Whether the log is brought into the contestant's own form before the clock starts.
    """

    name: str
    title: str
    replicated: bool = True
    loaded: bool = True


CORE: Final = (
    Work("map", "process map"),
    Work("cycle", "cycle time"),
    Work("handoffs", "handoffs"),
    Work("variants", "variants"),
)
"""The core analyses; asked in this order in one process, each on its own clock."""

TOGETHER: Final = Work("core", "**all four**")
"""What the core analyses take one after the other."""

INPUT: Final = (
    Work("csv", "CSV to log", loaded=False),
    Work("parquet", "Parquet to log", loaded=False),
)
SINGLE: Final = (
    Work("xes", "XES to log", replicated=False, loaded=False),
    Work("align", "alignments", replicated=False),
)
ALL: Final = {work.name: work for work in (*CORE, *INPUT, *SINGLE)}
