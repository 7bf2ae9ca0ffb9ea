"""REVERSE_V2: neighbouring axes run backwards."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_rank,
    expect_same_type,
    expect_shape,
    expect_type,
    resolve_axes,
)
from mcuforge.model.ops._integers import constant_integers
from mcuforge.model.ops._strided_copy import StridedCopy, View, dense_strides

MAX_RANK = 6


@register
class ReverseV2(StridedCopy):
    name = "REVERSE_V2"
    code = 105
    options_type = 81
    tflm = TflmSupport("AddReverseV2")
    types = (DType.INT8, DType.INT16, DType.FLOAT32, DType.INT32, DType.INT64, DType.UINT8, DType.BOOL)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_rank(node, source, *range(1, MAX_RANK + 1))
        expect_rank(node, node.input(1), 1)
        expect_shape(node, output, source.shape)
        axes = _axes(node)
        if len(axes) != node.input(1).elements or axes[-1] - axes[0] != len(axes) - 1:
            raise node.error(
                f"axes {list(axes)} are not neighbours, each named once",
                hint="reverse them in two steps; TFLM has the same limit",
            )
        self.expect_copyable(node)

    def view(self, node: Node) -> View:
        shape = node.input(0).shape
        strides, offset = list(dense_strides(shape)), 0
        for axis in _axes(node):
            offset += (shape[axis] - 1) * strides[axis]
            strides[axis] = -strides[axis]
        return View(shape, tuple(strides), offset)


def _axes(node: Node) -> tuple[int, ...]:
    return resolve_axes(node, constant_integers(node, 1, "the axes"), len(node.input(0).shape))
