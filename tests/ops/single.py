"""Models of one operator: built, run here under sanitizers and in TFLM, and compared byte for byte."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import strategies as st

from mcuforge.errors import UserError
from mcuforge.model.graph import DType, Graph, Node
from mcuforge.model.operator_kind import operator_kind
from tests.support.kernel_harness import (
    FAST,
    NO_FEATURES,
    assert_equal_bytes,
    parse,
    run_graph,
    run_in_place,
    run_sequence,
    tflm_outputs,
    tflm_sequence,
)
from tests.support.tflite_builder import ModelBuilder

Array = npt.NDArray[Any]
INT8, INT16, INT32, FLOAT32, BOOL = "INT8", "INT16", "INT32", "FLOAT32", "BOOL"
INT4, INT64 = "INT4", "INT64"
SEQUENCE = 6
"""Inferences in a row where variable tensors carry state."""

seeds = st.integers(0, 2**32 - 1)
zero_points = st.one_of(st.integers(-128, 127), st.sampled_from([-128, 0, 127]))
scales = st.one_of(
    st.floats(-8, 1).map(lambda exponent: float(np.float32(2.0**exponent))),
    st.sampled_from([2.0**-8, 1.0, float(np.float32(0.1)), 1 / 256]),
)
activations = st.integers(0, 3).map(lambda number: {"fused_activation_function": number})


@dataclass(frozen=True)
class Tensor:
    """A tensor of the model; one with `data` is a constant, an input without becomes a graph input."""

    shape: tuple[int, ...]
    dtype: str = INT8
    scale: float | Sequence[float] | None = None
    zero_point: int = 0
    axis: int = 0
    data: Array | None = field(default=None, compare=False)
    is_state: bool = False
    """A variable tensor, which keeps its value from one inference to the next."""

    @property
    def is_given(self) -> bool:
        """Whether values of it come from outside."""
        return self.data is None and not self.is_state


def quantized(shape: tuple[int, ...], scale: float, zero_point: int = 0) -> Tensor:
    return Tensor(shape, INT8, scale, zero_point)


def constant(values: Any, dtype: str = INT32) -> Tensor:
    """A constant without quantization: paddings, axes, shapes."""
    data = np.array(values, dtype.lower())
    return Tensor(data.shape, dtype, data=data)


@dataclass(frozen=True)
class Case:
    """One operator, and the seed of the values that go in."""

    kind: str
    inputs: Sequence[Tensor | None]
    output: Tensor
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    more_outputs: Sequence[Tensor] = ()

    def build(self) -> bytes:
        model = ModelBuilder()
        indices = [None if t is None else _add(model, f"in{at}", t) for at, t in enumerate(self.inputs)]
        results = [_add(model, f"out{at}", tensor) for at, tensor in enumerate((self.output, *self.more_outputs))]
        model.operator(self.kind, indices, results, self.options)
        given = [index for index, tensor in zip(indices, self.inputs, strict=True) if tensor and tensor.is_given]
        return model.build(given, results)

    def node(self) -> Node:
        """The operator as its file in model/ops sees it, not checked."""
        return parse(self.build()).nodes()[0]

    def refusal(self) -> str:
        """What `check` says; fails when it says nothing."""
        node = self.node()
        with pytest.raises(UserError) as caught:
            operator_kind(node).check(node)
        assert caught.value.message.startswith(f"layer 0 {self.kind}: "), caught.value.message
        assert caught.value.hint, "a refusal must say what to do"
        return caught.value.message

    def compare(self, values: Sequence[Array] | None = None) -> Array:
        """Runs on `values`, or on random ones, here, in TFLM, and in place wherever it may be. The first output.

        Fast kernels run too, and in place.
        """
        model = self.build()
        graph = parse(model)
        rng = np.random.default_rng(self.seed)
        given = self.random_inputs(rng) if values is None else values
        ours = run_graph(graph, given)
        for index, theirs in zip(graph.main.outputs, tflm_outputs(model, given), strict=True):
            result = ours[index]
            assert_equal_bytes(result, theirs.reshape(result.shape), f"{self.kind} {self.options}")
        result = ours[graph.main.outputs[0]]
        _compare_in_place(graph, ours, result, NO_FEATURES)
        for features in _fast_features(graph):
            fast = run_graph(graph, given, features=features)[graph.main.outputs[0]]
            assert_equal_bytes(fast, result, f"{self.kind} {self.options} on {set(features)}", is_tflm=False)
            _compare_in_place(graph, ours, result, features)
        return result

    def compare_sequence(self, frames: int = SEQUENCE) -> list[Array]:
        """Runs on that many random frames here and in TFLM, variable tensors carried along. The outputs."""
        model = self.build()
        graph = parse(model)
        rng = np.random.default_rng(self.seed)
        given = [self.random_inputs(rng) for _ in range(frames)]
        ours = [values[graph.main.outputs[0]] for values in run_sequence(graph, given)]
        for at, (result, theirs) in enumerate(zip(ours, tflm_sequence(model, given), strict=True)):
            assert_equal_bytes(result, theirs[0].reshape(result.shape), f"{self.kind} {self.options}, frame {at}")
        return ours

    def run_sequence(self, frames: int = SEQUENCE) -> list[Array]:
        """The outputs here on the frames of `compare_sequence`."""
        graph = parse(self.build())
        rng = np.random.default_rng(self.seed)
        given = [self.random_inputs(rng) for _ in range(frames)]
        return [values[graph.main.outputs[0]] for values in run_sequence(graph, given)]

    def random_inputs(self, rng: np.random.Generator) -> list[Array]:
        return [random_values(rng, tensor) for tensor in self.inputs if tensor and tensor.is_given]

    def with_input(self, position: int, **changes: Any) -> Case:
        """The same with some fields of an input changed; a new shape gives a constant new data."""
        inputs = list(self.inputs)
        tensor = inputs[position]
        assert tensor is not None
        if tensor.data is not None and "data" not in changes and {"shape", "dtype"} & set(changes):
            dtype = DType[changes.get("dtype", tensor.dtype)]
            changes["data"] = np.zeros(changes.get("shape", tensor.shape), dtype.numpy)
        inputs[position] = dataclasses.replace(tensor, **changes)
        return dataclasses.replace(self, inputs=inputs)

    def with_output(self, **changes: Any) -> Case:
        return dataclasses.replace(self, output=dataclasses.replace(self.output, **changes))

    def with_options(self, **changes: Any) -> Case:
        return dataclasses.replace(self, options={**self.options, **changes})


def _add(model: ModelBuilder, name: str, tensor: Tensor) -> int:
    return model.tensor(
        name,
        tensor.shape,
        tensor.dtype,
        scale=tensor.scale,
        zero_point=tensor.zero_point,
        axis=tensor.axis,
        data=tensor.data,
        is_variable=tensor.is_state,
    )


def _fast_features(graph: Graph) -> list[frozenset[str]]:
    """Cores that have other kernels for the only operator: one for each kernel."""
    (node,) = graph.nodes()
    kind = operator_kind(node)
    if kind.alias(node) is not None or kind.control(node) is not None or kind.fold(node) is not None:
        return []
    functions = {kind.kernel(node, features).function: features for features in (*FAST, NO_FEATURES)}
    return [features for features in functions.values() if features]


def _compare_in_place(graph: Graph, values: Mapping[int, Array], expected: Array, features: frozenset[str]) -> None:
    (node,) = graph.nodes()
    kind = operator_kind(node)
    if kind.alias(node) is not None:
        return
    for position, count in kind.overlap(node).items():
        if not node.input(position).is_constant and count > 0:
            ours = run_in_place(node, position, values, features)
            assert_equal_bytes(ours, expected, f"overlap of {count} bytes", is_tflm=False)


def random_values(rng: np.random.Generator, tensor: Tensor) -> Array:
    if tensor.dtype == FLOAT32:
        return random_floats(rng, tensor.shape)
    if tensor.dtype == BOOL:
        return rng.random(tensor.shape) < 0.5
    limits = np.iinfo(tensor.dtype.lower())
    values = rng.integers(limits.min, limits.max, tensor.shape, limits.dtype, endpoint=True)
    if rng.random() < 0.3:
        values = rng.choice([limits.min, limits.max], tensor.shape)
    return np.asarray(values).astype(limits.dtype)


def random_floats(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Values around zero of random magnitude; one in twenty is minus zero."""
    values = np.asarray(rng.standard_normal(shape) * 2.0 ** int(rng.integers(-6, 6)), np.float32)
    return np.where(rng.random(shape) < 0.05, np.float32(-0.0), values)
