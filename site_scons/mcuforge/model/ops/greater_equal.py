"""GREATER_EQUAL with broadcasting."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._comparison import Comparison


@register
class GreaterEqual(Comparison):
    name = "GREATER_EQUAL"
    code = 62
    options_type = 45
    tflm = TflmSupport("AddGreaterEqual")
    outcome = (False, True, True, False)
