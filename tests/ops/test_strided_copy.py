"""TRANSPOSE, REVERSE_V2, BROADCAST_TO, FILL, blocks and slices against TFLM: one kernel, or none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import BOOL, FLOAT32, INT8, INT16, INT32, INT64, Case, Tensor, constant, quantized, seeds
from tests.support.kernel_harness import parse, run_graph

pytestmark = pytest.mark.fidelity

TYPES = {
    "TRANSPOSE": [INT8, INT16, FLOAT32],
    "REVERSE_V2": [INT8, INT16, FLOAT32, INT32, INT64, "UINT8", BOOL],
    "BROADCAST_TO": [INT8, INT16, FLOAT32, INT32, INT64, "UINT8", "UINT32", BOOL],
    "DEPTH_TO_SPACE": [INT8, FLOAT32],
    "SPACE_TO_DEPTH": [INT8, FLOAT32],
    "STRIDED_SLICE": [INT8, INT16, FLOAT32, INT32, BOOL],
    "SLICE": [INT8, INT16, FLOAT32, INT32, BOOL],
    "FILL": [INT8, FLOAT32, INT32],
}

sizes = st.integers(1, 4)


def shapes(most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(sizes, min_size=1, max_size=most).map(tuple)


def dtypes(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from(TYPES[kind])


@st.composite
def transposes(draw: st.DrawFn) -> Case:
    shape, dtype = draw(shapes(5)), draw(dtypes("TRANSPOSE"))
    order = draw(st.permutations(range(len(shape))))
    output = Tensor(tuple(shape[axis] for axis in order), dtype)
    return Case("TRANSPOSE", [Tensor(shape, dtype), constant(order)], output, seed=draw(seeds))


@st.composite
def reversals(draw: st.DrawFn) -> Case:
    shape, dtype = draw(shapes(6)), draw(dtypes("REVERSE_V2"))
    first = draw(st.integers(0, len(shape) - 1))
    axes = draw(st.permutations(range(first, draw(st.integers(first, len(shape) - 1)) + 1)))
    axes = [axis - draw(st.sampled_from([0, len(shape)])) for axis in axes]
    return Case("REVERSE_V2", [Tensor(shape, dtype), constant(axes)], Tensor(shape, dtype), seed=draw(seeds))


@st.composite
def broadcasts(draw: st.DrawFn) -> Case:
    shape, dtype = draw(shapes(5)), draw(dtypes("BROADCAST_TO"))
    kept = shape[draw(st.integers(0, len(shape))) :]
    source = tuple(size if draw(st.booleans()) else 1 for size in kept)
    wanted = constant(shape, draw(st.sampled_from([INT32, INT64])))
    return Case("BROADCAST_TO", [Tensor(source, dtype), wanted], Tensor(shape, dtype), seed=draw(seeds))


@st.composite
def blocks(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(["DEPTH_TO_SPACE", "SPACE_TO_DEPTH"]))
    batches, height, width, channels, block = (draw(st.integers(1, 3)) for _ in range(5))
    dtype = draw(dtypes(kind))
    spatial = Tensor((batches, height * block, width * block, channels), dtype)
    deep = Tensor((batches, height, width, channels * block * block), dtype)
    source, output = (deep, spatial) if kind == "DEPTH_TO_SPACE" else (spatial, deep)
    return Case(kind, [source], output, {"block_size": block}, draw(seeds))


@st.composite
def strided_slices(draw: st.DrawFn) -> Case:
    """Begins and ends in and out of range, both ways, masked or not."""
    shape, dtype = draw(shapes(4)), draw(dtypes("STRIDED_SLICE"))
    limits = st.integers(-6, 6)
    begins, ends, steps, kept = [], [], [], []
    masks = dict.fromkeys(("begin_mask", "end_mask", "shrink_axis_mask"), 0)
    for axis, size in enumerate(shape):
        begin, end, step = draw(limits), draw(limits), draw(st.sampled_from([1, 1, 2, 3, -1, -2]))
        flags = {name: draw(st.integers(0, 3)) == 0 for name in masks}
        begin_used = None if flags["begin_mask"] else begin
        if flags["shrink_axis_mask"]:
            step = abs(step)
            assume(begin_used is None or -size <= begin < size)
        else:
            kept.append(len(range(size)[begin_used : None if flags["end_mask"] else end : step]))
        masks = {name: mask | flags[name] << axis for name, mask in masks.items()}
        begins, ends, steps = [*begins, begin], [*ends, end], [*steps, step]
    assume(0 not in kept)
    inputs = [Tensor(shape, dtype), constant(begins), constant(ends), constant(steps)]
    return Case("STRIDED_SLICE", inputs, Tensor(tuple(kept), dtype), masks, draw(seeds))


@st.composite
def slices(draw: st.DrawFn) -> tuple[Case, list[int] | None]:
    """A case, and the begins where they are a run-time input."""
    shape, dtype = draw(shapes(5)), draw(dtypes("SLICE"))
    begins = [draw(st.integers(0, size - 1)) for size in shape]
    counts = [draw(st.integers(1, size - begin)) for size, begin in zip(shape, begins, strict=True)]
    asked = [
        -1 if begin + count == size and draw(st.booleans()) else count
        for size, begin, count in zip(shape, begins, counts, strict=True)
    ]
    index = draw(st.sampled_from([INT32, INT64]))
    is_fixed = draw(st.booleans())
    begin = constant(begins, index) if is_fixed else Tensor((len(shape),), index)
    inputs = [Tensor(shape, dtype), begin, constant(asked, index)]
    return Case("SLICE", inputs, Tensor(tuple(counts), dtype), seed=draw(seeds)), None if is_fixed else begins


@given(case=st.one_of(transposes(), reversals(), broadcasts(), blocks(), strided_slices()))
def test_equals_tflm(case: Case) -> None:
    case.compare()


@given(drawn=slices())
def test_slices_equal_tflm(drawn: tuple[Case, list[int] | None]) -> None:
    case, begins = drawn
    values = case.random_inputs(np.random.default_rng(case.seed))
    if begins is not None:
        values[1] = np.array(begins, case.inputs[1].dtype.lower())
    case.compare(values)


@given(shape=shapes(6), dtype=dtypes("FILL"), index=st.sampled_from([INT32, INT64]))
def test_fill_equals_tflm(shape: tuple[int, ...], dtype: str, index: str) -> None:
    Case("FILL", [constant(shape, index), Tensor((), dtype)], Tensor(shape, dtype)).compare()


@pytest.mark.parametrize("begin", [-5, 7, -(2**31), 2**31 - 1])
def test_a_slice_that_begins_outside_is_moved_inside(begin: int) -> None:
    """TFLM reads what is not there."""
    graph = parse(sliding().build())
    given = [np.arange(10, dtype=np.int8), np.array([begin], np.int32)]
    expected = [0, 1, 2] if begin < 0 else [7, 8, 9]
    assert run_graph(graph, given)[graph.main.outputs[0]].tolist() == expected


def transpose() -> Case:
    return Case("TRANSPOSE", [quantized((2, 3, 4), 0.5), constant([2, 0, 1])], quantized((4, 2, 3), 0.5))


def reverse() -> Case:
    return Case("REVERSE_V2", [quantized((2, 3, 4), 0.5), constant([1, 2])], quantized((2, 3, 4), 0.5))


def broadcast() -> Case:
    return Case("BROADCAST_TO", [quantized((3, 1), 0.5), constant([2, 3, 4])], quantized((2, 3, 4), 0.5))


def depth_to_space() -> Case:
    return Case("DEPTH_TO_SPACE", [quantized((1, 2, 3, 8), 0.5)], quantized((1, 4, 6, 2), 0.5), {"block_size": 2})


def space_to_depth() -> Case:
    return Case("SPACE_TO_DEPTH", [quantized((1, 4, 6, 2), 0.5)], quantized((1, 2, 3, 8), 0.5), {"block_size": 2})


def strided_slice(**options: object) -> Case:
    inputs = [quantized((5, 6), 0.5), constant([4, 1]), constant([0, 6]), constant([-2, 3])]
    return Case("STRIDED_SLICE", inputs, quantized((2, 2), 0.5), {"begin_mask": 0, "shrink_axis_mask": 0, **options})


def slice_() -> Case:
    return Case("SLICE", [quantized((5, 6), 0.5), constant([1, 2]), constant([3, -1])], quantized((3, 4), 0.5))


def sliding(index: str = INT32) -> Case:
    return Case("SLICE", [Tensor((10,)), Tensor((1,), index), constant([3], index)], Tensor((3,)))


def fill() -> Case:
    return Case("FILL", [constant([2, 3]), quantized((), 0.5)], quantized((2, 3), 0.5))


SOUND = [
    transpose(),
    reverse(),
    broadcast(),
    depth_to_space(),
    space_to_depth(),
    strided_slice(),
    slice_(),
    sliding(),
    sliding(INT64),
    fill(),
]


@pytest.mark.parametrize(
    "case",
    [
        Case("TRANSPOSE", [quantized((2, 1, 3), 0.5), constant([1, 0, 2])], quantized((1, 2, 3), 0.5)),
        Case("SLICE", [Tensor((2, 3)), constant([0, 0]), constant([-1, -1])], Tensor((2, 3))),
        Case("BROADCAST_TO", [Tensor((2, 3)), constant([1, 2, 3])], Tensor((1, 2, 3))),
        Case("REVERSE_V2", [Tensor((1, 3)), constant([0])], Tensor((1, 3))),
        Case("DEPTH_TO_SPACE", [Tensor((1, 2, 1, 3))], Tensor((1, 2, 1, 3)), {"block_size": 1}),
        Case("SPACE_TO_DEPTH", [Tensor((1, 1, 4, 3))], Tensor((1, 1, 4, 3)), {"block_size": 1}),
    ],
    ids=lambda case: case.kind,
)
def test_what_moves_nothing_costs_nothing(case: Case) -> None:
    case.compare()
    assert operator_kind(case.node()).alias(case.node()) == 0


def test_a_slice_at_a_computed_place_is_never_its_input() -> None:
    case = Case("SLICE", [Tensor((3,)), Tensor((1,), INT32), constant([3])], Tensor((3,)))
    assert operator_kind(case.node()).alias(case.node()) is None


def test_a_slice_that_is_not_the_beginning_is_not_its_input() -> None:
    case = Case("SLICE", [Tensor((4,)), constant([1]), constant([3])], Tensor((3,)))
    assert operator_kind(case.node()).alias(case.node()) is None
    assert case.compare([np.arange(4, dtype=np.int8)]).tolist() == [1, 2, 3]


def all_axes_apart() -> Case:
    """Eight axes that alternate between moving and repeating."""
    shape = tuple(itertools.islice(itertools.cycle((2, 1)), 8))
    return Case("BROADCAST_TO", [Tensor(shape), constant([2] * 8)], Tensor((2,) * 8))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (transpose().with_input(1, data=np.array([0, 0, 1], np.int32)), "[0, 0, 1] is no order of 3 axes"),
        (transpose().with_input(1, data=np.array([-1, 0, 1], np.int32)), "is no order of 3 axes"),
        (transpose().with_input(1, data=None), "the order of axes must be a constant"),
        (transpose().with_input(1, dtype=INT64), "type int64"),
        (transpose().with_output(shape=(4, 3, 2)), "its shape should be 4×2×3"),
        (transpose().with_input(0, dtype=INT32).with_output(dtype=INT32), "type int32"),
        (transpose().with_output(dtype=INT16), "have different types"),
        (reverse().with_input(1, data=np.array([0, 2], np.int32)), "axes [0, 2] are not neighbours"),
        (reverse().with_input(1, data=np.array([1, -2], np.int32)), "axes [1] are not neighbours, each named once"),
        (reverse().with_input(1, data=np.array([3], np.int32), shape=(1,)), "axis 3 does not exist"),
        (reverse().with_input(1, data=np.zeros(0, np.int32), shape=(0,)), "has no elements"),
        (reverse().with_input(0, dtype="UINT32").with_output(dtype="UINT32"), "type uint32"),
        (broadcast().with_input(0, shape=(2, 1)), "does not broadcast to"),
        (broadcast().with_input(1, data=np.array([2, 3, 5], np.int32)), "its shape should be 2×3×5"),
        (broadcast().with_input(1, data=None), "the shape must be a constant"),
        (broadcast().with_input(0, shape=(1,) * 4), "has 4 dimensions, 0 or 1 or 2 or 3 expected"),
        (all_axes_apart(), "has 8 dimensions"),
        (depth_to_space().with_options(block_size=0), "block size 0 is not positive"),
        (depth_to_space().with_options(block_size=-1), "block size -1 is not positive"),
        (depth_to_space().with_input(0, shape=(1, 2, 3, 9)), "its shape should be 1×2×3×8"),
        (space_to_depth().with_input(0, shape=(1, 5, 6, 2)), "has no whole number of 2×2 blocks"),
        (strided_slice(ellipsis_mask=1), "an ellipsis, a new axis"),
        (strided_slice(new_axis_mask=1), "an ellipsis, a new axis"),
        (strided_slice(offset=True), "ends counted from the begin are not supported"),
        (strided_slice().with_input(3, data=np.array([0, 1], np.int32)), "a stride is 0"),
        (strided_slice().with_input(2, data=np.array([4, 6], np.int32)), "the slice along axis 0 is empty"),
        (strided_slice(shrink_axis_mask=1), "axis 0 is dropped with a negative stride"),
        (strided_slice(shrink_axis_mask=2).with_input(1, data=np.array([4, 6], np.int32)), "along axis 1 is empty"),
        (strided_slice().with_input(1, data=None), "begins must be a constant"),
        (strided_slice().with_input(1, shape=(1,)), "its shape should be 2"),
        (strided_slice().with_output(shape=(2, 3)), "its shape should be 2×2"),
        (slice_().with_input(1, data=np.array([-1, 2], np.int32)), "begins at -1 of 5 along axis 0"),
        (slice_().with_input(1, data=np.array([3, 2], np.int32)), "reads past the end"),
        (slice_().with_input(2, data=np.array([4, -1], np.int32)), "its shape should be 4×4"),
        (slice_().with_input(2, dtype=INT64), "have different types"),
        (slice_().with_input(2, shape=(3,)), "its shape should be 2"),
        (sliding().with_input(2, data=np.array([11], np.int32)).with_output(shape=(11,)), "larger than its source"),
        (fill().with_input(1, shape=(1,)), "has 1 dimensions, 0 expected"),
        (fill().with_input(0, data=None), "the shape must be a constant"),
        (fill().with_output(shape=(3, 2)), "its shape should be 2×3"),
        (fill().with_output(dtype=FLOAT32, scale=None), "have different types"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
