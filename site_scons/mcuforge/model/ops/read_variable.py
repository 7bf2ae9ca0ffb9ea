"""READ_VARIABLE: a variable's value. Another name for it where nothing assigns it before the last use, else a copy."""

from __future__ import annotations

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_type
from mcuforge.model.ops._variable import VALUES, copy_call, expect_arity, expect_handle


@register
class ReadVariable(OperatorKind):
    name = "READ_VARIABLE"
    code = 143
    options_type = 112
    tflm = TflmSupport("AddReadVariable")
    types = VALUES

    def check(self, node: Node) -> None:
        expect_arity(node, 1, 1)
        expect_handle(node, node.input(0))
        expect_type(node, node.output(), *self.types)

    def alias(self, node: Node) -> int | None:
        return 0

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return copy_call(node.output(), node.input(0), node.output())
