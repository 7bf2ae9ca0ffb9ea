"""PAD with zeros: for int8, with the zero point. For int16, TFLM has no zero point but 0."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_quantized
from mcuforge.model.ops._pad import TYPES, check_padding, padding_call


@register
class Pad(OperatorKind):
    name = "PAD"
    code = 34
    options_type = 22
    tflm = TflmSupport("AddPad", {DType.INT8: "Register_PAD_INT8"})
    types = TYPES

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        check_padding(node)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        is_int8 = node.input(0).dtype is DType.INT8
        return padding_call(node, expect_quantized(node, node.output()).zero_point if is_int8 else 0)
