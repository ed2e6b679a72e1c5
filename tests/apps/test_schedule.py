"""The examples for schedulers, each read by its real program, and what all of them run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import needed
from tests.report.conftest import BROADBAND

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "apps" / "schedule"
COMMAND = "procmine report /etc/procmine/orders.toml"


def run(*command, **settings):
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, **settings
    )


def test_crontab_takes_the_line_and_refuses_a_broken_one(tmp_path):
    needed("cron", there=shutil.which("crontab") is not None)
    (tmp_path / "broken").write_text("30 25 * * 1-5 procmine report x.toml\n")
    assert run("crontab", "-n", EXAMPLES / "procmine.cron").returncode == 0
    assert run("crontab", "-n", tmp_path / "broken").returncode != 0
    assert (EXAMPLES / "procmine.cron").read_text().splitlines()[-1] == f"30 6 * * 1-5 {COMMAND}"


def test_systemd_takes_the_timer_and_its_service():
    needed("systemd", there=shutil.which("systemd-analyze") is not None)
    units = sorted(EXAMPLES.glob("procmine-report.*"))
    done = run("systemd-analyze", "verify", *units)
    assert (done.returncode, done.stderr) == (0, "")
    when = re.search("OnCalendar=(.*)", units[1].read_text())[1]
    assert run("systemd-analyze", "calendar", when).returncode == 0
    assert f"env {COMMAND}\n" in units[0].read_text()


def test_github_takes_the_workflow_and_refuses_a_broken_one(tmp_path):
    workflow = (EXAMPLES / "github-actions.yml").read_text()
    (tmp_path / "broken.yml").write_text(workflow.replace("runs-on", "runs-onn"))
    check = (
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
    )
    assert run(*check, EXAMPLES / "github-actions.yml").returncode == 0
    assert run(*check, tmp_path / "broken.yml").returncode != 0
    steps = yaml.safe_load(workflow)["jobs"]["report"]["steps"]
    assert [s["run"] for s in steps if "procmine report" in s.get("run", "")] == [
        "procmine report orders.toml --fail-on worse"
    ]


def test_the_example_that_they_run_makes_its_report(tmp_path):
    shutil.copytree(BROADBAND, tmp_path / "reports")
    shutil.copy(EXAMPLES / "orders.toml", tmp_path / "reports")
    program = Path(sys.executable).parent / "procmine"
    command = (program, "report", "orders.toml", "--fail-on", "worse")
    done = run(*command, cwd=tmp_path / "reports", env={**os.environ})
    assert done.returncode == 1, done.stderr
    assert len(done.stdout.splitlines()) == 3
    assert (tmp_path / "reports" / "reports" / "orders.xml").is_file()


def test_airflow_runs_the_dag_in_an_environment_of_its_own(tmp_path):
    """Airflow pins what procmine doesn't, so it gets an environment; procmine is on its PATH."""
    home = tmp_path / "airflow"
    home.mkdir()
    shutil.copy(EXAMPLES / "airflow_dag.py", home)
    (tmp_path / "orders.toml").write_text((EXAMPLES / "orders.toml").read_text())
    shutil.copytree(BROADBAND, tmp_path, dirs_exist_ok=True)
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PROCMINE_REPORT": str(tmp_path / "orders.toml"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    uv = (sys.executable, "-m", "uv")
    assert run(*uv, "venv", "-q", "--seed", tmp_path / "env").returncode == 0
    python = tmp_path / "env" / "bin" / "python"
    wanted = ("apache-airflow>=3", "apache-airflow-providers-standard")
    made = run(*uv, "pip", "install", "-q", "--python", python, *wanted)
    assert made.returncode == 0, made.stderr
    airflow = tmp_path / "env" / "bin" / "airflow"
    assert run(airflow, "db", "migrate", env=environment).returncode == 0
    done = run(airflow, "dags", "test", "procmine_report", env=environment)
    assert (tmp_path / "reports" / "orders.html").is_file(), done.stdout + done.stderr
