"""RELU as a layer of its own: int8 and int16, with an output scale of their own, and float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.arithmetic.fixed_point import Multiplier, multiply, wrap_int32
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import activation_bounds, expect_quantized, fixed_point
from mcuforge.model.ops._piecewise import piecewise_call
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary


@register
class Relu(ElementwiseUnary):
    name = "RELU"
    code = 19
    tflm = TflmSupport("AddRelu")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    stem = "relu"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        scaled = wrap_int32(output.zero_point + multiply(INT8_VALUES - source.zero_point, _factor(node)))
        return np.clip(scaled, *activation_bounds(node, Activation.RELU, node.output())).astype(np.int8)

    def int16_call(self, node: Node) -> KernelCall:
        factor = _factor(node)
        return piecewise_call(node, factor, factor, activation_bounds(node, Activation.RELU, node.output()))


def _factor(node: Node) -> Multiplier:
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    return fixed_point(node, source.scale / output.scale, "output scaling")
