"""Conformance: how well journeys fit a model."""

import polars as pl
import pytest

import procmine as pm
from procmine.errors import InputError, OptionError
from procmine.mining.pm4py import discover, write_model
from tests import brute

REFERENCES = {  # logs/README.md: on pm4py's inductive model (noise 0.2) of the same log
    "sepsis.xes.gz": {"average_fitness": 0.9340, "fitting_share": 0.6667},
    "road_fines.xes.gz": {"average_fitness": 0.99824, "fitting_share": 0.9908},
    "receipt.xes.gz": {"log_fitness": 0.8277, "fitting_share": 0.4972},
}


def log_of(*journeys):
    rows = [
        {"case": str(case), "activity": activity, "time": brute.at(60 * n)}
        for case, journey in enumerate(journeys)
        for n, activity in enumerate(journey)
    ]
    return pm.read(pl.DataFrame(rows))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The model of a process in which b follows a, then c."""
    path = tmp_path_factory.mktemp("model") / "abc.bpmn"
    ways = pl.DataFrame({"activities": [["a", "b", "c"]], "cases": [1]})
    write_model(discover(ways), path)
    return path


def test_fitness_and_deviations_of_a_small_log(model):
    result = pm.conformance(log_of("abc", "abc", "ac", "abxc"), model=model)
    row = result.summary.row(0, named=True)
    assert (row["cases"], row["variants"], row["solved_share"]) == (4, 3, 1.0)
    assert row["fitting_share"] == row["fitting_share_high"] == 0.5
    average = (1 + 1 + (1 - 1 / 5) + (1 - 1 / 7)) / 4
    assert row["average_fitness_low"] == row["average_fitness_high"] == pytest.approx(average)
    assert row["log_fitness_low"] == pytest.approx(1 - 2 / (6 + 6 + 5 + 7))
    assert sorted(result.deviations.rows()) == [
        ("b", "missing", 1, 1),
        ("x", "not in the model here", 1, 1),
    ]
    assert result.headline == (
        "Of 4 journeys, 50 % run just as abc.bpmn says; the average fitness is 0.91."
    )
    assert result.chart().to_dict()["title"]["text"]


def test_every_engine_measures_alike(engine, model):
    log = log_of("abc", "ac", "cba")
    here, there = (pm.conformance(each, model=model) for each in (log, engine(log)))
    assert there.to_dict()["tables"] == here.to_dict()["tables"]


def test_what_is_not_solved_gets_an_interval(model):
    result = pm.conformance(log_of("abc", "ac"), model=model, budget="0s")
    row = result.summary.row(0, named=True)
    assert row["solved_share"] == 0
    assert row["average_fitness_low"] <= (1 + 0.8) / 2 <= row["average_fitness_high"]
    assert any("--budget" in caveat for caveat in result.caveats)
    assert result.variants["extra"].null_count() == 2


def test_without_a_usable_model_the_error_says_what_to_give(tmp_path):
    log = log_of("abc")
    with pytest.raises(OptionError, match="--model FILE"):
        pm.conformance(log)
    with pytest.raises(OptionError, match="Give one"):
        pm.conformance(log, model=tmp_path / "a.bpmn", policy=tmp_path / "b.toml")
    with pytest.raises(InputError, match="There is no file"):
        pm.conformance(log, model=tmp_path / "missing.bpmn")
    with pytest.raises(OptionError, match="isn't a length of time"):
        pm.conformance(log, model=tmp_path / "missing.bpmn", budget="soon")


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCES)
def test_fitness_of_real_logs_equals_the_references(real_logs, tmp_path, name):
    log = pm.read(real_logs / name)
    write_model(discover(pm.variants(log).variants, coverage=1.0), tmp_path / "model.pnml")
    row = pm.conformance(log, model=tmp_path / "model.pnml", budget="10 minutes").summary.row(
        0, named=True
    )
    assert row["solved_share"] == 1
    figures = REFERENCES[name]
    assert row["fitting_share"] == pytest.approx(figures["fitting_share"], abs=1e-4)
    for measure in figures.keys() - {"fitting_share"}:
        assert row[f"{measure}_low"] == row[f"{measure}_high"]
        assert row[f"{measure}_low"] == pytest.approx(figures[measure], abs=1e-4)
