"""MINIMUM with broadcasting: the smaller of two elements."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._extremum import Extremum


@register
class Minimum(Extremum):
    name = "MINIMUM"
    code = 57
    tflm = TflmSupport("AddMinimum", {DType.INT8: "Register_MINIMUM_INT8"})
    stem = "minimum"
