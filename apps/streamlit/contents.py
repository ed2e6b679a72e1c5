"""The pages of the app, and the headings that they stand under."""

import texts
from components.link import Allowed
from texts import changes as said_changes
from texts import compare as said_compare
from texts import conformance as said_conformance
from texts import consistency as said_consistency
from texts import cost as said_cost
from texts import journeys as said_journeys
from texts import log as said_log
from texts import moments as said_moments
from texts import more as said_more
from texts import teams as said_teams
from views import (
    changes,
    compare,
    conformance,
    consistency,
    cost,
    cycle,
    handoffs,
    journeys,
    log,
    map,  # noqa: A004  (the page is the map)
    moments,
    more,
    overview,
    teams,
    variants,
)

PAGES = {
    "overview": (texts.OVERVIEW, ":material/space_dashboard:", overview),
    "map": (texts.MAP, ":material/account_tree:", map),
    "time": (texts.CYCLE_TIME, ":material/timer:", cycle),
    "handoffs": (texts.HANDOFFS, ":material/swap_horiz:", handoffs),
    "variants": (texts.VARIANTS, ":material/alt_route:", variants),
    "journeys": (said_journeys.TITLE, ":material/timeline:", journeys),
    "moments": (said_moments.TITLE, ":material/handshake:", moments),
    "consistency": (said_consistency.TITLE, ":material/balance:", consistency),
    "cost": (said_cost.TITLE, ":material/payments:", cost),
    "teams": (said_teams.TITLE, ":material/groups:", teams),
    "conformance": (said_conformance.TITLE, ":material/rule:", conformance),
    "changes": (said_changes.TITLE, ":material/history:", changes),
    "compare": (said_compare.TITLE, ":material/compare_arrows:", compare),
    "more": (said_more.TITLE, ":material/help_center:", more),
    "log": (said_log.TITLE, ":material/database:", log),
}
"""By their names in the link: what each page is called, its icon, its module."""
SECTIONS = {
    "": ("overview",),
    texts.THE_JOURNEY: ("map", "time", "handoffs", "variants", "journeys"),
    texts.THE_CUSTOMER: ("moments", "consistency", "cost"),
    texts.THE_COMPANY: ("teams", "conformance", "changes"),
    texts.CLOSER: ("compare", "more", "log"),
}
"""Under which heading the side bar lists which page."""
NEXT = {
    "overview": ("conformance", "teams", "log"),
    "map": ("handoffs", "variants", "journeys"),
    "time": ("handoffs", "conformance", "changes"),
    "handoffs": ("map", "cost", "teams"),
    "variants": ("consistency", "journeys", "conformance"),
    "journeys": ("variants", "moments", "map"),
    "moments": ("consistency", "cost", "teams"),
    "consistency": ("variants", "compare", "moments"),
    "cost": ("handoffs", "changes", "teams"),
    "teams": ("handoffs", "conformance", "cost"),
    "conformance": ("variants", "time", "cost"),
    "changes": ("cost", "time", "compare"),
    "compare": ("consistency", "changes", "map"),
    "more": ("overview", "map", "log"),
    "log": ("overview", "map", "more"),
}
"""Which pages answer what somebody asks who has read a page."""
PARAMETERS: dict[str, Allowed] = {
    name: allowed
    for _, _, module in PAGES.values()
    for name, allowed in getattr(module, "PARAMETERS", {}).items()
}
"""What the link may ask of all of them."""
