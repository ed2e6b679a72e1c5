"""A list in the order of what matters, each line with its figures and a bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from components import night
from procmine.draw.theme import MUTED
from procmine.wording import share as said


@dataclass(frozen=True)
class Line:
    """One line of a list.

    Attributes:
        names: What it is of; several are a way from one to the next.
        figures: Its figures, as people read them.
        share: Its part of the whole, for the bar; None is unknown, and where that is so of all
            lines there are no bars.
    """

    names: tuple[str, ...]
    figures: tuple[str, ...]
    share: float | None


def ranked(
    lines: Sequence[Line], head: Sequence[str], colours: Mapping[str, str] | None = None
) -> None:
    """Show a list of bars.

    Args:
        lines: The first ones first.
        head: What the columns are called: the names, each figure, the bar. Of several figures a
            narrow screen shows the last alone.
        colours: The colour of the dot before each name; there are no dots where it isn't given.
    """
    known = any(line.share is not None for line in lines)
    looks = ["", *_looks(len(head) - 2), *(["pm-barcell"] if known else [])]
    top = max((line.share or 0 for line in lines), default=0) or 1
    rows = "".join(_row(line, looks, colours, top) for line in lines)
    names = "".join(
        f'<th class="{look}">{escape(name)}</th>' for look, name in zip(looks, head, strict=False)
    )
    body = f"<thead><tr>{names}</tr></thead><tbody>{rows}</tbody>"
    st.html(night.markup(f'<table class="pm-rank">{body}</table>'))


def _looks(figures: int) -> list[str]:
    return [*["pm-often"] * (figures - 1), "pm-num"]


def _row(line: Line, looks: Sequence[str], colours: Mapping[str, str] | None, top: float) -> str:
    names = [f"<b>{_dot(name, colours)}{escape(name)}</b>" for name in line.names]
    # an arrow goes with what it leads to where a line breaks
    way = " ".join([*names[:1], *(f"<span><s>→</s>{name}</span>" for name in names[1:])])
    figures = "".join(
        f'<td class="{look}">{escape(figure)}</td>'
        for look, figure in zip(looks[1:], line.figures, strict=False)
    )
    cells = f'<td class="pm-way">{way}</td>{figures}'
    if len(looks) == len(line.figures) + 1:
        return f"<tr>{cells}</tr>"
    label = "" if line.share is None else said(line.share)
    bar = (
        f'<span class="pm-bar"><span><span style="width:{100 * (line.share or 0) / top:.1f}%">'
        f"</span></span><span>{escape(label)}</span></span>"
    )
    return f'<tr>{cells}<td class="{looks[-1]}">{bar}</td></tr>'


def _dot(name: str, colours: Mapping[str, str] | None) -> str:
    return "" if colours is None else f'<i style="background:{colours.get(name, MUTED)}"></i>'
