"""DYNAMIC_UPDATE_SLICE: a tensor with a box of it replaced, at a place known at run time and kept inside the tensor."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import INDEX_TYPES

RANK = 6
"""MCUF_UPDATE_RANK, and TFLM's limit."""


@register
class DynamicUpdateSlice(OperatorKind):
    name = "DYNAMIC_UPDATE_SLICE"
    code = 151
    options_type = 117
    tflm = TflmSupport("AddDynamicUpdateSlice")
    types = (DType.INT8, DType.INT16, DType.FLOAT32, DType.INT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 3)
        operand, update, start, output = node.input(0), node.input(1), node.input(2), node.output()
        expect_type(node, operand, *self.types)
        expect_same_type(node, operand, update)
        expect_same_type(node, operand, output)
        expect_type(node, start, *INDEX_TYPES)
        expect_rank(node, operand, *range(1, RANK + 1))
        expect_rank(node, update, len(operand.shape))
        expect_shape(node, start, (len(operand.shape),))
        expect_shape(node, output, operand.shape)
        if any(part > whole for part, whole in zip(update.shape, operand.shape, strict=True)):
            raise node.error(f"{update.describe()} is larger than {operand.describe()}", hint="export the model again")

    def overlap(self, node: Node) -> dict[int, int]:
        """In place of the operand, which is moved before the update is written."""
        return {0: node.output().size_bytes}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        operand, update, start, output = node.input(0), node.input(1), node.input(2), node.output()
        rank = len(operand.shape)
        fill = (1,) * (RANK - rank)
        function = "dynamic_update_slice_s32" if start.dtype is DType.INT32 else "dynamic_update_slice_s64"
        return KernelCall(
            function=function,
            header="mcuforge/dynamic_update_slice.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_dynamic_update_slice_params",
            params={
                "rank": rank,
                "shape": fill + operand.shape,
                "update": fill + update.shape,
                "element_bytes": operand.dtype.bits // 8,
            },
            arguments=tuple(TensorArg(tensor.index) for tensor in (operand, update, start, output)),
        )
