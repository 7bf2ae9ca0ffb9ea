"""Arithmetic on two inputs against TFLM: ADD, SUB, MUL, SQUARED_DIFFERENCE, MAXIMUM, MINIMUM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.broadcasting import broadcast_shapes
from tests.ops.single import (
    FLOAT32,
    INT8,
    INT16,
    INT32,
    Case,
    Tensor,
    activations,
    quantized,
    random_values,
    scales,
    seeds,
    zero_points,
)

pytestmark = pytest.mark.fidelity

ACTIVATED = ["ADD", "SUB", "MUL"]
EXTREMA = ["MAXIMUM", "MINIMUM"]
KINDS = [*ACTIVATED, "SQUARED_DIFFERENCE", *EXTREMA]
PLAIN_TYPES = [INT32, FLOAT32]


@st.composite
def quantized_cases(draw: st.DrawFn) -> Case:
    kind, dtype = draw(st.sampled_from(KINDS)), draw(st.sampled_from([INT8, INT16]))
    first, second, result = draw(broadcast_shapes())
    zeros = zero_points if dtype == INT8 else st.just(0)
    inputs = [Tensor(shape, dtype, draw(scales), draw(zeros)) for shape in (first, second)]
    output = Tensor(result, dtype, draw(scales), draw(zeros))
    if kind in EXTREMA:
        inputs = [Tensor(tensor.shape, dtype, output.scale, output.zero_point) for tensor in inputs]
    seed = draw(seeds)
    fixed = draw(st.sampled_from([None, None, 0, 1]))
    if fixed is not None:
        held = inputs[fixed]
        data = random_values(np.random.default_rng(seed), held)
        inputs[fixed] = Tensor(data.shape, dtype, held.scale, held.zero_point, data=data)
    return Case(kind, inputs, output, draw(activations) if kind in ACTIVATED else {}, seed)


@st.composite
def plain_cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    dtype = draw(st.sampled_from([*PLAIN_TYPES, "INT64"] if kind in EXTREMA else PLAIN_TYPES))
    first, second, result = draw(broadcast_shapes())
    options = draw(activations) if kind in ACTIVATED else {}
    return Case(kind, [Tensor(first, dtype), Tensor(second, dtype)], Tensor(result, dtype), options, draw(seeds))


@given(case=quantized_cases())
def test_quantized_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=plain_cases())
def test_unquantized_equals_tflm(case: Case) -> None:
    case.compare()


def pair(kind: str, dtype: str = INT8) -> Case:
    second, output = (0.5, 0.5) if kind in EXTREMA else (0.25, 1.0)
    scale = {INT8: 1.0, INT16: 1.0}.get(dtype)
    inputs = [Tensor((2, 3), dtype, scale and 0.5), Tensor((2, 3), dtype, scale and second)]
    options = {"fused_activation_function": 0} if kind in ACTIVATED else {}
    return Case(kind, inputs, Tensor((2, 3), dtype, scale and output), options)


SOUND = [
    *(pair(kind, dtype) for kind in KINDS for dtype in (INT8, INT16, INT32)),
    *(pair(kind, "INT64") for kind in EXTREMA),
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_of_int8_values_equals_tflm(kind: str) -> None:
    every = np.arange(-128, 128, dtype=np.int8)
    inputs = [quantized((256, 1), 0.0472, -5), quantized((1, 256), 0.0211, 33)]
    output = quantized((256, 256), 0.0623, 7)
    if kind in EXTREMA:
        inputs, output = [quantized((256, 1), 0.1, 3), quantized((1, 256), 0.1, 3)], quantized((256, 256), 0.1, 3)
    Case(kind, inputs, output).compare([every.reshape(256, 1), every.reshape(1, 256)])


@pytest.mark.parametrize("kind", KINDS)
def test_float_infinities_and_nan_equal_tflm(kind: str) -> None:
    special = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 3e38], np.float32)
    case = Case(kind, [Tensor((6, 1), FLOAT32), Tensor((1, 6), FLOAT32)], Tensor((6, 6), FLOAT32))
    case.compare([special.reshape(6, 1), special.reshape(1, 6)])


@pytest.mark.parametrize("kind", ACTIVATED)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({0: {"dtype": "UINT8", "scale": None}}, "type uint8"),
        ({1: {"dtype": "FLOAT32", "scale": None}}, "have different types"),
        ({1: {"shape": (2, 2)}}, "do not broadcast"),
        ({0: {"shape": (1, 3)}, 1: {"shape": (1, 3)}}, "its shape should be 1×3"),
        ({1: {"scale": None}}, "needs one scale and one zero point"),
        ({"output": {"shape": (3, 2)}}, "its shape should be 2×3"),
        ({"output": {"dtype": "FLOAT32", "scale": None}}, "type float32"),
        ({"output": {"scale": 1e-20}}, "scale"),
        ({"output": {"scale": 1e-30}, "options": {"fused_activation_function": 3}}, "scale"),
        ({"options": {"fused_activation_function": 4}}, "TANH is not supported"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(kind: str, changes: dict[object, dict[str, object]], said: str) -> None:
    case = pair(kind)
    for where, change in changes.items():
        case = case.with_input(where, **change) if isinstance(where, int) else getattr(case, f"with_{where}")(**change)
    assert said in case.refusal()


@pytest.mark.parametrize("kind", KINDS)
def test_refuses_int16_with_a_zero_point(kind: str) -> None:
    assert "needs 0" in pair(kind, INT16).with_input(1, zero_point=1).refusal()


@pytest.mark.parametrize("kind", EXTREMA)
def test_refuses_to_choose_between_different_scales(kind: str) -> None:
    assert "must have the same scale" in pair(kind).with_input(1, scale=0.25).refusal()


@pytest.mark.parametrize("kind", KINDS)
def test_refuses_more_separate_broadcast_axes_than_loops(kind: str) -> None:
    inputs = [quantized((2, 1, 2, 1, 2), 1.0), quantized((1, 2, 1, 2, 1), 1.0)]
    assert "too many separate axes" in Case(kind, inputs, quantized((2,) * 5, 1.0)).refusal()


@pytest.mark.parametrize("kind", ["ADD", "SUB"])
def test_refuses_an_output_scale_that_tflm_refuses(kind: str) -> None:
    """The sum would have to grow: scale of the inputs over 2^19 times the output's."""
    assert "too small for those of the inputs" in pair(kind).with_output(scale=0.5 / 2**20).refusal()
