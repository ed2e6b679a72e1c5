"""Policies beside the samples: what was planted breaks their rules; without it they are kept."""

import json
from pathlib import Path

import pytest

import procmine as pm
from procmine.sample import write_sample

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs"
PLANTED = {
    "airline": {
        "One desk is enough": "first_moment",
        "What is dropped comes back": "baggage_drive",
        "Fuelled in time": "operations",
        "The agent decides": "authority",
    },
    "rental": {
        "Nobody waits at the counter": "car_not_ready",
        "The car is ready when its customer comes": "car_not_ready",
        "The price is the price": "surprise_charges",
        "Nobody complains about the price": "price_rise",
    },
}
"""The rules that a planted effect breaks, and the effect's name in truth.json."""
SINCE = {"What is dropped comes back", "Nobody complains about the price"}
UNTIL = {"The agent decides"}


def checked(folder, period=(None, None)):
    log = pm.read_sources(folder / "mapping.toml").filter_cases(started=period)
    return pm.conformance(log, policy=folder / "policy.toml")


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_breaks_its_rules_where_and_when_it_was(name):
    truth = json.loads((KEPT / name / "truth.json").read_text(encoding="utf-8"))
    whole = checked(KEPT / name)
    assert set(PLANTED[name]) <= set(whole.broken)
    for rule in PLANTED[name].keys() & (SINCE | UNTIL):
        date = truth[PLANTED[name][rule]]["date"]
        halves = [checked(KEPT / name, period) for period in ((None, date), (date, None))]
        before, after = (half.rules.filter(rule=rule)["share"].item() for half in halves)
        assert (after > 1.5 * before) if rule in SINCE else (after < before / 1.5)


@pytest.mark.parametrize("name", PLANTED)
def test_every_rule_is_tested_and_has_an_owner(name):
    rules = checked(KEPT / name).rules
    assert not rules["kept"].null_count()
    assert not rules["owner"].null_count()


USUAL = {"One desk is enough", "The agent decides"}
"""What an airline does without any effect as well: the effect is what comes of it, or its end."""


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_where_nothing_is_planted_those_rules_are_kept(name, tmp_path):
    write_sample(name, null=True, output=tmp_path)
    assert not (PLANTED[name].keys() - USUAL) & set(checked(tmp_path).broken)
