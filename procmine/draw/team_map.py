"""The map of the teams: a lane for those that meet customers, those that serve these, the rest."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from procmine import wording
from procmine.draw import dot, text, theme
from procmine.draw.graph import Graph

Row = Mapping[str, Any]

READABLE: Final = 30
"""Links that a first look takes in."""

_CUSTOMER: Final = "customer"
_LANES: Final = {
    "creator": ("Meet customers", theme.ACCENT),
    "enabler": ("Work for those who do", "#1B7A50"),
    "back office": ("Behind them", theme.MUTED),
}
"""What each group is called, and its colour."""


def team_map(departments: pl.DataFrame, links: pl.DataFrame, *, top: int = READABLE) -> Graph:
    """Draw the teams by how far they are from the customer, and who hands work to whom.

    Args:
        departments: department, group, distance, events, facing_share, declared.
        links: department, next_department (null: the customer), count.
        top: How many links to draw, the commonest.

    Example:
        >>> teams = pl.DataFrame(
        ...     {
        ...         "department": ["Hall"],
        ...         "group": ["creator"],
        ...         "distance": [0],
        ...         "events": [3],
        ...         "facing_share": [1.0],
        ...         "declared": [None],
        ...     }
        ... )
        >>> none = pl.DataFrame(schema=["department", "next_department", "count"])
        >>> team_map(teams, none).caption
        '1 team meets customers.'
    """
    rows = list(departments.iter_rows(named=True))
    if not rows:
        return Graph(_empty(), "The log names no department, so there is no team to draw.", "")
    known = {row["department"] for row in rows}
    between = [r for r in links.iter_rows(named=True) if r["next_department"] in {None, *known}]
    groups = {row["department"]: row["group"] for row in rows}
    met = [
        row
        for row in between
        if row["next_department"] or groups.get(row["department"]) != "creator"
    ]
    drawn = [row for row in met if row["department"] in known][:top]
    hidden = _hidden(met, drawn)
    picture = dot.new_map(_legend(hidden), direction="LR")
    dot.marker(picture, _CUSTOMER, "Customer", rank="source")
    for group, (words, colour) in _LANES.items():
        _draw_lane(picture, words, colour, [row for row in rows if row["group"] == group])
    _draw_links(picture, drawn)
    _draw_order(picture, rows)
    names = {text.element_id("team", row["department"]): (row["department"],) for row in rows}
    return Graph(str(picture.source), _caption(rows), hidden, names)


def _draw_lane(picture: Any, words: str, colour: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    with dot.lane(picture, words, colour) as lane:
        for row in rows:
            name = row["department"]
            facts = [_fact(row)]
            if row["declared"] and row["declared"] != row["group"]:
                facts.append(f"declared {row['declared']}")
            dot.node(
                lane,
                text.element_id("team", name),
                name,
                facts,
                colour=theme.ALERT if len(facts) > 1 else colour,
                tooltip="\n".join([name, *facts, wording.count(row["events"], "event")]),
                kind="team",
            )


def _fact(row: Row) -> str:
    if row["facing_share"] > 0:
        return f"{wording.share(row['facing_share'])} with customers"
    if row["distance"] is None:
        return "no link to a customer"
    return f"{wording.count(row['distance'], 'handoff')} away"


def _draw_links(picture: Any, drawn: Sequence[Row]) -> None:
    """Draw one line for each pair of teams; one that works both ways has two heads."""
    counts = {(row["department"], row["next_department"]): row["count"] for row in drawn}
    most = max(counts.values(), default=1)
    for (here, there), number in counts.items():
        back = counts.get((there, here), 0)
        if back > number or (back == number and str(there) < here):
            continue
        said = f"{here} → {there or 'the customer'}\n{wording.count(number, 'time')}"
        if back:
            said += f"\n{wording.count(back, 'time')} back"
        end = _CUSTOMER if there is None else text.element_id("team", there)
        look = {"color": theme.LINE, "penwidth": f"{1 + 3 * number / most:.2f}"}
        dot.arrow(
            picture,
            (text.element_id("team", here), end),
            text.element_id("link", here, str(there)),
            kind="link",
            tooltip=said,
            look=look | {"constraint": "false"} | ({"dir": "both"} if back else {}),
        )


def _draw_order(picture: Any, rows: Sequence[Row]) -> None:
    """Let the lanes follow one another from the customer on, whoever hands work to whom."""
    before = [_CUSTOMER]
    for group in _LANES:
        lane = [text.element_id("team", row["department"]) for row in rows if row["group"] == group]
        for place, name in enumerate(lane):
            ends = before[place % len(before)], name
            meets = {"color": theme.ACCENT, "dir": "none", "style": "dotted"}
            look = meets if group == "creator" else {"style": "invis"}
            words = "Customers meet this team" if group == "creator" else ""
            order = text.element_id("order", *ends)
            dot.arrow(picture, ends, order, kind="order", tooltip=words, look=look)
        before = lane or before


def _caption(rows: Sequence[Row]) -> str:
    groups = {group: sum(row["group"] == group for row in rows) for group in _LANES}
    creators, enablers, others = groups.values()
    said = [wording.count(creators, "team meets customers", "teams meet customers")]
    if enablers:
        said.append(f"{enablers} {'works' if enablers == 1 else 'work'} for those")
    if others:
        said.append(f"{others} {'is' if others == 1 else 'are'} behind them")
    return f"{', '.join(said)}."


def _hidden(met: Sequence[Row], drawn: Sequence[Row]) -> str:
    rest = len(met) - len(drawn)
    if not rest:
        return "All links are shown."
    part, whole = (sum(row["count"] for row in rows) for rows in (drawn, met))
    held = wording.share(part / whole)
    return f"{wording.count(rest, 'link')} not shown; those shown are {held} of the handoffs."


def _legend(hidden: str) -> str:
    words = f"Arrows: who hands work to whom, wider: more often. {hidden}"
    font = f'<FONT POINT-SIZE="10" COLOR="{theme.MUTED}">{text.markup(words)}</FONT>'
    return f"<{font}>"


def _empty() -> str:
    picture = dot.new_map("")
    dot.marker(picture, "empty", "No teams: name the column of the department", rank="source")
    return str(picture.source)
