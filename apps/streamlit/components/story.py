"""Sentences of several analyses, each a link to the page that says more."""

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from view import View

from components.link import lead_to
from components.words import linked


def story() -> DeltaGenerator:
    """Return the place where sentences stand, one below the other."""
    return st.container(gap=None, key="_story")


def lines(view: View, sentences: Iterable[tuple[str, str]]) -> None:
    """Show sentences in a story.

    Args:
        view: What the page is given.
        sentences: The name of a page in the link, and what to say of what it shows; a page that
            isn't there has nothing to say.
    """
    for page, sentence in sentences:
        if page in view.pages:
            lead_to(view, page, linked(sentence), icon=None, width="stretch")
