"""The checks as JUnit XML, which pipelines show as tests."""

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from procmine.report.changes import Changes
from procmine.report.checks import Check, described

_REFUSED: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


def junit(changes: Changes) -> str:
    """Return JUnit XML: a suite for each kind of check, a case for each check.

    What is broken is a failure, what couldn't be tested is skipped, and no check at all is an empty
    suite.

    Args:
        changes: The run beside the last one.
    """
    checks = [c.check for c in changes.checks]
    root = Element("testsuites", _counts(changes.run.report, checks))
    for kind in sorted({c.kind for c in checks}) or ["checks"]:
        own = [c for c in checks if c.kind == kind]
        at = f"{changes.run.at:%Y-%m-%dT%H:%M:%S}"
        suite = SubElement(root, "testsuite", _counts(kind, own) | {"timestamp": at})
        for check in own:
            _case(suite, changes.run.report, check)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _counts(name: str, checks: list[Check]) -> dict[str, str]:
    return {
        "name": _clean(name),
        "tests": str(len(checks)),
        "failures": str(sum(c.kept is False for c in checks)),
        "errors": "0",
        "skipped": str(sum(c.kept is None for c in checks)),
        "time": "0",
    }


def _case(suite: Element, report: str, check: Check) -> None:
    group = f"{report}.{check.kind}"
    case = SubElement(
        suite, "testcase", {"name": _clean(check.name), "classname": _clean(group), "time": "0"}
    )
    said = _clean(described(check))
    if check.kept is None:
        SubElement(case, "skipped", {"message": said})
    elif not check.kept:
        failure = SubElement(case, "failure", {"message": said, "type": check.severity})
        lines = [said, check.note, f"{check.owner} answers for it" if check.owner else ""]
        failure.text = _clean("\n".join(filter(None, lines)))


def _clean(text: str) -> str:
    return _REFUSED.sub("\ufffd", text)
