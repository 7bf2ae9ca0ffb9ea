"""EXP of float32: exactly as TFLM's C library computes it (math_f32.h)."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._unary import FloatUnary


@register
class Exp(FloatUnary):
    name = "EXP"
    code = 47
    options_type = 33
    tflm = TflmSupport("AddExp")
    stem = "exp"
