"""RELU6 as a layer of its own: int8, int16 and float32. TFLM clamps quantized values without rescaling them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import activation_bounds, expect_same_quantization
from mcuforge.model.ops._piecewise import ONE, piecewise_call
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary


@register
class Relu6(ElementwiseUnary):
    name = "RELU6"
    code = 21
    tflm = TflmSupport("AddRelu6")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    stem = "relu6"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        expect_same_quantization(node, node.input(0), node.output())
        return np.clip(INT8_VALUES, *activation_bounds(node, Activation.RELU6, node.input(0))).astype(np.int8)

    def int16_call(self, node: Node) -> KernelCall:
        expect_same_quantization(node, node.input(0), node.output())
        return piecewise_call(node, ONE, ONE, activation_bounds(node, Activation.RELU6, node.input(0)))
