import pytest

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
        ("../../escape.csv", b"a,b\n1,2\n"),
    ],
)
def test_an_unreadable_upload_ends_in_a_sentence(open_app, name, content):
    app = open_app()
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()

    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.rstrip().endswith((".", "?"))


def test_an_upload_is_opened_and_belongs_to_its_session_alone(open_app, said, small_log):
    app = open_app()
    app.file_uploader[0].set_value(("mine.csv", small_log.read_bytes(), "text/csv")).run()
    stranger = open_app(log="mine.csv")

    assert not app.exception
    assert "Journeys 4 " in said(app)
    assert "mine.csv" not in stranger.selectbox("log").options
    assert "Open an event log" in said(stranger)


def test_a_link_to_a_log_that_isn_t_here_says_so(open_app, said):
    app = open_app(log="somebody-elses.csv")

    assert not app.exception
    assert "somebody-elses.csv" in app.warning[0].value
    assert "Open an event log" in said(app)
