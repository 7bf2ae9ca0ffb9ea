"""REDUCE_MAX and REDUCE_MIN: which element of a set is copied."""

from __future__ import annotations

from typing import ClassVar

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import expect_operands, expect_same_quantization, expect_same_type, expect_type
from mcuforge.model.ops._reduction import ReducerOptions, reduction
from mcuforge.model.ops._suffix import SUFFIX


class ExtremeOfAxes(OperatorKind):
    """`stem` is the kernels' name without suffix."""

    stem: ClassVar[str]
    options = ReducerOptions
    options_type = 27
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2, may_be_empty=(1,))
        expect_type(node, node.input(0), *self.types)
        expect_same_type(node, node.input(0), node.output())
        expect_same_quantization(node, node.input(0), node.output())
        reduction(node, node.options.keep_dims)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        function = f"{self.stem}_{SUFFIX[node.input(0).dtype]}"
        return KernelCall(
            function=function,
            header="mcuforge/reduce.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_reduction_params",
            params=reduction(node, node.options.keep_dims).params(),
            arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
        )
