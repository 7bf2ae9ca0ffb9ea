"""BROADCAST_ARGS: the shape that two shapes broadcast to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import KernelCall, NullArg, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import INDEX_TYPES


@register
class BroadcastArgs(OperatorKind):
    """Where two sizes differ and neither is 1, TFLM aborts: constants are refused, at run time the first one counts."""

    name = "BROADCAST_ARGS"
    code = 145
    tflm = TflmSupport("AddBroadcastArgs")
    types = INDEX_TYPES

    def check(self, node: Node) -> None:
        expect_operands(node, 2, may_be_empty=(0, 1))
        first, second, output = node.input(0), node.input(1), node.output()
        expect_type(node, first, *self.types)
        expect_same_type(node, first, second)
        expect_same_type(node, first, output)
        expect_rank(node, first, 1)
        expect_rank(node, second, 1)
        expect_shape(node, output, (max(first.elements, second.elements),))
        if first.is_constant and second.is_constant:
            sizes = zip(_padded(node, first), _padded(node, second), strict=True)
            if any(a != b and 1 not in (a, b) for a, b in sizes):
                raise node.error(
                    f"{first.describe()} and {second.describe()} hold shapes that do not broadcast",
                    hint="dimensions must be equal or 1, counted from the last",
                )

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        first, second = node.input(0), node.input(1)
        if not (first.is_constant and second.is_constant):
            return None
        padded = _padded(node, first)
        return (np.where(padded == 1, _padded(node, second), padded),)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        first, second, output = node.input(0), node.input(1), node.output()
        function = "broadcast_args_s32" if output.dtype is DType.INT32 else "broadcast_args_s64"
        return KernelCall(
            function=function,
            header="mcuforge/broadcast_args.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_broadcast_args_params",
            params={"count1": first.elements, "count2": second.elements},
            arguments=(*(_argument(tensor) for tensor in (first, second)), TensorArg(output.index)),
        )


def _argument(tensor: Tensor) -> TensorArg | NullArg:
    """C has no arrays without elements."""
    return TensorArg(tensor.index) if tensor.elements else NullArg()


def _padded(node: Node, tensor: Tensor) -> npt.NDArray[Any]:
    """A constant shape with 1s before it, as long as the output."""
    values = tensor.array()
    return np.concatenate([np.ones(node.output().elements - values.size, values.dtype), values])
