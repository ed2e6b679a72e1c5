"""A trend as small as a word: one line of figures, the last one marked."""

from collections.abc import Callable, Sequence
from typing import Final

from procmine.draw.theme import ACCENT, ALERT, LINE

_WIDE: Final = 90
_HIGH: Final = 22
_MARGIN: Final = 3


def sparkline(
    values: Sequence[float | None], limit: float | None = None, *, alert: bool = False
) -> str:
    """Draw figures in the order of time as SVG; empty where there is nothing to join.

    Args:
        values: The figures; None where there was none, which leaves a gap.
        limit: What they are held against, a dashed line.
        alert: Whether the last figure is marked as one that doesn't hold.

    Example:
        >>> sparkline([1.0, 3.0, 2.0]).count("<circle"), sparkline([1.0])
        (1, '')
    """
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return ""
    held = [*known, *([] if limit is None else [limit])]
    low, high = min(held), max(held)

    def up(value: float) -> float:
        part = (value - low) / (high - low) if high > low else 0.5
        return round(_HIGH - _MARGIN - part * (_HIGH - 2 * _MARGIN), 1)

    step = (_WIDE - 2 * _MARGIN) / (len(values) - 1)
    points = [(round(_MARGIN + step * i, 1), v) for i, v in enumerate(values)]
    paths = "".join(f'<polyline points="{run}"/>' for run in _runs(points, up))
    line = ""
    if limit is not None:
        at = f'x1="0" x2="{_WIDE}" y1="{up(limit)}" y2="{up(limit)}"'
        line = f'<line {at} stroke="{LINE}" stroke-width="1" stroke-dasharray="2 2"/>'
    across, last = next((x, v) for x, v in reversed(points) if v is not None)
    colour = ALERT if alert else ACCENT
    dot = f'<circle cx="{across}" cy="{up(last)}" r="2.5" fill="{colour}"/>'
    size = f'width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{line}'
        f'<g fill="none" stroke="{ACCENT}" stroke-width="1.5">{paths}</g>{dot}</svg>'
    )


def _runs(points: Sequence[tuple[float, float | None]], up: Callable[[float], float]) -> list[str]:
    """Return the unbroken pieces of the line, as SVG writes points."""
    runs: list[list[str]] = [[]]
    for x, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x},{up(value)}")
    return [" ".join(run) for run in runs if run]
