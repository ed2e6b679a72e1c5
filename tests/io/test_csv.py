"""CSV: any encoding and separator, and no record lost."""

import csv
import gzip
import hashlib
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import InputError
from procmine.ingest import ingest
from procmine.io.csv import read_csv
from procmine.io.raw import BROKEN_TEXT, POSITION

HEADER = ["case", "activity", "time", "team"]
RECORDS = [
    ["1", "prüfen", "2026-01-05 09:00", "Süd"],
    ["2", 'say "no", please', "2026-01-05 10:00", ""],
    ["00123", "two\nlines", "2026-01-05 11:00", "NA"],
]


def text(records, separator=",", end="\n"):
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=separator, lineterminator=end).writerows([HEADER, *records])
    return sink.getvalue()


def rows(raw):
    frame = raw.frame.collect().sort(POSITION).drop(POSITION)
    return [["" if v is None else v for v in row] for row in frame.iter_rows()]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_encoding_separator_and_packing_are_found(tmp_path, separator, end, encoding, packed):
    path = tmp_path / "log.txt"
    content = text(RECORDS * 3, separator, end).encode(encoding)
    path.write_bytes(gzip.compress(content) if packed else content)
    found = rows(read_csv(path, packed=packed))
    assert [[v.replace("\r\n", "\n") for v in row] for row in found] == RECORDS * 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_understood(tmp_path, end):
    path = tmp_path / "log.csv"
    path.write_bytes(text(RECORDS[:2], end=end).encode())
    assert rows(read_csv(path, packed=False)) == RECORDS[:2]


def test_a_guessed_encoding_is_said(tmp_path):
    assert any("Windows-1252" in n for n in read(tmp_path, text(RECORDS).encode("cp1252")).notes)
    assert not read(tmp_path, text(RECORDS).encode()).notes


def read(tmp_path, content):
    path = tmp_path / "log.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv(path, packed=False)


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("1,a", "1,a"),
        ("1,a,2026-01-05,x,too much", "1,a,2026-01-05,x,too much"),
        ('1,"a"b,2026-01-05,x', '1,"a"b,2026-01-05,x'),
        ('1,"never closed,2026-01-05,x', '1,"never closed,2026-01-05,x'),
    ],
)
def test_a_record_that_does_not_fit_is_kept_as_it_stands(tmp_path, line, broken):
    raw = read(tmp_path, f"case,activity,time,team\n1,a,2026-01-05,x\n{line}\n2,b,2026-01-05,y\n")
    assert raw.broken.rows() == [(2, broken)]
    assert raw.broken.columns == [POSITION, BROKEN_TEXT]
    assert raw.frame.collect()[POSITION].to_list() == [1, 3]
    assert rows(raw) == [["1", "a", "2026-01-05", "x"], ["2", "b", "2026-01-05", "y"]]


def test_an_inch_mark_inside_a_field_is_no_quote(tmp_path):
    raw = read(tmp_path, 'case,activity,time,team\n1,2" pipe,2026-01-05,x\n2,b,2026-01-05,7"y\n')
    assert rows(raw) == [["1", '2" pipe', "2026-01-05", "x"], ["2", "b", "2026-01-05", '7"y']]


def test_blank_lines_are_no_records(tmp_path):
    raw = read(tmp_path, "\ncase,activity,time,team\n1,a,2026-01-05,x\n\n2,b,2026-01-05,y\n\n\n")
    assert raw.rows == 2
    assert raw.frame.collect()[POSITION].to_list() == [1, 2]
    assert not raw.broken.height


def test_separators_beyond_the_header_without_a_value_are_no_fault(tmp_path):
    raw = read(tmp_path, "case,activity,time,team\n1,a,2026-01-05,x,,\n")
    assert rows(raw) == [["1", "a", "2026-01-05", "x"]]


def test_columns_of_one_name_and_without_a_name_are_told_apart(tmp_path):
    raw = read(tmp_path, ",activity,activity,time\n1,a,b,2026-01-05\n")
    assert raw.frame.collect().columns == [POSITION, "column 1", "activity", "activity (2)", "time"]


def test_a_comma_in_another_separators_file_is_text(tmp_path):
    raw = read(tmp_path, "case;activity;time\n1;a,b,c;2026-01-05\n2;a,b,c;2026-01-05\n")
    assert rows(raw)[0] == ["1", "a,b,c", "2026-01-05"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("case\n1\n", "second column"),
        ("just some prose.\nand more of it.\n", "second column"),
        ("case,activity,time\n", "no events"),
    ],
)
def test_what_is_no_table_is_said(tmp_path, content, word):
    with pytest.raises(InputError, match=word) as error:
        read(tmp_path, content)
    assert "log.csv" in str(error.value)


def test_a_packed_file_that_breaks_off_is_said(tmp_path):
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(text(RECORDS * 5000).encode())[:-200])
    with pytest.raises(InputError, match="gzip"):
        read_csv(path, packed=True)


def test_the_hash_is_the_files_own(tmp_path):
    raw = read(tmp_path, text(RECORDS))
    assert raw.sha256 == hashlib.sha256((tmp_path / "log.csv").read_bytes()).hexdigest()


FIELD = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8
)


@given(
    st.lists(st.lists(FIELD, min_size=4, max_size=4), min_size=1, max_size=12),
    st.sampled_from(",;\t|"),
)
def test_whatever_pythons_csv_writes_comes_back(tmp_path_factory, records, separator):
    path = tmp_path_factory.mktemp("csv") / "log.csv"
    path.write_bytes(text([["1", "a", "b", "c"], *records], separator).encode())
    assert rows(read_csv(path, packed=False)) == [["1", "a", "b", "c"], *records]


LINE = st.text(st.sampled_from('1a,"\\ \t;'), max_size=10)


@given(st.lists(LINE, max_size=15))
def test_no_line_is_lost_whatever_the_quotes(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("csv") / "log.csv"
    path.write_text("case,activity,time\n1,a,2\n2,b,3\n" + "\n".join(lines), encoding="utf-8")
    raw = read_csv(path, packed=False)
    frame = raw.frame.collect()
    broken = [] if raw.broken is None else raw.broken[POSITION].to_list()
    assert raw.rows == frame.height
    assert sorted([*frame[POSITION], *broken]) == list(range(1, frame.height + len(broken) + 1))
    kept = sum(line.count("1") + line.count("a") for line in lines) + 2
    values = [v or "" for row in frame.drop(POSITION).iter_rows() for v in row]
    values += [] if raw.broken is None else raw.broken[BROKEN_TEXT].to_list()
    assert sum(v.count("1") + v.count("a") for v in values) == kept


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2", ""], [1, 2, None]),
        (["1", "2.5", ""], [1.0, 2.5, None]),
        (["true", "False", ""], [True, False, None]),
        (["00123", "2", ""], ["00123", "2", None]),
        (["+31 20", "2", ""], ["+31 20", "2", None]),
        (["+3120", "2", ""], ["+3120", "2", None]),
        (["0.5", "-0.25", "0"], [0.5, -0.25, 0.0]),
        (["nan", "1", ""], ["nan", "1", None]),
        (["inf", "1", ""], ["inf", "1", None]),
        (["NA", "1", ""], ["NA", "1", None]),
        (["9999999999999999999999", "1", ""], ["9999999999999999999999", "1", None]),
        (["", "", ""], [None, None, None]),
    ],
)
def test_a_type_is_given_only_where_nothing_is_lost(tmp_path, values, expected):
    path = tmp_path / "log.csv"
    lines = [f"{i},a,2026-01-05,{v}" for i, v in enumerate(values)]
    path.write_text("\n".join(["case,activity,time,value", *lines]) + "\n", encoding="utf-8")
    assert ingest(path).accepted.collect().sort("order")["value"].to_list() == expected


def test_a_type_holds_for_the_whole_column(tmp_path):
    path = tmp_path / "log.csv"
    lines = ["1,a,2026-01-05,7"] * 5000 + ["1,a,2026-01-05,x"]
    path.write_text("\n".join(["case,activity,time,value", *lines]), encoding="utf-8")
    assert ingest(path).accepted.collect().schema["value"] == pl.String


def test_broken_records_are_set_aside_with_the_rest(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\n1,a,2026-01-05\n1,a\n,a,2026-01-05\n", encoding="utf-8")
    found = ingest(path, tolerance=1)
    aside = found.set_aside.collect().sort("row")
    assert aside["row"].to_list() == [2, 3]
    assert aside["reason"].to_list() == ["broken_row", "no_case"]
    assert aside["text"].to_list() == ["1,a", None]
    assert found.quality.rows_read == 3
    assert found.sources[0].rows == 3
