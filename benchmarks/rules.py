"""The rules of a policy beside one directly-follows pass over the same prepared log.

`python -m benchmarks.rules` makes a log of ten million events, once, from copies of the broadband
sample, and prints both times and how many times longer the rules take. The pass counts the pairs of
activities that follow each other and adds up the waits between them.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import polars as pl

import procmine as pm
from procmine.policy.check import check
from procmine.policy.document import read_policy

KEPT = Path(__file__).resolve().parents[1] / "sample_logs" / "logs" / "broadband"
RULES = 20


def main() -> None:
    """Measure, in turn, and print medians with their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=10_000_000)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--folder", type=Path, default=Path("out/bench"))
    given = options.parse_args()
    path = _made(given.folder / f"rules-{given.events}.parquet", given.events)
    log = pm.read(path).inside()
    rules = read_policy(KEPT / "policy.toml").rules
    rules = (*rules, *rules)[:RULES]
    pairs = pl.scan_parquet(path).group_by("activity", "next_activity")
    bare = pairs.agg(pl.len(), pl.sum("wait_us"))
    ours, theirs = [], []
    for _ in range(given.repeat):
        theirs.append(_seconds(lambda: bare.collect(engine="streaming")))
        ours.append(_seconds(lambda: check(log, rules, None)))
    one, other = median(ours), median(theirs)
    print(f"{len(rules)} rules: {one:.2f} s, one pass {other:.2f} s, {one / other:.1f} times")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _made(path: Path, events: int) -> Path:
    """Write a prepared log: the sample's journeys, renamed until it is large."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        log = pm.read_sources(KEPT / "mapping.toml")
        copies = [
            log.events.with_columns(
                pl.col("case_id", "customer_id") + f"-{copy}",
            )
            for copy in range(max(1, events // log.size[0]))
        ]
        pm.EventLog(pl.concat(copies), log.meta).write(path)
    return path


if __name__ == "__main__":
    main()
