"""Elementwise operators on two inputs: types, broadcasting, in-place use and the call; each adds its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._broadcast import broadcast
from mcuforge.model.ops._checks import (
    activation_limits,
    expect_operands,
    expect_same_type,
    expect_symmetric,
    expect_type,
    integer_activation_limits,
)
from mcuforge.model.ops._suffix import SUFFIX

QUANTIZED = (DType.INT8, DType.INT16)


class ElementwiseBinary(OperatorKind):
    """`stem` names header and kernels (`<stem>_s8`), `quantized_struct` the params of quantized types.

    Options have a field `activation`, unless `element_params` is overridden.
    """

    stem: ClassVar[str]
    quantized_struct: ClassVar[str]
    types: ClassVar[tuple[DType, ...]] = (DType.INT8, DType.INT16, DType.INT32, DType.FLOAT32)

    in_numpy: ClassVar[np.ufunc | None] = None
    """The same on int32 in numpy, which wraps as the kernel does: for shapes that the model computes."""

    def quantized_params(self, node: Node) -> Mapping[str, ParamValue]:
        """A quantized kernel's params after the broadcast; raises UserError when they cannot be represented."""
        raise NotImplementedError

    def element_params(self, node: Node) -> tuple[str, Mapping[str, ParamValue]]:
        """The kernel's params struct and its fields after the broadcast."""
        dtype = node.input(0).dtype
        if dtype in QUANTIZED:
            return self.quantized_struct, self.quantized_params(node)
        limits = activation_limits if dtype is DType.FLOAT32 else integer_activation_limits
        least, greatest = limits(node, node.options.activation)
        return f"mcuf_binary_{SUFFIX[dtype]}_params", {"least": least, "greatest": greatest}

    def output_type(self, node: Node) -> DType:
        return node.input(0).dtype

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        expect_type(node, node.input(0), *self.types)
        expect_same_type(node, node.input(0), node.input(1))
        expect_type(node, node.output(), self.output_type(node))
        expect_symmetric(node, *(t for t in (*node.inputs, node.output()) if t.dtype is DType.INT16))
        broadcast(node)
        self.element_params(node)

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        first, second = node.input(0), node.input(1)
        if self.in_numpy is None or first.dtype is not DType.INT32 or not (first.is_constant and second.is_constant):
            return None
        with np.errstate(over="ignore"):
            result = self.in_numpy(first.array(), second.array())
        _, params = self.element_params(node)
        least, greatest = cast(int, params["least"]), cast(int, params["greatest"])
        return (np.clip(result, least, greatest),)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place where an input is as large as the output: each element is read before it is written."""
        output = node.output()
        sources = ((at, node.input(at)) for at in (0, 1))
        return {
            at: output.size_bytes
            for at, source in sources
            if source.elements == output.elements and source.dtype is output.dtype
        }

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        function = f"{self.stem}_{SUFFIX[node.input(0).dtype]}"
        struct, params = self.element_params(node)
        return KernelCall(
            function=function,
            header=f"mcuforge/{self.stem}.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type=struct,
            params={**broadcast(node).params(), **params},
            arguments=(TensorArg(node.input(0).index), TensorArg(node.input(1).index), TensorArg(node.output().index)),
        )


class PlainBinary(ElementwiseBinary):
    """Operators whose kernels need no params besides the broadcast."""

    def element_params(self, node: Node) -> tuple[str, Mapping[str, ParamValue]]:
        return "mcuf_binary_params", {}
