"""L2_POOL_2D: the root of the mean square, float32; padding does not count."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._pool_2d import Pool2D


@register
class L2Pool2D(Pool2D):
    name = "L2_POOL_2D"
    code = 12
    tflm = TflmSupport("AddL2Pool2D")
    function = "l2_pool_2d"
    types = (DType.FLOAT32,)
