"""Cycle time: by when journeys close, the open ones counted, and for whom it takes long."""

import streamlit as st
import texts
from components.picture import picture
from components.table import table
from components.words import caveats, headline
from view import View

from procmine.prepare.times import PERIODS
from procmine.schema import CHANNEL, JOURNEY_TYPE, SEGMENT

_GROUPS = {
    "Segment": SEGMENT,
    "Channel": CHANNEL,
    "Type": JOURNEY_TYPE,
    "Month": "month",
    "Quarter": "quarter",
    "Year": "year",
}
PARAMETERS = {"by": tuple(_GROUPS)}
"""What the link may ask of this page."""
_COLUMNS = (
    *("cases", "open_cases", "abandoned_cases", "closing_median_seconds", "closing_p90_seconds"),
    *("median_seconds", "p90_seconds", "max_seconds"),
)


def page(view: View) -> None:
    """Show the page."""
    whole = view.ask("cycle_time")
    headline(whole.headline)
    known = (*view.opened.log.columns, *PERIODS)
    offered = [name for name, column in _GROUPS.items() if column in known]
    by = st.segmented_control(texts.GROUPED_BY, offered, key="by", bind="query-params")
    if by:
        parts = view.ask("cycle_time", by=_GROUPS[by])
        picture(view, parts.chart(form="curve"))
        table(texts.GROUPS, parts.groups.select(_GROUPS[by], *_COLUMNS), words=texts.CLOSING)
    else:
        picture(view, whole.chart(form="curve"))
        picture(view, whole.chart())
    caveats(whole.caveats)
