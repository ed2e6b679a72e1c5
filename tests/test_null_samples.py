"""On samples in which nothing is planted, alarms ring no oftener than the level they are raised at.

A new alarm is one line of `ALARMS`: its name, the sample it is asked of, what says whether it
rings, and the chance that its analysis states for a false alarm of all that it looks at together.
What says so takes the prepared log and the sample's folder, where the files lie that aren't in the
log. Shuffles must be enough for the alarm to ring: `k` looks need at least `k / level`.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from scipy.stats import binom

import procmine as pm
from procmine.sample import write_sample

pytestmark = pytest.mark.slow

SEEDS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 8
EVENTS = 3_000
SURE = 0.999
"""So sure is a right alarm to pass."""


class Alarm(NamedTuple):
    """One alarm, asked of one sample."""

    name: str
    sample: str
    rings: Callable[[pm.EventLog, Path], bool]
    level: float


def treated_differently(log, _folder):
    summary = pm.consistency(log, promised=["segment"], permutations=299).summary
    return summary.select((pl.col("adjusted_p_value") <= 0.05).any()).item()


def segments_treated_differently(log, _folder):
    summary = pm.consistency(log, by=["segment"], permutations=299).summary
    return summary.select((pl.col("adjusted_p_value") <= 0.05).any()).item()


PROMISED = {
    "airline": "Business=1 day,Leisure=2 days",
    "broadband": "Business=12 days,Consumer=21 days",
    "rental": "Business=20 days,Leisure=30 days",
}
"""Who is promised less time is worth more: an order that the queues of a null sample don't know."""


def customers_stay_away(log, _folder):
    found = pm.engagement_return(log, since="2025-06-15").change
    return found.select((pl.col("adjusted_p_value") <= 0.05).any()).item()


def queue_knows_worth(sample, table):
    def rings(log, _folder):
        found = pm.promises(log, promise=PROMISED[sample], permutations=199).tables[table]
        return found.select((pl.col("adjusted_p_value") <= 0.05).any()).item()

    return rings


def cost_shifted(sample, department):
    def rings(log, folder):
        date = json.loads((folder / "truth.json").read_text())[sample]["date"]
        result = pm.cost_shift(log, date=date, changed=department, permutations=199)
        return result.summary["verdict"].item().startswith("local saving, ")

    return rings


def team_groups(log, folder, **options):
    happened = set(log.events.select("activity").unique().collect()["activity"])
    unhappy = sorted(happened & {"Missing bag reported", "Complained on arrival"})
    peers = folder / "peer_survey.csv"
    return pm.team_groups(log, peers=peers, complaints=unhappy, **options)


def looks_better_than_it_is(log, folder):
    return team_groups(log, folder).alarms.height > 0


def metrics_against_scores(log, _folder):
    alarms = pm.metric_value(log, period="year").alarms
    return alarms.filter(pl.col("outcome") == "score").height > 0


def green_and_red(log, _folder):
    """Promise what nine in ten trips keep, so that no customer is let down."""
    log = log.filter_cases(where={"journey_type": ["trip"]})
    days = pm.cycle_time(log).summary["closing_p90_seconds"].item() / 86_400
    result = pm.watermelon(log, promise=f"{days:.3f} days", goal=0.9, period="year")
    return result.summary["yes_cells"].item() > 0


def scores_fall(log, _folder):
    found = pm.experience(log).differences
    return found.select((pl.col("adjusted_p_value") <= 0.05).any()).item()


def bad_first_moments_matter(log, _folder):
    found = pm.moments_of_truth(log).effects
    return found.select((pl.col("adjusted_p_value") <= 0.05).any()).item()


def changed(ask, measure, journey_type):
    """Whether a figure changed on the day on which nothing did."""

    def rings(log, folder):
        date = json.loads((folder / "truth.json").read_text())["authority"]["date"]
        rows = ask(log, date).change.filter(measure=measure, journey_type=journey_type)
        return rows.select((pl.col("p_value") <= 0.05).any()).item()

    return rings


def ends_changed(log, date):
    return pm.moments_of_truth(log, bad_end=["Complained on arrival"], since=date)


def authority_changed(log, date):
    return pm.authority(log, approvals=["Approval asked"], since=date)


def teams_changed(log, folder):
    """Whether a figure of any team, or what its colleagues say, changed when nothing did."""
    date = json.loads((folder / "truth.json").read_text())["baggage_drive"]["date"]
    found = team_groups(log, folder, since=date).change
    return found.select((pl.col("adjusted_p_value") <= 0.05).any()).item()


def prices_changed(log, folder):
    date = json.loads((folder / "truth.json").read_text())["price_rise"]["date"]
    rows = pm.moments_of_truth(log, since=date).change.filter(measure="brought in")
    return rows.select((pl.col("p_value") <= 0.05).any()).item()


def ways_explain_failures(log, folder):
    return pm.self_inflicted(log, reasons=folder / "reasons.toml").excess.height > 0


ALARMS = [
    Alarm("ends change", "airline", changed(ends_changed, "bad end", "trip"), 0.05),
    Alarm("solved changes", "airline", changed(authority_changed, "solved share", "refund"), 0.05),
    Alarm("teams change", "airline", teams_changed, 0.05),
    Alarm("prices change", "rental", prices_changed, 0.05),
    Alarm("ways explain failures", "rental", ways_explain_failures, 0.05),
    Alarm("scores fall", "airline", scores_fall, 0.05),
    Alarm("scores fall", "rental", scores_fall, 0.05),
    Alarm("bad first moments matter", "airline", bad_first_moments_matter, 0.05),
    *(Alarm("worth", sample, queue_knows_worth(sample, "queue"), 0.05) for sample in PROMISED),
    Alarm("customers stay away", "rental", customers_stay_away, 0.05),
    Alarm("worth, by step", "broadband", queue_knows_worth("broadband", "steps"), 0.05),
    Alarm(
        "a saving that others pay",
        "broadband",
        cost_shifted("warehouse_closure", "Warehouse"),
        0.05,
    ),
    Alarm("a saving that others pay", "rental", cost_shifted("price_rise", "Pricing"), 0.05),
    Alarm("consistency", "broadband", treated_differently, 0.05),
    Alarm("team groups", "airline", looks_better_than_it_is, 0.05),
    Alarm("watermelon", "airline", green_and_red, 0.05),
    Alarm("metric value", "airline", metrics_against_scores, 0.05),
    Alarm("consistency of segments", "airline", segments_treated_differently, 0.05),
    Alarm("consistency of segments", "broadband", segments_treated_differently, 0.05),
    Alarm("consistency of segments", "rental", segments_treated_differently, 0.05),
]


@pytest.fixture(scope="module")
def null_sample(tmp_path_factory):
    """Give the log and the folder of a sample and a seed, which are made when first asked for."""
    folder = tmp_path_factory.mktemp("null")

    def made(sample, seed):
        own = folder / f"{sample}-{seed}"
        path = own / "log.parquet"
        if not path.exists():
            write_sample(sample, events=EVENTS, seed=seed, null=True, output=own)
            pm.read_sources(own / "mapping.toml").write(path)
        return pm.read(path), own

    yield made
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "alarm", ALARMS, ids=[f"{a.sample}, {a.name}".replace(" ", "-") for a in ALARMS]
)
def test_false_alarms_stay_at_their_level(alarm, null_sample):
    rung = [seed for seed in range(SEEDS) if alarm.rings(*null_sample(alarm.sample, seed))]

    limit = binom.ppf(SURE, SEEDS, alarm.level)
    assert len(rung) <= limit, f"{len(rung)} of {SEEDS} ring, {limit:.0f} may: seeds {rung}"
