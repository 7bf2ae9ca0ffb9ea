"""ELU: x above zero, exp(x) − 1 below; int8, and float32 exactly as TFLM's C library computes it (expm1_f32.h)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import round_half_away
from mcuforge.model.arithmetic.float32 import expf
from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_quantized
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary


@register
class Elu(ElementwiseUnary):
    name = "ELU"
    code = 111
    tflm = TflmSupport("AddElu")
    stem = "elu"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        """In single precision, as TFLM fills it; what leaves 32 bits saturates, where TFLM is undefined."""
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            inverse = np.float32(1) / np.float32(output.scale)
            real = np.float32(source.scale) * (INT8_VALUES - source.zero_point).astype(np.float32)
            curved = np.array([x if x >= 0 else expf(float(x)) - np.float32(1) for x in real], np.float32)
            steps = round_half_away(curved * inverse) + np.float32(output.zero_point)
        return np.clip(np.nan_to_num(steps), *integer_limits(DType.INT8)).astype(np.int8)
