"""GREATER with broadcasting."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._comparison import Comparison


@register
class Greater(Comparison):
    name = "GREATER"
    code = 61
    options_type = 44
    tflm = TflmSupport("AddGreater")
    outcome = (False, False, True, False)
