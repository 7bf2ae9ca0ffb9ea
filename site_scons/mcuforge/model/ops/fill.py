"""FILL: one value, as often as the output has elements."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import INDEX_TYPES, constant_integers
from mcuforge.model.ops._strided_copy import StridedCopy, View


@register
class Fill(StridedCopy):
    name = "FILL"
    code = 94
    options_type = 68
    tflm = TflmSupport("AddFill")
    types = (DType.INT8, DType.FLOAT32, DType.INT32)
    position = 1

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        value, output = node.input(1), node.output()
        expect_type(node, value, *self.types)
        expect_same_type(node, value, output)
        expect_rank(node, value, 0)
        expect_shape(node, output, constant_integers(node, 0, "the shape", types=INDEX_TYPES))

    def view(self, node: Node) -> View:
        return View((node.output().elements,), (0,))
