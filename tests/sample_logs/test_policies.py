"""Policies beside the samples: what was planted breaks their rules; without it they are kept."""

import json
from functools import cache
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


@pytest.fixture(scope="module")
def whole(kept):
    """What a sample says of its policy."""

    @cache
    def told(name):
        return pm.conformance(kept(name), policy=KEPT / name / "policy.toml")

    return told


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_breaks_its_rules_where_and_when_it_was(name, whole, kept):
    truth = json.loads((KEPT / name / "truth.json").read_text(encoding="utf-8"))
    log = kept(name)
    assert set(PLANTED[name]) <= set(whole(name).broken)
    for rule in PLANTED[name].keys() & (SINCE | UNTIL):
        date = truth[PLANTED[name][rule]]["date"]
        before, after = (
            pm.conformance(log.filter_cases(started=period), policy=KEPT / name / "policy.toml")
            .rules.filter(rule=rule)["share"]
            .item()
            for period in ((None, date), (date, None))
        )
        assert (after > 1.5 * before) if rule in SINCE else (after < before / 1.5)


@pytest.mark.parametrize("name", PLANTED)
def test_every_rule_is_tested_and_has_an_owner(name, whole):
    rules = whole(name).rules
    assert not rules["kept"].null_count()
    assert not rules["owner"].null_count()


USUAL = {"One desk is enough", "The agent decides"}
"""What an airline does without any effect as well: the effect is what comes of it, or its end."""


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_where_nothing_is_planted_those_rules_are_kept(name, tmp_path):
    write_sample(name, null=True, output=tmp_path)
    log = pm.read_sources(tmp_path / "mapping.toml")
    broken = pm.conformance(log, policy=tmp_path / "policy.toml").broken
    assert not (PLANTED[name].keys() - USUAL) & set(broken)
