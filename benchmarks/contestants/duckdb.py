"""DuckDB: the questions in SQL over procmine's prepared file, medians and percentiles exact."""

from pathlib import Path
from typing import Any

import duckdb

from benchmarks.contestants.procmine import load
from benchmarks.logs import CASE, TIMESTAMP

Facts = dict[str, float]
STEPS = """
SELECT activity, next_activity, count(*), sum(wait_us), avg(wait_us),
       quantile_cont(wait_us, [0.5, 0.9]), sum(new_step::INT), avg(handoff::INT)
FROM read_parquet('{0}') WHERE next_activity IS NOT NULL GROUP BY ALL
"""
NODES = """
SELECT activity, department, count(*), sum(new_activity::INT) FROM read_parquet('{0}') GROUP BY ALL
"""
DURATIONS = """
SELECT avg(elapsed_us), quantile_cont(elapsed_us, [0.5, 0.9]), max(elapsed_us)
FROM read_parquet('{0}') WHERE next_activity IS NULL
"""
HANDOFFS = """
SELECT department, next_department, count(*), sum(wait_us), quantile_cont(wait_us, [0.5, 0.9]),
       sum(new_handoff::INT)
FROM read_parquet('{0}') WHERE handoff GROUP BY ALL
"""
VARIANTS = """
WITH ends AS (
  SELECT variant, count(*), avg(elapsed_us), quantile_cont(elapsed_us, [0.5, 0.9]),
         any_value(case_id) AS example
  FROM read_parquet('{0}') WHERE next_activity IS NULL GROUP BY variant
)
SELECT ends.*, list(activity ORDER BY event_number)
FROM read_parquet('{0}') JOIN ends ON case_id = example GROUP BY ALL
"""
WRITE = """
COPY (SELECT * FROM {0} ORDER BY "{1}", "{2}") TO '{3}' (FORMAT parquet, COMPRESSION zstd)
"""


def _rows(question: str, *places: object) -> list[Any]:
    return duckdb.sql(question.format(*places)).fetchall()


def _map(prepared: Path) -> Facts:
    _rows(NODES, prepared)
    edges = _rows(STEPS, prepared)
    steps = sum(edge[2] for edge in edges)
    return {"steps": steps, "mean wait": sum(int(edge[3]) for edge in edges) / 1e6 / steps}


def _cycle(prepared: Path) -> Facts:
    return {"mean duration": _rows(DURATIONS, prepared)[0][0] / 1e6}


def _handoffs(prepared: Path) -> Facts:
    return {"pairs of departments": len(_rows(HANDOFFS, prepared))}


def _variants(prepared: Path) -> Facts:
    return {"variants": len(_rows(VARIANTS, prepared))}


def _csv(folder: Path) -> Facts:
    return _sorted(f"read_csv('{folder / 'events.csv'}')", folder)


def _parquet(folder: Path) -> Facts:
    return _sorted(f"read_parquet('{folder / 'events.parquet'}')", folder)


def _sorted(source: str, folder: Path) -> Facts:
    written = folder / "duckdb.out"
    duckdb.sql(WRITE.format(source, CASE, TIMESTAMP, written))
    return {"events": _rows("SELECT count(*) FROM read_parquet('{0}')", written)[0][0]}


WORK = {
    "map": _map,
    "cycle": _cycle,
    "handoffs": _handoffs,
    "variants": _variants,
    "csv": _csv,
    "parquet": _parquet,
}
__all__ = ["WORK", "load"]
