"""MEAN against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, Case, Tensor, constant, quantized, scales, seeds, zero_points

pytestmark = pytest.mark.fidelity

# TFLM has room for two axes on its stack and writes past it for more.
MOST_AXES_IN_TFLM = 2


@st.composite
def cases(draw: st.DrawFn) -> Case:
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    rank = len(shape)
    axes = draw(st.lists(st.integers(0, rank - 1), min_size=1, max_size=MOST_AXES_IN_TFLM, unique=True))
    named = [axis - rank if draw(st.booleans()) else axis for axis in axes]
    keep = draw(st.booleans())
    result = tuple(1 if at in axes else size for at, size in enumerate(shape) if keep or at not in axes)
    options, seed = {"keep_dims": keep}, draw(seeds)
    if draw(st.booleans()):
        return Case("MEAN", [Tensor(shape, FLOAT32), constant(named)], Tensor(result, FLOAT32), options, seed)
    source = quantized(shape, draw(scales), draw(zero_points))
    same = quantized(result, float(source.scale or 0), source.zero_point)
    output = draw(st.sampled_from([same, quantized(result, draw(scales), draw(zero_points))]))
    return Case("MEAN", [source, constant(named)], output, options, seed)


@given(case=cases())
def test_equals_tflm(case: Case) -> None:
    case.compare()


def plain() -> Case:
    return Case("MEAN", [quantized((1, 3, 3, 2), 0.5), constant([1, 2])], quantized((1, 2), 0.25))


# Sound layers for test_gate.py to spoil.
SOUND = [plain()]


@pytest.mark.parametrize("axes", [[0, 1, 2], [0, 2], [0, 1, 3], [0, 1, 2, 3]])
def test_any_axes_average_the_right_elements(axes: list[int]) -> None:
    """Also more axes than TFLM can take, so against numpy."""
    from tests.support.kernel_harness import run_graph

    values = np.random.default_rng(3).integers(-100, 100, (2, 3, 4, 5)).astype(np.float32)
    shape = tuple(size for at, size in enumerate(values.shape) if at not in axes)
    case = Case("MEAN", [Tensor(values.shape, FLOAT32), constant(axes)], Tensor(shape, FLOAT32))
    node = case.node()
    mean = run_graph(node.graph, [values])[node.output().index]
    np.testing.assert_allclose(mean, values.mean(tuple(axes)), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain().with_input(0, dtype="INT16"), "type int16"),
        (plain().with_input(1, data=None), "the axes must be a constant"),
        (plain().with_input(1, dtype="INT64"), "type int64"),
        (plain().with_input(1, data=np.array([1, 4], np.int32)), "axis 4 does not exist"),
        (plain().with_input(1, data=np.array([1, -5], np.int32)), "axis -5 does not exist"),
        (plain().with_output(shape=(1, 1, 1, 2)), "its shape should be 1×2"),
        (plain().with_options(keep_dims=True), "its shape should be 1×1×1×2"),
        (plain().with_output(scale=1e-20), "too large"),
        (plain().with_output(dtype=FLOAT32, scale=None), "have different types"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()


def test_refuses_more_separate_axes_than_loops() -> None:
    case = Case("MEAN", [quantized((2,) * 8, 0.5), constant([0, 2, 4, 6])], quantized((2,) * 4, 0.5))
    assert "too many separate axes" in case.refusal()


def test_refuses_sums_that_leave_32_bits() -> None:
    case = Case("MEAN", [quantized((2**23 + 1,), 0.5), constant([0])], quantized((), 0.5))
    assert "too many for 32 bits" in case.refusal()
