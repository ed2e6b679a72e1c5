"""A graph as DOT, with the sentence that says what to see and how much of the flow is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from procmine.draw import layout
from procmine.errors import OptionError, nearest


@dataclass(frozen=True)
class Graph:
    """A picture of nodes and arrows.

    Attributes:
        dot: The graph in DOT, complete; any Graphviz draws it.
        caption: The sentence that says what to see.
        hidden: The sentence that says how much of the flow isn't drawn.
        names: What each element's `id` stands for: an activity's or a department's name, a
            step's two. A department follows its activity where nodes are split by department.

    Example:
        >>> Graph("digraph { a -> b }", "a is followed by b.", "All flow is shown.").svg()[:4]
        '<svg'
    """

    dot: str
    caption: str
    hidden: str
    names: Mapping[str, tuple[str | None, ...]] = field(
        default_factory=dict[str, tuple[str | None, ...]], repr=False
    )

    def svg(self) -> str:
        """Return the picture as one `<svg>` element that can stand in a page."""
        label = f'<svg aria-label="{escape(f"{self.caption} {self.hidden}")}"'
        return layout.svg(self.dot).replace("<svg", label, 1)

    def png(self, *, scale: float = 2) -> bytes:
        """Return the picture as PNG.

        Args:
            scale: Pixels for each pixel of the SVG.
        """
        import vl_convert

        return vl_convert.svg_to_png(self.svg(), scale=scale)

    def write(self, path: str | Path) -> Path:
        """Write the picture; the name's ending says how.

        Args:
            path: A file that ends in .svg, .png or .dot.

        Raises:
            OptionError: Another ending, or a folder that isn't there.
        """
        path = Path(path)
        makers = {".svg": lambda: self.svg().encode(), ".png": self.png, ".dot": self.dot.encode}
        if path.suffix.lower() not in makers:
            raise OptionError(
                f"A graph can't be written as '{path.name}'.",
                nearest(path.suffix, makers),
            )
        if not path.parent.is_dir():
            raise OptionError(f"There is no folder '{path.parent}'.", "Make it, or name another.")
        path.write_bytes(makers[path.suffix.lower()]())
        return path

    def to_html(self) -> str:
        """Return the caption, the picture and the line of hidden flow as a figure of HTML."""
        return (
            "<figure class='procmine' style='margin:0'>"
            f"<figcaption style='font-weight:bold;margin-bottom:.5em'>{escape(self.caption)}"
            f"</figcaption><div style='overflow-x:auto'>{self.svg()}</div></figure>"
        )

    def _repr_html_(self) -> str:
        return self.to_html()
