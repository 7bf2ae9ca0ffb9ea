"""LOGISTIC (sigmoid): int8, int16 and float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.transcendental import logistic
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._sigmoid import expect_output, int8_table, int16_call
from mcuforge.model.ops._unary import ElementwiseUnary

OUTPUT_BITS, OUTPUT_ZERO_POINT = 8, -128


@register
class Logistic(ElementwiseUnary):
    name = "LOGISTIC"
    code = 14
    tflm = TflmSupport("AddLogistic")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    stem = "logistic"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        expect_output(node, 2.0**-OUTPUT_BITS, OUTPUT_ZERO_POINT)
        return int8_table(node, logistic, OUTPUT_BITS, OUTPUT_ZERO_POINT)

    def int16_call(self, node: Node) -> KernelCall:
        return int16_call(node, "logistic_s16", powers=(0,))
