"""The model as frozen data: what the reader makes, what every later step reads.

Shapes are tuples in TFLite order (NHWC). Indices are those of the .tflite file, so messages match other tools.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import InternalError, Location, UserError


class DType(enum.Enum):
    """Element types: `bits` of storage, and the numpy type that holds one element (INT4 is unpacked to int8)."""

    FLOAT32 = ("float32", 32, "float32")
    FLOAT16 = ("float16", 16, "float16")
    FLOAT64 = ("float64", 64, "float64")
    INT4 = ("int4", 4, "int8")
    INT8 = ("int8", 8, "int8")
    INT16 = ("int16", 16, "int16")
    INT32 = ("int32", 32, "int32")
    INT64 = ("int64", 64, "int64")
    UINT8 = ("uint8", 8, "uint8")
    UINT16 = ("uint16", 16, "uint16")
    UINT32 = ("uint32", 32, "uint32")
    UINT64 = ("uint64", 64, "uint64")
    BOOL = ("bool", 8, "bool")
    RESOURCE = ("resource", 32, "int32")

    def __init__(self, label: str, bits: int, numpy_name: str) -> None:
        self.label = label
        self.bits = bits
        self.numpy = np.dtype(numpy_name)

    def size_bytes(self, elements: int) -> int:
        """Storage for `elements` values; INT4 packs two in a byte, low nibble first."""
        return (elements * self.bits + 7) // 8

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Quantization:
    """real = scale × (q − zero_point), one pair for the tensor (`axis` None) or one for each index of `axis`."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int | None = None

    @property
    def scale(self) -> float:
        if len(self.scales) != 1:
            raise InternalError("per-channel quantization where one scale is expected")
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        if len(self.zero_points) != 1:
            raise InternalError("per-channel quantization where one zero point is expected")
        return self.zero_points[0]


@dataclass(frozen=True)
class Channels:
    """Which of a file's tensor's channels (last axis) are still computed: their numbers, rising, out of `total`."""

    kept: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Tensor:
    """One tensor. `data` is a view into the model file for constants, None for what is computed at run time.

    `channels` is set in transformed graphs only, where the tensor has fewer than in the file.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: DType
    quantization: Quantization | None = None
    data: memoryview | None = field(default=None, repr=False, compare=False)
    is_state: bool = False
    channels: Channels | None = None

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def size_bytes(self) -> int:
        return self.dtype.size_bytes(self.elements)

    @property
    def is_constant(self) -> bool:
        return self.data is not None

    def array(self) -> npt.NDArray[Any]:
        """The constant's values in its shape (read-only; INT4 unpacked to int8)."""
        if self.data is None:
            raise InternalError(f"tensor {self.index} `{self.name}` is not constant")
        if self.dtype is DType.INT4:
            packed = np.frombuffer(self.data, np.uint8)
            nibbles = np.stack([packed & 15, packed >> 4], axis=1).reshape(-1)[: self.elements].astype(np.int8)
            return np.where(nibbles > 7, nibbles - 16, nibbles).astype(np.int8).reshape(self.shape)
        return np.frombuffer(self.data, self.dtype.numpy, self.elements).reshape(self.shape)

    def stored(self) -> npt.NDArray[Any]:
        """The constant as it lies in memory, flat: INT4 stays packed, in bytes of int8; FLOAT16 is bits, in uint16."""
        if self.data is not None and self.dtype is DType.INT4:
            return np.frombuffer(self.data, np.int8)
        if self.dtype is DType.FLOAT16:
            return self.array().reshape(-1).view(np.uint16)
        return self.array().reshape(-1)

    def describe(self) -> str:
        shape = "×".join(map(str, self.shape)) or "scalar"
        return f"tensor {self.index} `{self.name}` ({shape} {self.dtype})"


@dataclass(frozen=True)
class Operator:
    """One operator. `kind` is TFLite's name (CONV_2D; CUSTOM:<name> for custom ones); None marks an absent input.

    `intermediates` are tensors that carry only quantization: what some runtimes keep between an LSTM's gates.
    """

    index: int
    kind: str
    version: int
    inputs: tuple[int | None, ...]
    outputs: tuple[int, ...]
    options: Any = None
    intermediates: tuple[int, ...] = ()


@dataclass(frozen=True)
class Subgraph:
    index: int
    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """A whole model. `source` is the file it came from (for messages); `sha256` is that of its bytes."""

    subgraphs: tuple[Subgraph, ...]
    metadata: Mapping[str, bytes]
    sha256: str
    source: Location
    description: str = ""

    @property
    def main(self) -> Subgraph:
        return self.subgraphs[0]

    def nodes(self, subgraph: int = 0) -> tuple[Node, ...]:
        chosen = self.subgraphs[subgraph]
        return tuple(Node(self, chosen, op) for op in chosen.operators)


@dataclass(frozen=True)
class Node:
    """An operator in its place: what the files in model/ops are handed."""

    graph: Graph
    subgraph: Subgraph
    op: Operator

    @property
    def options(self) -> Any:
        return self.op.options

    def optional_input(self, position: int) -> Tensor | None:
        """The tensor at an input position, None when the position is missing or marked absent."""
        if position >= len(self.op.inputs):
            return None
        index = self.op.inputs[position]
        return None if index is None else self.subgraph.tensors[index]

    def input(self, position: int) -> Tensor:
        tensor = self.optional_input(position)
        if tensor is None:
            raise self.error(f"input {position} is missing")
        return tensor

    def output(self, position: int = 0) -> Tensor:
        if position >= len(self.op.outputs):
            raise self.error(f"output {position} is missing")
        return self.subgraph.tensors[self.op.outputs[position]]

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The tensors of all present inputs, in order."""
        return tuple(self.subgraph.tensors[index] for index in self.op.inputs if index is not None)

    @property
    def is_folded(self) -> bool:
        """Whether all outputs are constants: nothing is left to do at run time."""
        return bool(self.op.outputs) and all(self.subgraph.tensors[index].is_constant for index in self.op.outputs)

    @property
    def label(self) -> str:
        """How every message names a layer: `layer 3 CONV_2D`."""
        where = "" if self.subgraph.index == 0 else f" of subgraph {self.subgraph.index}"
        return f"layer {self.op.index}{where} {self.op.kind}"

    def error(self, message: str, hint: str | None = None) -> UserError:
        """A UserError that names the model file and this layer; raise what is returned."""
        return UserError(f"{self.label}: {message}", location=self.graph.source, hint=hint)
