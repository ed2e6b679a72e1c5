"""Reads the net of a model, and nothing that this doesn't need: pm4py takes seconds to import."""

from pathlib import Path

from procmine.mining.files import Notation
from procmine.mining.net import Net
from procmine.mining.pnml import pnml_to_net


def read_net(path: str | Path) -> Net:
    """Read a model from a BPMN or PNML file, as what cases are compared with.

    Args:
        path: Ends in .bpmn or .pnml.

    Raises:
        OptionError: The file's ending is another one.
        InputError: The file isn't there, isn't a model, or uses parts of BPMN that can't be
            compared with cases.

    Example:
        >>> read_net("missing.pnml")
        Traceback (most recent call last):
        procmine.errors.InputError: There is no file missing.pnml. Check its name and folder.
    """
    path = Path(path)
    if Notation.of(path) is Notation.PNML:
        return pnml_to_net(path)
    from procmine.mining.pm4py import read_model

    return read_model(path).net
