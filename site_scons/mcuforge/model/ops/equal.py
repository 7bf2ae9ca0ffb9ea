"""EQUAL with broadcasting."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._comparison import ORDERED_TYPES, Comparison


@register
class Equal(Comparison):
    name = "EQUAL"
    code = 71
    options_type = 53
    tflm = TflmSupport("AddEqual")
    types = (*ORDERED_TYPES, DType.BOOL)
    outcome = (False, True, False, False)
