"""STRIDED_SLICE: every n-th element of a range along each axis."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import constant_integers
from mcuforge.model.ops._strided_copy import StridedCopy, View, dense_strides

MAX_RANK = 4
"""TFLM's limit."""


@dataclass(frozen=True)
class StridedSliceOptions:
    """Masks have one bit for each axis, the lowest for the first."""

    begin_mask: int = option(0, "int32", 0)
    end_mask: int = option(1, "int32", 0)
    ellipsis_mask: int = option(2, "int32", 0)
    new_axis_mask: int = option(3, "int32", 0)
    shrink_axis_mask: int = option(4, "int32", 0)
    offset: bool = option(5, "bool", False)


@dataclass(frozen=True)
class _Range:
    """Elements first, first + step, … along one axis; a `dropped` axis has one element and is not in the output."""

    first: int
    count: int
    step: int
    dropped: bool


@register
class StridedSlice(StridedCopy):
    name = "STRIDED_SLICE"
    code = 45
    options = StridedSliceOptions
    options_type = 32
    tflm = TflmSupport("AddStridedSlice")
    types = (DType.INT8, DType.INT16, DType.FLOAT32, DType.INT32, DType.BOOL)

    def check(self, node: Node) -> None:
        expect_operands(node, 4)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_rank(node, source, *range(1, MAX_RANK + 1))
        options = node.options
        if options.ellipsis_mask or options.new_axis_mask or options.offset:
            raise node.error(
                "an ellipsis, a new axis or ends counted from the begin are not supported",
                hint="slice and reshape in two steps; TFLM has the same limit",
            )
        ranges = _ranges(node)
        for axis, range_ in enumerate(ranges):
            if range_.count < 1 or (range_.dropped and not 0 <= range_.first < source.shape[axis]):
                raise node.error(f"the slice along axis {axis} is empty", hint="export the model again")
            if range_.dropped and range_.step < 0:
                raise node.error(
                    f"axis {axis} is dropped with a negative stride", hint="use stride 1; TFLM computes nothing here"
                )
        expect_shape(node, output, tuple(range_.count for range_ in ranges if not range_.dropped))
        self.expect_copyable(node)

    def view(self, node: Node) -> View:
        ranges, strides = _ranges(node), dense_strides(node.input(0).shape)
        return View(
            shape=tuple(range_.count for range_ in ranges),
            strides=tuple(range_.step * stride for range_, stride in zip(ranges, strides, strict=True)),
            offset=sum(range_.first * stride for range_, stride in zip(ranges, strides, strict=True)),
        )


def _ranges(node: Node) -> list[_Range]:
    shape = node.input(0).shape
    limits = [constant_integers(node, at, role, shape=(len(shape),)) for at, role in ((1, "begins"), (2, "ends"))]
    steps = constant_integers(node, 3, "strides", shape=(len(shape),))
    if 0 in steps:
        raise node.error("a stride is 0", hint="export the model again")
    return [_range(node, axis, *values) for axis, values in enumerate(zip(shape, *limits, steps, strict=True))]


def _range(node: Node, axis: int, size: int, begin: int, end: int, step: int) -> _Range:
    """Python's slicing, but for a dropped axis: there the begin alone counts, and must exist."""

    def masked(mask: int) -> bool:
        return bool(mask >> axis & 1)

    if masked(node.options.shrink_axis_mask) and not masked(node.options.begin_mask):
        return _Range(begin + size if begin < 0 else begin, 1, step, dropped=True)
    start, stop, step = slice(
        None if masked(node.options.begin_mask) else begin, None if masked(node.options.end_mask) else end, step
    ).indices(size)
    dropped = masked(node.options.shrink_axis_mask)
    return _Range(start, 1 if dropped else len(range(start, stop, step)), step, dropped)
