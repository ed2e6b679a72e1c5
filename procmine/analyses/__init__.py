"""One question, one file; each is registered by its import here."""

from procmine.analyses.authority import authority
from procmine.analyses.centricity import centricity
from procmine.analyses.conformance import conformance
from procmine.analyses.consistency import consistency
from procmine.analyses.cost_shift import cost_shift
from procmine.analyses.cycle_time import cycle_time
from procmine.analyses.engagement_return import engagement_return
from procmine.analyses.experience import experience
from procmine.analyses.handoffs import handoffs
from procmine.analyses.journeys import journeys
from procmine.analyses.ledger import ledger
from procmine.analyses.metric_value import metric_value
from procmine.analyses.moments_of_truth import moments_of_truth
from procmine.analyses.overview import overview
from procmine.analyses.process_map import process_map
from procmine.analyses.promises import promises
from procmine.analyses.rework import rework
from procmine.analyses.self_inflicted import self_inflicted
from procmine.analyses.team_groups import team_groups
from procmine.analyses.variants import variants
from procmine.analyses.waiting_causes import waiting_causes
from procmine.analyses.watermelon import watermelon

__all__ = [
    "authority",
    "centricity",
    "conformance",
    "consistency",
    "cost_shift",
    "cycle_time",
    "engagement_return",
    "experience",
    "handoffs",
    "journeys",
    "ledger",
    "metric_value",
    "moments_of_truth",
    "overview",
    "process_map",
    "promises",
    "rework",
    "self_inflicted",
    "team_groups",
    "variants",
    "waiting_causes",
    "watermelon",
]
