"""What to do next: look at only those journeys that a figure is about."""

import streamlit as st
from choices import Choices

from components.conditions import allowed
from components.filters import add


def only(choices: Choices, key: str, value: str, words: str) -> None:
    """Offer to look at journeys with a value alone; nothing where no filter can say that.

    Args:
        choices: What the log offers.
        key: The parameter that chooses it: a column, or another condition.
        value: The value.
        words: What the button says.
    """
    if value in allowed(choices).get(key, ()):
        st.button(
            words, key=f"_only {key} {value}", on_click=add, args=(key, value),
            icon=":material/filter_alt:",
        )  # fmt: skip
