"""SUM over any axes: int8, int16 and float32."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._sum import Sum


@register
class SumOverAxes(Sum):
    name = "SUM"
    code = 74
    tflm = TflmSupport("AddSum")
    float_function = "sum_f32"
