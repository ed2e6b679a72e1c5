"""Names as pictures can hold them: cleaned, measured, wrapped and shortened."""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2s
from html import escape
from typing import Final

_ADVANCES: Final = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)  # fmt: skip
"""DejaVu Sans, U+0020 to U+007E, in thousandths of the font size."""

_BOLD: Final = 1.13
_STAND_IN: Final = "\u29f5"
NAMELESS: Final = "(no name)"


def clean(name: object) -> str:
    r"""Return a name on one line, without characters that XML forbids or that turn text around.

    Example:
        >>> clean("a\n\tb\x00\u202ec"), clean(" ")
        ('a b c', '(no name)')
    """
    kept = (
        c if unicodedata.category(c) not in _HIDDEN and c not in _NO_XML else " " for c in str(name)
    )
    return _BREAKS.sub(" ", "".join(kept)).strip() or NAMELESS


_BREAKS: Final = re.compile(r"[^\S\u00a0\u202f]+")
"""White space where a line may break: not what stands between thousands in some languages."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NO_XML: Final = frozenset({"\ufffe", "\uffff"})


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in pixels, in DejaVu Sans; scripts it lacks are guessed wide.

    Example:
        >>> round(width("Create Fine", 11), 1)
        63.4
    """
    thousandths = sum(_advance(c) for c in text)
    return thousandths * size / 1000 * (_BOLD if bold else 1)


def _advance(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _ADVANCES[code - 32]
    if unicodedata.combining(character):
        return 0
    if character.isspace():
        return _ADVANCES[0]
    return 1370 if unicodedata.east_asian_width(character) in "WF" else 750


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return the text, cut with an ellipsis where it's wider than the room (pixels).

    Example:
        >>> shorten("Determine necessity of stop advice", 100, 10)
        'Determine necess…'
    """
    if width(text, size, bold=bold) <= room:
        return text
    room -= width("…", size, bold=bold)
    used, cut = 0.0, 0
    for cut, character in enumerate(text):  # noqa: B007  (the position is the answer)
        used += width(character, size, bold=bold)
        if used > room:
            break
    return text[:cut].rstrip() + "…"


def wrap(
    name: object, room: float, size: float, *, lines: int = 3, bold: bool = False
) -> list[str]:
    """Break a name into at most so many lines of at most so many pixels.

    Example:
        >>> wrap("Determine necessity of stop advice", 120, 11)
        ['Determine necessity', 'of stop advice']
    """
    broken: list[str] = []
    words = clean(name).split(" ")
    while words and len(broken) < lines - 1:
        fitting = _fitting(words, room, size, bold=bold)
        broken.append(shorten(" ".join(words[:fitting]), room, size, bold=bold))
        words = words[fitting:]
    return [*broken, shorten(" ".join(words), room, size, bold=bold)] if words else broken


def sequence(names: Sequence[str], room: float, size: float) -> str:
    """Join names with arrows so that they fit: each is cut, then the middle ones are counted.

    Example:
        >>> sequence(["Register", "Examine thoroughly", "Decide"], 200, 11)
        'Register → Examine tho… → Decide'
        >>> sequence(["Register"] * 30, 260, 11)
        'Register → Register → … 27 more … → Register'
    """
    for kept in range(min(len(names), 12), 1, -1):
        left = len(names) - kept
        more = [f"… {left} more …"] if left else []
        for share in (400, 160, 110, 80, 60):
            cut = [shorten(name, share, size) for name in (*names[: kept - 1], names[-1])]
            joined = " → ".join([*cut[:-1], *more, cut[-1]])
            if width(joined, size) <= room:
                return joined
    return shorten(" → ".join(names), room, size)


def _fitting(words: list[str], room: float, size: float, *, bold: bool) -> int:
    """Return how many of the words fit on one line: at least one."""
    fitting = 1
    while fitting < len(words) and width(" ".join(words[: fitting + 1]), size, bold=bold) <= room:
        fitting += 1
    return fitting


def markup(text: str) -> str:
    r"""Escape a text for Graphviz, which reads entities and, even behind them, `\N` as a name.

    No way of doubling holds in labels and tooltips alike, so another character that looks the same
    stands in for the backslash; `restored` puts it back into the picture.
    """
    return escape(clean(text)).replace("\\", _STAND_IN)


def restored(drawn: str) -> str:
    """Put back the backslashes that `markup` took out."""
    return drawn.replace(_STAND_IN, "\\").replace(f"&#{ord(_STAND_IN)};", "\\")


def element_id(kind: str, *names: str | None) -> str:
    """Return the stable `id` of an element: its kind and a hash of the names it stands for.

    Example:
        >>> element_id("step", "Order placed", "Credit check")
        'step-8a315fda90'
    """
    joined = "\x1f".join("\x00" if name is None else name for name in names)
    return f"{kind}-{blake2s(joined.encode(errors='replace'), digest_size=5).hexdigest()}"
