"""QUANTIZE and DEQUANTIZE against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT16, INT32, Case, Tensor, scales, seeds, zero_points
from tests.support.kernel_harness import run_graph

pytestmark = pytest.mark.fidelity

UINT8 = "UINT8"

# Sound layers for test_gate.py to spoil.
SOUND = [
    Case("QUANTIZE", [Tensor((2, 3), FLOAT32)], Tensor((2, 3), INT8, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), FLOAT32)], Tensor((2, 3), INT16, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT8, 1.0)], Tensor((2, 3), INT8, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT8, 1.0)], Tensor((2, 3), INT16, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT8, 1.0)], Tensor((2, 3), UINT8, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), UINT8, 1.0)], Tensor((2, 3), INT8, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT16, 1.0)], Tensor((2, 3), INT8, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT16, 1.0)], Tensor((2, 3), INT16, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT8, 1.0)], Tensor((2, 3), INT32, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT16, 1.0)], Tensor((2, 3), INT32, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT32, 1.0)], Tensor((2, 3), INT8, 0.5)),
    Case("QUANTIZE", [Tensor((2, 3), INT32, 1.0)], Tensor((2, 3), INT16, 0.5)),
    Case("DEQUANTIZE", [Tensor((2, 3), UINT8, 1.0)], Tensor((2, 3), FLOAT32)),
    Case("DEQUANTIZE", [Tensor((2, 3), INT8, 1.0)], Tensor((2, 3), FLOAT32)),
    Case("DEQUANTIZE", [Tensor((2, 3), INT16, 1.0)], Tensor((2, 3), FLOAT32)),
]

EVERY_VALUE = {
    INT8: np.arange(-128, 128, dtype=np.int8),
    INT16: np.arange(-32768, 32768, dtype=np.int16),
    UINT8: np.arange(256, dtype=np.uint8),
}
integer_types = st.sampled_from([INT8, INT16])


@given(scale=scales, zero=zero_points, dtype=integer_types, seed=seeds)
def test_quantize_from_float_equals_tflm(scale: float, zero: int, dtype: str, seed: int) -> None:
    """Random values, and exact ties in both directions."""
    random = np.random.default_rng(seed).standard_normal(200) * scale * 200
    ties = (np.arange(-130, 130) + 0.5) * scale
    values = np.concatenate([random, ties]).astype(np.float32)
    Case("QUANTIZE", [Tensor(values.shape, FLOAT32)], Tensor(values.shape, dtype, scale, zero)).compare([values])


@given(
    source=integer_types, scale=scales, zero=zero_points, dtype=integer_types, out_scale=scales, out_zero=zero_points
)
def test_requantize_equals_tflm_on_every_value(
    source: str, scale: float, zero: int, dtype: str, out_scale: float, out_zero: int
) -> None:
    values = EVERY_VALUE[source]
    inputs = [Tensor(values.shape, source, scale, zero)]
    Case("QUANTIZE", inputs, Tensor(values.shape, dtype, out_scale, out_zero)).compare([values])


@given(scale=scales, zero=zero_points, out_scale=scales, out_zero=zero_points, to_unsigned=st.booleans())
def test_requantize_between_signed_and_unsigned_equals_tflm_on_every_value(
    scale: float, zero: int, out_scale: float, out_zero: int, to_unsigned: bool
) -> None:
    signed, unsigned = Tensor((256,), INT8, scale, zero), Tensor((256,), UINT8, out_scale, out_zero + 128)
    source, output = (signed, unsigned) if to_unsigned else (unsigned, signed)
    Case("QUANTIZE", [source], output).compare([EVERY_VALUE[source.dtype]])


@given(source=integer_types, scale=scales, zero=zero_points, out_scale=scales)
def test_requantize_to_int32_equals_tflm_on_every_value(source: str, scale: float, zero: int, out_scale: float) -> None:
    values = EVERY_VALUE[source]
    inputs = [Tensor(values.shape, source, scale, zero)]
    Case("QUANTIZE", inputs, Tensor(values.shape, INT32, out_scale)).compare([values])


@given(scale=scales, dtype=integer_types, out_scale=scales, out_zero=zero_points, spread=st.floats(0, 6), seed=seeds)
def test_requantize_from_int32_equals_tflm(
    scale: float, dtype: str, out_scale: float, out_zero: int, spread: float, seed: int
) -> None:
    values = (np.random.default_rng(seed).standard_normal(500) * 10**spread).astype(np.int32)
    Case("QUANTIZE", [Tensor((500,), INT32, scale)], Tensor((500,), dtype, out_scale, out_zero)).compare([values])


@given(source=st.sampled_from(sorted(EVERY_VALUE)), scale=scales, zero=st.integers(0, 127))
def test_dequantize_equals_tflm_on_every_value(source: str, scale: float, zero: int) -> None:
    values = EVERY_VALUE[source]
    Case("DEQUANTIZE", [Tensor(values.shape, source, scale, zero)], Tensor(values.shape, FLOAT32)).compare([values])


@pytest.mark.parametrize(("value", "expected"), [(1e30, 127), (-1e30, -128), (np.inf, 127), (-np.inf, -128)])
def test_floats_beyond_32_bits_saturate(value: float, expected: int) -> None:
    """TFLM converts them to int32 first, which C leaves undefined; there is nothing to be equal to."""
    node = Case("QUANTIZE", [Tensor((1,), FLOAT32)], Tensor((1,), INT8, 1.0, 5)).node()
    values = run_graph(node.graph, [np.array([value], np.float32)])
    assert values[node.output().index].tolist() == [expected]


def test_nan_quantizes_to_the_least_value() -> None:
    node = Case("QUANTIZE", [Tensor((1,), FLOAT32)], Tensor((1,), INT8, 1.0, 5)).node()
    assert run_graph(node.graph, [np.array([np.nan], np.float32)])[node.output().index].tolist() == [-128]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (Case("QUANTIZE", [Tensor((2,), UINT8, 1.0)], Tensor((2,), INT16, 1.0)), "type int16"),
        (Case("QUANTIZE", [Tensor((2,), INT16, 1.0)], Tensor((2,), UINT8, 1.0)), "type uint8"),
        (Case("QUANTIZE", [Tensor((2,), FLOAT32)], Tensor((2,), "UINT8", 1.0)), "type uint8"),
        (Case("QUANTIZE", [Tensor((2,), FLOAT32)], Tensor((2,), INT8)), "needs one scale and one zero point"),
        (Case("QUANTIZE", [Tensor((2,), INT8)], Tensor((2,), INT8, 1.0)), "needs one scale and one zero point"),
        (Case("QUANTIZE", [Tensor((2,), INT8, 1e30)], Tensor((2,), INT8, 1.0)), "too large"),
        (Case("QUANTIZE", [Tensor((2,), INT8, 1.0)], Tensor((1, 2), INT8, 1.0)), "its shape should be 2"),
        (Case("QUANTIZE", [Tensor((2,), FLOAT32)], Tensor((2,), INT8, [1.0, 2.0])), "needs one scale and one zero"),
        (Case("DEQUANTIZE", [Tensor((2,), INT32, 1.0)], Tensor((2,), FLOAT32)), "type int32"),
        (Case("DEQUANTIZE", [Tensor((2,), INT8, 1.0)], Tensor((2,), "FLOAT16")), "type float16"),
        (Case("DEQUANTIZE", [Tensor((2,), INT8)], Tensor((2,), FLOAT32)), "needs one scale and one zero point"),
        (Case("DEQUANTIZE", [Tensor((2,), INT8, 1.0)], Tensor((1, 2), FLOAT32)), "its shape should be 2"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
