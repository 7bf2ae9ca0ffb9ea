"""Kernels for cores with more than the basic instructions, in C on this computer: exact, chosen where they can be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given

from mcuforge.model.kernel_call import ConstArray, KernelCall, TensorArg
from mcuforge.model.operator_kind import operator_kind
from tests.ops import test_conv_2d, test_depthwise_conv_2d, test_fully_connected
from tests.ops.fast_layers import fast_layer
from tests.ops.single import Case, seeds

DSP = frozenset({"dsp", "fpu"})
MVE = DSP | {"mve"}


def call_of(case: Case, features: frozenset[str] = DSP) -> KernelCall:
    node = case.node()
    return operator_kind(node).kernel(node, features)


@pytest.mark.fidelity
@given(seed=seeds)
def test_fast_kernels_equal_tflm(seed: int) -> None:
    case = fast_layer(seed)
    assert call_of(case).variant == "arm_dsp"
    case.compare()


def test_the_vector_extension_comes_before_the_dsp_extension_where_there_are_kernels_for_it() -> None:
    """Its kernels read the model's own weights, and one pixel at a time."""
    convolution, matrix = test_conv_2d.square(), test_fully_connected.small()
    assert call_of(convolution, MVE).variant == call_of(matrix, MVE).variant == "arm_mve"
    assert call_of(test_depthwise_conv_2d.square(), MVE).variant == "arm_dsp"
    assert TensorArg(1) in call_of(convolution, MVE).arguments
    assert call_of(convolution, MVE).scratch_bytes == 27


def test_a_core_without_the_extension_gets_plain_c() -> None:
    for seed in range(8):
        call = call_of(fast_layer(seed), frozenset({"fpu"}))
        assert call.variant == "portable" and call.scratch_bytes == 0


@pytest.mark.parametrize(
    "case",
    [
        test_conv_2d.square_w4(),
        test_conv_2d.square_s16(),
        test_conv_2d.square().with_input(0, shape=(1, 5, 5, 6)),
        test_fully_connected.small().with_input(0, shape=(1, 3)).with_input(1, shape=(3, 3)),
        test_depthwise_conv_2d.square(multiplier=2),
    ],
    ids=["int4 weights", "int16", "groups", "a depth of 3", "a depth multiplier"],
)
def test_layers_that_fast_kernels_do_not_compute_get_portable_ones(case: Case) -> None:
    assert call_of(case).variant == "portable"
    case.compare()


def test_weights_are_laid_out_anew_and_do_not_grow() -> None:
    for seed in range(40):
        case = fast_layer(seed)
        weights = case.inputs[1]
        assert weights is not None and weights.data is not None
        (laid_out,) = [c for c in call_of(case).constants if c.name == "weights"]
        assert sorted(laid_out.values.tolist()) == sorted(weights.data.reshape(-1).tolist())


def test_scratch_memory_is_two_columns() -> None:
    """Of int16, of one pixel's inputs each; a few bytes more where channels come in no multiple of four."""
    assert call_of(test_conv_2d.square(depth=8)).scratch_bytes == 2 * 2 * 9 * 8
    assert call_of(test_conv_2d.square(depth=3)).scratch_bytes == 2 * 2 * 28 + 27


def test_sums_too_large_for_fast_requantization_are_exact_and_marked() -> None:
    case = test_conv_2d.square()
    biases = np.array([2**31 - 1, -(2**30), 2**29, 0], np.int32)
    case = dataclasses.replace(case, output=dataclasses.replace(case.output, scale=2.0**22))
    case = case.with_input(1, scale=[1.0] * 4).with_input(0, scale=1.0).with_input(2, data=biases)
    shift = call_of(case).params["output.shift"]
    assert isinstance(shift, ConstArray)
    assert (shift.values > 32).any()
    case.compare()
