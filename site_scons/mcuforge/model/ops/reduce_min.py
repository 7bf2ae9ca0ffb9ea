"""REDUCE_MIN: the least element over any axes."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._extreme_of_axes import ExtremeOfAxes


@register
class ReduceMin(ExtremeOfAxes):
    name = "REDUCE_MIN"
    code = 89
    tflm = TflmSupport("AddReduceMin")
    stem = "reduce_min"
