"""SUM and MEAN: sums of quantized elements times one fixed-point factor, sums of floats as they are."""

from __future__ import annotations

from typing import ClassVar

from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import (
    TFLM_HINT,
    expect_operands,
    expect_quantized,
    expect_same_type,
    expect_type,
    fixed_point,
)
from mcuforge.model.ops._reduction import ReducerOptions, Reduction, reduction
from mcuforge.model.ops._suffix import SUFFIX


class Sum(OperatorKind):
    """`float_function` is the float32 kernel. Quantized ones differ by the factor alone."""

    float_function: ClassVar[str]
    options = ReducerOptions
    options_type = 27
    types = (DType.INT8, DType.INT16, DType.FLOAT32)

    def factor(self, node: Node, count: int) -> Multiplier:
        """From the sum of `count` quantized elements to the output."""
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        return fixed_point(node, source.scale / output.scale, "output scaling")

    def check(self, node: Node) -> None:
        expect_operands(node, 2, may_be_empty=(1,))
        source = node.input(0)
        expect_type(node, source, *self.types)
        expect_same_type(node, source, node.output())
        over = reduction(node, node.options.keep_dims)
        if source.dtype is DType.FLOAT32:
            return
        if over.count > (1 << 31) >> source.dtype.bits:
            raise node.error(f"adds {over.count} elements, too many for 32 bits", hint=TFLM_HINT)
        self._rescaling(node, over)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        over = reduction(node, node.options.keep_dims)
        is_float = node.input(0).dtype is DType.FLOAT32
        function = self.float_function if is_float else f"sum_{SUFFIX[node.input(0).dtype]}"
        return KernelCall(
            function=function,
            header="mcuforge/reduce.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_reduction_params" if is_float else "mcuf_sum_params",
            params={**over.params(), **({} if is_float else self._rescaling(node, over))},
            arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
        )

    def _rescaling(self, node: Node, over: Reduction) -> dict[str, ParamValue]:
        """A quantized kernel's params after `over`."""
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        factor = self.factor(node, over.count)
        return {
            "sum_offset": -source.zero_point * over.count,
            "multiplier": factor.multiplier,
            "shift": factor.shift,
            "output_offset": output.zero_point,
        }
