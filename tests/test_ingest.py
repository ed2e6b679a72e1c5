"""From sources to accepted events: roles, values, several sources, real and broken logs."""

import gzip
import json
import sys
from datetime import UTC, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import ColumnError, InputError, OptionError, ProcmineError, QualityError
from procmine.ingest import ingest
from procmine.schema import MADE

ROWS = {
    "Case ID": ["1", "1", "2"],
    "Activity": ["ask", "answer", "ask"],
    "Timestamp": ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-06T09:00Z"],
}


def table(**more):
    return pl.DataFrame(ROWS | more)


def events(source, **options):
    return ingest(source, **options).accepted.collect()


def test_events_have_the_canonical_columns_first():
    found = events(table(team=["a", "b", "a"], colour=["red", "red", "blue"]))
    assert found.columns == ["case_id", "activity", "timestamp", "order", "department", "colour"]
    assert found.schema["timestamp"] == pl.Datetime("us", "UTC")
    assert found["order"].to_list() == [1, 2, 3]


@pytest.mark.parametrize(
    "source",
    [
        table(),
        table().lazy(),
        table().to_pandas(),
        table().to_arrow(),
        table().with_columns(pl.col("Activity").cast(pl.Categorical)),
        table().with_columns(pl.col("Case ID").cast(pl.Int32)),
        table().with_columns(pl.col("Case ID").cast(pl.Float64)),
        table().with_columns(
            pl.col("Timestamp").str.to_datetime("%Y-%m-%dT%H:%M%#z", time_unit="ns")
        ),
    ],
    ids=["polars", "lazy", "pandas", "arrow", "categorical", "integer", "float", "nanoseconds"],
)
def test_a_table_of_any_kind_gives_the_same_events(source):
    assert events(source).equals(events(table()))


def test_a_pandas_gap_is_a_gap():
    frame = pd.DataFrame(ROWS | {"team": ["a", None, float("nan")], "Case ID": [1, 1, None]})
    found = ingest(frame, tolerance=1)
    assert found.accepted.collect()["case_id"].to_list() == ["1", "1"]
    assert found.accepted.collect()["department"].to_list() == ["a", None]
    assert found.quality.reasons == {"no_case": 1}


def test_a_pandas_column_of_mixed_objects_becomes_text():
    frame = pd.DataFrame(ROWS | {"note": pd.Series([1, "x", None], dtype=object)})
    assert events(frame)["note"].to_list() == ["1", "x", None]


def test_something_else_is_refused():
    with pytest.raises(InputError, match="dict"):
        ingest({"case": 1})


@pytest.mark.parametrize(
    ("columns", "taken"),
    [
        (["case:concept:name", "concept:name", "time:timestamp"], 0),
        (["Case ID", "Activity", "Complete Timestamp"], 0),
        (["_CASE_KEY", "ACTIVITY_EN", "EVENTTIME"], 0),
        (["caseid", "task", "end_time"], 0),
        (["case_id", "activity_id", "timestamp"], 0),
    ],
)
def test_the_names_of_other_tools_are_recognised(columns, taken):
    found = ingest(pl.DataFrame(dict(zip(columns, ROWS.values(), strict=True))))
    assert list(found.roles.values())[taken:] == columns


def test_a_case_attribute_is_not_the_silo_of_an_event():
    source = table(**{"case:department": ["x"] * 3, "case:group": ["y"] * 3})
    assert "department" not in ingest(source).roles


def test_a_role_by_keyword_wins_over_a_recognised_name():
    source = table(**{"org:group": ["x"] * 3, "organization involved": ["y"] * 3})
    assert ingest(source).roles["department"] == "org:group"
    found = events(source, department="organization involved")
    assert found["department"].to_list() == ["y"] * 3
    assert found["org:group"].to_list() == ["x"] * 3


def test_one_column_may_be_both_department_and_resource():
    found = events(table(**{"org:resource": ["x"] * 3}), department="org:resource")
    assert found["department"].to_list() == found["resource"].to_list() == ["x"] * 3


def test_the_start_is_not_the_completion_a_second_time():
    source = table(start_timestamp=ROWS["Timestamp"])
    assert "start_timestamp" not in ingest(source, timestamp="start_timestamp").roles


def test_a_log_with_starts_alone_is_measured_by_them():
    source = table().rename({"Timestamp": "Start Time"})
    assert ingest(source).roles["timestamp"] == "Start Time"


def test_a_wrong_name_gets_the_nearest_one():
    with pytest.raises(ColumnError, match="Did you mean 'Activity'"):
        ingest(table(), activity="Activty")


def test_a_missing_role_names_columns_and_options():
    with pytest.raises(ColumnError) as error:
        ingest(table().drop("Case ID"))
    assert "Activity, Timestamp" in str(error.value)
    assert "--case-id" in str(error.value)
    assert "case_id=" in str(error.value)


@pytest.mark.parametrize("name", ["timestamp", "order ", *MADE])
def test_a_column_never_takes_a_name_of_ours(name):
    name = name.strip()
    found = events(table(**{name: ["x", "y", "z"]}), timestamp="Timestamp")
    assert found[f"{name} (source)"].to_list() == ["x", "y", "z"]


def test_blank_departments_are_unknown_and_others_stay_as_they_are():
    found = events(table(team=["  ", "", " north "]))
    assert found["department"].to_list() == [None, None, " north "]


def test_named_null_values_apply_to_roles_but_not_to_the_case():
    source = table(team=["NA", "b", "c"]).with_columns(pl.Series("Case ID", ["NA", "NA", "2"]))
    found = ingest(source, null_values=["NA"])
    assert found.accepted.collect()["department"].to_list() == [None, "b", "c"]
    assert found.accepted.collect()["case_id"].to_list() == ["NA", "NA", "2"]


def test_an_activity_that_is_a_named_null_value_is_set_aside():
    found = ingest(
        table().with_columns(pl.Series("Activity", ["-", "a", "b"])), null_values=["-"], tolerance=1
    )
    assert found.quality.reasons == {"no_activity": 1}


def test_lookalikes_of_missing_values_are_kept_and_pointed_out():
    found = ingest(table(team=["UNKNOWN", "?", "north"]))
    assert found.null_lookalikes == {"department": ("?", "UNKNOWN")}
    assert found.accepted.collect()["department"].to_list() == ["UNKNOWN", "?", "north"]
    assert any("--null-value" in note for note in found.notes)


def test_a_cost_is_a_number_and_truth_has_many_words():
    found = events(table(cost=["1.5", "", "2"], customer_facing=["yes", "0", ""]))
    assert found["cost"].to_list() == [1.5, None, 2.0]
    assert found["customer_facing"].to_list() == [True, False, None]


def test_a_cost_that_is_none_keeps_its_name_unless_somebody_named_it():
    found = ingest(table(cost=["1.5", "x", "2"]))
    assert found.accepted.collect()["cost (source)"].to_list() == ["1.5", "x", "2"]
    with pytest.raises(ColumnError, match="1 of its values"):
        ingest(table(price=["1.5", "x", "2"]), cost="price")


def test_a_given_order_comes_before_the_position():
    found = events(table(rank=["2", "1", "1"]), order="rank")
    assert found.sort("order")["activity"].to_list() == ["answer", "ask", "ask"]
    assert found["order"].n_unique() == 3


def test_a_nested_column_is_no_role():
    with pytest.raises(ColumnError, match="nested"):
        ingest(table(team=[["a"], ["b"], []]))


def test_start_after_completion_is_dropped_and_counted():
    found = ingest(table(start=["2026-01-05T09:30Z", "2026-01-05T09:30Z", "soon"]))
    assert found.accepted.collect()["start_timestamp"].null_count() == 2
    assert (found.quality.negative_durations, found.quality.unreadable_starts) == (1, 1)
    assert found.quality.set_aside == 0


def test_what_is_only_called_start_is_no_start():
    found = ingest(table(start=["yes", "no", "yes"]))
    assert "start_timestamp" not in found.roles
    assert found.accepted.collect()["start"].to_list() == ["yes", "no", "yes"]


def test_start_and_complete_events_are_pointed_out():
    found = ingest(table(**{"lifecycle:transition": ["START", "COMPLETE", "COMPLETE"]}))
    assert any("start and complete" in note for note in found.notes)
    assert not any("start and complete" in note for note in ingest(table()).notes)


def test_several_files_are_one_log(tmp_path):
    table().write_csv(tmp_path / "a.csv")
    table(team=["x", "y", "z"]).with_columns(pl.col("Case ID") + "0").write_parquet(
        tmp_path / "b.parquet"
    )
    found = ingest([tmp_path / "a.csv", str(tmp_path / "b.parquet")])
    assert [s.name for s in found.sources] == ["a.csv", "b.parquet"]
    assert [s.rows for s in found.sources] == [3, 3]
    assert found.accepted.collect().sort("order")["order"].to_list() == [1, 2, 3, 4, 5, 6]
    assert found.accepted.collect().sort("order")["department"].to_list() == [None] * 3 + [
        "x",
        "y",
        "z",
    ]


def test_a_file_without_a_required_column_is_named(tmp_path):
    table().write_csv(tmp_path / "a.csv")
    table().drop("Activity").write_csv(tmp_path / "b.csv")
    with pytest.raises(ColumnError, match=r"b\.csv"):
        ingest([tmp_path / "a.csv", tmp_path / "b.csv"])


def test_a_row_set_aside_keeps_its_source_row_and_values(tmp_path):
    table().with_columns(pl.Series("Case ID", ["1", "", "2"])).write_csv(tmp_path / "a.csv")
    found = ingest([tmp_path / "a.csv"], tolerance=1)
    row = found.set_aside.collect().row(0, named=True)
    assert (row["source"], row["row"], row["reason"], row["Activity"]) == (
        "a.csv",
        2,
        "no_case",
        "answer",
    )


def test_a_tolerance_is_a_share():
    with pytest.raises(OptionError, match="share"):
        ingest(table(), tolerance=5)


def test_too_much_set_aside_is_an_error_that_counts_reasons():
    with pytest.raises(QualityError) as error:
        ingest(table().with_columns(pl.Series("Case ID", ["1", "", "2"])))
    assert "1 with no case (no_case)" in str(error.value)
    assert "--tolerance 0.34" in str(error.value)
    assert ingest(table().with_columns(pl.Series("Case ID", ["1", "", "2"])), tolerance=0.34)


def test_nothing_accepted_is_an_error_whatever_the_tolerance():
    with pytest.raises(QualityError, match="None of 3 events"):
        ingest(table().with_columns(pl.Series("Case ID", [None] * 3, dtype=pl.String)), tolerance=1)


def test_an_empty_table_is_an_error():
    with pytest.raises(QualityError):
        ingest(table().clear())


DIRT = st.sampled_from(
    ["1", "2", "", "  ", "2026-01-05", "2026-01-05T10:00Z", "23.04.2012", "x", "NA", "é", "0", None]
)


def test_an_error_in_mid_file_quotes_no_value(tmp_path, monkeypatch):
    table().write_csv(tmp_path / "a.csv")
    monkeypatch.setattr("procmine.io.csv.regular_lines", lambda *_: 4)
    with (tmp_path / "a.csv").open("a") as file:
        file.write("secret,secret,secret,secret\n")
    with pytest.raises(InputError) as error:
        ingest(tmp_path / "a.csv")
    assert "secret" not in str(error.value)


@given(st.lists(st.tuples(DIRT, DIRT, DIRT, DIRT), min_size=1, max_size=60))
def test_every_row_is_accepted_unchanged_or_set_aside(rows):
    frame = pl.DataFrame(
        rows, schema=dict.fromkeys(("case", "activity", "time", "team"), pl.String), orient="row"
    )
    try:
        found = ingest(frame, tolerance=1)
    except ProcmineError as error:
        assert str(error)  # noqa: PT017  (whether an error comes depends on the rows)
        return
    kept, aside = found.accepted.collect(), found.set_aside.collect()
    assert (found.quality.accepted, found.quality.set_aside) == (kept.height, aside.height)
    assert kept.height + aside.height == found.quality.rows_read == len(rows)
    assert sorted([*kept["order"], *aside["row"]]) == list(range(1, len(rows) + 1))
    for event in kept.iter_rows(named=True):
        case, activity, _, team = rows[event["order"] - 1]
        assert (event["case_id"], event["activity"]) == (case, activity)
        assert event.get("department") == (team if team and team.strip() else None)
    assert found.quality.reasons == dict(aside["reason"].value_counts().iter_rows())


def test_events_stay_a_query_where_they_do_not_fit_in_memory(tmp_path):
    table(n=["1", "2", "3"]).write_csv(tmp_path / "a.csv")
    small = ingest(tmp_path / "a.csv").accepted
    large = ingest(tmp_path / "a.csv", held=1).accepted
    assert "CSV" in large.explain().upper()
    assert large.collect().equals(small.collect())


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_events_of_several_files_never_stand_in_memory_at_once(tmp_path, ending):
    rows = table(
        start=["2026-01-05T08:00Z", None, "2026-01-06T08:00"],
        order=[3, 2, 1],
        cost=["1.5", "", "2"],
        customer_facing=["yes", "no", None],
        due=["2026-01-05", "2026-01-06", ""],
    )
    for name in "abc":
        getattr(rows, f"write_{ending}")(tmp_path / f"{name}.{ending}")
    read = ingest([tmp_path / f"{name}.{ending}" for name in "abc"], held=0)
    for query in (read.accepted, read.set_aside):
        plan = query.show_graph(plan_stage="physical", engine="streaming", raw_output=True)
        # What Polars can only work out over a whole column it gathers first, and so all the rest.
        assert "union" in plan
        assert not {"columnar-function", "in-memory-map", "multiplexer"} & {
            word.split("\\n")[0] for word in plan.split('"')
        }


@pytest.mark.parametrize(
    "name",
    [
        "helpdesk.xes.gz",
        "receipt.xes.gz",
        "bpic2013_incidents.xes.gz",
        "sepsis.xes.gz",
        "running-example.xes",
    ],
)
def test_real_logs_have_the_expected_counts(real_logs, name):
    expected = json.loads((real_logs / "expected.json").read_text())[name]
    found = events(real_logs / name)
    counts = (found.height, found["case_id"].n_unique(), found["activity"].n_unique())
    assert counts == (expected["events"], expected["cases"], expected["activities"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bpic2012.xes.gz", "road_fines.xes.gz"])
def test_large_real_logs_have_the_expected_counts(real_logs, name):
    test_real_logs_have_the_expected_counts(real_logs, name)


def test_one_log_in_three_formats_gives_the_same_events(real_logs):
    def plain(name, **options):
        columns = ["case_id", "activity", "timestamp", "department", "resource", "channel", "order"]
        return events(real_logs / name, **options).select(columns).sort("order")

    xes = plain("receipt.xes.gz")
    assert xes.equals(plain("receipt.csv"))
    assert xes.equals(plain("receipt.parquet", timezone="Europe/Amsterdam"))


def test_a_case_called_na_is_a_case(real_logs):
    assert "NA" in events(real_logs / "sepsis.csv")["case_id"]


def test_csv_attributes_are_typed_like_the_same_logs_xes(real_logs):
    csv, xes = (events(real_logs / f"sepsis.{suffix}") for suffix in ("csv", "xes.gz"))
    kinds = {c: (csv.schema[c], xes.schema[c]) for c in xes.columns}
    differing = {c for c, (a, b) in kinds.items() if a != b}
    assert differing == {"Age"}  # 90.0 in the CSV, 90 in the XES


def test_malformed_logs_end_in_a_sentence_that_names_them(real_logs):
    for path in (real_logs / "malformed").iterdir():
        with pytest.raises(ProcmineError) as error:
            ingest(path)
        assert path.name in str(error.value)
        assert str(real_logs) not in str(error.value)


def test_a_spreadsheet_with_its_case_named_is_read(real_logs):
    found = ingest(
        real_logs / "malformed" / "daqapo_hospital.xlsx", case_id="patient_visit_nr", tolerance=1
    )
    assert found.quality.rows_read == found.quality.accepted + found.quality.set_aside
    assert found.accepted.collect()["timestamp"].min() > datetime(2017, 1, 1, tzinfo=UTC)


def test_reading_a_file_imports_neither_pandas_nor_pm4py(tmp_path):
    import subprocess

    table().write_csv(tmp_path / "a.csv")
    code = (
        "import sys; from procmine.ingest import ingest; "
        f"ingest({str(tmp_path / 'a.csv')!r}); "
        "print([m for m in ('pandas', 'pm4py', 'r4pm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_arrow_table_and_a_packed_csv_agree(tmp_path):
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(table().write_csv().encode()))
    assert events(packed).equals(events(pa.table(ROWS)))
