"""TANH: int8, int16, and float32 exactly as TFLM's C library computes it (expm1_f32.h)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.transcendental import tanh
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._sigmoid import expect_output, int8_table, int16_call
from mcuforge.model.ops._unary import ElementwiseUnary

OUTPUT_BITS = 7


@register
class Tanh(ElementwiseUnary):
    name = "TANH"
    code = 28
    tflm = TflmSupport("AddTanh")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    stem = "tanh"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        expect_output(node, 2.0**-OUTPUT_BITS, 0)
        return int8_table(node, tanh, OUTPUT_BITS, 0)

    def int16_call(self, node: Node) -> KernelCall:
        return int16_call(node, "tanh_s16", powers=(0, 1))
