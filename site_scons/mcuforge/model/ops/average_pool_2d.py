"""AVERAGE_POOL_2D: int8, int16 and float32; padding does not count."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._pool_2d import Pool2D


@register
class AveragePool2D(Pool2D):
    name = "AVERAGE_POOL_2D"
    code = 1
    tflm = TflmSupport("AddAveragePool2D", {DType.INT8: "Register_AVERAGE_POOL_2D_INT8"})
    function = "average_pool_2d"
