"""ARG_MAX and ARG_MIN: the position of the first of the extreme elements along an axis."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, option
from mcuforge.model.ops._axis import around, constant_axis
from mcuforge.model.ops._checks import expect_operands, expect_shape, expect_type
from mcuforge.model.ops._suffix import SUFFIX


class PositionType(enum.IntEnum):
    """TFLite's TensorType, as far as positions go; TFLM goes by the output's type alone."""

    FLOAT32 = 0
    INT32 = 2
    INT64 = 4


@dataclass(frozen=True)
class ArgExtremumOptions:
    output_type: PositionType = option(0, "int8", PositionType.FLOAT32)


class ArgExtremum(OperatorKind):
    """`stem` is the kernels' name without suffix."""

    stem: ClassVar[str]
    options = ArgExtremumOptions
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        source = node.input(0)
        expect_type(node, source, *self.types)
        expect_type(node, node.output(), DType.INT32)
        axis = constant_axis(node, 1)
        expect_shape(node, node.output(), source.shape[:axis] + source.shape[axis + 1 :])

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source = node.input(0)
        outer, depth, inner = around(source.shape, constant_axis(node, 1))
        function = f"{self.stem}_{SUFFIX[source.dtype]}"
        return KernelCall(
            function=function,
            header="mcuforge/arg_extremum.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_arg_extremum_params",
            params={"outer": outer, "depth": depth, "inner": inner},
            arguments=(TensorArg(source.index), TensorArg(node.output().index)),
        )
