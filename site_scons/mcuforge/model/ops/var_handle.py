"""VAR_HANDLE: the name of a variable."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._variable import expect_arity, expect_handle


@dataclass(frozen=True)
class VarHandleOptions:
    container: str = option(0, "string", "")
    shared_name: str = option(1, "string", "")


@register
class VarHandle(OperatorKind):
    name = "VAR_HANDLE"
    code = 142
    options = VarHandleOptions
    options_type = 111
    tflm = TflmSupport("AddVarHandle")
    types = (DType.RESOURCE,)
    is_declaration = True

    def check(self, node: Node) -> None:
        expect_arity(node, 0, 1)
        expect_handle(node, node.output())

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        raise InternalError(f"{node.label} needs no kernel: it is a name")
