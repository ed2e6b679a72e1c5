"""The ledger and the handoffs beside bare group-bys over the same columns of a prepared log.

`python -m benchmarks.ledger` makes a log of ten million events, once, and prints a table. A bare
group-by adds up the microseconds by case, or by pair of departments, and nothing else.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

import procmine as pm

PIECE = 1_000_000
DEPARTMENTS = ("Sales", "Credit", "Warehouse", "Field", "Care", "Billing", "Board", "Stock")


def main() -> None:
    """Measure, in turn, and print medians with their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=10_000_000)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--folder", type=Path, default=Path("out/bench"))
    given = options.parse_args()
    path = _made(given.folder / f"ledger-{given.events}.parquet", given.events)
    log = pm.read(path)
    pairs = pl.scan_parquet(path).group_by("department", "next_department")
    cases = pl.scan_parquet(path).group_by("case_id")
    parts = pl.col("gap_us", "worked_us", "elapsed_us").sum()
    ends = pl.col("department", "gap_department", "gap_by_customer").n_unique()
    board = (
        pl.len(),
        pl.col("wait_us", "elapsed_us", "new_handoff", "handoff_number", "handoff_returns").sum(),
        pl.col("handoff", "wait_bin", "timestamp", "case_start").max(),
    )
    kinds = pl.scan_parquet(path).group_by("department", "gap_department", "gap_by_customer")
    for says, asked, bare in (
        ("ledger", lambda: pm.ledger(log), (cases.agg(parts), kinds.agg(parts))),
        ("ledger, all columns by case", lambda: pm.ledger(log), (cases.agg(parts, ends),)),
        ("handoffs", lambda: pm.handoffs(log), (pairs.agg(pl.sum("wait_us"), pl.len()),)),
        ("handoffs, all columns by pair", lambda: pm.handoffs(log), (pairs.agg(board),)),
    ):
        ours = _seconds(asked, given.repeat)
        theirs = _seconds(lambda q=bare: pl.collect_all(q, engine="streaming"), given.repeat)
        print(f"{says}: {ours:.2f} s, bare {theirs:.2f} s, {ours / theirs:.1f} times")


def _seconds(work: Callable[[], object], repeat: int) -> float:
    taken: list[float] = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def _made(path: Path, events: int) -> Path:
    """Write a prepared log: one of a million events, its cases renamed until it is large."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        log = pm.read(_raw(min(events, PIECE)))
        copies = [
            log.events.with_columns(pl.col("case_id") + f"-{copy}")
            for copy in range(max(1, events // PIECE))
        ]
        one = pm.EventLog(pl.concat(copies), log.meta.selected("copies"))
        one.write(path)
    return path


def _raw(events: int) -> pl.DataFrame:
    random = np.random.default_rng(1)
    since = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
    done = random.integers(0, 365 * 86_400, events) + since
    begun = done - random.integers(0, 7200, events)
    times = {"timestamp": done, "start_timestamp": begun}
    return pl.DataFrame(
        {
            "case_id": random.integers(0, events // 12, events).astype(str),
            "activity": random.integers(0, 25, events).astype(str),
            "department": np.array(DEPARTMENTS)[random.integers(0, len(DEPARTMENTS), events)],
            "by_customer": random.random(events) < 0.1,
            **{name: pl.Series(at).cast(pl.Datetime("ms")) for name, at in times.items()},
        }
    ).with_columns((pl.col(c).to_physical() * 1000).cast(pl.Datetime("ms", "UTC")) for c in times)


if __name__ == "__main__":
    main()
