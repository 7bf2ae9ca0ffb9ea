"""Elementwise operators on two inputs: types, broadcasting, in-place use and the call; each adds its arithmetic."""

from __future__ import annotations

from typing import ClassVar

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._broadcast import broadcast
from mcuforge.model.ops._checks import (
    activation_limits,
    expect_operands,
    expect_same_type,
    expect_type,
)


class ElementwiseBinary(OperatorKind):
    """`stem` names header, kernels (`<stem>_s8`) and structs (`mcuf_<stem>_params`); options have an `activation`."""

    stem: ClassVar[str]
    types = (DType.INT8, DType.FLOAT32)

    def quantized_params(self, node: Node, activation: Activation) -> dict[str, ParamValue]:
        """The int8 kernel's params after the broadcast; raises UserError when they cannot be represented."""
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        expect_type(node, node.input(0), *self.types)
        expect_same_type(node, node.input(0), node.input(1))
        expect_same_type(node, node.input(0), node.output())
        broadcast(node)
        self._type_params(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place where an input is as large as the output: each element is read before it is written."""
        output = node.output()
        return {at: output.size_bytes for at in (0, 1) if node.input(at).elements == output.elements}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        suffix = "s8" if node.input(0).dtype is DType.INT8 else "f32"
        return KernelCall(
            function=f"{self.stem}_{suffix}",
            header=f"mcuforge/{self.stem}.h",
            sources=(f"kernels/portable/{self.stem}_{suffix}.c",),
            params_type=f"mcuf_{self.stem}_params" if suffix == "s8" else f"mcuf_{self.stem}_f32_params",
            params={**broadcast(node).params(), **self._type_params(node)},
            arguments=(TensorArg(node.input(0).index), TensorArg(node.input(1).index), TensorArg(node.output().index)),
        )

    def _type_params(self, node: Node) -> dict[str, ParamValue]:
        if node.input(0).dtype is DType.INT8:
            return self.quantized_params(node, node.options.activation)
        least, greatest = activation_limits(node, node.options.activation)
        return {"least": least, "greatest": greatest}
