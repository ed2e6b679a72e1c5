"""The dark theme, held against WCAG's own formula of contrast."""

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.app import app_script
from procmine.draw import theme
from procmine.draw.dark import dark, dark_chart, dark_markup

STYLE = app_script().parent / "style.css"
CONFIG = app_script().parent / ".streamlit" / "config.toml"
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
WORDS = (theme.INK, theme.MUTED, theme.ACCENT, theme.ALERT, *theme.DEPARTMENTS)
GROUNDS = (theme.PAPER, "#F5F7FA")
TINTED = [(c, theme.tint(c, s)) for c in theme.DEPARTMENTS for s in (0.08, 0.12)]
RAMPS = [(w, theme.PAPER) for w in (*theme.WAIT_WORDS, *theme.COUNT_WORDS)]
LABELS = [
    *product(WORDS, GROUNDS),
    *RAMPS,
    *TINTED,
    *((theme.INK, theme.tint(c, 0.55)) for c in (*theme.WAIT_LINES[:3], *theme.COUNT_LINES[:3])),
    *((theme.PAPER, c) for c in (*theme.WAIT_LINES[3:], *theme.COUNT_LINES[3:])),
    *((theme.PAPER, c) for c in (*theme.DEPARTMENTS, "#1B7A50", theme.INK)),
    (theme.INK, theme.LINE),
    (theme.PAPER, theme.ACCENT),
    (theme.PAPER, theme.ALERT),
    ("#1F5596", "#E1EBF6"),
    ("#1F5596", "#CFDFF1"),
]
"""Words and what lies behind them, wherever pictures and pages set words."""


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    light = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("words", "ground"), LABELS)
def test_words_can_be_read_by_day_and_by_night(words, ground):
    assert contrast(words, ground) >= 4  # by day test_theme has more to say
    assert contrast(dark(words), dark(ground)) >= 4.5


@given(COLOURS)
def test_what_reads_well_on_paper_reads_well_by_night(colour):
    if contrast(colour, theme.PAPER) >= 4.5:
        assert contrast(dark(colour), dark(theme.PAPER)) >= 4.5


@given(st.integers(4, 255), st.integers(4, 255))
def test_of_two_greys_the_darker_one_becomes_the_lighter(one, other):
    by_night = [luminance(dark("#" + 3 * f"{level:02X}")) for level in (one, other)]

    assert (one < other) == (by_night[0] > by_night[1])


@given(COLOURS)
def test_a_colour_in_three_digits_and_with_a_veil_is_the_same_colour(colour):
    short = "#" + colour[1::2]
    whole = "#" + "".join(2 * digit for digit in short[1:])

    assert dark(short) == dark(whole)
    assert dark(colour + "4f") == dark(colour) + "4F"


def test_departments_can_still_be_told_apart():
    by_night = [dark(colour) for colour in theme.DEPARTMENTS]

    assert len(set(by_night)) == len(theme.DEPARTMENTS)


def test_names_that_look_like_colours_stay_as_they_are():
    spec = {
        "data": {"name": "d"},
        "datasets": {"d": [{"who": "#123456", "colour": "#2F6DB5"}]},
        "title": {"text": "#123456", "color": "#1F2933"},
        "encoding": {
            "color": {"field": "colour", "scale": None},
            "x": {"field": "who", "sort": ["#123456"], "scale": {"domain": ["#123456"]}},
        },
    }

    turned = dark_chart(spec)

    assert turned["datasets"] == {"d": [{"who": "#123456", "colour": dark("#2F6DB5")}]}
    assert turned["title"] == {"text": "#123456", "color": dark("#1F2933")}
    assert turned["encoding"]["x"] == spec["encoding"]["x"]
    assert spec["title"]["color"] == "#1F2933"


def test_words_of_a_drawing_stay_as_they_are():
    drawn = '<text fill="#1F2933" title="#1F2933">stroke="white" #1F2933</text>'

    turned = dark_markup(drawn)

    assert turned == drawn.replace('fill="#1F2933"', f'fill="{dark("#1F2933")}"')


def test_styles_and_named_colours_are_turned_over_too():
    drawn = '<i style="background:#FFFFFF;border-color:#2F6DB5"/><path stroke="black" fill="none"/>'

    turned = dark_markup(drawn)

    assert f"background:{dark('#FFFFFF')};" in turned
    assert "#2F6DB5" not in turned
    assert f'stroke="{dark("#000000")}" fill="none"' in turned


def test_the_page_s_own_colours_are_turned_over_alike():
    pairs = re.findall(r"light-dark\((#\w+), (#\w+)\)", STYLE.read_text(encoding="utf-8"))

    assert len(pairs) > 10
    assert all(by_night == dark(by_day) for by_day, by_night in pairs)


def test_streamlit_s_own_colours_are_turned_over_alike():
    import tomllib

    themes = tomllib.loads(Path(CONFIG).read_text(encoding="utf-8"))["theme"]
    by_day, by_night = (flat(themes[name]) for name in ("light", "dark"))

    assert len(by_day) > 8
    assert by_night == {name: dark(colour) for name, colour in by_day.items()}


def flat(table):
    found = {k: v for k, v in table.items() if isinstance(v, str)}
    return found | {f"sidebar.{k}": v for k, v in table.get("sidebar", {}).items()}
