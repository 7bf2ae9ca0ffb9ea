"""LESS with broadcasting."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._comparison import Comparison


@register
class Less(Comparison):
    name = "LESS"
    code = 58
    options_type = 41
    tflm = TflmSupport("AddLess")
    outcome = (True, False, False, False)
