"""SQUARE of float32: x²."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._unary import FloatUnary


@register
class Square(FloatUnary):
    name = "SQUARE"
    code = 92
    options_type = 66
    tflm = TflmSupport("AddSquare")
    stem = "square"
