"""Preparing journeys from a mapping, as a user types it."""

import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import CALLS, COURIER, CRM, MAPPING

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(tmp_path):
    for name, text in (("shop.toml", MAPPING), ("crm.csv", CRM), ("calls.csv", CALLS)):
        (tmp_path / name).write_text(text)
    (tmp_path / "courier.csv").write_text(COURIER)
    return tmp_path


def procmine(*arguments, code=0):
    command = [sys.executable, "-m", "procmine", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def test_a_mapping_is_prepared_and_asked(shop):
    log = shop / "log.parquet"

    said = procmine("prepare", "--mapping", shop / "shop.toml", "--output", log).stderr
    answer = json.loads(procmine("journeys", log, "--format", "json").stdout)

    assert "8 rows read = 8 accepted + 0 set aside." in said
    assert "2 customers" in said
    assert answer["headline"] == "3 journeys: 2 closed, 1 open."


def test_any_command_takes_a_mapping_as_its_log(shop):
    answer = json.loads(procmine("handoffs", shop / "shop.toml", "--format", "json").stdout)

    assert answer["log"]["cases"] == 3


def test_a_mapping_that_can_not_be_used_ends_in_a_sentence(shop):
    text = MAPPING.replace('activity = "what"', 'activty = "what"')
    (shop / "shop.toml").write_text(text)

    done = procmine(
        "prepare", "--mapping", shop / "shop.toml", "--output", shop / "l.parquet", code=2
    )

    assert "sources[0].columns.activty" in done.stderr
    assert not (shop / "l.parquet").exists()


def test_prepare_takes_files_or_a_mapping(shop):
    log = shop / "l.parquet"

    assert "nothing to prepare" in procmine("prepare", "--output", log, code=2).stderr
    both = procmine("prepare", shop / "crm.csv", "--mapping", shop / "shop.toml", "-o", log, code=2)
    assert "names its sources itself" in both.stderr


def test_a_draft_leads_to_a_log(shop):
    (shop / "crm.csv").write_text(CRM.replace("what", "activity"))
    mapping = shop / "first.toml"

    said = procmine("mapping", "draft", shop / "crm.csv", "--output", mapping)
    again = procmine("mapping", "draft", shop / "crm.csv", "--output", mapping, code=2)
    procmine("prepare", "--mapping", mapping, "--output", shop / "log.parquet")

    assert "procmine prepare --mapping" in said.stderr
    assert "isn't overwritten" in again.stderr
    assert (shop / "log.parquet").exists()
