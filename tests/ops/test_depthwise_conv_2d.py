"""DEPTHWISE_CONV_2D against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import FLOAT32, INT16, INT64, Case, Tensor, activations, quantized, scales, seeds, zero_points
from tests.ops.weights import float_constant, int4_weights, int8_weights, int16_biases, int32_bias
from tests.ops.windows import VALID, Geometry, geometries

pytestmark = pytest.mark.fidelity

SQUARE = Geometry(batches=1, size=(5, 5), taps=(3, 3), strides=(1, 1), dilations=(1, 1), padding=VALID)

# A bias that is absent is left out: the released TFLM dereferences NULL when it is marked absent instead.


@st.composite
def int8_convolutions(draw: st.DrawFn) -> Case:
    """Some have int4 weights."""
    geometry, depth, multiplier = draw(geometries()), draw(st.integers(1, 9)), draw(st.sampled_from([1, 1, 2, 3]))
    channels = depth * multiplier
    seed = draw(seeds)
    rng = np.random.default_rng(seed)
    source = quantized(geometry.input_shape(depth), draw(scales), draw(zero_points))
    weights = draw(draw(st.sampled_from([int8_weights, int4_weights]))((1, *geometry.taps, channels), 3, rng))
    bias = [int32_bias(rng, channels)] if draw(st.booleans()) else []
    output = quantized(geometry.output_shape(channels), draw(scales), draw(zero_points))
    options = geometry.stride_options | geometry.dilation_options | {"depth_multiplier": multiplier} | draw(activations)
    return Case("DEPTHWISE_CONV_2D", [source, weights, *bias], output, options, seed)


@st.composite
def int16_convolutions(draw: st.DrawFn) -> Case:
    geometry, depth, multiplier = draw(geometries()), draw(st.integers(1, 6)), draw(st.sampled_from([1, 1, 2, 3]))
    channels = depth * multiplier
    seed = draw(seeds)
    rng = np.random.default_rng(seed)
    source = Tensor(geometry.input_shape(depth), INT16, draw(scales))
    weights = draw(int8_weights((1, *geometry.taps, channels), 3, rng))
    biases = draw(int16_biases(channels, rng, narrow=False))
    output = Tensor(geometry.output_shape(channels), INT16, draw(scales))
    options = geometry.stride_options | geometry.dilation_options | {"depth_multiplier": multiplier} | draw(activations)
    return Case("DEPTHWISE_CONV_2D", [source, weights, *biases], output, options, seed)


@st.composite
def float_convolutions(draw: st.DrawFn) -> Case:
    geometry, depth, multiplier = draw(geometries()), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    channels = depth * multiplier
    seed = draw(seeds)
    rng = np.random.default_rng(seed)
    weights = float_constant(rng, (1, *geometry.taps, channels))
    bias = [float_constant(rng, (channels,))] if draw(st.booleans()) else []
    source, output = Tensor(geometry.input_shape(depth), FLOAT32), Tensor(geometry.output_shape(channels), FLOAT32)
    options = geometry.stride_options | geometry.dilation_options | {"depth_multiplier": multiplier} | draw(activations)
    return Case("DEPTHWISE_CONV_2D", [source, weights, *bias], output, options, seed)


@given(case=int8_convolutions())
def test_int8_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=int16_convolutions())
def test_int16_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=float_convolutions())
def test_float32_equals_tflm(case: Case) -> None:
    case.compare()


def square(multiplier: int = 1) -> Case:
    """A plain 3×3 convolution of three input channels, for tests that spoil one thing."""
    rng = np.random.default_rng(1)
    channels = 3 * multiplier
    weights = Tensor((1, 3, 3, channels), scale=0.01, data=rng.integers(-127, 128, (1, 3, 3, channels), np.int8))
    inputs = [quantized(SQUARE.input_shape(3), 0.1), weights, int32_bias(rng, channels)]
    options = SQUARE.stride_options | SQUARE.dilation_options | {"depth_multiplier": multiplier}
    return Case("DEPTHWISE_CONV_2D", inputs, quantized(SQUARE.output_shape(channels), 0.2), options)


def square_s16() -> Case:
    """The same with int16 activations."""
    bias = Tensor((3,), INT64, 1.0, data=np.arange(3))
    inputs = [Tensor(SQUARE.input_shape(3), INT16, 0.1), square().inputs[1], bias]
    return Case("DEPTHWISE_CONV_2D", inputs, Tensor(SQUARE.output_shape(3), INT16, 0.2), square().options)


def square_w4() -> Case:
    """The same with int4 weights."""
    return square().with_input(1, dtype="INT4", data=np.resize(np.arange(-8, 8, dtype=np.int8), (1, 3, 3, 3)))


# Sound layers for test_gate.py to spoil.
SOUND = [square(), square(multiplier=2), square_s16(), square_w4()]


def test_macs_count_every_tap_of_every_output() -> None:
    node = square().node()
    assert operator_kind(node).macs(node) == 3 * 3 * 3 * 3 * 3


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (square().with_input(0, dtype="UINT8", zero_point=0), "type uint8"),
        (square_s16().with_input(2, dtype="INT32"), "type int32"),
        (square_s16().with_input(0, zero_point=1), "has zero point 1; int16 needs 0"),
        (square().with_input(1, data=None), "weights must be a constant"),
        (square().with_input(2, data=None), "biases must be a constant"),
        (square().with_input(1, scale=[0.1] * 3, axis=2), "3 scales along axis 2"),
        (square().with_input(1, shape=(3, 3, 3, 3)), "does not fit 3 input channels with depth multiplier 1"),
        (square().with_input(1, shape=(1, 3, 3, 6)), "does not fit 3 input channels with depth multiplier 1"),
        (square().with_options(depth_multiplier=0), "does not fit 3 input channels with depth multiplier 0"),
        (square().with_options(depth_multiplier=2**31 - 1), "does not fit 3 input channels"),
        (square().with_input(2, shape=(4,)), "4 elements for 3 output channels"),
        (square().with_output(shape=(1, 3, 3, 6)), "its shape should be 1×3×3×3"),
        (square().with_output(scale=1e-20), "too large"),
        (square().with_options(stride_w=-1), "must all be at least 1"),
        (square().with_options(fused_activation_function=5), "SIGN_BIT is not supported"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
