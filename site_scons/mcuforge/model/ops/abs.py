"""ABS: int8, int16 and float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import Multiplier, multiply, wrap_int32
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_quantized, expect_symmetric, fixed_point
from mcuforge.model.ops._piecewise import piecewise_call
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary


@register
class Abs(ElementwiseUnary):
    name = "ABS"
    code = 101
    options_type = 78
    tflm = TflmSupport("AddAbs")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    stem = "abs"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        scaled = multiply(np.abs(INT8_VALUES - source.zero_point), _factor(node))
        return np.clip(wrap_int32(scaled + output.zero_point), *integer_limits(DType.INT8)).astype(np.int8)

    def int16_call(self, node: Node) -> KernelCall:
        expect_symmetric(node, node.input(0), node.output())
        factor = _factor(node)
        return piecewise_call(node, factor, Multiplier(-factor.multiplier, factor.shift))


def _factor(node: Node) -> Multiplier:
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    return fixed_point(node, source.scale / output.scale, "output scaling")
