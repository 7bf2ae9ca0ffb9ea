"""ARG_MAX: where the greatest element along an axis is."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._arg_extremum import ArgExtremum


@register
class ArgMax(ArgExtremum):
    name = "ARG_MAX"
    code = 56
    options_type = 40
    tflm = TflmSupport("AddArgMax")
    stem = "arg_max"
