"""SUM, MEAN, REDUCE_MAX and REDUCE_MIN against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT16, Case, Tensor, constant, quantized, scales, seeds, zero_points
from tests.support.kernel_harness import run_graph

pytestmark = pytest.mark.fidelity

SUMS = ["SUM", "MEAN"]
EXTREMA = ["REDUCE_MAX", "REDUCE_MIN"]
KINDS = SUMS + EXTREMA

# TFLM's MEAN has room for two axes on its stack and writes past it for more.
MOST_AXES_IN_TFLM = 2


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    dtype = draw(st.sampled_from([INT8, FLOAT32] if kind in EXTREMA else [INT8, INT16, FLOAT32]))
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    rank = len(shape)
    axes = draw(st.lists(st.integers(0, rank - 1), min_size=1, max_size=MOST_AXES_IN_TFLM, unique=True))
    named = [axis - rank if draw(st.booleans()) else axis for axis in axes]
    keep = draw(st.booleans())
    result = tuple(1 if at in axes else size for at, size in enumerate(shape) if keep or at not in axes)
    if dtype == FLOAT32:
        source, output = Tensor(shape, FLOAT32), Tensor(result, FLOAT32)
    else:
        source = Tensor(shape, dtype, draw(scales), draw(zero_points))
        same = Tensor(result, dtype, source.scale, source.zero_point)
        other = Tensor(result, dtype, draw(scales), draw(zero_points))
        output = same if kind in EXTREMA else draw(st.sampled_from([same, other]))
    return Case(kind, [source, constant(named)], output, {"keep_dims": keep}, draw(seeds))


@given(case=cases())
def test_equals_tflm(case: Case) -> None:
    case.compare()


@pytest.mark.parametrize("kind", EXTREMA)
def test_float_infinities_and_nan_equal_tflm(kind: str) -> None:
    values = np.array([[np.inf] * 2, [-np.inf] * 2, [np.nan, 1], [1, np.nan], [np.nan] * 2, [-0.0, 0.0]], np.float32)
    Case(kind, [Tensor((6, 2), FLOAT32), constant([1])], Tensor((6,), FLOAT32)).compare([values])


def plain(kind: str = "MEAN", dtype: str = INT8) -> Case:
    output = 0.5 if kind in EXTREMA else 0.25
    options = {"keep_dims": False}
    return Case(kind, [Tensor((1, 3, 3, 2), dtype, 0.5), constant([1, 2])], Tensor((1, 2), dtype, output), options)


# Sound layers for test_gate.py to spoil.
SOUND = [*map(plain, KINDS), *(plain(kind, INT16) for kind in SUMS)]


@pytest.mark.parametrize("axes", [[0, 1, 2], [0, 2], [0, 1, 3], [0, 1, 2, 3]])
@pytest.mark.parametrize("kind", KINDS)
def test_any_axes_reduce_the_right_elements(kind: str, axes: list[int]) -> None:
    """Also more axes than TFLM can take, so against numpy."""
    values = np.random.default_rng(3).integers(-100, 100, (2, 3, 4, 5)).astype(np.float32)
    shape = tuple(size for at, size in enumerate(values.shape) if at not in axes)
    case = Case(kind, [Tensor(values.shape, FLOAT32), constant(axes)], Tensor(shape, FLOAT32))
    node = case.node()
    result = run_graph(node.graph, [values])[node.output().index]
    plainly = {"SUM": np.sum, "MEAN": np.mean, "REDUCE_MAX": np.max, "REDUCE_MIN": np.min}[kind]
    np.testing.assert_allclose(result, plainly(values, axis=tuple(axes)), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain().with_input(0, dtype="INT32"), "type int32"),
        (plain("REDUCE_MAX", INT16), "type int16"),
        (plain().with_input(1, data=None), "the axes must be a constant"),
        (plain().with_input(1, dtype="INT64"), "type int64"),
        (plain().with_input(1, data=np.array([1, 4], np.int32)), "axis 4 does not exist"),
        (plain().with_input(1, data=np.array([1, -5], np.int32)), "axis -5 does not exist"),
        (plain().with_output(shape=(1, 1, 1, 2)), "its shape should be 1×2"),
        (plain().with_options(keep_dims=True), "its shape should be 1×1×1×2"),
        (plain().with_output(scale=1e-20), "too large"),
        (plain("SUM").with_output(scale=1e-20), "too large"),
        (plain("REDUCE_MIN").with_output(scale=0.25), "must have the same scale"),
        (plain().with_output(dtype=FLOAT32, scale=None), "have different types"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()


@pytest.mark.parametrize("kind", KINDS)
def test_refuses_more_separate_axes_than_loops(kind: str) -> None:
    case = Case(kind, [quantized((2,) * 8, 0.5), constant([0, 2, 4, 6])], quantized((2,) * 4, 0.5))
    assert "too many separate axes" in case.refusal()


@pytest.mark.parametrize("kind", SUMS)
@pytest.mark.parametrize(("dtype", "most"), [(INT8, 2**23), (INT16, 2**15)])
def test_refuses_sums_that_leave_32_bits(kind: str, dtype: str, most: int) -> None:
    case = Case(kind, [Tensor((most + 1,), dtype, 0.5), constant([0])], Tensor((), dtype, 0.5))
    assert "too many for 32 bits" in case.refusal()
