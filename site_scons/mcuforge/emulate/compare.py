"""Output bytes of the firmware against those of TFLM, and on a difference the layer where it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.emulate.replay import LayerRun
from mcuforge.errors import InternalError
from mcuforge.model.graph import Graph, Node, Tensor

SHOWN_ELEMENTS = 8

# Tensors' bytes, by index in the main subgraph.
Values = Mapping[int, bytes]


@dataclass(frozen=True)
class OutputComparison:
    """`bytes_compared` over all vectors; `first_vector` is the first that differs, None when `mismatches` is 0."""

    bytes_compared: int
    mismatches: int
    first_vector: int | None


@dataclass(frozen=True)
class Element:
    """One that differs: `index` is its place in the tensor's shape (NHWC)."""

    index: tuple[int, ...]
    expected: int | float
    got: int | float

    def describe(self) -> str:
        return f"[{', '.join(map(str, self.index))}]: expected {self.expected}, got {self.got}"


@dataclass(frozen=True)
class Difference:
    """How a tensor differs: in how many elements, and the first of them, at most SHOWN_ELEMENTS."""

    tensor: Tensor
    differing: int
    elements: tuple[Element, ...]

    @property
    def first(self) -> Element:
        return self.elements[0]

    def count(self) -> str:
        return f"{self.tensor.describe()}: {self.differing} of {self.tensor.elements} elements differ"

    def describe(self) -> str:
        return f"{self.count()}, first at {self.first.describe()}"


@dataclass(frozen=True)
class Divergence:
    """A layer whose inputs agreed with TFLM's and whose output does not, and the vector with which that happened.

    `outputs` are all of the layer's outputs that differ, at least one.
    """

    vector: int
    node: Node
    outputs: tuple[Difference, ...]

    @property
    def difference(self) -> Difference:
        return self.outputs[0]


def compare_outputs(expected: Sequence[bytes], got: Sequence[bytes]) -> OutputComparison:
    """Byte for byte, vector for vector."""
    mismatches = []
    for wanted, found in zip(expected, got, strict=True):
        if len(wanted) != len(found):
            raise InternalError(f"the twin has {len(found)} bytes of outputs, the model {len(wanted)}")
        mismatches.append(int(np.count_nonzero(np.frombuffer(wanted, np.uint8) != np.frombuffer(found, np.uint8))))
    first = next((index for index, count in enumerate(mismatches) if count), None)
    return OutputComparison(sum(map(len, expected)), sum(mismatches), first)


def output_differences(graph: Graph, expected: bytes, got: bytes) -> list[Difference]:
    """The first difference in each output of the model that has one; both arguments hold all outputs of one vector."""
    differences, start = [], 0
    for index in graph.main.outputs:
        tensor = graph.main.tensors[index]
        part = slice(start, start + tensor.size_bytes)
        difference = tensor_difference(tensor, expected[part], got[part])
        if difference is not None:
            differences.append(difference)
        start = part.stop
    return differences


def first_divergence(
    graph: Graph, runs: Mapping[int, Sequence[LayerRun]], reference: Callable[[Sequence[int]], Sequence[Values]]
) -> Divergence | None:
    """The first layer, in order of execution, with an output that differs from TFLM's.

    `graph` is what the firmware computes: of a tensor that lost channels, those it has are compared. `runs` holds the
    layers of successive vectors, by the vectors' numbers; `reference` gives TFLM's values of the file's tensors for
    each of them. None when no layer differs: then invoke() does something else than its layers, one after the other.
    """
    layers = [layer for run in runs.values() for layer in run]
    written = sorted({index for layer in layers for index, _ in layer.outputs})
    if max(written, default=0) >= len(graph.main.tensors) or any(
        layer.index >= len(graph.main.operators) for layer in layers
    ):
        raise InternalError("the twin's trace names a tensor or a layer that the model does not have")
    for (vector, run), expected in zip(runs.items(), reference(written), strict=True):
        for layer in run:
            found = [computed_difference(graph.main.tensors[at], expected[at], data) for at, data in layer.outputs]
            differing = tuple(difference for difference in found if difference is not None)
            if differing:
                return Divergence(vector, graph.nodes()[layer.index], differing)
    return None


def computed_difference(tensor: Tensor, expected: bytes, got: bytes) -> Difference | None:
    """The same for a tensor of which the firmware may compute some channels only; `expected` holds all of the file's.

    Elements are named by their places in the file's tensor.
    """
    if tensor.channels is None:
        return tensor_difference(tensor, expected, got)
    kept = np.array(tensor.channels.kept)
    whole = np.frombuffer(expected, np.uint8).reshape(-1, tensor.channels.total, tensor.dtype.numpy.itemsize)
    found = tensor_difference(tensor, whole[:, kept].tobytes(), got)
    if found is None:
        return None
    elements = (replace(each, index=(*each.index[:-1], int(kept[each.index[-1]]))) for each in found.elements)
    return replace(found, elements=tuple(elements))


def tensor_difference(tensor: Tensor, expected: bytes, got: bytes) -> Difference | None:
    """None when the bytes are the same. Floats are compared by their bits: -0 is not 0, and NaN equals itself."""
    if len(expected) != len(got):
        raise InternalError(f"the twin has {len(got)} bytes of {tensor.describe()}, TFLM {len(expected)}")
    if expected == got:
        return None
    size = tensor.dtype.numpy.itemsize
    differs = (_rows(expected, size) != _rows(got, size)).any(axis=1)
    places = np.flatnonzero(differs)
    return Difference(
        tensor=tensor,
        differing=len(places),
        elements=tuple(_element(tensor, expected, got, int(place)) for place in places[:SHOWN_ELEMENTS]),
    )


def _element(tensor: Tensor, expected: bytes, got: bytes, place: int) -> Element:
    index = tuple(int(i) for i in np.unravel_index(place, tensor.shape)) if tensor.shape else ()
    return Element(index, _value(tensor, expected, place), _value(tensor, got, place))


def _rows(data: bytes, element_size: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8).reshape(-1, element_size)


def _value(tensor: Tensor, data: bytes, index: int) -> int | float:
    array: npt.NDArray[Any] = np.frombuffer(data, tensor.dtype.numpy.newbyteorder("<"))
    value: int | float = array[index].item()
    return value
