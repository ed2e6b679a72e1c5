"""BPMN 2.0 files (ISO/IEC 19510), with the drawing inside, so that every editor opens them."""

from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from procmine.errors import InputError
from procmine.mining.diagram import Diagram, Flow, Node, NodeKind
from procmine.mining.files import local, printable, read_xml, to_bytes
from procmine.mining.layout.place import Box, laid_out

_SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
_PASS_THROUGH = ("intermediateCatchEvent", "intermediateThrowEvent", "eventBasedGateway")
_BEYOND = ("subProcess", "adHocSubProcess", "transaction", "callActivity", "boundaryEvent",
           "complexGateway")  # fmt: skip
_OTHERS = tuple(kind.value for kind in NodeKind if kind is not NodeKind.TASK)
_TASKS = ("task", "userTask", "serviceTask", "sendTask", "receiveTask", "manualTask",
          "scriptTask", "businessRuleTask")  # fmt: skip


def diagram_to_bpmn(diagram: Diagram) -> bytes:
    """Return a diagram as a BPMN file, laid out from left to right.

    Example:
        >>> b"startEvent" in diagram_to_bpmn(Diagram((Node("n1", NodeKind.START),), ()))
        True
    """
    root = Element(
        _name("bpmn", "definitions"),
        {"id": "definitions", "targetNamespace": "urn:procmine:model", "exporter": "procmine"},
    )
    process = SubElement(root, _name("bpmn", "process"), {"id": "process", "isExecutable": "false"})
    for node in diagram.nodes:
        _add_node(process, node, diagram)
    for number, flow in enumerate(diagram.flows, 1):
        ends = {"sourceRef": flow.source, "targetRef": flow.target}
        SubElement(process, _name("bpmn", "sequenceFlow"), {"id": f"f{number}", **ends})
    _add_drawing(root, diagram)
    return _with_prefixes(root)


def bpmn_to_diagram(path: Path) -> Diagram:
    """Read the flow of work from a BPMN file.

    Tasks of every type are tasks. Intermediate events and event-based gateways are kept as
    exclusive gateways, since a log doesn't show them. Lanes, messages and comments aren't kept.

    Args:
        path: Where the file is.

    Raises:
        InputError: The file can't be used.

    Example:
        >>> bpmn_to_diagram(Path("missing.bpmn"))
        Traceback (most recent call last):
        procmine.errors.InputError: There is no file missing.bpmn. Check its name and folder.
    """
    root = read_xml(path, "definitions")
    processes = [e for e in root if local(e) == "process"]
    parts = [part for process in processes for part in process]
    for part in parts:
        if local(part) in _BEYOND:
            raise InputError(
                f"{path} has a {local(part)} ({part.get('name') or part.get('id')}), "
                "which cases can't be compared with.",
                "Replace it with tasks and gateways.",
            )
    nodes = tuple(node for node in map(_node, parts) if node)
    flows = tuple(
        Flow(e.get("sourceRef", ""), e.get("targetRef", ""))
        for e in parts if local(e) == "sequenceFlow"
    )  # fmt: skip
    diagram = Diagram(nodes, flows)
    _check(diagram, path)
    return diagram


def _node(part: Element) -> Node | None:
    name, id = local(part), part.get("id", "")
    if name in _TASKS:
        return Node(id, NodeKind.TASK, part.get("name", ""))
    if name in _PASS_THROUGH:
        return Node(id, NodeKind.EXCLUSIVE)
    return Node(id, NodeKind(name)) if name in _OTHERS else None


def _check(diagram: Diagram, path: Path) -> None:
    ids = {node.id for node in diagram.nodes}
    kinds = {node.kind for node in diagram.nodes}
    for kind, what in ((NodeKind.START, "start"), (NodeKind.END, "end")):
        if kind not in kinds:
            raise InputError(f"{path} has no {what} event.", f"Add one to show where cases {what}.")
    if len(ids) < len(diagram.nodes):
        raise InputError(f"{path} uses one id twice.", "Save the diagram again.")
    if not {end for f in diagram.flows for end in (f.source, f.target)} <= ids:
        raise InputError(
            f"{path} has a sequence flow whose ends aren't in the diagram.",
            "Connect it to a task, an event or a gateway, and save the diagram again.",
        )


def _add_node(process: Element, node: Node, diagram: Diagram) -> None:
    attributes = {"id": node.id}
    if node.name:
        attributes["name"] = printable(node.name)
    element = SubElement(process, _name("bpmn", node.kind), attributes)
    for end, kept in (("incoming", "target"), ("outgoing", "source")):
        for number, flow in enumerate(diagram.flows, 1):
            if getattr(flow, kept) == node.id:
                SubElement(element, _name("bpmn", end)).text = f"f{number}"


def _add_drawing(root: Element, diagram: Diagram) -> None:
    layout = laid_out(diagram)
    drawing = SubElement(root, _name("bpmndi", "BPMNDiagram"), {"id": "drawing"})
    plane = SubElement(
        drawing, _name("bpmndi", "BPMNPlane"), {"id": "plane", "bpmnElement": "process"}
    )
    for node, box in zip(diagram.nodes, layout.boxes, strict=True):
        _add_shape(plane, node, box)
    for number, points in enumerate(layout.waypoints, 1):
        element = SubElement(
            plane,
            _name("bpmndi", "BPMNEdge"),
            {"id": f"f{number}_di", "bpmnElement": f"f{number}"},
        )
        for x, y in points:
            SubElement(element, _name("di", "waypoint"), {"x": str(x), "y": str(y)})


def _add_shape(plane: Element, node: Node, box: Box) -> None:
    attributes = {"id": f"{node.id}_di", "bpmnElement": node.id}
    if node.kind is NodeKind.EXCLUSIVE:
        attributes["isMarkerVisible"] = "true"
    shape = SubElement(plane, _name("bpmndi", "BPMNShape"), attributes)
    bounds = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    SubElement(shape, _name("dc", "Bounds"), {name: str(v) for name, v in bounds.items()})


def _name(prefix: str, name: str) -> str:
    return f"{{{_SPACES[prefix]}}}{name}"


def _with_prefixes(root: Element) -> bytes:
    # Some tools look for the prefixes rather than for the namespaces behind them.
    for prefix, space in _SPACES.items():
        ET.register_namespace(prefix, space)
    return to_bytes(root)
