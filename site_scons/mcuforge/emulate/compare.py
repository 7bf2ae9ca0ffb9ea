"""Output bytes of the firmware against those of TFLM, and on a difference the layer where it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.emulate.replay import LayerRun
from mcuforge.errors import InternalError
from mcuforge.model.graph import Graph, Node, Tensor


@dataclass(frozen=True)
class OutputComparison:
    """`bytes_compared` over all vectors; `first_vector` is the first that differs, None when `mismatches` is 0."""

    bytes_compared: int
    mismatches: int
    first_vector: int | None


@dataclass(frozen=True)
class Difference:
    """The first element of a tensor that differs: `element` is its index in the tensor's shape (NHWC)."""

    tensor: Tensor
    element: tuple[int, ...]
    expected: int | float
    got: int | float
    differing: int

    def describe(self) -> str:
        where = ", ".join(map(str, self.element))
        return (
            f"{self.tensor.describe()}: {self.differing} of {self.tensor.elements} elements differ, "
            f"first at [{where}]: expected {self.expected}, got {self.got}"
        )


@dataclass(frozen=True)
class Divergence:
    """A layer whose inputs agreed with TFLM's and whose output does not."""

    node: Node
    difference: Difference


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
    graph: Graph, layers: Sequence[LayerRun], reference: Callable[[Sequence[int]], Mapping[int, bytes]]
) -> Divergence | None:
    """The first layer, in order of execution, with an output that differs from TFLM's.

    `reference` gives TFLM's values of tensors. None when no layer differs: then invoke() does something else than its
    layers, one after the other.
    """
    tensors = graph.main.tensors
    written = sorted({index for layer in layers for index, _ in layer.outputs})
    operators = graph.main.operators
    if max(written, default=0) >= len(tensors) or any(layer.index >= len(operators) for layer in layers):
        raise InternalError("the twin's trace names a tensor or a layer that the model does not have")
    expected = reference(written)
    for layer in layers:
        for index, data in layer.outputs:
            difference = tensor_difference(tensors[index], expected[index], data)
            if difference is not None:
                return Divergence(graph.nodes()[layer.index], difference)
    return None


def tensor_difference(tensor: Tensor, expected: bytes, got: bytes) -> Difference | None:
    """None when the bytes are the same. Floats are compared by their bits: -0 is not 0, and NaN equals itself."""
    if len(expected) != len(got):
        raise InternalError(f"the twin has {len(got)} bytes of {tensor.describe()}, TFLM {len(expected)}")
    if expected == got:
        return None
    size = tensor.dtype.numpy.itemsize
    differs = (_rows(expected, size) != _rows(got, size)).any(axis=1)
    first = int(np.argmax(differs))
    return Difference(
        tensor=tensor,
        element=tuple(int(i) for i in np.unravel_index(first, tensor.shape)) if tensor.shape else (),
        expected=_value(tensor, expected, first),
        got=_value(tensor, got, first),
        differing=int(np.count_nonzero(differs)),
    )


def _rows(data: bytes, element_size: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8).reshape(-1, element_size)


def _value(tensor: Tensor, data: bytes, index: int) -> int | float:
    array: npt.NDArray[Any] = np.frombuffer(data, tensor.dtype.numpy.newbyteorder("<"))
    value: int | float = array[index].item()
    return value
