"""ARG_MIN: where the least element along an axis is."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._arg_extremum import ArgExtremum


@register
class ArgMin(ArgExtremum):
    name = "ARG_MIN"
    code = 79
    options_type = 57
    tflm = TflmSupport("AddArgMin")
    stem = "arg_min"
