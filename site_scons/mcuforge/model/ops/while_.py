"""WHILE: a body subgraph, as long as a condition subgraph says so. Both take what the loop carries."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.errors import InternalError
from mcuforge.model.calls import called_subgraph
from mcuforge.model.graph import DType, Node, Subgraph
from mcuforge.model.kernel_call import ControlFlow, KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._control_flow import expect_condition, expect_match, operands, results
from mcuforge.model.ops._variable import VALUES


@dataclass(frozen=True)
class WhileOptions:
    condition_subgraph: int = option(0, "int32", 0)
    body_subgraph: int = option(1, "int32", 0)


@register
class While(OperatorKind):
    name = "WHILE"
    code = 119
    options = WhileOptions
    options_type = 93
    tflm = TflmSupport("AddWhile")
    types = VALUES

    def check(self, node: Node) -> None:
        condition, body = (called_subgraph(node, index) for index in self.control(node).subgraphs)
        carried = operands(node, 0)
        expect_match(node, carried, condition, "inputs")
        expect_match(node, carried, body, "inputs")
        expect_match(node, results(node), body, "outputs")
        expect_match(node, results(node), body, "inputs")
        if len(condition.outputs) != 1:
            raise node.error(
                f"its condition, subgraph {condition.index}, has {len(condition.outputs)} outputs, 1 expected",
                hint="export the model again",
            )
        expect_condition(node, condition.tensors[condition.outputs[0]])
        _expect_fixed_variables(node, body)
        if any(tensor.is_state for tensor in results(node)):
            raise node.error("carries its values in state variables", hint="copy them before and after the loop")

    def control(self, node: Node) -> ControlFlow:
        return ControlFlow("while", (node.options.condition_subgraph, node.options.body_subgraph))

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        raise InternalError(f"{node.label} calls subgraphs, not a kernel")


def _expect_fixed_variables(node: Node, body: Subgraph) -> None:
    """A handle that enters the loop must leave each round unchanged: which variable it means is known at build time."""
    for taken, given in zip(body.inputs, body.outputs, strict=True):
        if body.tensors[taken].dtype is DType.RESOURCE and taken != given:
            raise node.error("exchanges the variables it carries", hint="carry their values instead: READ_VARIABLE")
