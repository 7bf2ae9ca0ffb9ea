"""Operators along one axis against TFLM: CUMSUM, ARG_MAX, ARG_MIN."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT32, Case, Tensor, constant, quantized, scales, seeds, zero_points

pytestmark = pytest.mark.fidelity

POSITIONS = ["ARG_MAX", "ARG_MIN"]
AS_INT32 = {"output_type": 2}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind, dtype = draw(st.sampled_from(["CUMSUM", *POSITIONS])), draw(st.sampled_from([INT8, FLOAT32]))
    shape = tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=4)))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    held, seed = constant(axis if draw(st.booleans()) else [axis]), draw(seeds)
    source = Tensor(shape, dtype) if dtype == FLOAT32 else quantized(shape, draw(scales), draw(zero_points))
    if kind in POSITIONS:
        result = tuple(size for at, size in enumerate(shape) if at != axis % len(shape))
        return Case(kind, [source, held], Tensor(result, INT32), AS_INT32, seed)
    output = source if dtype == FLOAT32 else quantized(shape, draw(scales), draw(zero_points))
    options = {"exclusive": draw(st.booleans()), "reverse": draw(st.booleans())}
    return Case(kind, [source, held], output, options, seed)


@given(case=cases())
def test_equals_tflm(case: Case) -> None:
    case.compare()


@pytest.mark.parametrize("kind", POSITIONS)
def test_of_equal_elements_the_first_counts(kind: str) -> None:
    values = np.array([[5, 1, 5, 1], [1, 5, 1, 5], [7, 7, 7, 7]], np.int8)
    case = Case(kind, [quantized((3, 4), 0.5), constant(1)], Tensor((3,), INT32), AS_INT32)
    assert case.compare([values]).tolist() == [[0, 1, 0], [1, 0, 0]][kind == "ARG_MIN"]


@pytest.mark.parametrize("kind", POSITIONS)
def test_positions_of_nan_and_infinity_equal_tflm(kind: str) -> None:
    values = np.array([[np.nan, 1, 2], [1, np.nan, 2], [np.inf, -np.inf, np.nan], [0.0, -0.0, 0.0]], np.float32)
    Case(kind, [Tensor((4, 3), FLOAT32), constant(1)], Tensor((4,), INT32), AS_INT32).compare([values])


def cumsum() -> Case:
    options = {"exclusive": False, "reverse": False}
    return Case("CUMSUM", [quantized((2, 3), 0.5), constant(1)], quantized((2, 3), 1.0), options)


def position(kind: str) -> Case:
    return Case(kind, [quantized((2, 3), 0.5), constant(1)], Tensor((2,), INT32), AS_INT32)


# Sound layers for test_gate.py to spoil.
SOUND = [cumsum(), *map(position, POSITIONS)]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (cumsum().with_input(0, dtype="INT16"), "type int16"),
        (cumsum().with_input(1, data=None), "the axis must be a constant"),
        (cumsum().with_input(1, data=np.array(2, np.int32)), "axis 2 does not exist"),
        (cumsum().with_input(1, shape=(2,)), "should be a single axis"),
        (cumsum().with_input(0, shape=()).with_output(shape=()), "has 0 dimensions"),
        (cumsum().with_output(shape=(3, 2)), "its shape should be 2×3"),
        (cumsum().with_output(scale=1e-7), "too small for those of the inputs"),
        (position("ARG_MAX").with_output(dtype="INT64"), "type int64"),
        (position("ARG_MIN").with_output(shape=(3,)), "its shape should be 2"),
        (position("ARG_MIN").with_input(1, dtype="INT64"), "type int64"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
