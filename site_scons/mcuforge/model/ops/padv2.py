"""PADV2: PAD with a constant of the model's choice."""

from __future__ import annotations

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import (
    expect_constant,
    expect_operands,
    expect_same_quantization,
    expect_same_type,
)
from mcuforge.model.ops._pad import QUANTIZED, TYPES, check_padding, padding_call


@register
class PadV2(OperatorKind):
    name = "PADV2"
    code = 60
    options_type = 43
    tflm = TflmSupport("AddPadV2")
    types = TYPES

    def check(self, node: Node) -> None:
        expect_operands(node, 3)
        check_padding(node)
        value = node.input(2)
        expect_constant(node, value, "the padding value")
        expect_same_type(node, value, node.output())
        if value.dtype in QUANTIZED:
            expect_same_quantization(node, value, node.output())
        if value.elements != 1:
            raise node.error(f"{value.describe()} should be a single value", hint="export the model again")

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return padding_call(node, node.input(2).array().reshape(-1)[0])
