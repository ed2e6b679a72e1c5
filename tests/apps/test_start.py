import time

import pytest
from typer.testing import CliRunner

import procmine as pm
from procmine.cli import app as command_line
from procmine.sample import SAMPLES


def test_without_a_log_the_first_page_offers_the_sample_and_an_upload(open_app, said):
    app = open_app()

    assert not app.exception
    assert "Open an event log" in said(app)
    assert [b.label for b in app.button] == [f"Sample: {name}" for name in SAMPLES]
    assert len(app.file_uploader) == 1


def test_the_sample_opens_with_one_click(open_app, said):
    app = open_app()
    next(b for b in app.button if "broadband" in b.label).click().run()

    assert not app.exception
    assert "through 5 departments" in said(app)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.csv", b"hello\nworld\n"),
        ("empty.csv", b""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("cut.xes", b"<log><trace><event>"),
        ("lies.parquet", b"PAR1 not really"),
    ],
)
def test_an_unreadable_upload_ends_in_a_sentence(open_app, name, content):
    app = open_app()
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()

    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.rstrip().endswith((".", "?"))


def test_an_upload_s_name_can_t_lead_out_of_its_folder(open_app):
    app = open_app()
    app.file_uploader[0].set_value(("../../.escape.csv", b"a,b\n1,2\n", "text/csv")).run()
    path = app.session_state["_upload"].path

    assert path.name == "escape.csv"
    assert path.parent.name.startswith("procmine-")


def press(app, label):
    next(b for b in app.button if b.label == label).click().run()


def test_an_upload_is_opened_and_belongs_to_its_session_alone(open_app, upload, said, small_log):
    app = upload("mine.csv", small_log.read_bytes())
    assert "9 rows read = 9 accepted + 0 set aside." in said(app)
    press(app, "Open the log")
    stranger = open_app(log="mine.csv")

    assert not app.exception
    assert "Journeys 4 " in said(app)
    assert "mine.csv" not in stranger.selectbox("log").options
    assert "Open an event log" in said(stranger)


def test_a_prepared_upload_is_opened_at_once(open_app, said, small_log, tmp_path):
    path = pm.read(small_log).write(tmp_path / "log.parquet")
    app = open_app()
    app.file_uploader[0].set_value(("log.parquet", path.read_bytes(), "x")).run()

    assert "Journeys 4 " in said(app)


ODD = b"""nr,what,when,team,junk
1,ask,03/04/2026 09:00,Sales,=1
1,answer,13/04/2026 09:00,Care,-
2,ask,14/04/2026 10:00,Sales,-
2,,14/04/2026 11:00,Sales,-
"""


def test_the_saved_mapping_prepares_on_the_command_line_what_the_page_shows(
    upload, said, plain, tmp_path
):
    app = upload("odd.csv", ODD, case_id="nr", activity="what", timestamp="when", department="junk")
    assert "1 of 4 events (25 %) can't be used" in app.error[0].value  # 5 % may be
    app.number_input("_tolerance").set_value(30)
    press(app, "Read the file")
    while any(b.label == "Stop" for b in app.button):
        time.sleep(0.5)
        app.run()
    assert "4 rows read = 3 accepted + 1 set aside." in said(app)
    app.multiselect("_outcomes").set_value(["answer"]).run()
    mapping = app.session_state["_upload"].work.mapping("odd.csv", ["answer"])
    (tmp_path / "odd.toml").write_text(mapping)
    (tmp_path / "odd.csv").write_bytes(ODD)
    arguments = ["prepare", "--mapping", f"{tmp_path}/odd.toml", "-o", f"{tmp_path}/odd.parquet"]
    assert CliRunner().invoke(command_line, arguments, catch_exceptions=False).exit_code == 0
    press(app, "Open the log")

    log = pm.read(tmp_path / "odd.parquet")
    assert log.meta.roles["department"] == "junk"
    assert "team" in log.columns
    assert plain(pm.overview(log).headline) in said(app)
    assert plain(pm.handoffs(log).headline) in said(app)
    assert log.meta.outcomes == ("answer",)


def test_reading_can_be_stopped_and_the_file_is_gone_when_it_is_let_go(small_log, open_app):
    app = open_app()
    app.file_uploader[0].set_value(("mine.csv", small_log.read_bytes(), "x")).run()
    press(app, "Read the file")
    upload = app.session_state["_upload"]
    process, folder = upload.work._process, upload.path.parent
    upload.stop()

    assert process.poll() is not None
    assert upload.work is None
    app.run()
    press(app, "Another file")
    assert not folder.exists()


def test_a_link_to_a_log_that_isn_t_here_says_so(open_app, said):
    app = open_app(log="somebody-elses.csv")

    assert not app.exception
    assert "somebody-elses.csv" in app.warning[0].value
    assert "Open an event log" in said(app)
