"""An answer, or the sentence that says why there is none."""

from typing import Any

import streamlit as st
from view import View

import procmine as pm
from components.words import problem
from procmine.errors import ProcmineError


def tried(view: View, analysis: str, **options: Any) -> pm.Result | None:
    """Ask an analysis; where the log can't answer, say so and return None.

    Args:
        view: What the page is given.
        analysis: The name of the analysis.
        **options: Its options.
    """
    try:
        return view.ask(analysis, **options)
    except ProcmineError as error:
        st.info(problem(error))
        return None
