"""MAXIMUM with broadcasting: the larger of two elements."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._extremum import Extremum


@register
class Maximum(Extremum):
    name = "MAXIMUM"
    code = 55
    tflm = TflmSupport("AddMaximum", {DType.INT8: "Register_MAXIMUM_INT8"})
    stem = "maximum"
