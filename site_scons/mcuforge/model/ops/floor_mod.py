"""FLOOR_MOD with broadcasting: the remainder with the sign of the divisor."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._binary import PlainBinary


@register
class FloorMod(PlainBinary):
    name = "FLOOR_MOD"
    code = 95
    options_type = 72
    tflm = TflmSupport("AddFloorMod")
    types = (DType.FLOAT32,)
    stem = "floor_mod"
