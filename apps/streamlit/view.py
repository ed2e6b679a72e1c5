"""What a page is given: a log, a choice of its journeys, and a way to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import data
import streamlit as st
from data import Choices, Opened
from selection import Selection

import procmine as pm


@dataclass(frozen=True)
class View:
    """One log, seen through one selection.

    Attributes:
        opened: The log.
        selection: Which of its journeys.
        choices: What the log offers.
        pages: The pages by their names in the link, to lead on to.
    """

    opened: Opened
    selection: Selection
    choices: Choices
    pages: Mapping[str, st.Page]

    def ask(self, analysis: str, **options: Any) -> pm.Result:
        """Return the answer of an analysis for what is selected."""
        return data.ask(self.opened, self.selection, analysis, **options)
