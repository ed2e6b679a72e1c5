"""Going through an XML file with expat, whatever its size."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.parsers import expat

from procmine.io.detect import damaged
from procmine.wording import number

_BYTES: Final = 1 << 18


def walk(
    path: Path,
    *,
    packed: bool,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Tell of every element of an XML file as it comes.

    Args:
        path: The file.
        packed: Whether it is gzip-packed.
        start: Told the tag and the attributes of an element that opens.
        end: Told the tag of an element that closes.
        text: Told the text between tags.

    Raises:
        InputError: The file is damaged.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            while piece := file.read(_BYTES):
                parser.Parse(piece)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise damaged(path, f"its XML breaks off at line {number(error.lineno)} ({what})") from None
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "its gzip packing is broken") from None
    except (ValueError, LookupError):
        raise damaged(path, "its text isn't in the encoding it declares") from None
