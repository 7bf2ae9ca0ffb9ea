"""Elementwise operators on one input against TFLM, on every value of int8 and int16."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mcuforge.errors import UserError
from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import FLOAT32, INT8, INT16, Array, Case, Tensor, quantized, scales, seeds, zero_points
from tests.support.kernel_harness import parse, run_graph

pytestmark = pytest.mark.fidelity

FLOAT_KINDS = ["CEIL", "COS", "EXP", "FLOOR", "LOG", "NEG", "ROUND", "SIN", "SQRT", "SQUARE"]
INT8_KINDS = ["ABS", "ELU", "HARD_SWISH", "LEAKY_RELU", "LOGISTIC", "RELU", "RELU6", "RSQRT", "TANH"]
INT16_KINDS = ["ABS", "LEAKY_RELU", "LOGISTIC", "RELU", "RELU6", "RSQRT", "TANH"]
KINDS = FLOAT_KINDS + INT8_KINDS
EVERY_VALUE = {INT8: np.arange(-128, 128, dtype=np.int8), INT16: np.arange(-32768, 32768, dtype=np.int16)}

# What TFLM insists on.
OUTPUTS = {
    ("LOGISTIC", INT8): (1 / 256, -128),
    ("LOGISTIC", INT16): (1 / 32768, 0),
    ("TANH", INT8): (1 / 128, 0),
    ("TANH", INT16): (1 / 32768, 0),
}
ALPHAS = st.floats(-2, 2, width=32) | st.sampled_from([0.0, 0.1, 1.0, -1.0])


@st.composite
def quantized_cases(draw: st.DrawFn) -> Case:
    """Every value that TFLM takes; scales so small that int16 has a chance to pass too."""
    dtype = draw(st.sampled_from([INT8, INT16]))
    kind = draw(st.sampled_from(INT8_KINDS if dtype == INT8 else INT16_KINDS))
    zeros = zero_points if dtype == INT8 or kind == "LEAKY_RELU" else st.just(0)
    step = 1.0 if dtype == INT8 else 2.0**-7
    scale, zero = draw(scales) * step, draw(zeros)
    output_scale, output_zero = draw(scales) * step, draw(zeros)
    if kind in ("LOGISTIC", "TANH"):
        scale = draw(st.sampled_from([scale, 2.0**-12, 2.0**-11, 2.0**-20, 2.0]))
        output_scale, output_zero = OUTPUTS[kind, dtype]
    if kind == "RELU6":
        output_scale, output_zero = scale, zero
    values = values_for(kind, dtype, zero)
    options = {"alpha": draw(ALPHAS)} if kind == "LEAKY_RELU" else {}
    inputs = [Tensor(values.shape, dtype, scale, zero)]
    return Case(kind, inputs, Tensor(values.shape, dtype, output_scale, output_zero), options)


def values_for(kind: str, dtype: str, zero: int) -> Array:
    values = EVERY_VALUE[dtype]
    return values[values >= zero] if kind == "RSQRT" else values


@given(case=quantized_cases())
def test_quantized_equals_tflm_on_every_value(case: Case) -> None:
    node = case.node()
    try:
        operator_kind(node).check(node)
    except UserError:
        assume(False)
    (source,) = case.inputs
    assert source is not None
    case.compare([values_for(case.kind, source.dtype, source.zero_point)])


@given(kind=st.sampled_from(KINDS), shape=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple), seed=seeds)
def test_float32_equals_tflm(kind: str, shape: tuple[int, ...], seed: int) -> None:
    options = {"alpha": 0.3} if kind == "LEAKY_RELU" else {}
    Case(kind, [Tensor(shape, FLOAT32)], Tensor(shape, FLOAT32), options, seed).compare()


@given(kind=st.sampled_from(KINDS), seed=seeds)
def test_float32_of_any_magnitude_equals_tflm(kind: str, seed: int) -> None:
    """Bit patterns at random: NaNs, subnormal numbers and 1e38 are as likely as 1."""
    values = np.random.default_rng(seed).integers(0, 2**32, 1000, np.uint32).view(np.float32)
    Case(kind, [Tensor(values.shape, FLOAT32)], Tensor(values.shape, FLOAT32)).compare([values])


@pytest.mark.parametrize("kind", KINDS)
def test_float_limits_equal_tflm(kind: str) -> None:
    limits = [
        np.inf,
        -np.inf,
        np.nan,
        0.0,
        -0.0,
        6.0,
        16.6,
        16.7,
        -9.0,
        -9.1,
        -88.0,
        -200.0,
        1e-40,
        88.8,
        -104.0,
        120.0,
    ]
    ties = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 8388607.5, 8388608.0, -8388608.0, 3e9]
    values = np.array(limits + ties, np.float32)
    Case(kind, [Tensor(values.shape, FLOAT32)], Tensor(values.shape, FLOAT32)).compare([values])


def plain(kind: str, dtype: str = INT8) -> Case:
    scale, zero = OUTPUTS.get((kind, dtype), (1 / 256, -128 if kind in ("RELU", "RELU6") else 0))
    if dtype == INT16:
        zero = 0
    if dtype == FLOAT32:
        return Case(kind, [Tensor((4,), FLOAT32)], Tensor((4,), FLOAT32))
    options = {"alpha": 0.25} if kind == "LEAKY_RELU" else {}
    return Case(kind, [Tensor((4,), dtype, scale, zero)], Tensor((4,), dtype, scale, zero), options)


# Sound layers for test_gate.py to spoil.
SOUND = [
    *(plain(kind) for kind in INT8_KINDS),
    *(plain(kind, INT16) for kind in INT16_KINDS),
    *(plain(kind, FLOAT32) for kind in FLOAT_KINDS),
]


@pytest.mark.parametrize("dtype", [INT8, INT16])
def test_rsqrt_of_what_is_not_positive_is_the_greatest(dtype: str) -> None:
    """TFLM stops on negative numbers."""
    graph = parse(plain("RSQRT", dtype).build())
    values = run_graph(graph, [np.array([-5, 0, -128, 1], dtype.lower())])[graph.main.outputs[0]]
    assert values[:3].tolist() == [np.iinfo(dtype.lower()).max] * 3


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain("RELU").with_input(0, dtype="INT32", scale=None), "type int32"),
        (plain("RELU").with_output(dtype=FLOAT32, scale=None), "have different types"),
        (plain("RELU").with_output(shape=(2, 2)), "its shape should be 4"),
        (plain("RELU").with_input(0, scale=1e20), "too large"),
        (plain("RELU6").with_input(0, scale=0.1), "must have the same scale and zero point"),
        (plain("RELU6").with_input(0, scale=1e-30).with_output(scale=1e-30), "more than 2^31 steps"),
        (plain("LOGISTIC").with_output(scale=1 / 255), "must have scale 1/256"),
        (plain("LOGISTIC").with_output(zero_point=0), "must have scale 1/256 and zero point -128"),
        (plain("LOGISTIC").with_input(0, scale=2.0**-30), "is out of range"),
        (plain("LOGISTIC").with_input(0, scale=2.0**40), "is out of range"),
        (plain("LOGISTIC", INT16).with_input(0, scale=4.0), "is too large"),
        (plain("TANH", INT16).with_output(scale=1 / 32000), "must have scale 1/32768"),
        (plain("TANH", INT16).with_input(0, zero_point=1), "needs 0"),
        (plain("ABS", INT16).with_output(zero_point=1), "needs 0"),
        (plain("ABS", INT16).with_input(0, scale=None), "needs one scale and one zero point"),
        (plain("ABS").with_output(scale=1e-20), "too large"),
        (plain("RSQRT").with_output(scale=1e6), "is too large"),
        (plain("HARD_SWISH").with_output(scale=1e-7), "does not fit that of the input"),
        (plain("HARD_SWISH").with_output(scale=1e4), "does not fit that of the input"),
        (plain("LEAKY_RELU").with_options(alpha=1e30), "scaling below zero"),
        (plain("EXP", INT8).with_input(0, dtype=INT8), "type int8"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()


def test_tables_of_int8_match_a_plain_computation() -> None:
    """ELU by numpy, so that a table shifted by one would show even without TFLM."""
    graph = parse(Case("ELU", [quantized((256,), 1 / 64)], quantized((256,), 1 / 64)).build())
    values = run_graph(graph, [EVERY_VALUE[INT8]])[graph.main.outputs[0]]
    real = EVERY_VALUE[INT8] / 64
    np.testing.assert_array_equal(values, np.round(np.where(real < 0, np.expm1(real), real) * 64))
