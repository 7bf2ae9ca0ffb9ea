"""NOT_EQUAL with broadcasting."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._comparison import ORDERED_TYPES, Comparison


@register
class NotEqual(Comparison):
    name = "NOT_EQUAL"
    code = 72
    options_type = 54
    tflm = TflmSupport("AddNotEqual")
    types = (*ORDERED_TYPES, DType.BOOL)
    outcome = (True, False, True, True)
