"""LOGICAL_NOT."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_shape, expect_type


@register
class LogicalNot(OperatorKind):
    name = "LOGICAL_NOT"
    code = 87
    options_type = 63
    tflm = TflmSupport("AddLogicalNot")
    types = (DType.BOOL,)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        expect_type(node, node.input(0), DType.BOOL)
        expect_type(node, node.output(), DType.BOOL)
        expect_shape(node, node.output(), node.input(0).shape)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place: each element is read once, then written."""
        return {0: node.output().size_bytes}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return KernelCall(
            function="logical_not_bool",
            header="mcuforge/logical.h",
            sources=("kernels/portable/logical_not_bool.c",),
            params_type="mcuf_logical_not_params",
            params={"count": node.output().elements},
            arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
        )
