"""REDUCE_MAX: the greatest element over any axes."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._extreme_of_axes import ExtremeOfAxes


@register
class ReduceMax(ExtremeOfAxes):
    name = "REDUCE_MAX"
    code = 82
    tflm = TflmSupport("AddReduceMax")
    stem = "reduce_max"
