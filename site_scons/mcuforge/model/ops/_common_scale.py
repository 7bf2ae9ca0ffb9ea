"""ADD, SUB, SQUARED_DIFFERENCE on quantized types: both inputs are brought to one scale (common_scale.h)."""

from __future__ import annotations

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.ops._checks import activation_bounds, expect_quantized, fixed_point


def twice_the_larger_scale(node: Node) -> float:
    """The scale inputs are brought to, so that their sum fits as well as each of them does."""
    return 2 * max(expect_quantized(node, node.input(0)).scale, expect_quantized(node, node.input(1)).scale)


def common_scale_params(node: Node, output_factor: float, activation: Activation) -> dict[str, ParamValue]:
    """The fields of `mcuf_common_scale_params` after the broadcast (TFLM's add_common.cc)."""
    first, second = expect_quantized(node, node.input(0)), expect_quantized(node, node.input(1))
    common = twice_the_larger_scale(node)
    factor1 = fixed_point(node, first.scale / common, "scaling of the first input")
    factor2 = fixed_point(node, second.scale / common, "scaling of the second input")
    factor = fixed_point(node, output_factor, "output scaling")
    least, greatest = activation_bounds(node, activation, node.output())
    return {
        "offset1": -first.zero_point,
        "multiplier1": factor1.multiplier,
        "shift1": factor1.shift,
        "offset2": -second.zero_point,
        "multiplier2": factor2.multiplier,
        "shift2": factor2.shift,
        "output_offset": expect_quantized(node, node.output()).zero_point,
        "output_multiplier": factor.multiplier,
        "output_shift": factor.shift,
        "least": least,
        "greatest": greatest,
    }


def sum_params(node: Node, headroom: int, activation: Activation) -> dict[str, ParamValue]:
    """The same for a sum or difference of inputs raised by `headroom` bits."""
    common, output = twice_the_larger_scale(node), expect_quantized(node, node.output())
    real = common / ((1 << headroom) * output.scale)
    expect_reducing(node, fixed_point(node, real, "output scaling"))
    return common_scale_params(node, real, activation)


def expect_reducing(node: Node, factor: Multiplier) -> None:
    """For kernels that only shift to the right at the end; TFLM stops on other models."""
    if factor.shift > 0:
        raise node.error(
            f"the scale of {node.output().describe()} is too small for those of the inputs",
            hint="quantize the model again; TFLM refuses it too",
        )
