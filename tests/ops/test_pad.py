"""PAD and PADV2 against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT16, INT32, Case, Tensor, constant, quantized, scales, seeds, zero_points

pytestmark = pytest.mark.fidelity


@st.composite
def cases(draw: st.DrawFn) -> Case:
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    pairs = [(draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in shape]
    padded = tuple(size + before + after for size, (before, after) in zip(shape, pairs, strict=True))
    dtype, seed = draw(st.sampled_from([INT8, INT16, INT32, FLOAT32])), draw(seeds)
    is_quantized = dtype in (INT8, INT16)
    quantization = {"scale": draw(scales), "zero_point": draw(zero_points)} if is_quantized else {}
    inputs = [Tensor(shape, dtype, **quantization), constant(pairs)]
    kind = draw(st.sampled_from(["PAD", "PADV2"]))
    if kind == "PADV2":
        value = np.array([draw(st.integers(-128, 127))], dtype.lower())
        inputs.append(Tensor((1,), dtype, data=value, **quantization))
    return Case(kind, inputs, Tensor(padded, dtype, **quantization), seed=seed)


@given(case=cases())
def test_equals_tflm(case: Case) -> None:
    case.compare()


def plain() -> Case:
    return Case("PAD", [quantized((2, 2), 0.5, 3), constant([[1, 0], [0, 1]])], quantized((3, 3), 0.5, 3))


def plain_v2() -> Case:
    value = Tensor((1,), INT8, 0.5, 3, data=np.array([7], np.int8))
    return Case("PADV2", [*plain().inputs, value], plain().output)


# Sound layers for test_gate.py to spoil.
SOUND = [
    plain(),
    plain_v2(),
    plain().with_input(0, dtype=INT16).with_output(dtype=INT16),
    plain().with_input(0, dtype=INT32, scale=None).with_output(dtype=INT32, scale=None),
]


def test_int8_pads_with_the_zero_point() -> None:
    padded = plain().compare([np.array([[10, 20], [30, 40]], np.int8)])
    assert padded.tolist() == [[3, 3, 3], [10, 20, 3], [30, 40, 3]]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain().with_input(0, dtype="INT64", scale=None).with_output(dtype="INT64", scale=None), "type int64"),
        (plain().with_input(1, data=None), "paddings must be a constant"),
        (plain().with_input(1, dtype="INT64"), "type int64"),
        (plain().with_input(1, shape=(4,)), "its shape should be 2×2"),
        (plain().with_input(1, data=np.array([[2, -1], [0, 1]], np.int32)), "negative paddings"),
        (plain().with_output(shape=(3, 4)), "its shape should be 3×3"),
        (plain().with_output(zero_point=0), "must have the same scale and zero point"),
        (plain().with_input(0, shape=(1,) * 6).with_output(shape=(1,) * 6), "has 6 dimensions"),
        (plain_v2().with_input(2, data=None), "the padding value must be a constant"),
        (plain_v2().with_input(2, shape=(2,)), "should be a single value"),
        (plain_v2().with_input(2, scale=1.0), "must have the same scale and zero point"),
        (plain_v2().with_input(2, dtype=FLOAT32, scale=None), "have different types"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()


def test_refuses_paddings_that_overflow() -> None:
    huge = np.full((2, 2), 2**31 - 1, np.int32)
    assert "its shape should be" in plain().with_input(1, data=huge).refusal()
