"""ADD and MUL against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import (
    FLOAT32,
    INT8,
    Case,
    Tensor,
    activations,
    quantized,
    random_values,
    scales,
    seeds,
    zero_points,
)

pytestmark = pytest.mark.fidelity

KINDS = ["ADD", "MUL"]


@st.composite
def shapes(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Two shapes that broadcast, and the result's; half of the time they are equal."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    if draw(st.booleans()):
        return shape, shape, shape
    first, second = ([draw(st.sampled_from([size, size, 1])) for size in shape] for _ in range(2))
    result = tuple(map(max, first, second))
    dropped = draw(st.integers(0, len(shape) - 1))
    short = tuple(second[dropped:]) if all(size == 1 for size in second[:dropped]) else tuple(second)
    return tuple(first), short, result


@st.composite
def int8_cases(draw: st.DrawFn) -> Case:
    first, second, result = draw(shapes())
    seed = draw(seeds)
    inputs = [quantized(shape, draw(scales), draw(zero_points)) for shape in (first, second)]
    fixed = draw(st.sampled_from([None, None, 0, 1]))
    if fixed is not None:
        data = random_values(np.random.default_rng(seed), inputs[fixed])
        inputs[fixed] = Tensor(data.shape, INT8, inputs[fixed].scale, inputs[fixed].zero_point, data=data)
    output = quantized(result, draw(scales), draw(zero_points))
    return Case(draw(st.sampled_from(KINDS)), inputs, output, draw(activations), seed)


@st.composite
def float_cases(draw: st.DrawFn) -> Case:
    first, second, result = draw(shapes())
    inputs = [Tensor(first, FLOAT32), Tensor(second, FLOAT32)]
    return Case(draw(st.sampled_from(KINDS)), inputs, Tensor(result, FLOAT32), draw(activations), draw(seeds))


@given(case=int8_cases())
def test_int8_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=float_cases())
def test_float32_equals_tflm(case: Case) -> None:
    case.compare()


def pair(kind: str) -> Case:
    return Case(kind, [quantized((2, 3), 0.5), quantized((2, 3), 0.25)], quantized((2, 3), 1.0))


# Sound layers for test_gate.py to spoil.
SOUND = [pair(kind) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_of_int8_values_equals_tflm(kind: str) -> None:
    every = np.arange(-128, 128, dtype=np.int8)
    inputs = [quantized((256, 1), 0.0472, -5), quantized((1, 256), 0.0211, 33)]
    Case(kind, inputs, quantized((256, 256), 0.0623, 7)).compare([every.reshape(256, 1), every.reshape(1, 256)])


@pytest.mark.parametrize("kind", KINDS)
def test_float_infinities_and_nan_equal_tflm(kind: str) -> None:
    special = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 3e38], np.float32)
    case = Case(kind, [Tensor((6, 1), FLOAT32), Tensor((1, 6), FLOAT32)], Tensor((6, 6), FLOAT32))
    case.compare([special.reshape(6, 1), special.reshape(1, 6)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({0: {"dtype": "INT32", "scale": None}}, "type int32"),
        ({1: {"dtype": "FLOAT32", "scale": None}}, "have different types"),
        ({1: {"shape": (2, 2)}}, "do not broadcast"),
        ({0: {"shape": (1, 3)}, 1: {"shape": (1, 3)}}, "its shape should be 1×3"),
        ({1: {"scale": None}}, "needs one scale and one zero point"),
        ({"output": {"shape": (3, 2)}}, "its shape should be 2×3"),
        ({"output": {"scale": 1e-20}}, "scale"),
        ({"output": {"scale": 1e-30}, "options": {"fused_activation_function": 3}}, "scale"),
        ({"options": {"fused_activation_function": 4}}, "TANH is not supported"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(kind: str, changes: dict[object, dict[str, object]], said: str) -> None:
    case = pair(kind)
    for where, change in changes.items():
        case = case.with_input(where, **change) if isinstance(where, int) else getattr(case, f"with_{where}")(**change)
    assert said in case.refusal()


@pytest.mark.parametrize("kind", KINDS)
def test_refuses_more_separate_broadcast_axes_than_loops(kind: str) -> None:
    inputs = [quantized((2, 1, 2, 1, 2), 1.0), quantized((1, 2, 1, 2, 1), 1.0)]
    assert "too many separate axes" in Case(kind, inputs, quantized((2,) * 5, 1.0)).refusal()


def test_add_refuses_an_output_scale_that_tflm_refuses() -> None:
    """The sum would have to grow: scale of the inputs over 2^19 times the output's."""
    assert "too small for inputs" in pair("ADD").with_output(scale=0.5 / 2**20).refusal()
