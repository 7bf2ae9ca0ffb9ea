"""CAST between int8, int16, int32, uint32, bool and float32.

Casts to the type a tensor has, and between int32 and uint32, keep the bits: no code. Floats that do not fit an integer
saturate, and NaN gives 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import expect_operands, expect_shape, expect_type
from mcuforge.model.ops._suffix import SUFFIX

SAME_BITS = frozenset({DType.INT32, DType.UINT32})


@dataclass(frozen=True)
class CastOptions:
    """TFLM goes by the tensors' types."""

    in_data_type: int = option(0, "int8", 0)
    out_data_type: int = option(1, "int8", 0)


@register
class Cast(OperatorKind):
    name = "CAST"
    code = 53
    options = CastOptions
    options_type = 37
    tflm = TflmSupport("AddCast")
    types = (DType.INT8, DType.INT16, DType.INT32, DType.UINT32, DType.BOOL, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        expect_type(node, node.input(0), *self.types)
        expect_type(node, node.output(), *self.types)
        expect_shape(node, node.output(), node.input(0).shape)

    def alias(self, node: Node) -> int | None:
        types = {node.input(0).dtype, node.output().dtype}
        return 0 if len(types) == 1 or types == SAME_BITS else None

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(0), node.output()
        return KernelCall(
            function=f"cast_{SUFFIX[source.dtype]}_{SUFFIX[output.dtype]}",
            header="mcuforge/cast.h",
            sources=("kernels/portable/cast.c",),
            params_type="mcuf_cast_params",
            params={"count": output.elements},
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )
