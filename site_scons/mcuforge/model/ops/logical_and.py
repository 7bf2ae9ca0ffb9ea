"""LOGICAL_AND with broadcasting."""

from __future__ import annotations

from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._logical import LogicalBinary


@register
class LogicalAnd(LogicalBinary):
    name = "LOGICAL_AND"
    code = 86
    options_type = 62
    tflm = TflmSupport("AddLogicalAnd")
    stem = "logical_and"
