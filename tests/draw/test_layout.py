import random
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

import pytest

from procmine.draw import layout

CHAIN = 'digraph { a [tooltip="the first"]; a -> b }'


def xml(svg):
    return ET.fromstring(svg)  # noqa: S314  (our own picture)


@pytest.fixture
def no_path(monkeypatch):
    monkeypatch.setenv("PATH", "")
    layout.svg.cache_clear()
    yield
    layout.svg.cache_clear()


def dense(nodes: int, edges: int) -> str:
    draw = random.Random(7)
    lanes = "".join(
        f"subgraph cluster_{lane} {{ {'; '.join(f'n{i}' for i in range(lane, nodes, 8))} }}\n"
        for lane in range(8)
    )
    arrows = "".join(
        f'n{draw.randrange(nodes)} -> n{draw.randrange(nodes)} [label="3.2 d"]\n'
        for _ in range(edges)
    )
    return f"digraph {{ newrank=true\n{lanes}{arrows}}}"


@pytest.mark.usefixtures("no_path")
def test_without_dot_the_packaged_graphviz_draws():
    assert [e.rsplit("/", 1)[-1].removesuffix(".exe") for e in layout.engines()] == [
        "graphviz-pure"
    ]
    drawn = xml(layout.svg(CHAIN))
    assert len(drawn.findall(".//{*}g[@class='node']")) == 2


@pytest.mark.usefixtures("no_path")
def test_without_any_graphviz_the_picture_says_so(monkeypatch):
    monkeypatch.setattr(layout, "_packaged", lambda: None)
    assert "could not be laid out" in "".join(xml(layout.svg(CHAIN)).itertext())


@pytest.mark.usefixtures("no_path")
def test_a_broken_dot_is_passed_over(monkeypatch, tmp_path):
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert len(layout.engines()) == 2
    assert len(xml(layout.svg(CHAIN)).findall(".//{*}g[@class='node']")) == 2


def test_a_dense_graph_ends_with_all_its_nodes():
    began = time.monotonic()
    drawn = xml(layout.svg(dense(100, 400), time_limit=3.0))
    assert time.monotonic() - began < 3.0 * len(layout.ATTEMPTS) + 3
    assert len(drawn.findall(".//{*}g[@class='node']")) == 100


@pytest.mark.usefixtures("no_path")
def test_a_late_engine_is_stopped_and_the_next_way_is_tried(monkeypatch, tmp_path):
    slow = tmp_path / "dot"
    slow.write_text(f"#!{sys.executable}\nimport time; time.sleep(60)\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    began = time.monotonic()
    assert "could not be laid out" in layout.svg(CHAIN, time_limit=0.3)
    assert time.monotonic() - began < 5


def test_tooltips_are_titles_and_no_link_is_left():
    drawn = xml(layout.svg(CHAIN))
    assert [t.text for t in drawn.findall(".//{*}title")] == ["the first"]
    assert not drawn.findall(".//{*}a")


def test_drawing_is_imported_without_its_libraries():
    heavy = "altair", "graphviz", "vl_convert", "pandas"
    code = (
        "import sys, procmine.draw.process_map, procmine.draw.charts, procmine.draw.department_map;"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
