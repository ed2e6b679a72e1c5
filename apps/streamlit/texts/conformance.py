"""What the page of conformance says."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from procmine.wording import count, share
from texts import day

TITLE: Final = "Conformance"
NO_POLICY_FIRST: Final = "Nobody has said yet which rules journeys are to keep."
NO_POLICY: Final = (
    "No rules are known for this log. Write them into a file “policy.toml” in the folder of the "
    "log that the app was started with; this page then says which are kept and which are broken, "
    "by whom, and by which journeys."
)
GIVE_HELP: Final = (
    "No rules are known for this log. Write them into a file like the one below and give it: this "
    "page then says which are kept and which are broken, by whom, and by which journeys."
)
GIVE: Final = "Your policy"
EXAMPLE_HEADING: Final = "A policy to begin with"
EXAMPLE_HELP: Final = "Of this log's own activities; change the names and the numbers to yours."
BROKEN: Final = "What to look at first"
RULES: Final = "Every rule"
RULE_WORDS: Final = {
    "rule": "rule",
    "sentence": "what must hold",
    "kept": "kept",
    "share": "journeys that break it",
    "tolerated_share": "may",
    "violations": "break it",
    "cases": "of journeys",
    "severity": "weight",
    "owner": "owner",
    "undecided_cases": "not decided yet",
}
WHERE: Final = "By whom, and on which way"
WHERE_WORDS: Final = {
    "department": "department",
    "cases": "journeys",
    "share": "of those that break it",
    "activities": "on the way",
}
RULE: Final = "Look at a rule"
CASES: Final = "The journeys that break it"
CASE_WORDS: Final = {
    "case_id": "journey",
    "at": "when",
    "department": "department",
    "evidence": "what was seen",
}
PROMISES: Final = "Are promises kept?"
NO_PROMISES: Final = (
    "No promise stands in the policy. A promise has a name, the time within which journeys are to "
    "close, and the share of them that is to."
)
ONLY_RULE: Final = "Look at the journeys that break this rule"
ONLY_WAY: Final = "Show only journeys on the commonest way that breaks it"


def normal_try(middle: date) -> str:
    """Offer the middle of the log, where nobody has a day in mind."""
    return f"Try {day(middle)}"


def broken(row: Mapping[str, Any]) -> str:
    """Say how a rule is broken, and whose it is."""
    owner = f" {row['owner']} owns it." if row["owner"] else ""
    return (
        f"{row['sentence'].removesuffix('.')}: {share(row['share'])} of "
        f"{count(row['cases'], 'journey')} break that, {share(row['tolerated_share'])} may.{owner}"
    )


def example(first: str, last: str) -> str:
    """Write a policy to begin with.

    Args:
        first: An activity that journeys begin with.
        last: One that they end with.
    """
    from json import dumps

    one, other = (dumps(name, ensure_ascii=False) for name in (first, last))
    return (
        "[[promises]]\n"
        'name = "End to end"\n'
        'within = "12 days"\n'
        "goal = 0.9\n\n"
        "[[rules]]\n"
        'name = "Journeys begin with the customer"\n'
        'kind = "init"\n'
        f"activity = {one}\n\n"
        "[[rules]]\n"
        'name = "What is begun is brought to an end"\n'
        'kind = "response"\n'
        f"first = {one}\n"
        f"then = {other}\n"
        "tolerated_share = 0.05\n"
    )


NORMAL: Final = "What was normal before a day"
NORMAL_HELP: Final = (
    "No rule needs to be written for this: what nearly all journeys did that began before the day "
    "is learned from them, and those that began later are held against it."
)
NORMAL_DAY: Final = "Learn from journeys before"
NORMAL_OF: Final = "Learn"
NORMS: Final = {"Steps": "declare", "Times": "temporal"}
NORM_TABLE: Final = "What was normal, what changed most first"
NORM_WORDS: Final = {
    "norm": "what was normal",
    "share": "break it now",
    "reference_share": "did then",
    "more": "surely more now",
    "violations": "journeys that break it",
    "cases": "of journeys",
}
