"""Nothing that a page says speaks of options, which its reader can't give."""

import re
import sys
from html import unescape

import pytest

import procmine as pm
from procmine.registry import registered

PAGES = ("overview", "time", "handoffs", "moments", "consistency", "cost", "teams", "conformance")
CODE = re.compile(r"--[a-z]|=\s?\[|=…|`|\b[a-z]+_[a-z_]+|\[\[|\bpm\.")


def told(app):
    """Yield the headlines, the caveats, and what else is said in boxes."""
    for element in app.get("html"):
        if element.proto.body.startswith(("<h1", "<h2", "<section", "<ul")):
            yield words(unescape(re.sub(r"<[^>]+>", " ", element.proto.body)))
    for box in (*app.info, *app.warning, *app.error):
        yield words(box.value)


def words(text):
    """Return a text without what it quotes from the log, which may be called anything."""
    return re.sub(r"'\w+'", "", text)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_no_page_of_a_sample_names_an_option(open_app, sample, name):
    for page in (*PAGES, "log", "changes", "map", "variants"):
        for text in told(open_app(sample(name), page=page)):
            assert not CODE.search(text), f"{page}: {text}"


@pytest.mark.parametrize("kind", ["small_log", "no_departments"])
def test_no_page_of_a_log_that_knows_little_names_an_option(open_app, request, kind):
    for page in (*PAGES, "log"):
        for text in told(open_app(request.getfixturevalue(kind), page=page)):
            assert not CODE.search(text), f"{page}: {text}"


def test_no_analysis_names_an_option_where_the_app_asks_it(open_app, no_departments):
    for name in registered():
        app = open_app(no_departments, page="more", ask=name)
        for text in told(app):
            assert not CODE.search(text), f"{name}: {text}"


def test_the_command_line_still_names_it(no_departments):
    assert any("--department" in c for c in pm.handoffs(pm.read(no_departments)).caveats)


def test_a_report_of_a_page_names_no_option(open_app, no_departments):
    open_app(no_departments)
    answer = pm.handoffs(pm.read(no_departments))

    page = sys.modules["components.export"].report_page("orders", [answer])

    assert "The log names no department" in page
    assert "--department" not in page
