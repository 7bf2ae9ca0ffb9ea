"""MEAN over any axes: int8, int16 and float32.

Quantized means are the sum times one fixed-point factor that holds the scales and the count. (Older TFLM divided the
sum instead where input and output have the same quantization; the released wheels do not.)
"""

from __future__ import annotations

from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._sum import Sum


@register
class Mean(Sum):
    name = "MEAN"
    code = 40
    tflm = TflmSupport("AddMean")
    float_function = "mean_f32"

    def factor(self, node: Node, count: int) -> Multiplier:
        """Divided as TFLM does it: as many more bits in the multiplier as the count has, then a division."""
        factor = super().factor(node, count)
        shift = min(count.bit_length() - 1, 32, 31 + factor.shift)
        return Multiplier((factor.multiplier << shift) // count, factor.shift - shift)
