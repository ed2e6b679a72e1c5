"""What a page is given: a log, a choice of its journeys, a way to ask; and what it has shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import data
import polars as pl
import streamlit as st
from choices import Choices
from opened import Opened
from selection import Selection

import procmine as pm
from procmine.eventlog import EventLog
from procmine.report.changes import Shift

QUICK: Final = 2_000_000
"""Up to so many events the ledger takes no longer than a person waits for a page."""


@dataclass(frozen=True)
class Picture:
    """A picture that a page shows.

    Attributes:
        title: The sentence above it.
        svg: Draws it.
    """

    title: str
    svg: Callable[[], str]


@dataclass(frozen=True)
class View:
    """One log, seen through one selection.

    Attributes:
        opened: The log.
        selection: Which of its journeys.
        choices: What the log offers.
        pages: The pages by their names in the link, to lead on to.
        against: Another selection, held to compare with.
        journeys: Whether who looks may see single journeys, not figures of many alone.
        place: Tells what is drawn of one selection from what is drawn of another on the same page.
        answers: What the page has asked so far, to take along.
        pictures: What it has drawn so far, likewise.
    """

    opened: Opened
    selection: Selection
    choices: Choices
    pages: Mapping[str, st.Page]
    against: Selection | None = None
    journeys: bool = True
    place: int = 0
    answers: list[pm.Result] = field(default_factory=list[pm.Result])
    pictures: list[Picture] = field(default_factory=list[Picture])

    def ask(self, analysis: str, **options: Any) -> pm.Result:
        """Return the answer of an analysis for what is selected."""
        answer = data.ask(self.opened, self.selection, analysis, **options)
        if not any(answer is known for known in self.answers):
            self.answers.append(answer)
        return answer

    def given(self, *options: str) -> dict[str, Any]:
        """Return the files beside the log that these options of analyses take, if they're there."""
        return dict(self.opened.origin.beside.given(*options))

    @property
    def log(self) -> EventLog:
        """The journeys that are selected."""
        return data.select(self.opened, self.selection)

    @property
    def quick(self) -> bool:
        """Whether what takes longest may be asked without being asked for."""
        return self.log.size[0] <= QUICK

    def of(self, selection: Selection) -> "View":
        """Return the same log seen through another selection."""
        return View(
            self.opened, selection, self.choices, self.pages,
            journeys=self.journeys, place=self.place + 1,
        )  # fmt: skip

    def compared(self, against: Selection) -> list[Shift]:
        """Return figures of what is selected, each beside that of another selection."""
        return data.compared(self.opened, self.selection, against)

    def moves(self) -> pl.DataFrame:
        """Return the moves of some of the selected journeys, to be played on the map."""
        return data.moves(self.opened, self.selection)
