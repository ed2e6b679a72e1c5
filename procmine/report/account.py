"""A history as a person or a program reads it: runs, checks, facts and deliveries as tables."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from procmine.errors import InputError, nearest
from procmine.report.document import Configuration, read_configuration
from procmine.report.history import History
from procmine.result import Result
from procmine.wording import count


def history_of(configuration: Configuration, path: Path) -> tuple[str, Path]:
    """Return where a report's history is: a URL, and the folder that a file in it is relative to.

    Args:
        configuration: The report's configuration.
        path: Its file.
    """
    if configuration.history.url is not None:
        return configuration.history.url, path.parent
    return f"sqlite:///{path.stem}.history.sqlite", configuration.outputs.folder


def account(place: Path | str, report: str | None = None) -> Result:
    """Say what a history holds.

    Args:
        place: A report's configuration, or the URL of a history.
        report: The report's name; the configuration's, or all where not given.

    Returns:
        `runs`: `run, report, at, as_of, state, broken, checks, log_sha256, configuration_sha256`;
        `checks`: `run, name, value, limit, at_most, kept, severity, owner`; `facts`: `run, kind,
        name, column, value, low, high, cases`; `deliveries`: `run, receiver, at, told, said`.

    Raises:
        ConfigurationError: The configuration can't be used.
        InputError: There is no history, or no report of that name in it.
    """
    url, folder = str(place), Path()
    if isinstance(place, Path):
        configuration = read_configuration(place)
        url, folder = history_of(configuration, place)
        report = report or configuration.name
    from procmine.report.tables import CHECKS, DELIVERIES, FACTS, RUNS

    with History.open(url, folder, new=False) as history:
        runs, checks, facts, deliveries = map(history.rows, (RUNS, CHECKS, FACTS, DELIVERIES))
    known = sorted({row["report"] for row in runs})
    if report is not None and report not in known:
        raise InputError(f"The history has no run of '{report}'.", nearest(report, known))
    chosen = [row for row in runs if report in {None, row["report"]}]
    own = {row["id"] for row in chosen}
    tables = {
        "runs": _runs(chosen, checks),
        "checks": _table(_CHECKS, [r for r in checks if r["run_id"] in own]),
        "facts": _table(_FACTS, [r for r in facts if r["run_id"] in own]),
        "deliveries": _table(_DELIVERIES, [r for r in deliveries if r["run_id"] in own]),
    }
    return Result("history", _headline(tables["runs"]), tables=tables)


_CHECKS = {
    "run": pl.Int64,
    "name": pl.String,
    "value": pl.Float64,
    "limit": pl.Float64,
    "at_most": pl.Boolean,
    "kept": pl.Boolean,
    "severity": pl.String,
    "owner": pl.String,
}
_FACTS = {
    "run": pl.Int64,
    "kind": pl.String,
    "name": pl.String,
    "column": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "cases": pl.Int64,
}
_DELIVERIES = {
    "run": pl.Int64,
    "receiver": pl.String,
    "at": pl.String,
    "told": pl.Boolean,
    "said": pl.String,
}
_RUNS = {
    "run": pl.Int64,
    "report": pl.String,
    "at": pl.String,
    "as_of": pl.String,
    "state": pl.String,
    "broken": pl.Int64,
    "checks": pl.Int64,
    "selection": pl.List(pl.String),
    "log_sha256": pl.String,
    "configuration_sha256": pl.String,
}
_NAMED = {"run": "run_id", "limit": "limit_value", "column": "column_name"}


def _table(schema: dict[str, Any], rows: list[dict[str, Any]]) -> pl.DataFrame:
    values = [tuple(row[_NAMED.get(name, name)] for name in schema) for row in rows]
    return pl.DataFrame(values, schema=schema, orient="row")


def _runs(runs: list[dict[str, Any]], checks: list[dict[str, Any]]) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for run in runs:
        own = [c["kept"] for c in checks if c["run_id"] == run["id"]]
        state = "broken" if False in own else "untested" if None in own else "kept"
        counted = {"state": state, "broken": own.count(False), "checks": len(own)}
        selection = json.loads(run["selection"])
        rows.append({**run, "run_id": run["id"], **counted, "selection": selection})
    return _table(_RUNS, rows)


def _headline(runs: pl.DataFrame) -> str:
    if runs.is_empty():
        return "There is no run yet."
    last = runs.row(-1, named=True)
    kept = f"{last['broken']} of {count(last['checks'], 'check')} broken"
    return f"{count(runs.height, 'run')}; the last looked back from {last['as_of'][:10]}: {kept}."
