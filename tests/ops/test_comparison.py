"""Comparisons and logical operators against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.broadcasting import broadcast_shapes
from tests.ops.single import BOOL, FLOAT32, INT8, INT16, INT32, Case, Tensor, quantized, seeds, zero_points
from tests.support.kernel_harness import parse, run_graph

pytestmark = pytest.mark.fidelity

EQUALITIES = ["EQUAL", "NOT_EQUAL"]
COMPARISONS = [*EQUALITIES, "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL"]
LOGICAL = ["LOGICAL_AND", "LOGICAL_OR"]
PLAIN_TYPES = [INT32, "INT64", FLOAT32]

scales_below_one = st.one_of(st.floats(-12, -0.001).map(lambda exponent: float(np.float32(2.0**exponent))))


@given(
    kind=st.sampled_from(COMPARISONS),
    scales=st.tuples(scales_below_one, scales_below_one),
    zeros=st.tuples(zero_points, zero_points),
)
def test_every_pair_of_int8_values_equals_tflm(kind: str, scales: tuple[float, float], zeros: tuple[int, int]) -> None:
    every = np.arange(-128, 128, dtype=np.int8)
    inputs = [quantized((256, 1), scales[0], zeros[0]), quantized((1, 256), scales[1], zeros[1])]
    Case(kind, inputs, Tensor((256, 256), BOOL)).compare([every.reshape(256, 1), every.reshape(1, 256)])


@st.composite
def plain_cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(COMPARISONS + LOGICAL))
    types = [BOOL] if kind in LOGICAL else [*PLAIN_TYPES, BOOL] if kind in EQUALITIES else PLAIN_TYPES
    dtype = draw(st.sampled_from(types))
    first, second, result = draw(broadcast_shapes())
    return Case(kind, [Tensor(first, dtype), Tensor(second, dtype)], Tensor(result, BOOL), {}, draw(seeds))


@given(case=plain_cases())
def test_unquantized_equals_tflm(case: Case) -> None:
    """Small whole numbers, that some may be equal."""
    rng = np.random.default_rng(case.seed)
    numbers = [rng.integers(-2, 3, tensor.shape) for tensor in case.inputs if tensor]
    case.compare([number.astype(case.inputs[0].dtype.lower()) for number in numbers if case.inputs[0]])


@pytest.mark.parametrize("kind", COMPARISONS)
@pytest.mark.parametrize("dtype", PLAIN_TYPES)
def test_extremes_equal_tflm(kind: str, dtype: str) -> None:
    if dtype == FLOAT32:
        values = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1e-45, 3e38], np.float32)
    else:
        limits = np.iinfo(dtype.lower())
        values = np.array([limits.min, limits.min + 1, -1, 0, 1, limits.max - 1, limits.max], dtype.lower())
    count = len(values)
    case = Case(kind, [Tensor((count, 1), dtype), Tensor((1, count), dtype)], Tensor((count, count), BOOL))
    case.compare([values.reshape(count, 1), values.reshape(1, count)])


@given(seed=seeds)
def test_logical_not_equals_tflm(seed: int) -> None:
    Case("LOGICAL_NOT", [Tensor((3, 5), BOOL)], Tensor((3, 5), BOOL), seed=seed).compare()


def pair(kind: str, dtype: str = INT8) -> Case:
    tensor = Tensor((2, 3), dtype, 0.5 if dtype == INT8 else None)
    return Case(kind, [tensor, tensor], Tensor((2, 3), BOOL))


# Sound layers for test_gate.py to spoil; kernels are the same for all comparisons.
SOUND = [
    *map(pair, COMPARISONS),
    *(pair("EQUAL", dtype) for dtype in [*PLAIN_TYPES, BOOL]),
    *(pair(kind, BOOL) for kind in LOGICAL),
    Case("LOGICAL_NOT", [Tensor((2, 3), BOOL)], Tensor((2, 3), BOOL)),
]


def test_any_byte_but_zero_is_true() -> None:
    """Bytes that C may not read as bool; numpy keeps them."""
    graph = parse(pair("LOGICAL_AND", BOOL).build())
    odd = np.array([[0, 1, 2], [255, 0, 128]], np.uint8).view(np.bool_)
    values = run_graph(graph, [odd, np.full((2, 3), 64, np.uint8).view(np.bool_)])
    assert values[graph.main.outputs[0]].view(np.uint8).tolist() == [[0, 1, 1], [1, 0, 1]]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (pair("EQUAL").with_input(0, scale=1.0), "must be less than 1"),
        (pair("LESS").with_input(1, scale=0.9999999999), "must be less than 1"),
        (pair("GREATER", INT16), "type int16"),
        (pair("GREATER", BOOL), "type bool"),
        (pair("EQUAL").with_output(dtype=INT8, scale=1.0), "type int8"),
        (pair("EQUAL").with_input(0, dtype=INT32, scale=None), "have different types"),
        (pair("LOGICAL_OR", INT32), "type int32"),
        (Case("LOGICAL_NOT", [Tensor((2,), INT8)], Tensor((2,), BOOL)), "type int8"),
        (Case("LOGICAL_NOT", [Tensor((2,), BOOL)], Tensor((1, 2), BOOL)), "its shape should be 2"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
