"""RSQRT: 1 / √x for int8, int16 and float32.

On quantized negative numbers TFLM stops with an error; here they give the greatest output, as zero does in both.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import MIN_SHIFT, Multiplier, multiply, wrap_int32
from mcuforge.model.arithmetic.transcendental import inverse_sqrt
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_quantized, expect_symmetric, fixed_point
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary, unary_call

HEADROOM = 20
"""MCUF_RSQRT_HEADROOM: bits by which the inverse root is raised before it is scaled to the output."""


@register
class Rsqrt(ElementwiseUnary):
    name = "RSQRT"
    code = 76
    tflm = TflmSupport("AddRsqrt")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    stem = "rsqrt"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        zero_point = expect_quantized(node, node.input(0)).zero_point
        factor, offset = _factor(node), expect_quantized(node, node.output()).zero_point
        return np.array([_output(int(x) - zero_point, factor, offset) for x in INT8_VALUES], np.int8)

    def int16_call(self, node: Node) -> KernelCall:
        expect_symmetric(node, node.input(0), node.output())
        factor = _factor(node)
        params = {"multiplier": factor.multiplier, "shift": factor.shift}
        return unary_call(node, "rsqrt_s16", "rsqrt_s16", "mcuf_rsqrt_params", params)


def _factor(node: Node) -> Multiplier:
    """From the inverse root of a quantized input, raised, to the output."""
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    factor = fixed_point(node, 1 / (math.sqrt(source.scale) * output.scale), "output scaling")
    if factor.shift - HEADROOM < MIN_SHIFT:
        raise node.error(
            f"{node.output().describe()}: scale {output.scale:g} is too large",
            hint="quantize the model again with representative calibration data",
        )
    return Multiplier(factor.multiplier, factor.shift - HEADROOM)


def _output(value: int, factor: Multiplier, offset: int) -> int:
    """The quantized output for an input with its zero point removed."""
    least, greatest = integer_limits(DType.INT8)
    if value <= 0:
        return greatest
    root = inverse_sqrt(value)
    raised = multiply(1, Multiplier(root.multiplier, root.shift + HEADROOM))
    return min(greatest, max(least, int(wrap_int32(multiply(raised, factor) + offset))))
