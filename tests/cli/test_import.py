"""`import procmine` is light: what is heavy is imported where it is used."""

import json
import subprocess
import sys

from tests.engines import NEEDING

HEAVY = (
    "pandas",
    "pm4py",
    "pyspark",
    "streamlit",
    "altair",
    "r4pm",
    "matplotlib",
    "scipy",
    "duckdb",
)


def test_importing_loads_nothing_heavy_and_says_nothing():
    program = (
        f"import sys, json, procmine; print(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert (json.loads(done.stdout), done.stderr) == ([], "")


def test_asking_a_prepared_log_loads_nothing_heavy(tmp_path):
    program = f"""
import sys, json, polars as pl, procmine as pm
table = pl.DataFrame({{"case": ["1", "1"], "activity": ["ask", "answer"],
    "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"]}})
log = pm.read(pm.read(table).write(sys.argv[1]))
for name in pm.registry.registered().keys() - {NEEDING}: getattr(pm, name)(log).to_dict()
print(json.dumps([m for m in {HEAVY} if m in sys.modules]))
"""
    command = [sys.executable, "-c", program, str(tmp_path / "log.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
