"""SPLIT, SPLIT_V, UNPACK and PACK against TFLM: operators with any number of outputs, or inputs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT16, INT32, INT64, Case, Tensor, constant, quantized, seeds

pytestmark = pytest.mark.fidelity

sizes = st.integers(1, 4)
shapes = st.lists(sizes, min_size=1, max_size=5).map(tuple)
dtypes = st.sampled_from([INT8, INT16, FLOAT32, INT32])


def with_extent(shape: tuple[int, ...], axis: int, extent: int) -> tuple[int, ...]:
    return (*shape[:axis], extent, *shape[axis + 1 :])


@st.composite
def splits(draw: st.DrawFn) -> Case:
    shape, dtype, count = draw(shapes), draw(dtypes), draw(st.integers(1, 12))
    axis = draw(st.integers(0, len(shape) - 1))
    parts = [Tensor(shape, dtype)] * count
    named = constant(axis - draw(st.sampled_from([0, len(shape)])))
    source = Tensor(with_extent(shape, axis, shape[axis] * count), dtype)
    return Case("SPLIT", [named, source], parts[0], {"num_splits": count}, draw(seeds), parts[1:])


@st.composite
def splits_v(draw: st.DrawFn) -> Case:
    shape, dtype = draw(shapes), draw(dtypes)
    axis = draw(st.integers(0, len(shape) - 1))
    extents = draw(st.lists(sizes, min_size=1, max_size=6))
    parts = [Tensor(with_extent(shape, axis, extent), dtype) for extent in extents]
    asked = list(extents)
    if draw(st.booleans()):
        asked[draw(st.integers(0, len(asked) - 1))] = -1
    source = Tensor(with_extent(shape, axis, sum(extents)), dtype)
    inputs = [source, constant(asked, draw(st.sampled_from([INT32, INT64]))), constant(axis)]
    return Case("SPLIT_V", inputs, parts[0], {"num_splits": len(parts)}, draw(seeds), parts[1:])


@st.composite
def unpacks(draw: st.DrawFn) -> Case:
    shape, dtype = draw(shapes), draw(dtypes)
    axis = draw(st.integers(0, len(shape) - 1))
    parts = [Tensor(shape[:axis] + shape[axis + 1 :], dtype)] * shape[axis]
    options = {"num": shape[axis], "axis": axis - draw(st.sampled_from([0, len(shape)]))}
    return Case("UNPACK", [Tensor(shape, dtype)], parts[0], options, draw(seeds), parts[1:])


@st.composite
def packs(draw: st.DrawFn) -> Case:
    shape, count = draw(st.lists(sizes, max_size=4).map(tuple)), draw(st.integers(1, 12))
    dtype = draw(st.sampled_from([INT8, INT16, FLOAT32, INT32, INT64]))
    axis = draw(st.integers(0, len(shape)))
    output = Tensor((*shape[:axis], count, *shape[axis:]), dtype)
    options = {"values_count": count, "axis": axis - draw(st.sampled_from([0, len(shape) + 1]))}
    return Case("PACK", [Tensor(shape, dtype)] * count, output, options, draw(seeds))


@given(case=st.one_of(splits(), splits_v(), unpacks(), packs()))
def test_equals_tflm(case: Case) -> None:
    case.compare()


def split(count: int = 2) -> Case:
    part = quantized((2, 3), 0.5)
    return Case(
        "SPLIT", [constant(1), quantized((2, 6), 0.5)], part, {"num_splits": 2}, more_outputs=[part] * (count - 1)
    )


def split_v() -> Case:
    inputs = [quantized((2, 5), 0.5), constant([2, -1]), constant([1])]
    return Case("SPLIT_V", inputs, quantized((2, 2), 0.5), {"num_splits": 2}, more_outputs=[quantized((2, 3), 0.5)])


def unpack(count: int = 2) -> Case:
    part = quantized((3,), 0.5)
    return Case("UNPACK", [quantized((2, 3), 0.5)], part, {"num": 2, "axis": 0}, more_outputs=[part] * (count - 1))


def pack() -> Case:
    return Case("PACK", [quantized((3,), 0.5)] * 2, quantized((3, 2), 0.5), {"values_count": 2, "axis": 1})


SOUND = [split(), split_v(), unpack(), pack()]


def test_sizes_of_split_v_may_be_computed() -> None:
    case = split_v().with_input(1, data=None, shape=(2,))
    case.compare([np.arange(10, dtype=np.int8).reshape(2, 5), np.array([2, 3], np.int32)])


def with_second_output(case: Case, **changes: object) -> Case:
    return dataclasses.replace(case, more_outputs=[dataclasses.replace(case.more_outputs[0], **changes)])


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (split(4), "does not split into 4 equal parts along axis 1"),
        (split(3), "its shape should be 2×2"),
        (split().with_input(0, data=None), "the axis must be a constant"),
        (split().with_input(0, data=np.array([0, 1], np.int32), shape=(2,)), "names 2 axes, 1 expected"),
        (split().with_input(0, data=np.array(2, np.int32)), "axis 2 does not exist"),
        (with_second_output(split(), dtype=INT16), "have different types"),
        (split_v().with_input(1, data=np.array([3, 2], np.int32)), "its sizes [3, 2] are not those of its outputs"),
        (split_v().with_input(1, shape=(3,)), "its shape should be 2"),
        (with_second_output(split_v(), shape=(2, 2)), "the outputs have 4 elements along axis 1"),
        (with_second_output(split_v(), shape=(1, 3)), "its shape should be 2×3"),
        (with_second_output(split_v(), shape=(3,)), "has 1 dimensions, 2 expected"),
        (unpack(3), "2 are asked for, 3 are outputs"),
        (unpack().with_options(num=3), "3 are asked for"),
        (unpack().with_options(axis=2), "axis 2 does not exist"),
        (with_second_output(unpack(), shape=(4,)), "its shape should be 3"),
        (unpack().with_input(0, shape=()), "axis 0 does not exist in 0 dimensions"),
        (pack().with_options(values_count=1), "packs 1 of 2 inputs"),
        (pack().with_options(axis=3), "axis 3 does not exist"),
        (pack().with_input(1, shape=(4,)), "its shape should be 3"),
        (pack().with_output(shape=(2, 3)), "its shape should be 3×2"),
        (pack().with_output(dtype="UINT8"), "type uint8"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
