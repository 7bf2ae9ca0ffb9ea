"""CEIL of float32: the smallest whole number not below x."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._unary import FloatUnary


@register
class Ceil(FloatUnary):
    name = "CEIL"
    code = 104
    tflm = TflmSupport("AddCeil")
    stem = "ceil"
