"""What is taken along gives the page's own figures elsewhere."""

import shlex
import sys
from itertools import product

import pytest
from typer.testing import CliRunner

import procmine as pm
from procmine.cli import app as command_line
from tests.apps.conftest import button

PAGES = {
    "overview": ["overview", "cycle_time", "handoffs", "variants", "ledger", "process_map"],
    "map": ["process_map"],
    "variants": ["variants"],
}
ON_CARDS = {("overview", "cycle_time")}
"""What a page shows as figures, and doesn't say as a sentence."""
SELECTIONS = [
    {},
    {"segment": "Business", "from": "2026-01-05", "until": "2026-01-06", "through": ["ask"]},
]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch, capsys):
    """Run what a page gives to copy, in a folder of its own; return what both ways say first."""
    monkeypatch.chdir(tmp_path)

    def run(app):
        texts = {element.language: element.value for element in app.code}
        exec(compile(texts["python"], "copied", "exec"), {})  # noqa: S102  (the page's own text)
        by_python = " ".join(capsys.readouterr().out.split())
        for line in texts["bash"].splitlines():
            words = shlex.split(line)
            assert words[0] == "procmine"
            done = CliRunner().invoke(command_line, words[1:], catch_exceptions=False)
            assert done.exit_code == 0, done.output
        headline = by_python.split(" (")[0]
        assert headline in " ".join(done.stdout.split())
        return texts, headline

    return run


@pytest.fixture
def show(open_app, said, plain):
    """Open the app; return it and whether a sentence stands on its page."""

    class Said:
        def __init__(self, app):
            self.text = said(app)

        def __contains__(self, sentence):
            return plain(sentence) in self.text

    def run(*paths, **asked):
        app = open_app(*paths, **asked)
        assert not app.exception
        return app, Said(app)

    return run


@pytest.mark.parametrize(("page", "chosen"), [*product(PAGES, SELECTIONS)])
def test_the_copied_python_and_command_say_what_the_page_says(
    show, small_log, elsewhere, page, chosen
):
    app, headlines = show(small_log, page=page, **chosen)
    if chosen:
        take_along(small_log, chosen, small_log.with_name("orders-selection.parquet"))
    for number, name in enumerate(PAGES[page]):
        if len(PAGES[page]) > 1:
            app.selectbox("_export same of").set_value(number).run()
        texts, headline = elsewhere(app)
        assert f"pm.{name}(log" in texts["python"]
        assert headline in headlines or (page, name) in ON_CARDS


def take_along(path, chosen, target):
    filters = {
        "started": (chosen.get("from"), "2026-01-07" if "until" in chosen else None),
        "passes_through": chosen.get("through", ()),
        "starts_with": chosen.get("starts", ()),
        "ends_with": chosen.get("ends", ()),
        "where": {"segment": chosen["segment"]} if "segment" in chosen else {},
    }
    pm.read(path).filter_cases(**filters).write(target)


def test_options_go_into_the_text(open_app, small_log, elsewhere):
    app = open_app(small_log, page="time", by="Segment")
    choice = app.selectbox("_export same of")
    choice.set_value(choice.options.index("cycle time by segment")).run()
    texts, _ = elsewhere(app)

    assert 'pm.cycle_time(log, by="segment")' in texts["python"]
    assert texts["bash"].endswith("--by segment")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["broadband", "rental"])
def test_a_sample_is_made_anew_by_the_copied_text(show, elsewhere, name):
    app, sentences = show(page="variants", log=f"Sample: {name}")

    assert elsewhere(app)[1] in sentences


def test_names_with_quotes_come_through(show, tmp_path, elsewhere):
    path = tmp_path / 'it\'s "odd".csv'
    path.write_text(
        'case,activity,time\n1,"say ""hi"" \\n",2026-01-05T09:00Z\n1,b,2026-01-05T10:00Z\n'
        "2,b,2026-01-06T09:00Z\n"
    )
    app, sentences = show(path, page="variants", through='say "hi" \\n')
    pm.read(path).filter_cases(passes_through='say "hi" \\n').write(
        tmp_path / "it-s-odd-selection.parquet"
    )

    assert "1 of 2 journeys" in sentences
    assert elsewhere(app)[1] in sentences


def test_a_report_on_paper_says_the_page_s_sentences(open_app, small_log):
    pytest.importorskip("weasyprint")
    import pypdfium2

    app = open_app(small_log, page="variants")
    answer = pm.variants(pm.read(small_log))
    paper = pypdfium2.PdfDocument(sys.modules["components.export"].report_pdf("orders", [answer]))

    assert any(b.proto.label == "Report as PDF" for b in app.get("download_button"))
    words = " ".join(paper[0].get_textpage().get_text_range().split())
    assert " ".join(answer.headline.split()) in words


@pytest.fixture
def large(open_app, small_log, monkeypatch):
    """Take every log for a large one from now on."""
    open_app(small_log)
    monkeypatch.setattr(sys.modules["components.export"], "LARGE", 0)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("label", ["Prepared log", "XES"])
def test_the_file_of_a_large_log_is_made_before_it_is_saved(open_app, small_log, label):
    app = open_app(small_log, page="variants", segment="Business")
    button(app, f"Make the file: {label}").click().run()
    saved = [d.proto.label for d in app.get("download_button")]

    assert not app.exception
    assert f"Save the file: {label}" in saved
    assert not any(b.label == f"Make the file: {label}" for b in app.button)
    asked, storage = next(iter(app.session_state["_made"].items()))
    part = pm.read(small_log).filter_cases(where={"segment": "Business"})
    made = pm.read(next(storage.path.glob(f"log{asked.ending}")))
    assert made.size == part.size
    assert pm.variants(made).headline == pm.variants(part).headline


@pytest.mark.usefixtures("large")
def test_a_file_that_was_made_is_not_offered_for_another_selection(open_app, small_log):
    app = open_app(small_log, page="variants")
    button(app, "Make the file: XES").click().run()
    app.multiselect("segment").set_value(["Business"]).run()

    assert any(b.label == "Make the file: XES" for b in app.button)
