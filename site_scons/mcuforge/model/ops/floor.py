"""FLOOR of float32: the largest whole number not above x."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._unary import FloatUnary


@register
class Floor(FloatUnary):
    name = "FLOOR"
    code = 8
    tflm = TflmSupport("AddFloor")
    stem = "floor"
