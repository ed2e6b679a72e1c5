"""Pictures on a dark page: every colour of a finished one turned over, light for dark.

Lightness is turned over in OKLab (B. Ottosson, 2020) and the hue stays, so a department keeps its
colour, what stood out still does, and two colours that could be told apart still can be.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import cbrt
from operator import mul
from typing import Any, Final, cast

_PAPER: Final = 0.215
"""The lightness of paper by night; black would glare beside light words."""
_RANGE: Final = 0.985
"""What lies between paper and the lightest word."""
_BLUE: Final = 0.014
"""How much bluer than grey the night is; its lightest words are white."""
_TAG: Final = re.compile(r"<[^>]*>")
_PAINT: Final = re.compile(
    r'\b(fill|stroke|color|background)(="|:\s*)(#[0-9A-Fa-f]{3,8}|white|black)\b'
)
_COLOUR: Final = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
_NAMED: Final = {"white": "#FFFFFF", "black": "#000000"}
_PAINTED: Final = ("color", "fill", "stroke")
"""The channels of a chart that take a column as it is, where it has no scale."""
_DATA: Final = ("values", "datasets")
_WORDS: Final = frozenset({"title", "text", "subtitle", "domain", "sort", "datum", "field"})
"""Where names stand in a specification, which may look like a colour."""
_STEPS: Final = 24
_STEP: Final = 0.01
_READABLE: Final = 4.5
"""The contrast that words need (WCAG 2, AA); what has it on white has it by night."""
_TO_CONE: Final = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB: Final = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB: Final = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONE: Final = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)

Triple = tuple[float, float, float]


@cache
def dark(colour: str) -> str:
    """Return what a colour of the light theme is on a dark page.

    Args:
        colour: #RGB, #RRGGBB, or #RRGGBBAA, whose last part stays as it is.

    Example:
        >>> dark("#FFFFFF") < "#222222", dark("#1F2933") > "#D0D0D0"
        (True, True)
    """
    whole = "".join(2 * part for part in colour[1:]) if len(colour) == 4 else colour[1:]
    red, green, blue = (_linear(int(whole[i : i + 2], 16) / 255) for i in (0, 2, 4))
    long, middle, short = _times(_TO_CONE, (red, green, blue))
    light, a, b = _times(_TO_LAB, (cbrt(long), cbrt(middle), cbrt(short)))
    words = 1.05 / (_luminance((red, green, blue)) + 0.05) >= _READABLE
    turned = min(1.0, _PAPER + _RANGE * (1 - light))
    parts = _within(turned, a, b - _BLUE * (1 - turned))
    while words and turned < 1 and _contrast(parts) < _READABLE:  # as some strong colours are
        turned = min(1.0, turned + _STEP)
        parts = _within(turned, a, b - _BLUE * (1 - turned))
    return "#" + "".join(f"{round(255 * part):02X}" for part in parts) + whole[6:].upper()


def dark_markup(drawn: str) -> str:
    """Return SVG or HTML in the dark theme's colours; its words stay as they are.

    Args:
        drawn: The picture, whose colours stand in attributes.

    Example:
        >>> dark_markup('<text fill="#FFFFFF">fill="#FFFFFF"</text>').count("#FFFFFF")
        1
    """
    return _TAG.sub(lambda tag: _PAINT.sub(_repainted, tag[0]), drawn)


def dark_chart(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Vega-Lite specification in the dark theme's colours.

    Of its data only those columns change that are colours themselves: a customer may well be
    called "#123456".

    Args:
        spec: The specification, as `Chart.to_dict()` gives it.

    Example:
        >>> dark_chart({"mark": {"color": "#FFFFFF"}, "title": "#FFFFFF"})["title"]
        '#FFFFFF'
    """
    return _chart(spec, frozenset(_colour_columns(spec)), "")


def _repainted(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{_named(found[3])}"


def _named(colour: str) -> str:
    return dark(_NAMED.get(colour, colour))


def _colour_columns(part: Any) -> Iterator[str]:
    """Yield the columns of the data that are colours: an encoding takes them without a scale."""
    if isinstance(part, list):
        for item in cast("list[Any]", part):
            yield from _colour_columns(item)
    elif isinstance(part, Mapping):
        for key, inner in cast("Mapping[str, Any]", part).items():
            if key in _PAINTED and isinstance(inner, Mapping) and inner.get("scale", "") is None:  # pyright: ignore[reportUnknownMemberType]
                yield str(inner["field"])  # pyright: ignore[reportUnknownArgumentType]
            elif key not in _DATA:
                yield from _colour_columns(inner)


def _chart(part: Any, columns: frozenset[str], key: str) -> Any:
    """Turn over what stands in a specification under a key."""
    if isinstance(part, Mapping):
        inner = cast("Mapping[str, Any]", part).items()
        return {k: _rows(v, columns) if k in _DATA else _chart(v, columns, k) for k, v in inner}
    if isinstance(part, list):
        return [_chart(item, columns, key) for item in cast("list[Any]", part)]
    return part if key in _WORDS else _if_colour(part)


def _rows(part: Any, columns: frozenset[str]) -> Any:
    if isinstance(part, list):
        return [_rows(item, columns) for item in cast("list[Any]", part)]
    if isinstance(part, Mapping):
        inner = cast("Mapping[str, Any]", part).items()
        return {k: _if_colour(v) if k in columns else _rows(v, columns) for k, v in inner}
    return part


def _if_colour(part: Any) -> Any:
    if isinstance(part, str) and (part in _NAMED or _COLOUR.fullmatch(part)):
        return _named(part)
    return part


def _within(light: float, a: float, b: float) -> Triple:
    """Return red, green and blue; a colour that no screen shows loses some of its strength."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        strength = (low + high) / 2
        if _shown(_rgb(light, a * strength, b * strength)):
            low = strength
        else:
            high = strength
    whole = _rgb(light, a, b)
    parts = whole if _shown(whole) else _rgb(light, a * low, b * low)
    red, green, blue = (_encoded(min(1.0, max(0.0, part))) for part in parts)
    return red, green, blue


def _contrast(parts: Triple) -> float:
    """Return how far a colour by night stands out from the night's paper (WCAG 2)."""
    paper = _within(_PAPER, 0.0, -_BLUE * (1 - _PAPER))
    return (_luminance(_lit(parts)) + 0.05) / (_luminance(_lit(paper)) + 0.05)


def _lit(parts: Triple) -> Triple:
    red, green, blue = map(_linear, parts)
    return red, green, blue


def _luminance(light: Triple) -> float:
    return sum(map(mul, (0.2126, 0.7152, 0.0722), light))


def _shown(parts: Triple) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in parts)


def _rgb(light: float, a: float, b: float) -> Triple:
    long, middle, short = _times(_FROM_LAB, (light, a, b))
    return _times(_FROM_CONE, (long**3, middle**3, short**3))


def _times(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    first, second, third = (sum(map(mul, row, vector)) for row in matrix)
    return first, second, third


def _linear(part: float) -> float:
    """Return the light of a part of a colour (IEC 61966-2-1)."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
