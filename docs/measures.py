"""Write MEASURES.md: every measure with its question, its formula, its source and a picture.

What it says is read from the analyses' docstrings; the pictures are drawn of the sample logs in the
repository. `make measures` runs it.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from inspect import getdoc
from pathlib import Path
from typing import Any, Final, NamedTuple

import procmine as pm
from procmine.registry import Analysis, registered

ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = ROOT / "docs" / "measures"
PAGE: Final = ROOT / "MEASURES.md"
LOGS: Final = ROOT / "sample_logs" / "logs"
FILES: Final = frozenset({"policy", "reasons", "peers", "calendar", "surveys"})
"""Options that are files beside the sample."""

HEAD: Final = """# Measures

What procmine measures, how, after whom, and what it can't say. One definition of each is behind
Python, the command line, the app and the reports. Written by `make measures` from the analyses
themselves; the pictures are drawn of the generated logs in `sample_logs/logs`.

"""


class Asked(NamedTuple):
    """Of which sample a measure's picture is drawn, and with which options."""

    sample: str = "broadband"
    options: Mapping[str, Any] = {}
    drawing: Mapping[str, Any] = {}
    as_graph: bool = False


ASKED: Final[Mapping[str, Asked]] = {
    "authority": Asked("airline", {"approvals": ["Approval asked"], "calendar": "calendars.toml"}),
    "centricity": Asked(options={"policy": "policy.toml"}),
    "conformance": Asked(options={"policy": "policy.toml"}),
    "consistency": Asked(options={"promised": ["segment"]}),
    "cost_shift": Asked(
        options={"date": "2025-07-13", "changed": "Warehouse", "reasons": "reasons.toml"}
    ),
    "cycle_time": Asked(options={"promise": "Business=12 days,Consumer=21 days"}),
    "engagement_return": Asked("rental"),
    "experience": Asked("airline"),
    "handoffs": Asked(drawing={"form": "matrix"}),
    "metric_value": Asked("airline"),
    "moments_of_truth": Asked("airline"),
    "process_map": Asked(drawing={"coverage": 0.8}, as_graph=True),
    "promises": Asked(options={"policy": "policy.toml"}),
    "self_inflicted": Asked(options={"reasons": "reasons.toml"}),
    "watermelon": Asked(options={"policy": "policy.toml"}),
}
"""The measures that are asked otherwise than without options of broadband."""


def paragraphs(found: Analysis) -> dict[str, str]:
    """Return the paragraphs of an analysis' docstring that begin with a word and a colon."""
    doc = (getdoc(found.run) or "").partition("\nArgs:")[0]
    named = re.findall(r"^(Formula|Source): (.+(?:\n.+)*)", doc, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in named}


def said(found: Analysis) -> str:
    """Return what is said of a measure, whatever the log."""
    text = paragraphs(found)
    name = found.name.replace("_", " ").capitalize()
    lines = [f"## {name}", f"{found.question} `procmine {found.name.replace('_', '-')} LOG`"]
    lines += [f"{word}: {text[word]}" for word in ("Formula", "Source") if word in text]
    return "\n\n".join(lines)


def picture(found: Analysis, logs: Mapping[str, pm.EventLog]) -> Iterator[str]:
    """Ask a sample, draw the answer, and return what is said of it.

    Args:
        found: The analysis.
        logs: The samples by name.

    Yields:
        Paragraphs: the answer, its picture, and what it can't say.
    """
    asked = ASKED.get(found.name, Asked())
    options = {k: LOGS / asked.sample / v if k in FILES else v for k, v in asked.options.items()}
    result = found.run(logs[asked.sample], **options)
    drawn = PICTURES / f"{found.name}.svg"
    if asked.as_graph:
        svg = result.graph(**asked.drawing).svg()
    else:
        import vl_convert

        svg = vl_convert.vegalite_to_svg(result.chart(**asked.drawing).to_json())
    drawn.write_text(svg, encoding="utf-8")
    yield f"On the sample {asked.sample}: *{result.headline}*"
    yield f"![{found.question}](docs/measures/{drawn.name})"
    if result.caveats:
        yield "What it can't say there:\n\n" + "\n".join(f"- {c}" for c in result.caveats)


def main() -> None:
    """Write the page and its pictures anew."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    logs = {p.parent.name: pm.read_sources(p) for p in sorted(LOGS.glob("*/mapping.toml"))}
    measures = sorted(registered().values(), key=lambda found: found.name)
    parts = ["\n\n".join((said(found), *picture(found, logs))) for found in measures]
    PAGE.write_text(HEAD + "\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
