"""PRELU: x above zero, alpha · x below, with alpha broadcast; int8 and float32."""

from __future__ import annotations

from collections.abc import Mapping

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._binary import ElementwiseBinary
from mcuforge.model.ops._checks import expect_quantized, expect_shape, fixed_point


@register
class Prelu(ElementwiseBinary):
    name = "PRELU"
    code = 54
    tflm = TflmSupport("AddPrelu")
    types = (DType.INT8, DType.FLOAT32)
    stem = "prelu"

    def check(self, node: Node) -> None:
        super().check(node)
        expect_shape(node, node.output(), node.input(0).shape)

    def element_params(self, node: Node) -> tuple[str, Mapping[str, ParamValue]]:
        if node.input(0).dtype is DType.FLOAT32:
            return "mcuf_binary_params", {}
        source, alpha = expect_quantized(node, node.input(0)), expect_quantized(node, node.input(1))
        output = expect_quantized(node, node.output())
        positive = fixed_point(node, source.scale / output.scale, "output scaling")
        negative = fixed_point(node, source.scale * alpha.scale / output.scale, "scaling below zero")
        return "mcuf_prelu_params", {
            "input_offset": -source.zero_point,
            "alpha_offset": -alpha.zero_point,
            "output_offset": output.zero_point,
            "positive_multiplier": positive.multiplier,
            "positive_shift": positive.shift,
            "negative_multiplier": negative.multiplier,
            "negative_shift": negative.shift,
        }
