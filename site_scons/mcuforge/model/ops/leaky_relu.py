"""LEAKY_RELU: x above zero, alpha · x below; int8, int16 and float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import Multiplier, multiply, wrap_int32
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._checks import expect_quantized, fixed_point
from mcuforge.model.ops._piecewise import piecewise_call
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary, unary_call


@dataclass(frozen=True)
class LeakyReluOptions:
    alpha: float = option(0, "float32", 0.0)


@register
class LeakyRelu(ElementwiseUnary):
    name = "LEAKY_RELU"
    code = 98
    options = LeakyReluOptions
    options_type = 75
    tflm = TflmSupport("AddLeakyRelu")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    stem = "leaky_relu"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        above, below = _factors(node)
        values = INT8_VALUES - source.zero_point
        scaled = wrap_int32(np.where(values >= 0, multiply(values, above), multiply(values, below)) + output.zero_point)
        return np.clip(scaled, *integer_limits(DType.INT8)).astype(np.int8)

    def int16_call(self, node: Node) -> KernelCall:
        return piecewise_call(node, *_factors(node))

    def float_call(self, node: Node) -> KernelCall:
        return unary_call(node, "leaky_relu_f32", "unary", "mcuf_leaky_relu_f32_params", {"alpha": node.options.alpha})


def _factors(node: Node) -> tuple[Multiplier, Multiplier]:
    """Above zero and below; the second is negative for a negative alpha."""
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    alpha = node.options.alpha
    below = fixed_point(node, source.scale * abs(alpha) / output.scale, "scaling below zero")
    above = fixed_point(node, source.scale / output.scale, "output scaling")
    return above, Multiplier(-below.multiplier if alpha < 0 else below.multiplier, below.shift)
