"""ROUND of float32: the nearest whole number, ties to the even one."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._unary import FloatUnary


@register
class Round(FloatUnary):
    name = "ROUND"
    code = 116
    tflm = TflmSupport("AddRound")
    stem = "round"
