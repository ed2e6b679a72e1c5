"""Every analysis on every real log: it answers, or says what is missing; never a traceback."""

import json
import math
import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest

import procmine as pm
from procmine.registry import registered

pytestmark = pytest.mark.slow

WHOLE = os.environ.get("HYPOTHESIS_PROFILE") == "long"
BEYOND_ALL = {"used_share"}
"""Parts that may be more than all: a promise's time that is used up, and more."""

FEW = 120
"""So many journeys of each log are asked of in CI."""

LOGS = {
    "bpic2012.xes.gz": {"department": "org:resource"},
    "bpic2013_incidents.xes.gz": {"department": "org:group"},
    "helpdesk.xes.gz": {"department": "workgroup", "customer_id": "customer"},
    "ocel20_example.jsonocel": {"case_object": "Purchase Order"},
    "ocel20_example.sqlite": {"case_object": "Purchase Order"},
    "ocel20_example.xmlocel": {"case_object": "Purchase Order"},
    "order_management_ocel2.sqlite": {"case_object": "customers", "depth": 2},
    "purchasing.csv": {"department": "org:resource"},
    "receipt.csv": {},
    "receipt.parquet": {},
    "receipt.xes.gz": {"department": "org:group"},
    "road_fines.xes.gz": {},
    "running-example.csv": {},
    "running-example.xes": {"department": "org:resource"},
    "sepsis.csv": {},
    "sepsis.xes.gz": {"department": "org:group"},
}
OPTIONS = {
    "conformance": {"norms": "declare"},
    "cost_shift": {"permutations": 19},
    "cycle_time": {"promise": "30 days"},
    "promises": {"promise": "30 days", "permutations": 19},
    "watermelon": {"promise": "30 days"},
    "consistency": {"permutations": 19},
}
"""What is asked beside the defaults, where these ask too little or too long."""


@cache
def read(path):
    log = pm.read(path, **LOGS[path.name])
    cases = log.cases.select("case_id").collect()["case_id"].sort()
    if WHOLE or len(cases) <= FEW:
        return log
    return log.filter_cases(where={"case_id": cases.gather_every(len(cases) // FEW).to_list()})


def asked_of(name, log):
    """The options with which an analysis is asked of a log."""
    options = dict(OPTIONS.get(name, {}))
    starts = log.events.select(pl.col("case_start").unique()).collect()["case_start"].sort()
    middle = starts[len(starts) // 2].isoformat()
    if name == "conformance":
        options["reference_until"] = middle
    if name == "cost_shift" and "department" in log.columns:
        departments = log.events.select(pl.col("department").unique()).collect()["department"]
        options |= {"date": middle, "changed": departments.drop_nulls().cast(pl.String).min()}
    return options


def test_every_log_of_the_folder_is_asked(real_logs):
    formats = (".gz", ".csv", ".xes", ".sqlite", ".jsonocel", ".xmlocel")
    found = {p.name for p in real_logs.iterdir() if p.suffix in formats} | {"receipt.parquet"}
    assert found == set(LOGS)


@pytest.mark.parametrize("log_name", LOGS)
@pytest.mark.parametrize("name", registered())
def test_it_answers_or_says_what_is_missing(real_logs, log_name, name):
    log = read(Path(real_logs / log_name))
    result = registered()[name].run(log, **asked_of(name, log))

    assert result.headline.strip().endswith(".")
    if all(table.is_empty() for table in result.tables.values()):
        assert result.caveats, "nothing is answered, and nothing said"
    for sentence in (result.headline, *result.caveats):
        assert not {"nan", "None", "inf", "null"} & set(sentence.replace(",", " ").split())
    for table_name, table in result.tables.items():
        sane(table, f"{name}.{table_name}")
    json.dumps(result.to_dict(), allow_nan=False)
    for draw in (result.chart_of and result.chart, result.graph_of and result.graph):
        if draw:
            draw()


def sane(table, where):
    """Every figure is one: none infinite, shares and p-values are parts, intervals hold theirs."""
    for column, kind in table.schema.items():
        values = table[column].drop_nulls()
        if kind.is_float():
            assert all(map(math.isfinite, values)), (where, column)
        if column.endswith(("p_value", "_share")) and column not in BEYOND_ALL:
            assert values.is_between(-1e-9, 1 + 1e-9).all(), (where, column)
        if kind.is_integer() and column in {"cases", "customers", "events", "count"}:
            assert (values >= 0).all(), (where, column)
        if f"low_{column}" in table.columns and kind.is_float():
            known = table.drop_nulls([column, f"low_{column}", f"high_{column}"])
            low, high = known[f"low_{column}"], known[f"high_{column}"]
            tolerance = 1e-9 * (1 + known[column].abs())
            assert (low <= known[column] + tolerance).all(), (where, column)
            assert (high >= known[column] - tolerance).all(), (where, column)
