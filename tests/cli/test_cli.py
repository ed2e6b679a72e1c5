"""The command line as a subprocess: what stands on which stream, and with which exit code."""

import csv
import io
import json
import os
import subprocess
import sys
from functools import cache

import polars as pl
import pytest

import procmine as pm
from procmine.registry import registered
from tests import ocel
from tests.strategies import random_events

pytestmark = pytest.mark.slow

ANALYSES = (
    *("overview", "process-map", "cycle-time", "handoffs", "variants", "rework"),
    "waiting-causes",
)
COMMANDS = (*ANALYSES, "prepare", "export", "model", "report", "sample", "app")
ROLE_OPTIONS = (
    *("--case-id", "--activity", "--timestamp", "--start-timestamp", "--department", "--resource"),
    *("--order", "--timezone", "--null-value", "--day-first", "--tolerance", "--outcome"),
    *("--case-object", "--depth"),
)


@cache
def cli(*args):
    command = [sys.executable, "-m", "procmine", *map(str, args)]
    plain = {k: v for k, v in os.environ.items() if k not in {"FORCE_COLOR", "PROCMINE_DEBUG"}}
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=plain,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def raw(folder):
    """A CSV of names that nobody can guess, with departments of which one says UNKNOWN."""
    rows = [
        {"ticket": e["case_id"], "what": e["activity"], "when": e["timestamp"].isoformat(),
         "who": e["resource"], "desk": e["department"] or "UNKNOWN", "nr": e["order"]}
        for e in random_events(11)
    ]  # fmt: skip
    path = folder / "tickets.csv"
    pl.DataFrame(rows).write_csv(path)
    return path


ROLES = ("--case-id", "ticket", "--activity", "what", "--timestamp", "when")


@pytest.fixture(scope="module")
def prepared(folder, raw):
    path = folder / "log.parquet"
    done = cli(
        "prepare", raw, *ROLES, "--department", "desk", "--resource", "who", "--output", path
    )
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize("command", ANALYSES)
def test_json_has_the_shape_of_the_design_and_nothing_else_is_printed(prepared, command):
    done = cli(command, prepared, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == ["analysis", "headline", "caveats", "options", "log", "tables"]
    assert answer["analysis"] == command.replace("-", "_")
    assert (answer["log"]["events"], answer["log"]["cases"]) == (120, 20)
    assert answer == getattr(pm, answer["analysis"])(pm.read(prepared)).to_dict()


@pytest.mark.parametrize("command", ANALYSES)
def test_text_says_headline_every_table_and_every_caveat(prepared, command):
    done = cli(command, prepared)
    result = registered()[command.replace("-", "_")].run(pm.read(prepared))
    assert (done.returncode, done.stderr) == (0, "")
    flat = " ".join(done.stdout.split())
    assert " ".join(result.headline.split()) in flat
    for caveat in result.caveats:
        assert " ".join(caveat.split()) in flat
    for table in result.tables:
        assert f"\n{table}" in done.stdout


@pytest.mark.parametrize("command", ANALYSES)
def test_csv_is_the_last_table_complete(prepared, command):
    done = cli(command, prepared, "--format", "csv")
    result = registered()[command.replace("-", "_")].run(pm.read(prepared))
    table = list(result.tables.values())[-1]
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert (done.returncode, done.stderr) == (0, "")
    assert header == table.columns
    assert len(rows) == table.height


@pytest.mark.parametrize("command", ANALYSES)
def test_html_is_one_page_that_loads_nothing(prepared, command):
    done = cli(command, prepared, "--format", "html")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.lstrip().lower().startswith("<!doctype html")
    assert done.stdout.rstrip().endswith("</html>")
    for loading in ("<script src", "<link ", "@import", 'src="http', "url(http"):
        assert loading not in done.stdout


def test_lists_in_csv_are_json(prepared):
    done = cli("variants", prepared, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert all(isinstance(json.loads(row["activities"]), list) for row in rows)


def test_a_single_table_can_be_printed(prepared):
    done = cli("process-map", prepared, "--format", "json", "--table", "nodes")
    assert list(json.loads(done.stdout)["tables"]) == ["nodes"]
    done = cli("process-map", prepared, "--table", "nods")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'nodes'?" in done.stderr


@pytest.mark.parametrize("command", ["process_map", "cycle_time"])
def test_a_command_answers_to_its_python_name_too(prepared, command):
    one = cli(command, prepared, "--format", "json")
    assert one.stdout == cli(command.replace("_", "-"), prepared, "--format", "json").stdout
    assert one.returncode == 0


def test_options_of_an_analysis_are_options_of_its_command(prepared):
    done = cli("process-map", prepared, "--split-departments", "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["options"]["split_departments"] is True
    assert "next_department" in answer["tables"]["edges"][0]


def test_a_raw_file_answers_like_its_prepared_log(raw, prepared):
    done = cli(
        "handoffs", raw, *ROLES, "--department", "desk", "--resource", "who", "--format", "json"
    )
    expected = json.loads(cli("handoffs", prepared, "--format", "json").stdout)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["tables"] == expected["tables"]


def test_what_was_recognised_is_said_on_standard_error(spoilt):
    done = cli("overview", spoilt, "--tolerance", "0.2", "--format", "json")
    assert json.loads(done.stdout)["analysis"] == "overview"
    for name in ("case id: 'case'", "activity: 'activity'", "timestamp: 'time'"):
        assert name in done.stderr


def test_a_value_that_looks_missing_is_pointed_out_and_can_be_named(raw):
    roles = (*ROLES, "--department", "desk")
    kept = json.loads(cli("handoffs", raw, *roles, "--format", "json").stdout)
    named = json.loads(
        cli("handoffs", raw, *roles, "--null-value", "UNKNOWN", "--format", "json").stdout
    )
    assert any(
        "--null-value UNKNOWN" in c or "--null-value 'UNKNOWN'" in c for c in kept["caveats"]
    )
    assert not any("UNKNOWN" in c for c in named["caveats"])
    departments = {row["department"] for row in named["tables"]["handoffs"]}
    assert "UNKNOWN" in {row["department"] for row in kept["tables"]["handoffs"]}
    assert "UNKNOWN" not in departments


def test_outcomes_tell_open_journeys_from_closed(prepared):
    done = cli("cycle-time", prepared, "--outcome", "answer", "--format", "json")
    (row,) = json.loads(done.stdout)["tables"]["summary"]
    assert row["cases"] + row["open_cases"] == 20
    done = cli("cycle-time", prepared, "--outcome", "answr")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'answer'?" in done.stderr


def test_roles_of_a_prepared_log_are_refused(prepared):
    done = cli("overview", prepared, "--department", "who")
    assert (done.returncode, done.stdout) == (2, "")
    assert "prepared already" in done.stderr


@pytest.fixture(scope="module")
def spoilt(folder):
    """Twenty events, of which two can't be used."""
    lines = [f"c{n % 4},step,2026-01-05T09:{n:02}:00Z" for n in range(18)]
    path = folder / "spoilt.csv"
    path.write_text(
        "\n".join(["case,activity,time", *lines, ",step,2026-01-05T10:00:00Z", "c1,step,soon"])
    )
    return path


def test_too_many_events_set_aside_is_exit_code_2(spoilt, folder):
    done = cli("prepare", spoilt, "--output", folder / "never.parquet")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--tolerance" in done.stderr
    assert not (folder / "never.parquet").exists()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_set_aside_is_counted_and_written(spoilt, folder, suffix):
    aside, output = folder / f"aside{suffix}", folder / "kept.parquet"
    done = cli("prepare", spoilt, "--tolerance", "0.2", "--output", output, "--set-aside", aside)
    assert (done.returncode, done.stdout) == (0, "")
    assert "20 rows read = 18 accepted + 2 set aside." in done.stderr
    table = pl.read_csv(aside) if suffix == ".csv" else pl.read_parquet(aside)
    assert table.height == 2
    assert pm.read(output).size == (18, 4)


def test_a_set_aside_file_of_another_kind_is_refused_before_any_work(spoilt, folder):
    output = folder / "early.parquet"
    done = cli(
        "prepare",
        spoilt,
        "--tolerance",
        "0.2",
        "--output",
        output,
        "--set-aside",
        folder / "a.xlsx",
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "'a.xlsx'" in done.stderr
    assert not output.exists()


@pytest.mark.parametrize("command", [*ANALYSES, "app"])
def test_a_missing_file_is_one_sentence(folder, command):
    done = cli(command, folder / "missing.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "missing.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_column_names_the_nearest(raw):
    done = cli("overview", raw, "--case-id", "tickt", "--activity", "what", "--timestamp", "when")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'ticket'?" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("overviw", "x.csv"),
        ("overview",),
        ("overview", "x.csv", "--format", "xml"),
        ("overview", "x.csv", "--nope"),
        ("overview", "x.csv", "--tolerance", "7"),
        ("prepare", "x.csv"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_said_on_standard_error(arguments):
    done = cli(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_an_output_that_is_no_parquet_is_refused(raw, folder):
    done = cli("prepare", raw, *ROLES, "--output", folder / "log.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert ".parquet" in done.stderr


def test_what_was_not_foreseen_is_exit_code_3_without_a_traceback(prepared):
    program = (
        "import procmine.cli.asking as a, sys; sys.argv = ['procmine', 'overview', sys.argv[1]]\n"
        "def broken(*_): raise RuntimeError('boom')\n"
        "a.write = broken\n"
        "from procmine.cli import main; main()"
    )
    command = [sys.executable, "-c", program, str(prepared)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "RuntimeError" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(prepared):
    command = f"'{sys.executable}' -m procmine variants '{prepared}' --format json | head -c 10"
    shell = ["bash", "-o", "pipefail", "-c", command]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("{")
    assert done.stderr == ""


@pytest.mark.parametrize("command", ANALYSES)
@pytest.mark.parametrize("form", ["text", "json", "csv", "html"])
def test_no_colours_where_no_terminal_is(prepared, command, form):
    done = cli(command, prepared, "--format", form)
    assert "\x1b" not in done.stdout + done.stderr


def test_help_lists_every_command():
    done = cli("--help")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    for command in COMMANDS:
        assert f" {command} " in done.stdout
    assert "process_map" not in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_every_command_is_documented(command):
    from typer.main import get_command

    from procmine.cli import app

    done = cli(command, "--help")
    assert done.returncode == 0
    flat = " ".join(done.stdout.replace("│", " ").split())
    for parameter in get_command(app).commands[command].params:
        assert getattr(parameter, "help", None) or parameter.name == "help", parameter.name
        if parameter.param_type_name == "option":
            assert parameter.opts[0] in flat


@pytest.mark.parametrize("command", [*ANALYSES, "prepare", "model", "report"])
def test_every_command_that_takes_a_log_takes_the_role_options(command):
    flat = cli(command, "--help").stdout
    for option in ROLE_OPTIONS:
        assert option in flat


def test_an_object_centric_log_is_asked_by_the_type_of_its_objects(folder):
    path = ocel.write(ocel.shop(), folder / "shop.sqlite", "sqlite")
    chosen = cli("overview", path, "--case-object", "customers", "--depth", 2, "--format", "json")
    assert json.loads(chosen.stdout)["log"] | {"name": ""} == {
        "name": "", "events": 6, "cases": 2, "timezone": "UTC", "selection": [],
    }  # fmt: skip
    assert "deficiency" in chosen.stderr
    unchosen = cli("overview", path)
    assert (unchosen.returncode, unchosen.stdout) == (2, "")
    assert "customers (2), employees (1), items (3), orders (2)" in unchosen.stderr


def test_what_an_object_centric_log_loses_is_written_down(folder):
    log = ocel.shop()
    log["events"][0]["links"].append(("ghost", "haunted by"))
    path, aside = ocel.write(log, folder / "shop.json", "json"), folder / "aside.csv"
    done = cli("prepare", path, "--case-object", "customers", "--output", folder / "shop.parquet",
               "--set-aside", aside)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "8 rows read = 4 accepted + 4 set aside." in done.stderr
    reasons = [r["reason"] for r in csv.DictReader(aside.read_text("utf-8").splitlines())]
    assert sorted(reasons) == ["missing_reference", *["no_object"] * 3]


def test_a_log_is_exported_by_the_ending_of_the_name(raw, folder):
    done = cli("export", raw, *ROLES, "--output", folder / "tickets.xes.gz")
    assert done.returncode == 0, done.stderr
    assert "tickets.xes.gz" in done.stderr
    assert pm.read(folder / "tickets.xes.gz").size == (120, 20)
    wrong = cli("export", raw, *ROLES, "--output", folder / "tickets.csv")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert ".jsonocel" in wrong.stderr


def test_estimated_starts_are_said_with_the_figures_and_kept_in_the_log(raw, folder):
    asked = cli("waiting-causes", raw, *ROLES, "--estimate-starts", "--format", "json")
    answer = json.loads(asked.stdout)
    assert asked.returncode == 0
    assert "start times; every figure that uses them says so." in asked.stderr
    assert "start times are estimates" in answer["caveats"][0]
    kept = folder / "estimated.parquet"
    done = cli("prepare", raw, *ROLES, "--estimate-starts", "--output", kept)
    assert done.returncode == 0
    assert pm.read(kept).meta.estimated_starts == answer["log"]["events"]
    assert "start times are estimates" in cli("overview", kept).stdout


def test_a_calendar_that_cant_be_used_is_refused_by_its_key(prepared, folder):
    (folder / "hours.toml").write_text('timezone = "UTC"\n[resources.ann]\nMondy = []\n')
    done = cli("waiting-causes", prepared, "--calendar", folder / "hours.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "resources.ann" in done.stderr
