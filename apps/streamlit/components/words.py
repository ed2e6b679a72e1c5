"""What stands in words on every page: the headline, the selection, the caveats."""

import re
from collections.abc import Iterable
from html import escape

import streamlit as st
import texts
from streamlit.delta_generator import DeltaGenerator

from procmine.errors import ProcmineError
from procmine.wording import without_options

_FIGURE = re.compile(
    r"\b(?:under |over )?\d[\d,.'’\u00a0\u202f]*\s?"
    r"(?:%|seconds?\b|minutes?\b|hours?\b|days?\b|years?\b)"
)

_MARKS = re.compile(r"[\\`*_\[\]<>$~#|:!&]")
"""What a label would take for markup."""


def headline(*sentences: str) -> None:
    """Show the sentences that a page is about, their durations and shares standing out."""
    said = "".join(f"<span>{emphasised(sentence)}</span> " for sentence in sentences)
    st.html(f'<h1 class="pm-headline">{said}</h1>')


def emphasised(sentence: str) -> str:
    """Return a sentence as HTML in which durations and shares stand out."""
    return _FIGURE.sub(r"<em>\g<0></em>", escape(sentence, quote=False))


def linked(sentence: str) -> str:
    """Return a sentence as the label of a link, its durations and shares standing out."""
    return _FIGURE.sub(r"**\g<0>**", plain(sentence))


def plain(words: str) -> str:
    """Return words as a label in which nothing is markup."""
    return _MARKS.sub(r"\\\g<0>", words)


def heading(words: str, note: str = "") -> None:
    """Show what the next part of a page is about.

    Args:
        words: The heading.
        note: What belongs under it in small.
    """
    below = f'<p class="pm-small">{escape(note)}</p>' if note else ""
    st.html(f'<h2 class="pm-h2">{escape(words)}</h2>{below}')


def question(asked: str, answer: str) -> DeltaGenerator:
    """Return a place behind a click, headed by a question and its answer in a sentence.

    Args:
        asked: The question.
        answer: What the place shows in detail.
    """
    return st.expander(f"**{plain(asked)}** · {plain(answer)}")


def section(words: str) -> None:
    """Head a part of the side bar; the first one needs no words."""
    if words:
        st.html(f'<p class="pm-section">{escape(words)}</p>')


def sentences(said: Iterable[str]) -> None:
    """Show sentences one below the other, their durations and shares standing out.

    Args:
        said: What there is to say, what matters most first.
    """
    items = "".join(f"<li>{emphasised(sentence)}</li>" for sentence in said)
    st.html(f'<ul class="pm-sentences">{items}</ul>')


def showing(sentence: str) -> None:
    """Say which journeys the page is about."""
    st.html(f'<p class="pm-showing">{escape(sentence)}</p>')


def small(sentence: str) -> None:
    """Say something that belongs to the picture beside it."""
    st.html(f'<p class="pm-small">{escape(sentence)}</p>')


def problem(error: ProcmineError | str) -> str:
    """Return what is wrong as a page says it, which can be given no options.

    Args:
        error: What went wrong.
    """
    return without_options(str(error))


def caveats(sentences: Iterable[str], title: str = texts.CAVEATS) -> None:
    """Say in small print what the figures can't say, each thing once.

    Args:
        sentences: What there is to say.
        title: What it is headed.
    """
    told = dict.fromkeys(map(without_options, sentences))
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in told if sentence)
    if items:
        head = f"<h2>{escape(title)}</h2>"
        st.html(f'<section class="pm-caveats">{head}<ul>{items}</ul></section>')
