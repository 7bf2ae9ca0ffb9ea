"""TRANSPOSE_CONV against TFLM."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import (
    FLOAT32,
    INT16,
    INT64,
    Case,
    Tensor,
    activations,
    constant,
    quantized,
    scales,
    seeds,
    zero_points,
)
from tests.ops.weights import float_constant, int8_weights, int16_biases, int32_bias
from tests.ops.windows import VALID, Geometry, geometries

pytestmark = pytest.mark.fidelity


@dataclass(frozen=True)
class Plan:
    """A transposed convolution: the geometry is that of the convolution from its output back to its input."""

    geometry: Geometry
    depth: int
    channels: int

    @property
    def source(self) -> tuple[int, ...]:
        return self.geometry.output_shape(self.depth)

    @property
    def output(self) -> tuple[int, ...]:
        return self.geometry.input_shape(self.channels)

    @property
    def weights(self) -> tuple[int, ...]:
        return (self.channels, *self.geometry.taps, self.depth)

    def case(self, source: Tensor, weights: Tensor, biases: list[Tensor], output: Tensor, **more: Any) -> Case:
        inputs = [constant(self.output), weights, source, *biases]
        return Case("TRANSPOSE_CONV", inputs, output, self.geometry.stride_options | more)


plans = st.builds(Plan, geometries(max_dilation=1), st.integers(1, 5), st.integers(1, 6))
SQUARE = Plan(Geometry(1, (5, 5), (3, 3), (2, 2), (1, 1), VALID), depth=3, channels=2)


@st.composite
def int8_layers(draw: st.DrawFn) -> Case:
    plan, seed = draw(plans), draw(seeds)
    rng = np.random.default_rng(seed)
    source = quantized(plan.source, draw(scales), draw(zero_points))
    output = quantized(plan.output, draw(scales), draw(zero_points))
    weights = draw(int8_weights(plan.weights, 0, rng))
    biases = [int32_bias(rng, plan.channels)] if draw(st.booleans()) else []
    return dataclasses.replace(plan.case(source, weights, biases, output, **draw(activations)), seed=seed)


@st.composite
def int16_layers(draw: st.DrawFn) -> Case:
    plan, seed = draw(plans), draw(seeds)
    rng = np.random.default_rng(seed)
    source, output = Tensor(plan.source, INT16, draw(scales)), Tensor(plan.output, INT16, draw(scales))
    weights = draw(int8_weights(plan.weights, 0, rng))
    biases = draw(int16_biases(plan.channels, rng, narrow=False))
    if draw(st.booleans()):
        biases = [Tensor((plan.channels,), INT16, 1.0, data=rng.integers(-(2**15), 2**15, plan.channels, np.int16))]
    return dataclasses.replace(plan.case(source, weights, biases, output, **draw(activations)), seed=seed)


@st.composite
def float_layers(draw: st.DrawFn) -> Case:
    plan, seed = draw(plans), draw(seeds)
    rng = np.random.default_rng(seed)
    source, output = Tensor(plan.source, FLOAT32), Tensor(plan.output, FLOAT32)
    biases = [float_constant(rng, (plan.channels,))] if draw(st.booleans()) else []
    weights = float_constant(rng, plan.weights)
    return dataclasses.replace(plan.case(source, weights, biases, output, **draw(activations)), seed=seed)


@given(case=int8_layers())
def test_int8_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=int16_layers())
def test_int16_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=float_layers())
def test_float32_equals_tflm(case: Case) -> None:
    case.compare()


def square() -> Case:
    """From 2×2 to 5×5 with 3×3 taps and stride 2, for tests that spoil one thing."""
    rng = np.random.default_rng(1)
    weights = Tensor(SQUARE.weights, scale=0.01, data=rng.integers(-127, 128, SQUARE.weights, np.int8))
    bias = int32_bias(rng, SQUARE.channels)
    return SQUARE.case(quantized(SQUARE.source, 0.1), weights, [bias], quantized(SQUARE.output, 0.2))


def square_s16(bias: str = INT64) -> Case:
    """The same with int16 activations."""
    biases = [Tensor((SQUARE.channels,), bias, 1.0, data=np.arange(SQUARE.channels).astype(bias.lower()))]
    weights = square().inputs[1]
    assert weights is not None
    source, output = Tensor(SQUARE.source, INT16, 0.1), Tensor(SQUARE.output, INT16, 0.2)
    return SQUARE.case(source, weights, biases, output)


# Sound layers for test_gate.py to spoil.
SOUND = [square(), square_s16(), square_s16(INT16)]


def test_macs_count_every_tap_of_every_input() -> None:
    node = square().node()
    assert operator_kind(node).macs(node) == 2 * 2 * 3 * 3 * 3 * 2


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (square().with_input(2, dtype="UINT8", zero_point=0), "type uint8"),
        (square().with_input(1, data=None), "weights must be a constant"),
        (square().with_input(1, scale=None), "has no scale"),
        (square().with_input(1, shape=(2, 3, 3, 4)), "its shape should be 1×2×2×4"),
        (square().with_input(1, shape=(3, 3, 3, 3)), "its shape should be 1×5×5×3"),
        (square().with_input(1, shape=(2, 27)), "has 2 dimensions, 4 expected"),
        (square().with_input(1, shape=(2, 5, 5, 3)), "cannot come from"),
        (square().with_output(shape=(1, 5, 7, 2)), "cannot come from"),
        (square().with_output(shape=(2, 5, 5, 2)), "its shape should be 1×5×5×2"),
        (square().with_input(3, dtype=INT16), "type int16"),
        (square_s16().with_input(3, dtype="INT32"), "type int32"),
        (square_s16().with_input(2, zero_point=1), "int16 needs 0"),
        (square().with_options(stride_h=0), "must be at least 1"),
        (square().with_options(stride_w=2**31 - 1), "cannot come from"),
        (square().with_options(fused_activation_function=4), "TANH is not supported"),
        (square().with_output(scale=1e-20), "too large"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
