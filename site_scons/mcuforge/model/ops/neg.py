"""NEG of float32: −x."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._unary import FloatUnary


@register
class Neg(FloatUnary):
    name = "NEG"
    code = 59
    options_type = 42
    tflm = TflmSupport("AddNeg")
    stem = "neg"
