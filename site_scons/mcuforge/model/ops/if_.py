"""IF: one of two subgraphs, chosen at run time."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.errors import InternalError
from mcuforge.model.calls import called_subgraph
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ControlFlow, KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._control_flow import expect_condition, expect_match, operands, results
from mcuforge.model.ops._variable import VALUES


@dataclass(frozen=True)
class IfOptions:
    then_subgraph: int = option(0, "int32", 0)
    else_subgraph: int = option(1, "int32", 0)


@register
class If(OperatorKind):
    name = "IF"
    code = 118
    options = IfOptions
    options_type = 92
    tflm = TflmSupport("AddIf")
    types = VALUES

    def check(self, node: Node) -> None:
        expect_condition(node, node.input(0))
        if any(tensor.dtype is DType.RESOURCE for tensor in results(node)):
            raise node.error("chooses between variables", hint="choose between their values: READ_VARIABLE before IF")
        for index in self.control(node).subgraphs:
            subgraph = called_subgraph(node, index)
            expect_match(node, operands(node, 1), subgraph, "inputs")
            expect_match(node, results(node), subgraph, "outputs")

    def control(self, node: Node) -> ControlFlow:
        return ControlFlow("if", (node.options.then_subgraph, node.options.else_subgraph), operands=1)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        raise InternalError(f"{node.label} calls subgraphs, not a kernel")
