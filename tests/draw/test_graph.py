import pytest

from procmine.draw.graph import Graph
from procmine.errors import OptionError

GRAPH = Graph("digraph { a -> b }", "a & b follow <each> other.", "All flow is shown.")


def test_a_graph_is_written_by_its_ending(tmp_path):
    assert GRAPH.write(tmp_path / "map.svg").read_text().startswith("<svg")
    assert GRAPH.write(tmp_path / "map.PNG").read_bytes().startswith(b"\x89PNG")
    assert GRAPH.write(str(tmp_path / "map.dot")).read_text() == GRAPH.dot


def test_another_ending_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(OptionError, match=r"\.svg"):
        GRAPH.write(tmp_path / "map.pdf")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OptionError, match="no folder"):
        GRAPH.write(tmp_path / "missing" / "map.svg")


def test_a_notebook_shows_caption_and_picture():
    shown = GRAPH._repr_html_()
    assert "a &amp; b follow &lt;each&gt; other." in shown
    assert "<svg" in shown
    assert "<each>" not in shown


def test_the_picture_speaks_to_a_screen_reader():
    assert 'aria-label="a &amp; b follow &lt;each&gt; other. All flow is shown."' in GRAPH.svg()
