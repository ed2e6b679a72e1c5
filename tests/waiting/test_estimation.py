"""Estimated start times: as brute force finds them, and never passed off as measured ones."""

import polars as pl
import pytest
from hypothesis import given

import procmine as pm
from procmine.errors import OptionError, UnavailableError
from procmine.registry import registered
from procmine.waiting.work import estimates
from tests import brute_waits
from tests.engines import NEEDING
from tests.strategies import EXAMPLES, events, log_of, table_of

ROWS = EXAMPLES["everything known"]
COMPLETIONS = [{k: v for k, v in row.items() if k != "start_timestamp"} for row in ROWS]


@given(rows=events(optional=("resource",)))
def test_any_log_equals_brute_force(rows):
    enabled = brute_waits.enabled(rows, ends_only=True)
    available = brute_waits.available(rows)
    found = table_of(pm.estimate_starts(log_of(rows)))
    for row in rows:
        order = row["order"]
        latest = max(filter(None, (enabled[order][0], available[order])))
        assert found[order]["start_timestamp"] == latest
        assert found[order]["service_us"] >= 0


@given(rows=events(optional=("start_timestamp", "resource")))
def test_known_starts_stay_and_are_not_counted(rows):
    log = pm.estimate_starts(log_of(rows))
    unknown = [row for row in rows if row["start_timestamp"] is None]
    assert log.meta.estimated_starts == len(unknown)
    kept = table_of(log)
    for row in rows:
        if row["start_timestamp"] is not None:
            assert kept[row["order"]]["start_timestamp"] == row["start_timestamp"]


def test_a_log_whose_starts_are_known_is_the_same_log():
    log = log_of([row | {"start_timestamp": row["timestamp"]} for row in ROWS])
    assert pm.estimate_starts(log) is log


@pytest.mark.parametrize("name", sorted(registered().keys() - NEEDING))
def test_every_figure_of_estimates_says_so(name):
    log = pm.estimate_starts(log_of(COMPLETIONS))
    assert any("start times are estimates" in c for c in getattr(pm, name)(log).caveats)


def test_causes_of_waiting_say_so_in_their_headline():
    result = pm.waiting_causes(pm.estimate_starts(log_of(COMPLETIONS)))
    assert result.headline.startswith("By estimated start times, ")
    assert any(c.startswith("An estimated start follows right on") for c in result.caveats)


def test_estimates_are_remembered_where_the_log_is_kept(tmp_path):
    path = pm.estimate_starts(log_of(COMPLETIONS)).write(tmp_path / "log.parquet")
    assert pm.read(path).meta.estimated_starts == len(COMPLETIONS)
    with pytest.raises(OptionError, match="are estimates"):
        pm.append(path, pl.DataFrame(COMPLETIONS))


def test_an_engine_that_cant_names_the_way_out():
    class Elsewhere:
        columns = ("case_id",)

    log = pm.EventLog(Elsewhere())
    with pytest.raises(UnavailableError, match="Write the prepared log as Parquet"):
        estimates(log)
