"""MAX_POOL_2D: int8, int16 and float32; padding does not count."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._pool_2d import Pool2D


@register
class MaxPool2D(Pool2D):
    name = "MAX_POOL_2D"
    code = 17
    tflm = TflmSupport("AddMaxPool2D", {DType.INT8: "Register_MAX_POOL_2D_INT8"})
    function = "max_pool_2d"
