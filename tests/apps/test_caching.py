from dataclasses import replace

import pytest

from procmine import registry


@pytest.fixture
def asked(monkeypatch):
    """Return the analyses that were really run, one name for each time."""
    names = []

    def listening(name, run):
        def listen(*args, **options):
            names.append(name)
            return run(*args, **options)

        return listen

    for name, known in registry.registered().items():
        heard = replace(known, run=listening(name, known.run))
        monkeypatch.setitem(registry._ANALYSES, name, heard)
    return names


def test_the_same_question_is_answered_once(open_app, asked, small_log):
    app = open_app(small_log)
    first = list(asked)
    app.run()

    assert "handoffs" in first
    assert asked == first


def test_an_upload_s_answers_are_kept_with_their_session(upload, asked, small_log):
    app = upload("mine.csv", small_log.read_bytes())
    next(b for b in app.button if b.label == "Open the log").click().run()
    first = list(asked)
    app.run()

    assert "handoffs" in first
    assert asked == first


def test_another_selection_is_another_question(open_app, asked, small_log):
    app = open_app(small_log)
    first = list(asked)
    app.multiselect("segment").set_value(["Business"]).run()

    page = ["overview", "cycle_time", "handoffs", "variants", "ledger", "process_map"]
    assert asked[len(first) :] == [*page, "consistency"]
