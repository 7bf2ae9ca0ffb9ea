"""SOFTMAX against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT16, Case, Tensor, quantized, scales, seeds, zero_points

pytestmark = pytest.mark.fidelity

row_shapes = st.lists(st.integers(1, 12), min_size=1, max_size=4).map(tuple)
betas = st.sampled_from([1.0, 1.0, 0.5, 2.0, 10.0])
S8_OUTPUT = {"scale": 1 / 256, "zero_point": -128}
S16_OUTPUT = {"scale": 1 / 65536, "zero_point": -32768}


@st.composite
def int8_cases(draw: st.DrawFn) -> Case:
    shape = draw(row_shapes)
    outputs = st.sampled_from([Tensor(shape, **S8_OUTPUT), Tensor(shape, INT16, **S16_OUTPUT)])
    options = {"beta": draw(betas)}
    return Case("SOFTMAX", [quantized(shape, draw(scales), draw(zero_points))], draw(outputs), options, draw(seeds))


@given(case=int8_cases())
def test_int8_equals_tflm(case: Case) -> None:
    case.compare()


@given(shape=row_shapes, beta=betas, seed=seeds)
def test_float32_equals_tflm(shape: tuple[int, ...], beta: float, seed: int) -> None:
    Case("SOFTMAX", [Tensor(shape, FLOAT32)], Tensor(shape, FLOAT32), {"beta": beta}, seed).compare()


def test_float_infinities_and_nan_equal_tflm() -> None:
    values = np.array([[1, np.inf, 2], [1, -np.inf, 2], [1, np.nan, 2], [-np.inf] * 3], np.float32)
    Case("SOFTMAX", [Tensor((4, 3), FLOAT32)], Tensor((4, 3), FLOAT32), {"beta": 1.0}).compare([values])


@pytest.mark.parametrize("scale", [2.0**-25, 0.001, 1 / 128, 1 / 16, 1.0, 100.0, 1e30])
@pytest.mark.parametrize(("dtype", "output"), [("INT8", S8_OUTPUT), (INT16, S16_OUTPUT)])
def test_every_difference_and_every_row_length_equals_tflm(scale: float, dtype: str, output: dict[str, float]) -> None:
    """Rows of all int8 values, of the longest length, of equal elements, and of one element."""
    for row in (np.arange(-128, 128), np.arange(511) % 7, np.full(511, -128), np.full(1, 127)):
        case = Case("SOFTMAX", [quantized(row.shape, scale)], Tensor(row.shape, dtype, **output), {"beta": 1.0})
        case.compare([row.astype(np.int8)])


S16_FROM_S16 = {"scale": 1 / 32768, "zero_point": 0}


@given(shape=row_shapes, exponent=st.floats(-16, -2), beta=betas, spread=st.floats(0, 4.5), seed=seeds)
def test_int16_equals_tflm(shape: tuple[int, ...], exponent: float, beta: float, spread: float, seed: int) -> None:
    scale = float(np.float32(2.0**exponent))
    case = Case("SOFTMAX", [Tensor(shape, INT16, scale)], Tensor(shape, INT16, **S16_FROM_S16), {"beta": beta})
    values = np.random.default_rng(seed).standard_normal(shape) * 10**spread
    case.compare([np.clip(values, -32768, 32767).astype(np.int16)])


@pytest.mark.parametrize("scale", [2.0**-20, 2.0**-13, 0.001, 0.1])
def test_every_int16_difference_equals_tflm(scale: float) -> None:
    rows = np.arange(-32768, 32768).reshape(64, 1024)
    rows = np.concatenate([rows, np.full((64, 1), 32767)], axis=1).astype(np.int16)
    case = Case("SOFTMAX", [Tensor(rows.shape, INT16, scale)], Tensor(rows.shape, INT16, **S16_FROM_S16), {"beta": 1.0})
    case.compare([rows])


def plain() -> Case:
    return Case("SOFTMAX", [quantized((1, 4), 0.1)], Tensor((1, 4), **S8_OUTPUT), {"beta": 1.0})


# Sound layers for test_gate.py to spoil.
SOUND = [
    plain(),
    plain().with_output(dtype=INT16, **S16_OUTPUT),
    plain().with_input(0, dtype=INT16).with_output(dtype=INT16, **S16_FROM_S16),
]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain().with_input(0, dtype="INT32"), "type int32"),
        (plain().with_input(0, dtype=INT16), "type int8"),
        (plain().with_input(0, dtype=INT16).with_output(dtype=INT16, **S16_OUTPUT), "must have scale 1/32768"),
        (plain().with_input(0, dtype=INT16, scale=100.0).with_output(dtype=INT16, **S16_FROM_S16), "is too large"),
        (plain().with_input(0, shape=()).with_output(shape=()), "has 0 dimensions"),
        (plain().with_output(shape=(4, 1)), "its shape should be 1×4"),
        (plain().with_output(dtype=FLOAT32, scale=None), "type float32"),
        (plain().with_input(0, dtype=FLOAT32, scale=None), "type int8"),
        (plain().with_output(scale=1 / 255), "must have scale 1/256 and zero point -128"),
        (plain().with_output(zero_point=0), "must have scale 1/256 and zero point -128"),
        (plain().with_output(dtype=INT16), "must have scale 1/65536 and zero point -32768"),
        (plain().with_input(0, shape=(1, 512)).with_output(shape=(1, 512)), "rows longer than 511"),
        (plain().with_input(0, scale=2.0**-26), "is too small"),
        (plain().with_options(beta=0.0), "is too small"),
        (plain().with_options(beta=-1.0), "is too small"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
