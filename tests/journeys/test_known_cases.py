"""A mapping whose only source tells the cases reads as the file itself does."""

import pytest
from typer.testing import CliRunner

import procmine as pm
from procmine.cli import app

ROWS = """nr,what,when,department,note
1,ask,05/01/2026 09:00,Sales,x
1,answer,06/01/2026 09:00,Care,
2,ask,07/01/2026 10:00,Sales,-
3,,07/01/2026 11:00,Sales,-
"""
MAPPING = """name = "asked"
timezone = "Europe/Berlin"
tolerance = 0.5
outcomes = ["answer"]
[[sources]]
name = "desk"
path = "desk.csv"
day_first = true
null_values = ["-"]
[sources.columns]
case_id = "nr"
activity = "what"
timestamp = "when"
"""


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "desk.csv").write_text(ROWS)

    def write(text=MAPPING):
        path = tmp_path / "desk.toml"
        path.write_text(text)
        return path

    return write


def read_plainly(mapping):
    return pm.read(
        mapping.with_name("desk.csv"),
        case_id="nr",
        activity="what",
        timestamp="when",
        timezone="Europe/Berlin",
        day_first=True,
        null_values=["-"],
        tolerance=0.5,
        outcomes=["answer"],
        name="asked",
    )


def test_its_events_and_account_are_those_of_the_file(desk):
    mapped, plain = pm.read(desk()), read_plainly(desk())
    rows = mapped.events.collect()

    assert rows["source"].unique().to_list() == ["desk"]
    assert rows.drop("source").equals(plain.events.select(rows.drop("source").columns).collect())
    for fact in ("name", "quality", "roles", "timezone", "outcomes", "day_first", "null_values"):
        assert getattr(mapped.meta, fact) == getattr(plain.meta, fact), fact
    assert mapped.set_aside.collect()["reason"].to_list() == ["no_activity"]


def test_the_command_line_prepares_it(desk, tmp_path):
    target = tmp_path / "log.parquet"
    arguments = ["prepare", "--mapping", str(desk()), "--output", str(target)]

    done = CliRunner().invoke(app, arguments, catch_exceptions=False)

    assert done.exit_code == 0
    assert pm.cycle_time(pm.read(target)).summary.row(0) == (
        pm.cycle_time(read_plainly(desk())).summary.row(0)
    )


def test_a_column_given_as_an_attribute_plays_no_role(desk):
    mapped = pm.read(desk(MAPPING + '[sources.attributes]\ndesk = "department"\n'))

    assert "department" not in mapped.columns
    assert mapped.events.collect()["desk"].to_list() == ["Sales", "Care", "Sales"]


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ('[[journeys]]\ntype = "a"\ntriggers = ["ask"]\n', "case_id says the cases"),
        ('[sources.identifiers]\nnr = "nr"\n', "case_id says the cases"),
        ('[[sources]]\nname = "other"\npath = "desk.csv"\n', "only source"),
        ('[sources.constants]\ncase_id = "7"\n', "case_id"),
    ],
)
def test_what_makes_no_sense_beside_it_is_refused(desk, added, says):
    with pytest.raises(pm.ConfigurationError, match=says):
        pm.read(desk(MAPPING + added))


def test_an_outcome_that_differs_in_case_alone_is_a_slip(desk):
    with pytest.raises(pm.ConfigurationError, match="outcomes: the activity 'Answer'"):
        pm.read(desk(MAPPING.replace('["answer"]', '["Answer"]')))


def test_without_cases_and_without_journeys_both_ways_are_named(desk):
    text = MAPPING.replace('case_id = "nr"\n', "").replace('outcomes = ["answer"]\n', "")

    with pytest.raises(pm.ConfigurationError, match=r"\[\[journeys\]\]"):
        pm.read(desk(text + '[sources.identifiers]\nnr = "nr"\n'))
