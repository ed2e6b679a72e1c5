"""procmine makes the customer's process visible, across every silo.

Read a log, ask it, look at the answer:

    import procmine as pm

    log = pm.read("incidents.xes.gz", department="org:group")
    pm.handoffs(log)
"""

from procmine.analyses import (
    authority,
    centricity,
    conformance,
    consistency,
    cost_shift,
    cycle_time,
    engagement_return,
    experience,
    handoffs,
    journeys,
    ledger,
    metric_value,
    moments_of_truth,
    overview,
    process_map,
    promises,
    rework,
    self_inflicted,
    team_groups,
    variants,
    waiting_causes,
    watermelon,
)
from procmine.appending import append
from procmine.discovery import discover_calendars
from procmine.errors import (
    ColumnError,
    ConfigurationError,
    InputError,
    OptionError,
    ProcmineError,
    QualityError,
    TimestampError,
    UnavailableError,
)
from procmine.eventlog import EventLog
from procmine.reading import read, read_sources
from procmine.registry import analysis
from procmine.result import Result
from procmine.waiting.estimation import estimate_starts

__version__ = "0.1.0"

__all__ = [
    "ColumnError",
    "ConfigurationError",
    "EventLog",
    "InputError",
    "OptionError",
    "ProcmineError",
    "QualityError",
    "Result",
    "TimestampError",
    "UnavailableError",
    "analysis",
    "append",
    "authority",
    "centricity",
    "conformance",
    "consistency",
    "cost_shift",
    "cycle_time",
    "discover_calendars",
    "engagement_return",
    "estimate_starts",
    "experience",
    "handoffs",
    "journeys",
    "ledger",
    "metric_value",
    "moments_of_truth",
    "overview",
    "process_map",
    "promises",
    "read",
    "read_sources",
    "rework",
    "self_inflicted",
    "team_groups",
    "variants",
    "waiting_causes",
    "watermelon",
]
