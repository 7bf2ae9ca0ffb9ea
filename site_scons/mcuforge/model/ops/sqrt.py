"""SQRT of float32: NaN below zero."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._unary import FloatUnary


@register
class Sqrt(FloatUnary):
    name = "SQRT"
    code = 75
    tflm = TflmSupport("AddSqrt")
    stem = "sqrt"
