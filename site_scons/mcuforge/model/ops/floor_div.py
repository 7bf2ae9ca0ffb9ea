"""FLOOR_DIV with broadcasting. Divisors of zero give infinity or NaN; TFLM stops with an error."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._binary import PlainBinary


@register
class FloorDiv(PlainBinary):
    name = "FLOOR_DIV"
    code = 90
    options_type = 65
    tflm = TflmSupport("AddFloorDiv")
    types = (DType.FLOAT32,)
    stem = "floor_div"
