"""ADD: int8 and float32, with broadcasting and fused activations."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._binary import ElementwiseBinary
from mcuforge.model.ops._checks import activation_bounds, expect_quantized, fixed_point

HEADROOM = 20
"""MCUF_ADD_S8_HEADROOM: bits by which TFLM raises int8 inputs before it scales them."""


@dataclass(frozen=True)
class AddOptions:
    activation: Activation = option(0, "int8", Activation.NONE)


@register
class Add(ElementwiseBinary):
    name = "ADD"
    code = 0
    options = AddOptions
    options_type = 11
    tflm = TflmSupport("AddAdd", {DType.INT8: "Register_ADD_INT8", DType.INT16: "Register_ADD_INT16"})
    stem = "add"

    def quantized_params(self, node: Node, activation: Activation) -> dict[str, ParamValue]:
        """Inputs go to twice the larger input scale, their sum to the output scale (TFLM's add_common.cc)."""
        first, second = expect_quantized(node, node.input(0)), expect_quantized(node, node.input(1))
        output = expect_quantized(node, node.output())
        common = 2 * max(first.scale, second.scale)
        factor1 = fixed_point(node, first.scale / common, "scaling of the first input")
        factor2 = fixed_point(node, second.scale / common, "scaling of the second input")
        factor = fixed_point(node, common / ((1 << HEADROOM) * output.scale), "output scaling")
        if factor.shift > 0:
            raise node.error(
                f"the output's scale {output.scale:g} is too small for inputs of scale {common / 2:g}",
                hint="quantize the model again; TFLM refuses it too",
            )
        least, greatest = activation_bounds(node, activation, node.output())
        return {
            "offset1": -first.zero_point,
            "multiplier1": factor1.multiplier,
            "shift1": factor1.shift,
            "offset2": -second.zero_point,
            "multiplier2": factor2.multiplier,
            "shift2": factor2.shift,
            "output_offset": output.zero_point,
            "output_multiplier": factor.multiplier,
            "output_shift": factor.shift,
            "least": least,
            "greatest": greatest,
        }
