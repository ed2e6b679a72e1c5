import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.policy.breaking import breaking

CASES = tuple("abcdef")
RULES = ("one", "other")
LOG = pm.read(
    pl.DataFrame(
        {
            "case": [*CASES, *CASES],
            "activity": ["ask"] * 6 + ["answer"] * 6,
            "time": ["2026-01-05T09:00Z"] * 6 + ["2026-01-06T09:00Z"] * 6,
        }
    )
)
BROKEN = st.sets(st.tuples(st.sampled_from(RULES), st.sampled_from(CASES)))


@given(broken=BROKEN, rules=st.lists(st.sampled_from(RULES), max_size=2, unique=True))
@settings(deadline=None, max_examples=50)
def test_whole_journeys_stay_that_break_every_rule(broken, rules):
    violations = pl.DataFrame(
        [*broken], schema={"rule": pl.String, "case_id": pl.String}, orient="row"
    )

    kept = breaking(LOG, violations, rules)

    expected = {case for case in CASES if all((rule, case) in broken for rule in rules)}
    events = kept.events.select("case_id", "activity").collect()
    assert sorted(events.rows()) == sorted(
        (case, activity) for case in expected for activity in ("ask", "answer")
    )
    assert len(kept.meta.selection) == len(rules)


def test_of_many_journeys_those_that_stay_can_be_filtered_further(tmp_path):
    numbers = pl.int_range(300_000, eager=True)
    case = (numbers // 3).cast(pl.String)
    minutes = pl.duration(minutes=numbers % 3 * (numbers // 3 % 7))
    log = pm.read(
        pl.DataFrame({"case": case, "activity": (numbers % 3).cast(pl.String)}).with_columns(
            time=pl.datetime(2026, 1, 5, time_zone="UTC") + minutes
        ),
        into=tmp_path / "log.parquet",
    )
    violations = pl.DataFrame({"rule": "one", "case_id": case.unique().sort().gather_every(3)})

    kept = breaking(log, violations, ["one"])

    long = set(violations["case_id"].filter(violations["case_id"].cast(pl.Int64) % 7 >= 4))
    assert kept.filter_cases(duration=(480, None)).size == (3 * len(long), len(long))
