"""What next: the pages that answer what somebody asks who has read this one."""

from collections.abc import Iterable

import streamlit as st
import texts
from view import View

from components.link import lead_to
from components.words import heading


def onward(view: View, pages: Iterable[str]) -> None:
    """Lead on to other pages, by the questions that they answer.

    Args:
        view: What the page is given.
        pages: Their names in the link; one that may show nothing to who looks is left out.
    """
    heading(texts.NEXT)
    with st.container(horizontal=True, gap=None, key="_onward"):
        for page in pages:
            if page in view.pages and (view.journeys or page != "journeys"):
                lead_to(view, page, f"{texts.ONWARD[page]} →")
