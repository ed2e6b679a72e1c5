"""A log as a model: journeys are to run as they ran in a reference log.

The cheapest alignment with a set of runs is that with the nearest of them, by insertions and
deletions.
"""

from collections.abc import Sequence
from time import monotonic

import numpy as np
import polars as pl

from procmine.mining.alignment import Aligned, Alignment

_PAIRS = 200_000
"""So many pairs are compared between two looks at the clock."""


def align_with_log(
    reference: pl.DataFrame, variants: Sequence[Sequence[str]], *, budget: float
) -> Aligned:
    """Align as many variants with the nearest ones of a reference log as the budget allows.

    Args:
        reference: `activities`, the variants that are allowed.
        variants: Their activities, the most important first.
        budget: Seconds until the work is ended.

    Example:
        >>> reference = pl.DataFrame({"activities": [["ask", "answer"]]})
        >>> align_with_log(reference, [["ask", "call"]], budget=5).found[0].log_moves
        ('call',)
    """
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    begun = monotonic()
    runs = reference["activities"].to_list()
    names = sorted({a for way in (*runs, *variants) for a in way})
    letters = {a: chr(0xE000 + n) for n, a in enumerate(names)}
    allowed = ["".join(letters[a] for a in run) for run in runs]
    at_once = max(1, _PAIRS // max(1, len(allowed)))
    found: dict[int, Alignment] = {}
    for first in range(0, len(variants), at_once):
        if monotonic() - begun > budget:
            break
        words = ["".join(letters[a] for a in v) for v in variants[first : first + at_once]]
        apart = cdist(words, allowed, scorer=Indel.distance, workers=1)
        for place, nearest in enumerate(np.argmin(apart, axis=1)):
            found[first + place] = _moves(variants[first + place], runs[int(nearest)])
    return Aligned(min(map(len, runs), default=None), found, monotonic() - begun)


def _moves(events: Sequence[str], run: Sequence[str]) -> Alignment:
    """Say what is to be left out of events, and what put in, to get a run."""
    from rapidfuzz.distance import Indel

    extra: list[str] = []
    missing: list[str] = []
    after: list[str | None] = []
    for code in Indel.opcodes(list(events), list(run)):
        if code.tag == "delete":
            gone = events[code.src_start : code.src_end]
            extra += gone
            after += [run[code.dest_start - 1] if code.dest_start else None] * len(gone)
        elif code.tag == "insert":
            missing += run[code.dest_start : code.dest_end]
    return Alignment(len(extra) + len(missing), tuple(extra), tuple(missing), tuple(after))
