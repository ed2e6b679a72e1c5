"""A self-contained HTML page of results: sentences first, then pictures and tables."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from procmine.errors import InputError, OptionError, UnavailableError
from procmine.eventlog import EventLog
from procmine.registry import find
from procmine.result import SHOWN_ROWS, Result, cell, headed, heading
from procmine.wording import count

QUESTIONS = {
    "overview": "What is in this log?",
    "process_map": "Which way do journeys go, and where do they wait?",
    "cycle_time": "How long does a journey take, end to end?",
    "handoffs": "Where is the customer handed over, and waits?",
    "variants": "In how many ways is the same request treated?",
    "rework": "What is done more than once?",
}
"""The analyses of a log's page, in its order, under the questions they answer."""

_OTHERS = {
    "ledger": "Where does a journey's time go?",
    "waiting_causes": "Why do customers wait?",
    "consistency": "Is the same request treated alike?",
    "conformance": "Do journeys run as they should?",
    "journeys": "Which journeys are there?",
}
"""The questions of analyses that a configured report may show as well."""

_LEFT_OUT = {"histogram", "nodes", "summary", "survival"}
"""Tables that the page's pictures and sentences already say."""


def write_report(log: EventLog, target: Path) -> Path:
    """Ask the log the report's questions and write the page; it is there whole or not at all.

    Args:
        log: The event log.
        target: A file that ends in .html.

    Raises:
        OptionError: The file ends otherwise.
        InputError: The folder isn't there.
    """
    if target.suffix.lower() not in {".html", ".htm"}:
        raise OptionError(
            f"A report can't be written as '{target.name}'.", "End the name in .html."
        )
    if not target.parent.is_dir():
        raise InputError(f"The folder of '{target.name}' isn't there.", "Make it first.")
    text = page(log.meta.name, [find(name).run(log) for name in QUESTIONS])
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def page(title: str, results: Sequence[Result]) -> str:
    """Return the page; nothing in it is fetched from anywhere.

    Args:
        title: The page's heading.
        results: What it shows, in this order; at least one.
    """
    sections = [section(result) for result in results]
    log = results[0].log
    return rendered(
        "page.html",
        title=title,
        sections=sections,
        about=_about(log),
        selection=log.get("selection", []),
    )


def rendered(template: str, **context: Any) -> str:
    """Fill a template of the reports; what it is given is escaped.

    Args:
        template: Its file's name.
        **context: What it shows; a name that it needs and isn't given is an error.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("procmine.report"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(template).render(**context)


def _about(log: Any) -> str:
    size = f"{count(log['cases'], 'journey')}, {count(log['events'], 'event')}"
    return f"{size}; times in {log['timezone']}."


def section(result: Result) -> dict[str, Any]:
    """Return what the page shows of one analysis.

    Args:
        result: Its answer.
    """
    tables = {k: t for k, t in result.tables.items() if k not in _LEFT_OUT} or result.tables
    return {
        "name": result.name,
        "question": (QUESTIONS | _OTHERS).get(result.name, heading(result.name).capitalize()),
        "headline": result.headline,
        "pictures": [*_graph(result), *_chart(result)],
        "tables": [_table(result, name) for name, table in tables.items() if table.height],
        "caveats": result.caveats,
    }


def _graph(result: Result) -> list[dict[str, str]]:
    try:
        graph = result.graph()
    except UnavailableError:
        return []
    return [{"caption": graph.caption, "svg": graph.svg()}]


def _chart(result: Result) -> list[dict[str, str]]:
    """Draw the chart as SVG, where the result has one and no graph says the same."""
    if result.chart_of is None or result.name == "process_map":
        return []
    import vl_convert

    return [{"caption": "", "svg": vl_convert.vegalite_to_svg(result.chart().to_json())}]


def _table(result: Result, name: str) -> dict[str, Any]:
    """Return a table's first rows as text, without columns in which nothing stands."""
    table = result.tables[name]
    shown = [c for c in headed(table) if table[c].null_count() < table.height]
    columns = [
        {"name": heading(c), "number": kind.is_numeric() and c != "variant"}
        for c, kind in table.select(shown).schema.items()
    ]
    rows = [[cell(c, row) for c in shown] for row in table.head(SHOWN_ROWS).iter_rows(named=True)]
    return {
        "columns": columns,
        "rows": rows,
        "rest": max(0, table.height - SHOWN_ROWS),
        "name": name,
    }
