"""CALL_ONCE: a subgraph that runs at the first inference only, to give variables their initial values."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.errors import InternalError
from mcuforge.model.calls import called_subgraph
from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import ControlFlow, KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._control_flow import expect_match
from mcuforge.model.ops._variable import VALUES


@dataclass(frozen=True)
class CallOnceOptions:
    subgraph: int = option(0, "int32", 0)


@register
class CallOnce(OperatorKind):
    name = "CALL_ONCE"
    code = 129
    options = CallOnceOptions
    options_type = 103
    tflm = TflmSupport("AddCallOnce")
    types = VALUES

    def check(self, node: Node) -> None:
        if node.op.inputs or node.op.outputs:
            raise node.error("has inputs or outputs, none expected", hint="export the model again")
        for index in self.control(node).subgraphs:
            expect_match(node, (), called_subgraph(node, index), "inputs")

    def control(self, node: Node) -> ControlFlow:
        return ControlFlow("once", (node.options.subgraph,))

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        raise InternalError(f"{node.label} calls a subgraph, not a kernel")
