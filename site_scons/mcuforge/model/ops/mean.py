"""MEAN over any axes: int8 and float32.

int8 means are the sum times one fixed-point factor that holds the scales and the count. (Older TFLM divided the sum
instead where input and output have the same quantization; the released wheels do not.)
"""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    TFLM_HINT,
    expect_operands,
    expect_quantized,
    expect_same_type,
    expect_type,
    fixed_point,
)
from mcuforge.model.ops._reduction import Reduction, reduction

MAX_COUNT = (1 << 31) // 256
"""Elements of one mean: sums of that many int8 values less their zero point fit 32 bits."""


@dataclass(frozen=True)
class ReducerOptions:
    keep_dims: bool = option(0, "bool", False)


@register
class Mean(OperatorKind):
    name = "MEAN"
    code = 40
    options = ReducerOptions
    options_type = 27
    tflm = TflmSupport("AddMean")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        expect_type(node, node.input(0), *self.types)
        expect_same_type(node, node.input(0), node.output())
        over = reduction(node, node.options.keep_dims)
        if over.count > MAX_COUNT:
            raise node.error(f"averages {over.count} elements, too many for 32 bits", hint=TFLM_HINT)
        if node.input(0).dtype is DType.INT8:
            _rescaling(node, over)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        over = reduction(node, node.options.keep_dims)
        is_int8 = node.input(0).dtype is DType.INT8
        suffix = "s8" if is_int8 else "f32"
        return KernelCall(
            function=f"mean_{suffix}",
            header="mcuforge/mean.h",
            sources=(f"kernels/portable/mean_{suffix}.c",),
            params_type="mcuf_mean_params" if is_int8 else "mcuf_mean_f32_params",
            params={**over.params(), **(_rescaling(node, over) if is_int8 else {})},
            arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
        )


def _rescaling(node: Node, over: Reduction) -> dict[str, ParamValue]:
    """The int8 kernel's params after `over`."""
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    factor = _divided(fixed_point(node, source.scale / output.scale, "output scaling"), over.count)
    return {
        "sum_offset": -source.zero_point * over.count,
        "multiplier": factor.multiplier,
        "shift": factor.shift,
        "output_offset": output.zero_point,
    }


def _divided(factor: Multiplier, count: int) -> Multiplier:
    """factor / count as TFLM computes it: as many more bits in the multiplier as the count has, then a division."""
    shift = min(count.bit_length() - 1, 32, 31 + factor.shift)
    return Multiplier((factor.multiplier << shift) // count, factor.shift - shift)
