"""What a file is, and the formats beside CSV and XES."""

import gzip
import json
import sqlite3
import zipfile

import fastexcel
import polars as pl
import pytest

from procmine.errors import InputError
from procmine.ingest import ingest

TABLE = pl.DataFrame(
    {
        "Case ID": ["1", "1", "2"],
        "Activity": ["ask", "answer", "ask"],
        "Timestamp": ["2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z", "2026-01-06T09:00:00Z"],
        "n": [1, 2, 3],
    }
)


def events(path, **options):
    return ingest(path, **options).accepted.collect()


EXPECTED = ingest(TABLE).accepted.collect()


def write_lines(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["log.parquet", "log.arrow", "log.feather", "log.jsonl", "log", "log.csv"]
)
@pytest.mark.parametrize("write", ["parquet", "ipc", "ipc_stream", "ndjson", "csv"])
def test_the_content_says_the_format_not_the_name(tmp_path, name, write):
    getattr(TABLE, f"write_{write}")(tmp_path / name)
    assert events(tmp_path / name).equals(EXPECTED)


def test_a_folder_of_parquet_files_is_one_log(tmp_path):
    for number in range(3):
        TABLE[number].write_parquet(tmp_path / f"part-{number}.parquet")
    (tmp_path / "_SUCCESS").touch()
    assert events(tmp_path).equals(EXPECTED)


def test_folders_of_parquet_files_give_their_key_as_a_column(tmp_path):
    for team in ("north", "south"):
        (tmp_path / f"team={team}").mkdir()
        TABLE.write_parquet(tmp_path / f"team={team}" / "part.parquet")
    assert events(tmp_path)["department"].to_list() == ["north"] * 3 + ["south"] * 3


def test_a_packed_json_lines_file_is_read(tmp_path):
    (tmp_path / "log.jsonl.gz").write_bytes(gzip.compress(TABLE.write_ndjson().encode()))
    assert events(tmp_path / "log.jsonl.gz").equals(EXPECTED)


def test_lines_that_are_no_object_are_set_aside(tmp_path):
    lines = TABLE.write_ndjson().splitlines()
    write_lines(tmp_path / "log.jsonl", [lines[0], "{broken", "", "[1]", *lines[1:]])
    found = ingest(tmp_path / "log.jsonl", tolerance=1)
    assert found.quality.reasons == {"broken_row": 2}
    assert found.quality.rows_read == 5
    assert found.set_aside.collect()["row"].to_list() == [2, 3]
    assert found.accepted.collect()["case_id"].to_list() == ["1", "1", "2"]


def test_a_key_of_several_types_and_keys_that_come_late_are_kept(tmp_path):
    rows = [r | {"v": v} for r, v in zip(TABLE.to_dicts(), [1, "x", {"a": 1}], strict=True)]
    rows.append(rows[0] | {"late": True})
    write_lines(tmp_path / "log.jsonl", [json.dumps(r) for r in rows])
    found = events(tmp_path / "log.jsonl")
    assert found["v"].to_list() == ["1", "x", '{"a": 1}', "1"]
    assert found["late"].to_list() == [None, None, None, True]


def workbook(path, sheets):
    """Write a workbook by hand: its reader is what is tested, not a writer."""
    office = "http://schemas.openxmlformats.org/"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    names, links, types = "", "", ""
    with zipfile.ZipFile(path, "w") as archive:
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            names += f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>'
            target = f"worksheets/sheet{number}.xml"
            kind = f"{office}officeDocument/2006/relationships/worksheet"
            links += f'<Relationship Id="r{number}" Type="{kind}" Target="{target}"/>'
            types += f'<Override PartName="/xl/{target}" ContentType="{kinds}worksheet+xml"/>'
            cells = "".join(
                "<row>"
                + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in row)
                + "</row>"
                for row in rows
            )
            archive.writestr(
                f"xl/{target}",
                f'<worksheet xmlns="{office}spreadsheetml/2006/main">'
                f"<sheetData>{cells}</sheetData></worksheet>",
            )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{office}spreadsheetml/2006/main" '
            f'xmlns:r="{office}officeDocument/2006/relationships"><sheets>{names}</sheets></workbook>',
        )
        package = f"{office}package/2006/"
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}relationships">{links}</Relationships>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}relationships"><Relationship Id="r1" '
            f'Type="{office}officeDocument/2006/relationships/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/xl/workbook.xml" ContentType="{kinds}sheet.main+xml"/>{types}</Types>',
        )


def test_the_sheet_with_the_events_is_found(tmp_path):
    sheets = {"notes": [["notes"], ["nothing here"]], "events": [TABLE.columns, *TABLE.rows()]}
    workbook(tmp_path / "log.xlsx", sheets)
    found = ingest(tmp_path / "log.xlsx")
    assert found.accepted.collect().drop("n").equals(EXPECTED.drop("n"))
    assert any("'events'" in note for note in found.notes)


def test_a_workbook_without_events_names_the_columns_it_has(tmp_path):
    workbook(tmp_path / "log.xlsx", {"notes": [["notes"], ["nothing here"]]})
    with pytest.raises(InputError, match="notes"):
        ingest(tmp_path / "log.xlsx")


def test_a_workbook_of_the_reader_opens(real_logs):
    path = real_logs / "malformed" / "daqapo_hospital_events.xlsx"
    assert fastexcel.read_excel(path).sheet_names
    assert ingest(path, case_id="patient_visit_nr").quality.rows_read > 0


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("log.csv", "a,b")


def database(path):
    with sqlite3.connect(path) as connection:
        connection.execute("create table log (a)")
    connection.close()


@pytest.mark.parametrize(
    ("write", "word"),
    [
        (lambda p: p.write_bytes(b""), "empty"),
        (lambda p: p.write_text(" \n\n"), "empty"),
        (lambda p: p.write_bytes(gzip.compress(b"")), "empty"),
        (lambda p: p.write_bytes(b"\x1f\x8b rubbish"), "gzip"),
        (lambda p: p.write_text("<!DOCTYPE html><html></html>"), "web page"),
        (lambda p: p.write_text("\n\n <html></html>"), "web page"),
        (lambda p: p.write_bytes(bytes(range(256)) * 20), "binary"),
        (lambda p: p.write_bytes(b"PAR1 rubbish"), "damaged"),
        (lambda p: p.write_bytes(b"ARROW1 rubbish"), "damaged"),
        (lambda p: p.write_bytes(b"PK\x03\x04 rubbish"), "zip"),
        (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0 rubbish"), "damaged"),
        (lambda p: p.write_bytes(b"\xff\xff\xff\xff rubbish"), "damaged"),
        (lambda p: p.write_bytes(b"%PDF-1.4"), "PDF"),
        (zipped, "zip archive"),
        (database, "SQLite"),
        (lambda p: p.write_text('{\n "a": 1\n}'), "JSON document"),
        (lambda p: p.write_text('[{"a": 1}]'), "JSON document"),
        (lambda p: p.mkdir(), "folder"),
        (lambda _: None, "no file"),
    ],
)  # fmt: skip
def test_whatever_the_file_there_is_one_sentence_that_names_it(tmp_path, write, word):
    path = tmp_path / "some log.xes"
    write(path)
    with pytest.raises(InputError, match=word) as error:
        ingest(path)
    assert "some log.xes" in str(error.value)
    assert str(tmp_path) not in str(error.value)


def test_a_parquet_file_that_breaks_off_is_said(tmp_path):
    path = tmp_path / "log.parquet"
    TABLE.write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="damaged"):
        ingest(path)


def test_a_misspelt_path_names_the_nearest(tmp_path):
    TABLE.write_csv(tmp_path / "incidents.csv")
    with pytest.raises(InputError, match=r"Did you mean 'incidents\.csv'"):
        ingest(tmp_path / "incident.csv")


def test_no_path_at_all_is_said():
    with pytest.raises(InputError, match="No file"):
        ingest([])
