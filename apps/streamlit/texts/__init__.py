"""Every text of the app in one place; figures come from the analyses."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from procmine.wording import count, duration

APP: Final = "procmine"
TAGLINE: Final = "The customer's process, across every department."

OVERVIEW: Final = "Overview"
MAP: Final = "Map"
CYCLE_TIME: Final = "Cycle time"
HANDOFFS: Final = "Handoffs"
VARIANTS: Final = "Variants"

THE_JOURNEY: Final = "The journey"
THE_CUSTOMER: Final = "The customer"
THE_COMPANY: Final = "The company"
CLOSER: Final = "Look closer"
"""What the pages stand under in the side bar."""

LOG: Final = "Event log"
CHOOSE_LOG: Final = "choose one"
READING: Final = "Reading the log …"
ASKING: Final = "Asking the log …"

# ---- opening a log ----
EMPTY_HEADLINE: Final = "Open an event log to see where customers wait."
EMPTY_BODY: Final = (
    "An event log is a table with one row for each thing that happened: which order or case, what "
    "was done, and when. With a column for the department, the handoffs between departments show."
)
EMPTY_UPLOAD: Final = "Your own log"
EMPTY_FORMATS: Final = (
    "CSV, Excel, XES, Parquet, Arrow, JSON lines or OCEL 2.0. Only you see it: it stays on the "
    "machine that runs procmine, and is deleted when you close the page, after 2 hours at the "
    "latest."
)
EMPTY_TRY: Final = "Nothing at hand?"
EMPTY_SAMPLE: Final = "Look around in a made-up year, with known effects planted in it:"

# ---- reading an upload ----
ROLES: Final = {
    "case_id": "Which journey (order, case, ticket)",
    "activity": "What happened",
    "timestamp": "When it was done",
    "start_timestamp": "When work on it began",
    "department": "Department",
    "resource": "Who did it",
    "customer_id": "Customer",
    "segment": "Customer's segment",
    "channel": "Channel",
    "cost": "Cost",
    "score": "What customers who were asked answered",
    "comment": "What such customers wrote",
    "order": "Order of events at the same time",
    "source": "System it came from",
    "customer_facing": "Whether the customer took part",
    "by_customer": "Whether the customer did it",
}
MORE_ROLES: Final = ("cost", "order", "source", "customer_facing", "by_customer")
NO_COLUMN: Final = "no column"
CASE_OBJECT: Final = "Whose journeys: the type of object"
WIZARD_MORE: Final = "More columns, and how to read them"
WIZARD_READ: Final = "Read the file"
WIZARD_OPEN: Final = "Open the log"
WIZARD_MAPPING: Final = "Save the mapping"
WIZARD_AGAIN: Final = "Change the columns"
ZONE: Final = "Zone of times that name none"
DAY_FIRST_LABEL: Final = "03/04/2026 is"
DAY_FIRST: Final = ("as the file shows", "3 April", "4 March")
TOLERANCE: Final = "Rows that may be set aside, in %"
NULL_VALUES: Final = "Texts that stand for a missing value, with commas between"
OUTCOMES: Final = "What closes a journey"
OUTCOMES_HELP: Final = (
    "Journeys that end otherwise count as open. Leave it empty if you don't know."
)
NOT_KNOWN: Final = "not known"
HOW_READ: Final = "How it was read"
SET_ASIDE: Final = "The first rows that were set aside"
STOP: Final = "Stop"
READING_FAILED: Final = "The file couldn't be read: its reading ended before it was done."
UPLOAD_GONE: Final = "Your upload was deleted, 2 hours after it came. Upload it again."
ANOTHER_FILE: Final = "Another file"

# ---- who may see what ----
SIGN_IN: Final = "Sign in"
SIGN_OUT: Final = "Sign out"
SIGN_IN_FIRST: Final = "Sign in to see the logs of your organisation."
NOTHING_TO_SEE: Final = "Your account may see no rows of this log."
NOTHING_TO_SEE_HELP: Final = "Choose another log, or ask whoever gives out access."
NO_UPLOADS: Final = "Your role may look at the logs that are here, and not upload others."
SOURCE: Final = "Source code (AGPL-3.0-or-later)"
SOURCE_HELP: Final = "procmine is free software: this is the source of what you are using."

# ---- filters ----
FILTERS: Final = "Filter journeys"
MORE_FILTERS: Final = "More columns"
CONDITIONS: Final = {
    "from": "Began from",
    "until": "Began until",
    "longer": "Took at least",
    "shorter": "Took at most",
    "through": "Pass through",
    "without": "Never pass through",
    "starts": "Start with",
    "ends": "End with",
    "step": "Go directly",
    "nostep": "Never go directly",
    "handover": "Are handed over",
    "variant": "Take the variant",
    "open": "Are",
}
"""What each condition is called where it is chosen."""
CHIPS: Final = {
    "from": "from",
    "until": "until",
    "longer": "at least",
    "shorter": "at most",
    "through": "through",
    "without": "without",
    "starts": "starts with",
    "ends": "ends with",
    "step": "directly",
    "nostep": "never directly",
    "handover": "handed over",
    "variant": "takes",
    "open": "is",
}
"""The same on the button that removes it."""
STATES: Final = {"open": True, "closed": False}
ANY: Final = "any"
LENGTH: Final = "3 days"
SHOWING: Final = "Showing"
CLEAR: Final = "Remove all filters"
NOTHING_LEFT: Final = "No journey fits all of these filters."
NOTHING_LEFT_HELP: Final = "Remove one of them in the side bar."

# ---- cards ----
JOURNEYS: Final = "Journeys"
END_TO_END: Final = "End to end, median"
ACTIVITIES: Final = "Activities"

# ---- map ----
LEVEL: Final = "Show"
LEVELS: Final = {"activities": "Activities", "departments": "Departments"}
COLOUR: Final = "Colour and label"
MEASURES: Final = {
    "total_seconds": "Total waiting",
    "median_seconds": "Median wait",
    "mean_seconds": "Mean wait",
    "p90_seconds": "Wait 1 in 10 exceeds",
    "count": "How often",
    "cases": "Journeys",
    "total_cost": "Cost",
}
CLOCK: Final = "Time"
CLOCKS: Final = {"": "By the clock", "business_": "Working hours"}
"""Whose time the waits are said in, by how the columns of an answer begin."""
ACTIVITIES_DRAWN: Final = "Activities, by how often"
EVERY: Final = "all"
COVERAGE: Final = "Paths, by how often"
READABLE: Final = "what reads well"
ONLY_HANDED: Final = "Only journeys handed over so"
ONLY_STEP: Final = "Only journeys that take this step"
WITHOUT_STEP: Final = "Without this step"
MAP_WORDS: Final = {
    "label": "Process map. Tab moves through its boxes and arrows, Enter chooses one, plus and "
    "minus zoom, the arrow keys move, 0 fits. All figures are in the table below.",
    "hint": "Click on a box or an arrow to see its figures and to filter.",
    "drag": "Draw the map sideways to see the rest; tap a box or an arrow for its figures.",
    "full": "Full screen",
    "leave": "Leave full screen",
    "zoomIn": "Zoom in",
    "zoomOut": "Zoom out",
    "fit": "Fit the map",
    "close": "Close the figures",
    "wheel": "Hold Ctrl and turn the wheel to zoom",
}
PLAY: Final = "Play journeys"
PLAYER_WORDS: Final = {
    "label": "Journeys that move over the map",
    "play": "Play",
    "pause": "Pause",
    "time": "Time",
    "pace": "Pace",
    "base": "Which time",
    "log": "in the log's time",
    "own": "all from their start",
    "days": "days after each began",
    "hours": "hours after each began",
    "moving": "on their way",
}
PLAY_PROTECTED: Final = (
    "Single journeys can't be played: this log is protected, and speaks of no few customers."
)
PLAY_REFUSED: Final = "Your role may look at figures, and not at single journeys."
STEPS_TABLE: Final = "All steps"
NODES_TABLE: Final = "All activities"

# ---- comparing ----
COMPARE: Final = "Compare"
COMPARE_FIRST: Final = "Compare any two selections of journeys."
COMPARE_HELP: Final = (
    "Choose the first with the filters in the side bar and hold it here. Then choose the second: "
    "both stand side by side, and in the link."
)
HOLD: Final = "Hold what is shown now"
LET_GO: Final = "Let go of the held selection"
COMPARED: Final = "What is shown, beside the selection that is held."
COMPARE_HEAD: Final = ("figure", "shown", "held", "difference")
COMPARE_KINDS: Final = {
    "whole": "All journeys",
    "where": "Where a mean journey's time goes",
    "whom": "By when half close",
}
COMPARED_CAVEAT: Final = (
    "A difference in bold lies beyond the 95 % intervals of both figures; it says how the two "
    "differ, not why."
)

# ---- tables and lists ----
GROUPED_BY: Final = "Compare by"
GROUPS: Final = "Each group"
HANDOFFS_TOP: Final = "Where the waiting in handoffs lies"
HANDOFFS_ALL: Final = "All handoffs"
HANDOFF: Final = "handoff"
TIMES: Final = "times"
MEDIAN_WAIT: Final = "median wait"
MEDIAN_WORKING: Final = "median, in working hours"
SHARE_OF_WAITING: Final = "share of handoff waiting"
LEAD_ON: Final = "All handoffs, with their figures →"
NO_HANDOFFS: Final = "No handoff is seen in this log."
NO_HANDOFFS_HELP: Final = (
    "A handoff needs a department on both sides. Name the column that holds it: "
    "procmine app reads a prepared log, made by “procmine prepare LOG --department COLUMN”."
)
VARIANTS_SHOWN: Final = "How many"
VARIANTS_ALL: Final = "All variants"
CAVEATS: Final = "What these figures can't say"
MOST_ROWS: Final = 1000

# ---- taking along ----
EXPORT: Final = "Export, or do the same elsewhere"
EXPORT_TABS: Final = {
    "pictures": "Pictures",
    "tables": "Tables",
    "selection": "Journeys",
    "report": "Report",
    "elsewhere": "Python and command",
}
EXPORT_ANSWER: Final = "Of"
EXPORT_TABLE: Final = "Table"
EXPORT_FORMS: Final = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
EXPORT_TABLE_HELP: Final = (
    "Complete, with durations in seconds and shares from 0 to 1. In CSV and Excel an apostrophe "
    "stands before texts that a spreadsheet would take for a formula."
)
EXPORT_LOGS: Final = {".parquet": "Prepared log", ".xes.gz": "XES"}
EXPORT_LOG_HELP: Final = "All their events, as procmine reads them, or for other tools."
EXPORT_LOG_REFUSED: Final = "Your role may look at figures, and not take the journeys along."
EXPORT_LOG_PROTECTED: Final = (
    "This log is protected: its answers speak of no few customers, and its events stay here."
)
EXPORT_REPORT_HELP: Final = (
    "The sentences, pictures and tables of this page as one file that opens in any browser. "
    "Tables that name single journeys are left out."
)
EXPORT_HTML: Final = "Report as HTML"
EXPORT_PDF: Final = "Report as PDF"
EXPORT_PYTHON: Final = "The same in Python:"
EXPORT_COMMAND: Final = "As a command:"

_COLUMNS: Final = {
    "cases": "journeys",
    "count": "times",
    "p90_seconds": "1 in 10 over",
    "handoff_share": "to another department",
    "department_share": "done by it",
    "cumulative_share": "with those above",
    "starts": "journeys start",
    "ends": "journeys end",
}
WAITS: Final = _COLUMNS | {
    "mean_seconds": "mean wait",
    "median_seconds": "median wait",
    "total_seconds": "waiting in total",
    "business_mean_seconds": "mean, working hours",
    "business_median_seconds": "median, working hours",
    "business_p90_seconds": "1 in 10 over, working hours",
    "business_total_seconds": "in total, working hours",
}
DURATIONS: Final = _COLUMNS | {"mean_seconds": "mean time", "median_seconds": "median time"}
CLOSING: Final = DURATIONS | {
    "cases": "closed",
    "open_cases": "open",
    "abandoned_cases": "abandoned",
    "closing_median_seconds": "half of all within",
    "closing_p90_seconds": "9 in 10 of all within",
    "median_seconds": "half of the closed within",
    "p90_seconds": "9 in 10 of the closed within",
    "max_seconds": "longest",
}
HANDED: Final = WAITS | {
    "department": "from",
    "next_department": "to",
    "low_rank": "rank at best",
    "high_rank": "at worst",
    "share": "of handoff waiting",
    "end_to_end_share": "of all time",
    "bounce_share": "come straight back",
    "ping_pong_share": "back and forth",
    "change_seconds": "change of the mean",
    "business_median_seconds": "median in working hours",
    "business_p90_seconds": "1 in 10 over, in working hours",
    "business_total_seconds": "total in working hours",
    "recoverable_seconds": "could be saved",
}
"""What columns are called where people know no column names: of waits, durations, handoffs."""


def sample(name: str) -> str:
    """Call a sample."""
    return f"Sample: {name}"


def signed_in(name: str, role: str) -> str:
    """Say who is looking."""
    return f"Signed in: {name} ({role})"


def refused(name: str) -> str:
    """Say that somebody may see nothing."""
    return f"{name} may see nothing here. Ask whoever gives out access for a role."


def wizard(name: str) -> str:
    """Ask whether a file is understood."""
    return f"Check how {name} is read."


def wizard_reading(name: str) -> str:
    """Say that a file is being read."""
    return f"{name} is being read."


def account(rows: int, accepted: int, aside: int) -> str:
    """Say what became of the rows; the numbers add up."""
    return f"{count(rows, 'row')} read = {accepted:,} accepted + {aside:,} set aside."


def reason(code: str) -> str:
    """Say why rows were set aside."""
    return sentence(code.replace("_", " ")).removesuffix(".")


def mapping_help(file: str, mapping: str) -> str:
    """Say what the mapping is good for."""
    return (
        f"The mapping says how the file is read. Kept beside {file}, it prepares the same log "
        f"elsewhere: procmine prepare --mapping {mapping} --output LOG"
    )


def sentence(words: str) -> str:
    """Make a sentence of a phrase."""
    return f"{words[:1].upper()}{words[1:]}."


def answer(name: str, options: Mapping[str, Any]) -> str:
    """Call what an analysis answered, with what it was grouped by."""
    said = name.replace("_", " ")
    by = options.get("by")
    return f"{said} by {str(by).replace('_', ' ')}" if by else said


def table_of(name: str, rows: int) -> str:
    """Call a table that can be taken along."""
    return f"{name.replace('_', ' ')} ({count(rows, 'row')})"


def export_command(selected: str) -> str:
    """Say how a command gives the same of a part of the log."""
    return f"As a command, on “{selected}”, the prepared log of the journeys shown (see Journeys):"


def chip(kind: str, value: str) -> str:
    """Say one condition on a button that removes it."""
    return f"{kind} {value}"


def day(value: date) -> str:
    """Say a day: 1 June 2012."""
    return f"{value.day} {value:%B %Y}"


def period(low: date | None, high: date | None) -> str:
    """Say a period whose end belongs to it."""
    if low and high:
        return f"began {day(low)} to {day(high)}"
    return f"began {day(low)} or later" if low else f"began {day(high)} or before" if high else ""


def length(low: float | None, high: float | None) -> str:
    """Say how long journeys took; both ends belong to it."""
    ends = (("at least", low), ("at most", high))
    said = " and ".join(f"{words} {duration(end)}" for words, end in ends if end is not None)
    return f"took {said}" if said else ""


def no_length(written: str) -> str:
    """Say that what was written is no length of time."""
    return f"“{written}” isn't a length of time, so it is left out: write 3 days or 12 hours."


def step(one: str, other: str) -> str:
    """Say a step or a handoff: it stands so in the link too."""
    return f"{one} → {other}"


def played(shown: int, cases: int) -> str:
    """Say how many journeys are played, and what isn't shown of them."""
    said = f"{shown:,} of {count(cases, 'journey')} are played"
    drawn = ", drawn at random" if shown < cases else ""
    return f"{said}{drawn}; while they take a path that is hidden, they aren't seen."


def only_through(name: str) -> str:
    """Offer the journeys that pass through an activity, or a department."""
    return f"Only journeys through {name}"


def without(name: str) -> str:
    """Offer the journeys that never pass through an activity."""
    return f"Without {name}"


def way(rank: int) -> str:
    """Call a variant by its place among all, the commonest first."""
    return f"way {rank:,}"


def take(ranks: list[int]) -> str:
    """Say which variants journeys take."""
    return f"take {either(tuple(way(rank) for rank in ranks))}" if ranks else ""


def state(is_open: bool) -> str:  # noqa: FBT001
    """Say whether journeys are open."""
    return "are still open" if is_open else "are closed"


def either(names: tuple[str, ...]) -> str:
    """Say that one of the names is enough."""
    return " or ".join(names)


def selection(conditions: list[str], cases: int, all_cases: int) -> str:
    """Say what is shown, and how much of the whole that is."""
    said = f"Journeys that {', '.join(conditions)}" if conditions else "All journeys"
    return f"{said}: {cases:,} of {count(all_cases, 'journey')}."


def side(conditions: list[str]) -> str:
    """Say which journeys one side of a comparison is about."""
    return f"Journeys that {', '.join(conditions)}" if conditions else "All journeys"


def size(cases: int, events: int) -> str:
    """Say how many journeys and events there are."""
    return f"{count(cases, 'journey')}, {count(events, 'event')}"


def part(cases: int, all_cases: int) -> str:
    """Say how many of the journeys are shown."""
    return f"{cases:,} of {count(all_cases, 'journey')}"


def ignored(parameter: str, value: str) -> str:
    """Say that a part of the link means nothing here."""
    return f"The link asks for {parameter} “{value}”, which isn't there: it is left out."


def unknown_parameter(parameter: str) -> str:
    """Say that the link asks for something that there isn't."""
    return f"The link asks for “{parameter}”, which this app doesn't know: it is left out."


def missing_log(name: str) -> str:
    """Say that a log that was given isn't there."""
    return f"'{name}' isn't there any more."


def first_rows(shown: int, rows: int) -> str:
    """Say that a table is cut."""
    return f"The first {shown:,} of {rows:,} rows."


def no_toml(file: str) -> tuple[str, str]:
    """Say that a file that somebody gave can't be read, and what to do."""
    return f"What was given can't be read as {file}.", "Give a text file in TOML, under 1 MB."


def names_a_file(file: str) -> tuple[str, str]:
    """Say that a file names another one, which isn't here."""
    return f"{file} names a calendar, which is another file.", "Leave that line out here."


def places(shown: int, known: int) -> str:
    """Say that of the places where time goes not all are shown."""
    return f"The {shown} places that differ most, of {known:,}."


def covered(shown: int, share: str) -> str:
    """Say what the variants shown cover."""
    return f"{count(shown, 'way covers', 'ways cover')} {share} of the journeys."


def of_all(variants: int) -> str:
    """Say how many variants there are in all."""
    return f"of {count(variants, 'different way', 'different ways')}"


def median_of(steps: int) -> str:
    """Say what the figure beside a variant is, and how long the variant is."""
    return f"median, {count(steps, 'step')}"


def steps_more(hidden: int) -> str:
    """Say that a long variant is cut."""
    return f"+ {count(hidden, 'step')}"
