"""How figures are written for whoever looks: as it is done where their browser is at home."""

import streamlit as st
from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol, get_group_symbol

from procmine.wording import ENGLISH, Style


def style() -> Style:
    """Return the style of the browser's language; English where nobody knows that language."""
    try:
        locale = Locale.parse(st.context.locale or "en", sep="-")
    except (ValueError, UnknownLocaleError):
        return ENGLISH
    return Style(get_group_symbol(locale), get_decimal_symbol(locale))
