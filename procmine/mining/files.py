"""Model files: which notation a path means, and one write that leaves no half a file."""

import os
import re
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from xml.etree import ElementTree as ET

from procmine.errors import InputError, OptionError

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Notation(StrEnum):
    """The notations a model is written in; each value is the file's ending."""

    BPMN = ".bpmn"
    PNML = ".pnml"

    @classmethod
    def of(cls, path: Path) -> "Notation":
        """Return the notation that a path's ending means.

        Raises:
            OptionError: It means none.

        Example:
            >>> Notation.of(Path("model.BPMN")).name
            'BPMN'
        """
        known = [n.value for n in cls]
        if path.suffix.lower() not in known:
            raise OptionError(
                f"The file name {path.name} doesn't say which notation a model is in.",
                f"Let it end in {' or '.join(known)}.",
            )
        return cls(path.suffix.lower())


def read_xml(path: Path, root: str) -> ET.Element:
    """Read an XML file whose outermost element is known.

    Entities outside the file aren't followed.

    Args:
        path: The file.
        root: The local name of its outermost element.

    Raises:
        InputError: The file isn't there, isn't XML, or is about something else.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "net.pnml")
        ...     _ = path.write_text("<pnml/>")
        ...     read_xml(path, "pnml").tag
        'pnml'
    """
    try:
        # expat follows no entity outside the file and bounds those inside.
        element = ET.fromstring(path.read_bytes())  # noqa: S314
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check its name and folder.") from None
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check the path.") from None
    except (ET.ParseError, ValueError, LookupError):
        raise InputError(f"{path} isn't XML.", "Save the model again.") from None
    if local(element) != root:
        raise InputError(
            f"{path} holds <{local(element)}>, not a model in {path.suffix[1:].upper()}.",
            f"Give a file whose outermost element is <{root}>.",
        )
    return element


def local(element: ET.Element) -> str:
    """Return an element's name without its namespace.

    Example:
        >>> local(ET.Element("{http://example.org}task"))
        'task'
    """
    return element.tag.rpartition("}")[2]


def printable(text: str) -> str:
    """Return the text with the characters that XML can't hold replaced.

    Example:
        >>> printable("Call" + chr(0)) == "Call" + chr(0xFFFD)
        True
    """
    return _NOT_IN_XML.sub("\ufffd", text)


def to_bytes(root: ET.Element) -> bytes:
    """Return an element as an indented XML file in UTF-8.

    Example:
        >>> to_bytes(ET.Element("pnml")).splitlines()[1]
        b'<pnml />'
    """
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def replace_file(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that no reader sees half of it.

    Raises:
        OptionError: The folder isn't there or can't be written to.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     replace_file(Path(folder, "a"), b"1")
        ...     Path(folder, "a").read_bytes()
        b'1'
    """
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as beside:
            beside.write(content)
        try:
            _as_new_file(Path(beside.name))
            Path(beside.name).replace(path)
        except OSError:
            Path(beside.name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OptionError(
            f"{path} can't be written: {error.strerror}.", "Give a path in a folder of yours."
        ) from None


def _as_new_file(path: Path) -> None:
    # A temporary file is for its owner alone; a model has the rights that new files have here.
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
