"""What the page of self-inflicted cost says."""

import json
from typing import Final

TITLE: Final = "Self-inflicted cost"
KINDS_HEADING: Final = "What it is"
KINDS_HEAD: Final = ("what happens", "times", "cost", "share of the costed work")
EVENTS_HEAD: Final = ("what happens", "journeys", "times", "")
KINDS: Final = {
    "failure demand": "Failure demand: calls because something wasn't done right",
    "chasing": "Chasing: customers ask where something is",
    "return": "Return: things that come back",
    "correction": "Correction: putting something right",
    "repeat contact": "Repeat contact: the same contact again",
    "rework": "Rework: the same work again",
    "unmapped contact": "Unmapped contact: nobody has judged it yet",
}
CAUSES_HEADING: Final = "Who causes it, and why it is known"
CAUSES: Final = {
    "activity": "where it shows",
    "cause": "caused by",
    "total_cost": "cost",
    "share": "of the self-inflicted",
    "evidence": "on the way",
    "way": "known because",
    "kind": "what happens",
    "events": "times",
    "cases": "journeys",
}
WAYS: Final = {
    "link": "the reasons say so",
    "late or defective": "something before it was late or went wrong",
    "excess over the base rate": "it comes more often on this way",
    "within the base rate": "it comes as often on other ways",
    "no evidence": "nothing is seen that causes it",
}
REWORK: Final = {"repeat_share": "of it repeated", "cases_with_repeat": "journeys with a repeat"}
REWORK_TABLE: Final = "What is done again"
NO_REASONS: Final = (
    "Only work and contacts that come again are counted here: no file says yet which contacts the "
    "company brings on itself."
)
WRITE: Final = "Say which contacts are self-inflicted"
WRITE_HELP: Final = (
    "Write a file like this one, move each activity to the list that it belongs to and delete the "
    "rest. Keep it as “reasons.toml” in the folder of the log that the app was started with: this "
    "page takes it from there."
)
GIVE_HELP: Final = (
    "Write a file like this one, move each activity to the list that it belongs to, delete the "
    "rest, and give it below. It is kept as long as your upload."
)
GIVE: Final = "Your map of reasons"
UNJUDGED: Final = "Move these to the list that they belong to"


def example(activities: list[str]) -> str:
    """Write a map of reasons to fill in.

    Args:
        activities: Those that may be contacts, to be judged.
    """
    names = "\n".join(f"#   {json.dumps(name, ensure_ascii=False)}" for name in activities)
    return (
        f"# {UNJUDGED}:\n{names}\n"
        "failure_demand = []  # contacts because something wasn't done, or not done right\n"
        "chasing = []         # contacts that ask where something is\n"
        "returns = []         # what comes back\n"
        "corrections = []     # what puts something right\n"
        "value_demand = []    # contacts that you want\n"
        "recurring = []       # what is meant to be done again\n"
    )
