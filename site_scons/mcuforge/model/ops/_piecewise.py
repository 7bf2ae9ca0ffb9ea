"""The int16 kernel of ABS, LEAKY_RELU, RELU and RELU6: one real factor at each side of zero."""

from __future__ import annotations

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.ops._checks import expect_quantized
from mcuforge.model.ops._unary import unary_call

ONE = Multiplier(1 << 30, 1)


def piecewise_call(
    node: Node, positive: Multiplier, negative: Multiplier, bounds: tuple[int, int] | None = None
) -> KernelCall:
    """Factors for inputs above and below their zero point, and what the output is clamped to."""
    least, greatest = bounds or integer_limits(DType.INT16)
    return unary_call(
        node,
        "piecewise_s16",
        "piecewise_s16",
        "mcuf_piecewise_params",
        {
            "input_offset": -expect_quantized(node, node.input(0)).zero_point,
            "positive_multiplier": positive.multiplier,
            "positive_shift": positive.shift,
            "negative_multiplier": negative.multiplier,
            "negative_shift": negative.shift,
            "output_offset": expect_quantized(node, node.output()).zero_point,
            "least": least,
            "greatest": greatest,
        },
    )
