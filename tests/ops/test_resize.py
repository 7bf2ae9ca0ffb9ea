"""RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT16, Case, Tensor, constant, quantized, seeds
from tests.support.kernel_harness import parse, run_graph

pytestmark = pytest.mark.fidelity

MODES = [{"align_corners": corners, "half_pixel_centers": half} for corners in (False, True) for half in (False, True)]


def reads_past_the_end(size: int, wanted: int, align: bool, half: bool) -> bool:
    """Whether rounding the scale to ten bits takes TFLM's int8 code beyond the last pixel."""
    num, den = (size - 1, wanted - 1) if align and wanted > 1 else (size, wanted)
    scale = ((num << 10) + den // 2) // den
    return (wanted - 1) * scale + (scale // 2 - 512 if half else 0) >= size << 10


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(["RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"]))
    dtype = draw(st.sampled_from([INT8, FLOAT32] + [INT16] * (kind == "RESIZE_NEAREST_NEIGHBOR")))
    mode = draw(st.sampled_from(MODES))
    batches, channels = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    old, new = (tuple(draw(st.integers(1, most)) for _ in range(2)) for most in (9, 24))
    if kind == "RESIZE_BILINEAR":
        assume(not all(mode.values()))
        if dtype == INT8:
            assume(not any(reads_past_the_end(*pair, *mode.values()) for pair in zip(old, new, strict=True)))
    source, output = (Tensor((batches, *size, channels), dtype) for size in (old, new))
    return Case(kind, [source, constant(new)], output, mode, draw(seeds))


@given(case=cases())
def test_equals_tflm(case: Case) -> None:
    case.compare()


def bilinear() -> Case:
    return Case("RESIZE_BILINEAR", [quantized((1, 2, 3, 2), 0.5), constant([5, 4])], quantized((1, 5, 4, 2), 0.5),
                dict.fromkeys(("align_corners", "half_pixel_centers"), False))  # fmt: skip


def nearest() -> Case:
    sound = bilinear()
    return Case("RESIZE_NEAREST_NEIGHBOR", sound.inputs, sound.output, sound.options)


SOUND = [bilinear(), nearest()]


def test_where_tflm_reads_past_the_last_pixel_that_pixel_is_taken() -> None:
    assert reads_past_the_end(1, 62, False, False)
    case = Case("RESIZE_BILINEAR", [Tensor((1, 1, 1, 1)), constant([1, 62])], Tensor((1, 1, 62, 1)))
    graph = parse(case.build())
    result = run_graph(graph, [np.full((1, 1, 1, 1), -77, np.int8)])[graph.main.outputs[0]]
    assert set(result.reshape(-1).tolist()) == {-77}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (bilinear().with_options(align_corners=True, half_pixel_centers=True), "contradict each other"),
        (bilinear().with_input(0, dtype=INT16).with_output(dtype=INT16), "type int16"),
        (bilinear().with_input(1, data=None), "the size must be a constant"),
        (bilinear().with_input(1, data=np.array([5, 5], np.int32)), "its shape should be 1×5×5×2"),
        (bilinear().with_input(1, data=np.array([0, 4], np.int32)), "its shape should be 1×0×4×2"),
        (bilinear().with_input(0, shape=(2, 3, 2)), "has 3 dimensions, 4 expected"),
        (bilinear().with_input(0, shape=(1, 2**19, 3, 2)), "an axis is longer than"),
        (nearest().with_input(0, shape=(1, 2**16 + 1, 3, 2)), "is larger than 65536 pixels"),
        (nearest().with_input(1, shape=(3,)), "its shape should be 2"),
        (nearest().with_output(dtype=FLOAT32, scale=None), "have different types"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
