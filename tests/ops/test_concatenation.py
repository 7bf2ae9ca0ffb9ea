"""CONCATENATION against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import BOOL, FLOAT32, INT8, INT16, INT32, Case, Tensor, quantized, scales, seeds, zero_points
from tests.support.kernel_harness import run_graph

pytestmark = pytest.mark.fidelity


@st.composite
def cases(draw: st.DrawFn) -> Case:
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    axis = draw(st.integers(0, len(shape) - 1))
    extents = draw(st.lists(st.integers(1, 4), min_size=1, max_size=10))
    dtype = draw(st.sampled_from([INT8, FLOAT32, INT16, INT32, "INT64", BOOL]))
    quantization = {"scale": draw(scales), "zero_point": draw(zero_points)} if dtype == INT8 else {}
    sizes = [(*shape[:axis], extent, *shape[axis + 1 :]) for extent in extents]
    output = Tensor((*shape[:axis], sum(extents), *shape[axis + 1 :]), dtype, **quantization)
    named = axis - len(shape) if draw(st.booleans()) else axis
    return Case(
        "CONCATENATION", [Tensor(size, dtype, **quantization) for size in sizes], output, {"axis": named}, draw(seeds)
    )


@given(case=cases())
def test_equals_tflm(case: Case) -> None:
    case.compare()


def test_more_inputs_than_tflm_takes() -> None:
    case = Case("CONCATENATION", [quantized((1,), 1.0)] * 11, quantized((11,), 1.0))
    node = case.node()
    outputs = run_graph(node.graph, [np.array([at], np.int8) for at in range(11)])
    assert outputs[node.output().index].tolist() == list(range(11))


def plain() -> Case:
    return Case("CONCATENATION", [quantized((2, 3), 0.5), quantized((2, 1), 0.5)], quantized((2, 4), 0.5), {"axis": 1})


# Sound layers for test_gate.py to spoil.
SOUND = [plain()]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain().with_input(1, scale=0.25), "must have the same scale and zero point"),
        (plain().with_input(1, scale=None), "needs one scale and one zero point"),
        (plain().with_input(1, dtype=INT16), "have different types"),
        (plain().with_input(1, shape=(3, 1)), "its shape should be 2×1"),
        (plain().with_input(1, shape=(2,)), "has 1 dimensions, 2 expected"),
        (plain().with_output(shape=(2, 5)), "its shape should be 2×4"),
        (plain().with_output(dtype="UINT8", scale=None), "type uint8"),
        (plain().with_options(axis=2), "axis 2 does not exist"),
        (plain().with_options(fused_activation_function=1), "fused activation is not supported"),
        (Case("CONCATENATION", [quantized((), 1.0)] * 2, quantized((), 1.0)), "axis 0 does not exist"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
