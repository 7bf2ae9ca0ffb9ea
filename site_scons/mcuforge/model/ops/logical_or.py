"""LOGICAL_OR with broadcasting."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._logical import LogicalBinary


@register
class LogicalOr(LogicalBinary):
    name = "LOGICAL_OR"
    code = 84
    options_type = 60
    tflm = TflmSupport("AddLogicalOr")
    stem = "logical_or"
