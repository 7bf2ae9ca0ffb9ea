"""HARD_SWISH: x · min(6, max(0, x + 3)) / 6; int8 and float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import Multiplier, divide_by_power_of_two
from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_quantized, fixed_point
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary

HEADROOM = 7
"""Bits by which TFLM raises inputs: what fits int16."""

MIN_SHIFT = -15
"""Beyond, TFLM's division in 16 bits gives ±1 for every input; it also refuses shifts above 0 at the end."""

INT16_MIN, INT16_MAX = integer_limits(DType.INT16)


@register
class HardSwish(ElementwiseUnary):
    name = "HARD_SWISH"
    code = 117
    options_type = 91
    tflm = TflmSupport("AddHardSwish")
    stem = "hard_swish"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        with np.errstate(under="ignore", over="ignore"):
            raised_scale = np.float32(1 / (1 << HEADROOM)) * np.float32(source.scale)
            to_output = _half_width(node, raised_scale / np.float32(output.scale))
            to_thirds = _half_width(node, raised_scale / np.float32(3 / 32768))
        if not MIN_SHIFT <= to_output.shift <= 0 or to_thirds.shift < MIN_SHIFT:
            raise node.error(
                f"{node.output().describe()}: scale {output.scale:g} does not fit that of the input, {source.scale:g}",
                hint="quantize the model again with representative calibration data",
            )
        values = [_output(int(x) - source.zero_point, to_output, to_thirds) for x in INT8_VALUES]
        # TFLM adds the zero point in 16 bits.
        shifted = (np.array(values) + output.zero_point).astype(np.int16)
        return np.clip(shifted, *integer_limits(DType.INT8)).astype(np.int8)


def _half_width(node: Node, real: np.floating) -> Multiplier:
    """`real` with a multiplier of 16 bits."""
    factor = fixed_point(node, float(real), "output scaling")
    return Multiplier(min(INT16_MAX, (factor.multiplier + (1 << 15)) >> 16), factor.shift)


def _output(value: int, to_output: Multiplier, to_thirds: Multiplier) -> int:
    """The output less its zero point, in the steps of TFLM's 16-bit fixed point (reference/hard_swish.h)."""
    raised = value << HEADROOM
    linear = _rounded_product(raised, to_output.multiplier)
    share = raised
    if to_thirds.shift > 0:
        share = _saturate(share << (to_thirds.shift - 1))
    share = _rounded_product(share, to_thirds.multiplier)
    share = _saturate(share << 1) if to_thirds.shift > 0 else int(divide_by_power_of_two(share, -to_thirds.shift))
    # From [−1, 1] to [0, 1]: how much of x the function lets through.
    share = (share + (1 << 15)) >> 1
    return int(divide_by_power_of_two(_truncated_product(share, linear), -to_output.shift))


def _saturate(value: int) -> int:
    return min(INT16_MAX, max(INT16_MIN, value))


def _rounded_product(a: int, b: int) -> int:
    """round(a · b / 2^15), ties upwards."""
    return (a * b + (1 << 14)) >> 15


def _truncated_product(a: int, b: int) -> int:
    """a · b / 2^15, rounded towards zero."""
    return (abs(a * b) >> 15) * (1 if a * b >= 0 else -1)
