"""SQUARED_DIFFERENCE with broadcasting: (x1 − x2)²."""

from __future__ import annotations

from collections.abc import Mapping

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._binary import QUANTIZED, ElementwiseBinary
from mcuforge.model.ops._checks import expect_quantized
from mcuforge.model.ops._common_scale import common_scale_params, twice_the_larger_scale

HEADROOM = {DType.INT8: 7, DType.INT16: 0}
"""MCUF_SQUARED_DIFFERENCE_S8_HEADROOM, MCUF_SQUARED_DIFFERENCE_S16_HEADROOM."""


@register
class SquaredDifference(ElementwiseBinary):
    name = "SQUARED_DIFFERENCE"
    code = 99
    options_type = 76
    tflm = TflmSupport("AddSquaredDifference")
    stem = "squared_difference"
    quantized_struct = "mcuf_common_scale_params"

    def quantized_params(self, node: Node) -> Mapping[str, ParamValue]:
        square = twice_the_larger_scale(node) ** 2
        steps = (1 << 2 * HEADROOM[node.input(0).dtype]) * expect_quantized(node, node.output()).scale
        return common_scale_params(node, square / steps, Activation.NONE)

    def element_params(self, node: Node) -> tuple[str, Mapping[str, ParamValue]]:
        if node.input(0).dtype in QUANTIZED:
            return self.quantized_struct, self.quantized_params(node)
        return "mcuf_binary_params", {}
