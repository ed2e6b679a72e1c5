"""Compare preparing five silos through a mapping with preparing the same events with a case id.

`python -m benchmarks.journeys` prints one Markdown table; each run is a process of its own.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from statistics import median

import polars as pl

ABOUT = (
    "Orders of 14 events, written by five systems: a shop that knows customer, order, e-mail and "
    "telephone, a credit desk (order, e-mail), a warehouse (order), field service (telephone, "
    "order) and a call centre (telephone). Both runs read the same five CSV files; with a case id "
    "each row names its journey, through the mapping none does."
)
SILOS = {
    "shop": ("order", "customer", "email", "phone"),
    "finance": ("order", "email"),
    "warehouse": ("order",),
    "field": ("order", "phone"),
    "calls": ("phone",),
}
SOURCES = "\n".join(
    f'[[sources]]\nname = "{silo}"\npath = "{silo}.csv"\n[sources.identifiers]\n'
    + "".join(f'{kind} = "{kind}_no"\n' for kind in kinds)
    for silo, kinds in SILOS.items()
)
MAPPING = f"""
[identity.kinds.phone]
country_code = "49"
{SOURCES}
[[journeys]]
type = "order to delivery"
triggers = ["shop 0"]
outcomes = ["warehouse 13"]
key = "order"
patience = "90 days"
"""
_AN_ORDER = 14
_MEASURED = """
import resource, sys, time
import procmine as pm
source = sys.argv[1:-1]
began = time.perf_counter()
log = pm.read(source[0] if len(source) == 1 else source, into=sys.argv[-1], memory="2GB")
seconds = time.perf_counter() - began
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, *log.size)
"""


def main() -> None:
    """Write the silos, run both ways in turn, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.journeys", description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("out/bench/journeys"))
    options = parser.parse_args()
    write(options.folder, options.events)
    files = [str(options.folder / f"{silo}.csv") for silo in SILOS]
    ways = {"with a case id": files, "through the mapping": [str(options.folder / "m.toml")]}
    runs: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(options.repeat):
        for way, sources in ways.items():
            runs[way].append(_run(sources, options.folder / "log.parquet"))
            sys.stderr.write(f"{way}: {runs[way][-1][0]:.1f} s\n")
    print(_table(options.events, runs))
    print(f"\n{ABOUT}")


def write(folder: Path, events: int) -> None:
    """Write the silos' files, each row with its journey beside the identifiers."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "m.toml").write_text(MAPPING, encoding="utf-8")
    orders = pl.DataFrame({"order": pl.int_range(events // _AN_ORDER, eager=True)})
    customer = (pl.col("order") * 7919 % (events // _AN_ORDER * 2 // 3)).alias("who")
    orders = orders.with_columns(customer)
    steps = pl.DataFrame({"step": range(_AN_ORDER)})
    rows = orders.join(steps, how="cross").with_columns(
        silo=pl.lit(list(SILOS)).list.get((pl.col("step") * 5 // _AN_ORDER) * 3 % 5)
    )
    moment = pl.datetime(2025, 1, 1) + pl.duration(
        seconds=pl.col("order") * 31_536_000 // (events // _AN_ORDER) + pl.col("step") * 40_000
    )
    rows = rows.select(
        pl.format("J{}", "order").alias("journey"),
        pl.format("A-{}", "order").alias("order_no"),
        pl.format("c{}", "who").alias("customer_no"),
        pl.format("c{}@example.org", "who").alias("email_no"),
        pl.format("0199/{}", pl.col("who").cast(pl.String).str.zfill(8)).alias("phone_no"),
        pl.format("{} {}", "silo", "step").alias("activity"),
        moment.dt.strftime("%Y-%m-%d %H:%M:%S").alias("timestamp"),
        pl.col("silo").alias("department"),
        "silo",
    )
    for silo, kinds in SILOS.items():
        own = rows.filter(pl.col("silo") == silo)
        own.select(
            "journey", *(f"{kind}_no" for kind in kinds), "activity", "timestamp", "department"
        ).write_csv(folder / f"{silo}.csv")


def _run(sources: list[str], log: Path) -> tuple[float, float]:
    """Prepare in a fresh process; return seconds and the peak of memory in MB."""
    command = [sys.executable, "-c", _MEASURED, *sources, str(log)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    seconds, peak, *_ = done.stdout.split()
    return float(seconds), float(peak)


def _table(events: int, runs: dict[str, list[tuple[float, float]]]) -> str:
    """Return the medians as a Markdown table."""
    lines = [
        f"| {events:,} events of five sources prepared | seconds | peak MB |",
        "|---|---:|---:|",
    ]
    for way, measured in runs.items():
        seconds, peak = (median(values) for values in zip(*measured, strict=True))
        lines.append(f"| {way} | {seconds:.1f} | {peak:,.0f} |")
    first, second = (median(s for s, _ in measured) for measured in runs.values())
    return "\n".join(
        [*lines, "", f"Through the mapping it takes {second / first:.1f} times as long."]
    )


if __name__ == "__main__":
    main()
