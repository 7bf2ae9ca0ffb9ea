"""RELU, RELU6 and LOGISTIC against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT16, Case, Tensor, quantized, scales, seeds, zero_points

pytestmark = pytest.mark.fidelity

KINDS = ["RELU", "RELU6", "LOGISTIC"]
EVERY_INT8 = np.arange(-128, 128, dtype=np.int8)


@given(scale=scales, zero=zero_points, output_scale=scales, output_zero=zero_points)
def test_int8_relu_equals_tflm_on_every_value(scale: float, zero: int, output_scale: float, output_zero: int) -> None:
    Case("RELU", [quantized((256,), scale, zero)], quantized((256,), output_scale, output_zero)).compare([EVERY_INT8])


@given(scale=scales, zero=zero_points)
def test_int8_relu6_equals_tflm_on_every_value(scale: float, zero: int) -> None:
    Case("RELU6", [quantized((256,), scale, zero)], quantized((256,), scale, zero)).compare([EVERY_INT8])


@given(scale=st.one_of(scales, st.sampled_from([2.0**-20, 0.5, 8.0, 1e9])), zero=zero_points)
def test_int8_logistic_equals_tflm_on_every_value(scale: float, zero: int) -> None:
    Case("LOGISTIC", [quantized((256,), scale, zero)], quantized((256,), 1 / 256, -128)).compare([EVERY_INT8])


@given(kind=st.sampled_from(KINDS), shape=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple), seed=seeds)
def test_float32_equals_tflm_on_the_same_libm(kind: str, shape: tuple[int, ...], seed: int) -> None:
    Case(kind, [Tensor(shape, FLOAT32)], Tensor(shape, FLOAT32), seed=seed).compare()


@pytest.mark.parametrize("kind", KINDS)
def test_float_limits_equal_tflm(kind: str) -> None:
    values = [np.inf, -np.inf, np.nan, 0.0, -0.0, 6.0, 16.6, 16.7, -9.0, -9.1, -88.0, -200.0, 1e-40]
    shape = (len(values),)
    Case(kind, [Tensor(shape, FLOAT32)], Tensor(shape, FLOAT32)).compare([np.array(values, np.float32)])


def plain(kind: str) -> Case:
    return Case(kind, [quantized((4,), 1 / 256, -128)], quantized((4,), 1 / 256, -128))


# Sound layers for test_gate.py to spoil.
SOUND = [plain(kind) for kind in KINDS]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain("RELU").with_input(0, dtype=INT16), "type int16"),
        (plain("RELU").with_output(dtype=FLOAT32, scale=None), "have different types"),
        (plain("RELU").with_output(shape=(2, 2)), "its shape should be 4"),
        (plain("RELU").with_input(0, scale=1e20), "too large"),
        (plain("RELU6").with_input(0, scale=0.1), "must have the same scale and zero point"),
        (plain("RELU6").with_input(0, scale=1e-30).with_output(scale=1e-30), "more than 2^31 steps"),
        (plain("LOGISTIC").with_output(scale=1 / 255), "must have scale 1/256"),
        (plain("LOGISTIC").with_output(zero_point=0), "must have scale 1/256 and zero point -128"),
        (plain("LOGISTIC").with_input(0, scale=2.0**-30), "is out of range"),
        (plain("LOGISTIC").with_input(0, scale=2.0**40), "is out of range"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
