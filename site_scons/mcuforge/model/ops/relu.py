"""RELU as a layer of its own: int8, with its own output scale, and float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.arithmetic.fixed_point import multiply
from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import activation_bounds, expect_quantized, fixed_point
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary


@register
class Relu(ElementwiseUnary):
    name = "RELU"
    code = 19
    tflm = TflmSupport("AddRelu")
    stem = "relu"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        factor = fixed_point(node, source.scale / output.scale, "output scaling")
        scaled = output.zero_point + multiply(INT8_VALUES - source.zero_point, factor)
        return np.clip(scaled, *activation_bounds(node, Activation.RELU, node.output())).astype(np.int8)
