"""CONV_2D against TFLM."""

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


@st.composite
def int8_convolutions(draw: st.DrawFn) -> Case:
    """Some have int4 weights."""
    geometry, groups, depth = draw(geometries()), draw(st.sampled_from([1, 1, 2, 3])), draw(st.integers(1, 5))
    channels = groups * draw(st.integers(1, 9))
    seed = draw(seeds)
    rng = np.random.default_rng(seed)
    source = quantized(geometry.input_shape(groups * depth), draw(scales), draw(zero_points))
    weights = draw(draw(st.sampled_from([int8_weights, int4_weights]))((channels, *geometry.taps, depth), 0, rng))
    bias = int32_bias(rng, channels) if draw(st.booleans()) else None
    output = quantized(geometry.output_shape(channels), draw(scales), draw(zero_points))
    options = geometry.stride_options | geometry.dilation_options | draw(activations)
    return Case("CONV_2D", [source, weights, bias], output, options, seed)


@st.composite
def int16_convolutions(draw: st.DrawFn) -> Case:
    geometry, groups, depth = draw(geometries()), draw(st.sampled_from([1, 1, 2, 3])), draw(st.integers(1, 5))
    channels = groups * draw(st.integers(1, 5))
    seed = draw(seeds)
    rng = np.random.default_rng(seed)
    source = Tensor(geometry.input_shape(groups * depth), INT16, draw(scales))
    weights = draw(int8_weights((channels, *geometry.taps, depth), 0, rng))
    output = Tensor(geometry.output_shape(channels), INT16, draw(scales))
    options = geometry.stride_options | geometry.dilation_options | draw(activations)
    return Case("CONV_2D", [source, weights, *draw(int16_biases(channels, rng))], output, options, seed)


@st.composite
def float_convolutions(draw: st.DrawFn) -> Case:
    geometry, groups, depth = draw(geometries()), draw(st.sampled_from([1, 1, 2])), draw(st.integers(1, 5))
    channels = groups * draw(st.integers(1, 5))
    seed = draw(seeds)
    rng = np.random.default_rng(seed)
    weights = float_constant(rng, (channels, *geometry.taps, depth))
    bias = float_constant(rng, (channels,)) if draw(st.booleans()) else None
    output = Tensor(geometry.output_shape(channels), FLOAT32)
    options = geometry.stride_options | geometry.dilation_options | draw(activations)
    source = Tensor(geometry.input_shape(groups * depth), FLOAT32)
    return Case("CONV_2D", [source, weights, bias], output, options, seed)


@given(case=int8_convolutions())
def test_int8_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=int16_convolutions())
def test_int16_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=float_convolutions())
def test_float32_equals_tflm(case: Case) -> None:
    case.compare()


def square(channels: int = 4, depth: int = 3) -> Case:
    """A plain 3×3 convolution, for tests that spoil one thing."""
    rng = np.random.default_rng(1)
    weights = Tensor(
        (channels, 3, 3, depth), scale=0.01, data=rng.integers(-127, 128, (channels, 3, 3, depth), np.int8)
    )
    inputs = [quantized(SQUARE.input_shape(depth), 0.1), weights, int32_bias(rng, channels)]
    options = SQUARE.stride_options | SQUARE.dilation_options
    return Case("CONV_2D", inputs, quantized(SQUARE.output_shape(channels), 0.2), options)


def single_row() -> Case:
    """A filter of one tap over a wide row: its dilation reaches nowhere, and yet is part of an index."""
    weights = Tensor((1, 1, 1, 8), scale=0.01, data=np.ones((1, 1, 1, 8), np.int8))
    return Case("CONV_2D", [quantized((1, 1, 64, 8), 0.1), weights], quantized((1, 1, 64, 1), 0.1), square().options)


def square_s16(bias: str | None = INT64) -> Case:
    """The same with int16 activations."""
    inputs = [Tensor(SQUARE.input_shape(3), INT16, 0.1), square().inputs[1]]
    biases = [] if bias is None else [Tensor((4,), bias, 1.0, data=np.arange(4).astype(bias.lower()))]
    return Case("CONV_2D", inputs + biases, Tensor(SQUARE.output_shape(4), INT16, 0.2), square().options)


def square_w4() -> Case:
    """The same with int4 weights."""
    return square().with_input(1, dtype="INT4", data=np.resize(np.arange(-8, 8, dtype=np.int8), (4, 3, 3, 3)))


# Sound layers for test_gate.py to spoil.
SOUND = [square(), single_row(), square_s16(), square_s16("INT32"), square_w4()]


def test_macs_count_every_tap_of_every_output() -> None:
    node = square().node()
    assert operator_kind(node).macs(node) == 3 * 3 * 4 * 3 * 3 * 3


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (square().with_input(0, dtype="UINT8", zero_point=0), "type uint8"),
        (square().with_input(0, dtype="INT16"), "have different types"),
        (square_s16().with_input(0, zero_point=1), "has zero point 1; int16 needs 0"),
        (square_s16().with_output(zero_point=-3), "has zero point -3; int16 needs 0"),
        (square_s16().with_output(scale=1e-8), "is too large for int16"),
        (square_s16().with_input(2, data=np.array([0, 2**47, 0, 0])), "leave 47 bits"),
        (square_s16().with_input(1, dtype="INT4", data=np.zeros((4, 3, 3, 3), np.int8)), "type int4"),
        (square_s16().with_input(2, dtype="INT16"), "type int16"),
        (square().with_input(1, data=None), "weights must be a constant"),
        (square().with_input(2, data=None), "biases must be a constant"),
        (square().with_input(1, scale=[0.1] * 4, axis=0, zero_point=[0, 0, 0, 1]), "zero point other than 0"),
        (square().with_input(1, scale=[0.1] * 3, axis=3), "3 scales along axis 3"),
        (square().with_input(1, scale=None), "has no scale"),
        (square().with_input(1, shape=(4, 3, 3, 2)), "does not divide 3 input and 4 output channels"),
        (square().with_input(1, shape=(4, 3, 3, 1)), "does not divide 3 input and 4 output channels"),
        (square().with_input(1, shape=(4, 27)), "has 2 dimensions, 4 expected"),
        (square().with_input(1, shape=(4, 6, 3, 3)), "is larger than"),
        (square().with_input(2, shape=(5,)), "5 elements for 4 output channels"),
        (square().with_input(2, dtype="INT16"), "type int16"),
        (square().with_output(shape=(1, 3, 4, 4)), "its shape should be 1×3×3×4"),
        (square().with_output(shape=(1, 3, 3, 5)), "its shape should be 1×3×3×4"),
        (square().with_output(scale=None), "needs one scale and one zero point"),
        (square().with_output(dtype="FLOAT32", scale=None), "have different types"),
        (square().with_output(scale=1e-20), "too large"),
        (square().with_output(scale=1e-30).with_options(fused_activation_function=3), "too large"),
        (square().with_options(stride_h=0), "must all be at least 1"),
        (square().with_options(dilation_w_factor=-1), "must all be at least 1"),
        (square().with_options(padding=0, dilation_h_factor=2**30), "is too large"),
        (square().with_options(fused_activation_function=4), "TANH is not supported"),
        (single_row().with_options(dilation_h_factor=2**23), "with these dilations is too large"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
