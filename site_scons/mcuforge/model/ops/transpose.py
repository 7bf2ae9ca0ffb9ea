"""TRANSPOSE: the axes in another order."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import constant_integers
from mcuforge.model.ops._strided_copy import StridedCopy, View, dense_strides

MAX_RANK = 5


@register
class Transpose(StridedCopy):
    name = "TRANSPOSE"
    code = 39
    options_type = 26
    tflm = TflmSupport("AddTranspose")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_rank(node, source, *range(1, MAX_RANK + 1))
        order = _order(node)
        if sorted(order) != list(range(len(source.shape))):
            raise node.error(f"{list(order)} is no order of {len(source.shape)} axes", hint="export the model again")
        expect_shape(node, output, tuple(source.shape[axis] for axis in order))
        self.expect_copyable(node)

    def view(self, node: Node) -> View:
        strides = dense_strides(node.input(0).shape)
        return View(node.output().shape, tuple(strides[axis] for axis in _order(node)))


def _order(node: Node) -> tuple[int, ...]:
    return constant_integers(node, 1, "the order of axes", shape=(len(node.input(0).shape),))
