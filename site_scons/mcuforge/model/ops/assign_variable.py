"""ASSIGN_VARIABLE: copies a value into a variable. A constant of one repeated byte is no array but a fill."""

from __future__ import annotations

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_type
from mcuforge.model.ops._variable import VALUES, copy_call, expect_arity, expect_handle


@register
class AssignVariable(OperatorKind):
    name = "ASSIGN_VARIABLE"
    code = 144
    options_type = 113
    tflm = TflmSupport("AddAssignVariable")
    types = VALUES

    def check(self, node: Node) -> None:
        expect_arity(node, 2, 0)
        expect_handle(node, node.input(0))
        expect_type(node, node.input(1), *self.types)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        variable, value = node.input(0), node.input(1)
        byte = _repeated_byte(value)
        if byte is not None:
            return KernelCall(
                function="fill_bytes",
                header="mcuforge/copy.h",
                sources=("kernels/portable/fill_bytes.c",),
                params_type="mcuf_fill_bytes_params",
                params={"bytes": value.size_bytes, "value": byte},
                arguments=(TensorArg(variable.index),),
            )
        return copy_call(value, value, variable)


def _repeated_byte(value: Tensor) -> int | None:
    """The byte that a constant consists of (the zero point, as a rule); None for any other value."""
    if value.data is None or not len(value.data):
        return None
    data = bytes(value.data)
    return data[0] if data.count(data[:1]) == len(data) else None
