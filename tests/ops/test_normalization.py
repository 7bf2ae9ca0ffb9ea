"""L2_NORMALIZATION and LOG_SOFTMAX against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, Case, Tensor, quantized, scales, seeds, zero_points

pytestmark = pytest.mark.fidelity

OUTPUTS = {"L2_NORMALIZATION": (1 / 128, 0), "LOG_SOFTMAX": (1 / 16, 127)}
KINDS = sorted(OUTPUTS)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = (*draw(st.lists(st.integers(1, 4), max_size=3)), draw(st.integers(1, 40)))
    if draw(st.booleans()):
        return Case(kind, [Tensor(shape, FLOAT32)], Tensor(shape, FLOAT32), {}, draw(seeds))
    source = quantized(shape, draw(scales), draw(zero_points))
    return Case(kind, [source], quantized(shape, *OUTPUTS[kind]), {}, draw(seeds))


@given(case=cases())
def test_equals_tflm(case: Case) -> None:
    case.compare()


@pytest.mark.parametrize("kind", KINDS)
def test_float_infinities_nan_and_zero_equal_tflm(kind: str) -> None:
    rows = [[1, np.inf, 2], [1, -np.inf, 2], [1, np.nan, 2], [0, 0, 0], [1e-30, 0, 0], [3e38, 3e38, -0.0]]
    values = np.array(rows, np.float32)
    Case(kind, [Tensor(values.shape, FLOAT32)], Tensor(values.shape, FLOAT32)).compare([values])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [2.0**-25, 0.001, 1 / 16, 1.0, 15.0])
@pytest.mark.parametrize("zero_point", [-128, 0, 127])
def test_every_value_and_long_rows_equal_tflm(kind: str, scale: float, zero_point: int) -> None:
    """Rows of all int8 values, long ones, of equal elements, of one element, and of zeros."""
    rows = (np.arange(-128, 128), np.arange(4095) % 7, np.full(511, -128), np.full(1, 127), np.full(9, zero_point))
    for row in rows:
        inputs = [quantized(row.shape, scale, zero_point)]
        Case(kind, inputs, quantized(row.shape, *OUTPUTS[kind])).compare([row.astype(np.int8)])


def plain(kind: str) -> Case:
    return Case(kind, [quantized((2, 3), 0.5)], quantized((2, 3), *OUTPUTS[kind]))


# Sound layers for test_gate.py to spoil.
SOUND = [*map(plain, KINDS), plain("L2_NORMALIZATION").with_options(fused_activation_function=0)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dtype": "INT16"}, "type int16"),
        ({"shape": (3, 2)}, "its shape should be"),
        ({"scale": None}, "needs one scale and one zero point"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(kind: str, change: dict[str, object], said: str) -> None:
    assert said in plain(kind).with_input(0, **change).refusal()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain("L2_NORMALIZATION").with_output(scale=1 / 127), "must have scale 1/128"),
        (plain("L2_NORMALIZATION").with_options(fused_activation_function=1), "fused activation"),
        (plain("LOG_SOFTMAX").with_output(zero_point=0), "must have scale 1/16 and zero point 127"),
        (plain("LOG_SOFTMAX").with_input(0, scale=2.0**-26), "is out of range"),
        (plain("LOG_SOFTMAX").with_input(0, scale=16.0), "is out of range"),
        (plain("LOG_SOFTMAX").with_input(0, shape=(1, 4096)).with_output(shape=(1, 4096)), "rows longer than 4095"),
        (plain("L2_NORMALIZATION").with_input(0, shape=(33026,)).with_output(shape=(33026,)), "leave 32 bits"),
        (Case("LOG_SOFTMAX", [Tensor((), FLOAT32)], Tensor((), FLOAT32)), "has 0 dimensions"),
    ],
)
def test_refuses_what_leaves_its_range(case: Case, said: str) -> None:
    assert said in case.refusal()
