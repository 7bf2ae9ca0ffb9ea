"""The model from top to bottom: operators in the order they run, and what flows around some of them beside them."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.report.build_report import BuildReport
from mcuforge.report.plan_facts import GraphTensor, ModelGraph

BOX_WIDTH, BOX_HEIGHT, GAP = 250, 40, 34
_LANE_PX = 16
_MARGIN = 8


@dataclass(frozen=True)
class Box:
    """An operator, or one of the model's ends. Pixels from the top."""

    title: str
    detail: str
    y: float
    kind: str


@dataclass(frozen=True)
class Edge:
    """A tensor on its way. `path` is an SVG path; `label` is empty but on the straight ones."""

    path: str
    label: str
    label_y: float


@dataclass(frozen=True)
class GraphDrawing:
    """`description` says the same in words."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int
    description: str


def shape_text(tensor: GraphTensor) -> str:
    return f"{'×'.join(map(str, tensor.shape)) or 'scalar'} {tensor.dtype}"


def draw_graph(report: BuildReport) -> GraphDrawing | None:
    """None when the runtime does not tell the graph."""
    graph = report.plan.graph
    if not graph.operators:
        return None
    boxes = _boxes(report)
    producers, last = _producers(graph), len(boxes) - 1
    edges, lanes = [], _Lanes()
    for place, operator in enumerate(graph.operators, 1):
        for tensor in operator.inputs:
            edges.append(_edge(graph, tensor, producers.get(tensor, 0), place, lanes))
    for tensor in graph.outputs:
        edges.append(_edge(graph, tensor, producers.get(tensor, 0), last, lanes))
    around = sum(1 for edge in edges if not edge.label)
    description = f"{len(graph.operators)} operators in a column, {len(edges)} connections, "
    description += (
        f"{around} that {'passes' if around == 1 else 'pass'} others by" if around else "none passing others by"
    )
    height = _MARGIN * 2 + len(boxes) * (BOX_HEIGHT + GAP) - GAP
    return GraphDrawing(boxes, tuple(edges), BOX_WIDTH + 2 * _MARGIN + lanes.count * _LANE_PX, height, description)


def _boxes(report: BuildReport) -> tuple[Box, ...]:
    graph = report.plan.graph
    layers = {layer.index: layer for layer in report.plan.layers}
    boxes = [Box("input", _ports(graph, graph.inputs), _y(0), "port")]
    for place, operator in enumerate(graph.operators, 1):
        layer = layers.get(operator.index)
        work = f"{layer.kernel}, {layer.macs:,} MACs" if layer and layer.macs else layer.kernel if layer else "no code"
        boxes.append(Box(f"{operator.index} {operator.op}", work, _y(place), "layer" if layer else "alias"))
    boxes.append(Box("output", _ports(graph, graph.outputs), _y(len(boxes)), "port"))
    return tuple(boxes)


def _ports(graph: ModelGraph, tensors: tuple[int, ...]) -> str:
    return ", ".join(shape_text(graph.tensors[tensor]) for tensor in tensors[:3]) + (", …" if len(tensors) > 3 else "")


def _producers(graph: ModelGraph) -> dict[int, int]:
    """{tensor: box that makes it}; the model's inputs come from box 0."""
    made = {tensor: place for place, operator in enumerate(graph.operators, 1) for tensor in operator.outputs}
    return dict.fromkeys(graph.inputs, 0) | made


def _y(place: int) -> float:
    return _MARGIN + place * (BOX_HEIGHT + GAP)


class _Lanes:
    """Tracks at the right of the column; an edge takes the first that is free all its way."""

    def __init__(self) -> None:
        self._ends: list[int] = []

    @property
    def count(self) -> int:
        return len(self._ends)

    def take(self, start: int, end: int) -> int:
        for lane, taken in enumerate(self._ends):
            if taken <= start:
                self._ends[lane] = end
                return lane
        self._ends.append(end)
        return self.count - 1


def _edge(graph: ModelGraph, tensor: int, start: int, end: int, lanes: _Lanes) -> Edge:
    top, bottom = _y(start) + BOX_HEIGHT, _y(end)
    middle = _MARGIN + BOX_WIDTH / 2
    if end - start <= 1:
        return Edge(f"M{middle} {top}V{bottom}", shape_text(graph.tensors[tensor]), (top + bottom) / 2)
    side = _MARGIN + BOX_WIDTH
    lane = side + (lanes.take(start, end) + 1) * _LANE_PX - _LANE_PX / 2
    leave, arrive = _y(start) + BOX_HEIGHT / 2, _y(end) + BOX_HEIGHT / 2
    return Edge(f"M{side} {leave}H{lane}V{arrive}H{side}", "", 0)
