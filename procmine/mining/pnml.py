"""PNML, the Petri Net Markup Language (ISO/IEC 15909-2), with ProM's mark for silent steps."""

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from procmine.errors import InputError
from procmine.mining.files import local, printable, read_xml, to_bytes
from procmine.mining.net import Arc, Net, Transition

_TYPE = "http://www.pnml.org/version-2009/grammar/pnmlcoremodel"


def net_to_pnml(net: Net) -> bytes:
    """Return a net as a PNML file.

    Example:
        >>> b'<place id="p1">' in net_to_pnml(Net(("p1",), (), (), (("p1", 1),), ()))
        True
    """
    root = Element("pnml")
    inside = SubElement(root, "net", id="net1", type=_TYPE)
    page = SubElement(inside, "page", id="page1")
    tokens = dict(net.initial)
    for place in net.places:
        element = SubElement(page, "place", id=place)
        _text(element, "name", place)
        if place in tokens:
            _text(element, "initialMarking", str(tokens[place]))
    for transition in net.transitions:
        _add_transition(page, transition)
    for number, arc in enumerate(net.arcs, 1):
        element = SubElement(page, "arc", id=f"a{number}", source=arc.source, target=arc.target)
        if arc.weight != 1:
            _text(element, "inscription", str(arc.weight))
    marking = SubElement(SubElement(inside, "finalmarkings"), "marking")
    for place, number in net.final:
        _text_of(SubElement(marking, "place", idref=place), str(number))
    return to_bytes(root)


def pnml_to_net(path: Path) -> Net:
    """Read a net from a PNML file.

    Args:
        path: Where the file is. Without final markings, a case ends with a token in each place
            that nothing leaves.

    Raises:
        InputError: The file can't be used.

    Example:
        >>> pnml_to_net(Path("missing.pnml"))
        Traceback (most recent call last):
        procmine.errors.InputError: There is no file missing.pnml. Check its name and folder.
    """
    inside = next((e for e in read_xml(path, "pnml") if local(e) == "net"), None)
    parts = list(inside.iter()) if inside is not None else []
    try:
        net = _net(parts)
    except (KeyError, ValueError):
        raise InputError(
            f"{path} has a part without an id, or a number that isn't one.",
            "Save the net again from the tool that made it.",
        ) from None
    _check(net, path)
    return net


def _net(parts: list[Element]) -> Net:
    places = [e for e in parts if local(e) == "place" and "idref" not in e.attrib]
    arcs = tuple(
        Arc(e.attrib["source"], e.attrib["target"], int(_said(e, "inscription") or 1))
        for e in parts
        if local(e) == "arc"
    )
    left = {a.source for a in arcs}
    marked = [e for e in parts if local(e) == "place" and "idref" in e.attrib]
    final = {e.attrib["idref"]: int(_first_text(e) or 1) for e in marked}
    if not any(local(e) == "finalmarkings" for e in parts):
        final = {e.attrib["id"]: 1 for e in places if e.attrib["id"] not in left}
    initial = {e.attrib["id"]: int(_said(e, "initialMarking") or 0) for e in places}
    return Net(
        places=tuple(e.attrib["id"] for e in places),
        transitions=tuple(
            Transition(e.attrib["id"], _label(e)) for e in parts if local(e) == "transition"
        ),
        arcs=arcs,
        initial=tuple((place, n) for place, n in initial.items() if n > 0),
        final=tuple((place, n) for place, n in final.items() if n > 0),
    )


def _check(net: Net, path: Path) -> None:
    places, transitions = set(net.places), {t.id for t in net.transitions}
    if not transitions:
        raise InputError(f"{path} holds no transition.", "Give a Petri net with at least one.")
    if not net.initial:
        raise InputError(
            f"{path} says nowhere where a case begins.", "Give one place an initial marking."
        )
    if len(places) < len(net.places) or len(transitions) < len(net.transitions):
        raise InputError(f"{path} uses one id twice.", "Save the net again.")
    loose = [
        a for a in net.arcs
        if not (a.source in places and a.target in transitions)
        and not (a.source in transitions and a.target in places)
    ]  # fmt: skip
    if loose or not {p for p, _ in net.final} <= places:
        raise InputError(
            f"{path} has an arc or a marking whose ends aren't in the net.",
            "Connect places with transitions only, and save the net again.",
        )


def _add_transition(page: Element, transition: Transition) -> None:
    element = SubElement(page, "transition", id=transition.id)
    _text(element, "name", transition.id if transition.label is None else transition.label)
    if transition.label is None:
        SubElement(
            element, "toolspecific", tool="ProM", version="6.4", activity="$invisible$"
        )  # fmt: skip


def _label(transition: Element) -> str | None:
    silent = any(
        local(e) == "toolspecific" and "invisible" in e.get("activity", "") for e in transition
    )
    return None if silent else _said(transition, "name") or transition.attrib["id"]


def _text(parent: Element, name: str, text: str) -> None:
    _text_of(SubElement(parent, name), text)


def _text_of(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = printable(text)


def _said(parent: Element, name: str) -> str | None:
    return next((_first_text(e) for e in parent if local(e) == name), None)


def _first_text(parent: Element) -> str | None:
    return next((e.text for e in parent.iter() if local(e) == "text"), None)
