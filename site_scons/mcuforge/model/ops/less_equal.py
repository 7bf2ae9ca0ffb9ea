"""LESS_EQUAL with broadcasting."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._comparison import Comparison


@register
class LessEqual(Comparison):
    name = "LESS_EQUAL"
    code = 63
    options_type = 46
    tflm = TflmSupport("AddLessEqual")
    outcome = (True, True, False, False)
