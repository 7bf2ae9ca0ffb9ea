"""FULLY_CONNECTED against TFLM."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import FLOAT32, INT16, INT64, Case, Tensor, activations, quantized, scales, seeds, zero_points
from tests.ops.weights import float_constant, int4_weights, int8_weights, int16_biases, int32_bias

pytestmark = pytest.mark.fidelity


def _shapes(rows: int, depth: int, channels: int, keep: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Input and output shapes: with keep_num_dims the rows keep their two axes."""
    return (1, rows, depth), ((1, rows, channels) if keep else (rows, channels))


@st.composite
def int8_layers(draw: st.DrawFn) -> Case:
    """Some have int4 weights, which TFLM takes per tensor only."""
    rows, depth, channels = draw(st.integers(1, 4)), draw(st.integers(1, 40)), draw(st.integers(1, 12))
    keep, seed = draw(st.booleans()), draw(seeds)
    rng = np.random.default_rng(seed)
    source_shape, output_shape = _shapes(rows, depth, channels, keep)
    source = quantized(source_shape, draw(scales), draw(zero_points))
    weights = draw(int8_weights((channels, depth), 0, rng))
    if draw(st.booleans()):
        weights = draw(int4_weights((channels, depth), 0, rng))
        weights = dataclasses.replace(weights, scale=weights.scale[:1])
    output = quantized(output_shape, draw(scales), draw(zero_points))
    bias = None
    if draw(st.booleans()):
        # TFLM insists on the bias scale of per-tensor weights.
        bias = int32_bias(rng, channels, float(np.float32(source.scale) * np.float32(weights.scale[0])))
    options = {"keep_num_dims": keep} | draw(activations)
    return Case("FULLY_CONNECTED", [source, weights, bias], output, options, seed)


@st.composite
def int16_layers(draw: st.DrawFn) -> Case:
    rows, depth, channels = draw(st.integers(1, 4)), draw(st.integers(1, 40)), draw(st.integers(1, 12))
    keep, seed = draw(st.booleans()), draw(seeds)
    rng = np.random.default_rng(seed)
    source_shape, output_shape = _shapes(rows, depth, channels, keep)
    source = Tensor(source_shape, INT16, draw(scales))
    weights = draw(int8_weights((channels, depth), 0, rng))
    product = float(np.float32(source.scale) * np.float32(weights.scale[0]))
    biases = draw(int16_biases(channels, rng, scale=product))
    output = Tensor(output_shape, INT16, draw(scales))
    options = {"keep_num_dims": keep} | draw(activations)
    return Case("FULLY_CONNECTED", [source, weights, *(biases or [None])], output, options, seed)


@st.composite
def float_layers(draw: st.DrawFn) -> Case:
    rows, depth, channels = draw(st.integers(1, 4)), draw(st.integers(1, 40)), draw(st.integers(1, 12))
    keep, seed = draw(st.booleans()), draw(seeds)
    rng = np.random.default_rng(seed)
    source_shape, output_shape = _shapes(rows, depth, channels, keep)
    weights = float_constant(rng, (channels, depth))
    bias = float_constant(rng, (channels,)) if draw(st.booleans()) else None
    inputs = [Tensor(source_shape, FLOAT32), weights, bias]
    options = {"keep_num_dims": keep} | draw(activations)
    return Case("FULLY_CONNECTED", inputs, Tensor(output_shape, FLOAT32), options, seed)


@given(case=int8_layers())
def test_int8_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=int16_layers())
def test_int16_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=float_layers())
def test_float32_equals_tflm(case: Case) -> None:
    case.compare()


def small() -> Case:
    """Five inputs, three outputs, for tests that spoil one thing."""
    rng = np.random.default_rng(1)
    weights = Tensor((3, 5), scale=0.5, data=rng.integers(-127, 128, (3, 5), np.int8))
    return Case("FULLY_CONNECTED", [quantized((1, 5), 0.5), weights, int32_bias(rng, 3, 0.25)], quantized((1, 3), 1.0))


def small_s16(bias: str = INT64) -> Case:
    """The same with int16 activations."""
    biases = Tensor((3,), bias, 0.25, data=np.arange(3).astype(bias.lower()))
    return Case("FULLY_CONNECTED", [Tensor((1, 5), INT16, 0.5), small().inputs[1], biases], Tensor((1, 3), INT16, 1.0))


def small_w4() -> Case:
    """The same with int4 weights."""
    return small().with_input(1, dtype="INT4", data=np.resize(np.arange(-8, 8, dtype=np.int8), (3, 5)))


# Sound layers for test_gate.py to spoil.
SOUND = [small(), small_s16(), small_s16("INT32"), small_w4()]


def test_accumulators_wrap_like_tflm() -> None:
    """The largest bias plus a positive product leaves 32 bits."""
    bias = Tensor((3,), "INT32", 0.25, data=np.full(3, 2**31 - 1, np.int32))
    case = small().with_input(1, data=np.full((3, 5), 127, np.int8)).with_input(2, data=bias.data)
    output = case.compare([np.full((1, 5), 127, np.int8)])
    assert (output == -128).all()


def test_macs_count_every_weight_once_for_each_row() -> None:
    node = small().with_input(0, shape=(2, 5)).with_output(shape=(2, 3)).node()
    assert operator_kind(node).macs(node) == 2 * 3 * 5


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (small().with_input(0, dtype="UINT8"), "type uint8"),
        (small_s16().with_input(0, zero_point=1), "has zero point 1; int16 needs 0"),
        (small_s16().with_input(2, dtype="INT16"), "type int16"),
        (small_w4().with_input(1, scale=[0.5] * 3), "has a scale for each channel"),
        (small().with_input(1, data=None), "weights must be a constant"),
        (small().with_input(1, dtype="FLOAT32", scale=None), "type float32"),
        (small().with_input(1, zero_point=3), "zero point other than 0"),
        (small().with_input(1, scale=[0.1] * 5, axis=1), "5 scales along axis 1"),
        (small().with_input(2, scale=1.0), "input scale × weight scale is 0.25"),
        (small().with_input(2, scale=None), "input scale × weight scale is 0.25"),
        (small().with_input(2, shape=(4,)), "4 elements for 3 output channels"),
        (small().with_input(1, shape=(3, 5, 1)), "has 3 dimensions, 2 expected"),
        (small().with_input(0, shape=(1, 6)), "does not consist of vectors of 5 elements"),
        (small().with_input(0, shape=(5, 1)).with_options(keep_num_dims=True), "does not consist of vectors"),
        (small().with_output(shape=(3, 1)), "its shape should be 1×3"),
        (small().with_options(weights_format=1), "shuffled"),
        (small().with_output(scale=1e-12), "too large"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
